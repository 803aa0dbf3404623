using Amazon.Runtime;
using Amazon.SecurityToken;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>The name in which whoever runs the portal on their own machine signs in.</summary>
internal static class OwnName
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The operating system's user. Over a table that others use as well, that of the AWS identity, which means the same to all of them.
    /// </summary>
    /// <param name="warn">Told why the AWS identity isn't known, if it isn't.</param>
    public static async Task<string> FindAsync(RuleStoreLocation location, Action<string> warn)
    {
        var user = Roles.IsName(Environment.UserName) ? Environment.UserName : "admin";
        if (location.Table is null)
        {
            return user;
        }

        try
        {
            return await Task.Run(AskAsync).WaitAsync(Patience); // looking for credentials may take long, and can't be stopped
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException or TimeoutException)
        {
            warn(
                $"STS doesn't say who you are on AWS, so links sign in as {user}. Run 'aws sts get-caller-identity' to see why: "
                + e.Message.ReplaceLineEndings(" "));
            return user;
        }
    }

    private static async Task<string> AskAsync()
    {
        var config = new AmazonSecurityTokenServiceConfig { Timeout = Patience, MaxErrorRetry = 0 };
        using var sts = new AmazonSecurityTokenServiceClient(config);
        return (await sts.GetCallerIdentityAsync(new())).Arn;
    }
}
