using System.Net;
using System.Text.Json.Nodes;
using ClientVpnAdmin.Revisions;

namespace ClientVpnAdmin.AdminApi.Access;

public sealed class IamSignInTests(IamSignInTests.ConfiguredPortal configured) : IClassFixture<IamSignInTests.ConfiguredPortal>
{
    private const string Admin = "arn:aws:sts::123456789012:assumed-role/VpnAdmins/alice";
    private const string Everybody = "arn:aws:sts::123456789012:assumed-role/VpnAdmins/*";
    private const string IdentityCenter = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Vpn_0123456789abcdef";
    private readonly Portal portal = configured.Portal;

    [Theory]
    [InlineData(Admin, HttpStatusCode.OK, HttpStatusCode.NoContent)]
    [InlineData("arn:aws:iam::123456789012:user/bob", HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData("arn:aws:sts::123456789012:assumed-role/VpnAdminsNot/alice", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("arn:aws:sts::999999999999:assumed-role/VpnAdmins/alice", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("ARN:AWS:STS::123456789012:ASSUMED-ROLE/VPNADMINS/ALICE", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("arn:aws:sts::123456789012:assumed-role/Developer/i-am-admin", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("arn:aws:sts::123456789012:assumed-role/VpnAdmins", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("arn:aws:sts::123456789012:assumed-role/VpnAdmins/", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("arn:aws:sts::123456789012:assumed-role/VpnAdmins/alice/bob", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("arn:aws:sts::123456789012:assumed-role/x/VpnAdmins/alice", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("arn:aws:iam::123456789012:user/team/bob", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("arn:aws:iam::123456789012:user/ops/x/carol", HttpStatusCode.OK, HttpStatusCode.NoContent)]
    [InlineData("arn:aws:iam::123456789012:user/ops/x/dave", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("arn:aws:iam::123456789012:user/ops/x/y/carol", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("arn:aws:iam::123456789012:user/ops/carol", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("arn:aws:iam::123456789012:user/what?/erin", HttpStatusCode.OK, HttpStatusCode.NoContent)]
    [InlineData("arn:aws:iam::123456789012:user/whats/erin", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData("arn:aws-us-gov:iam::123456789012:root", HttpStatusCode.OK, HttpStatusCode.NoContent)]
    [InlineData("arn:aws:iam::123456789012:root", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData(IdentityCenter + "/frank@example.com", HttpStatusCode.OK, HttpStatusCode.NoContent)]
    [InlineData(IdentityCenter + "/grace@example.com", HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    public async Task Patterns_of_ARNs_make_readers_and_editors(string arn, HttpStatusCode reading, HttpStatusCode writing)
    {
        var range = Some.Range("203.0.113.0/24");
        await portal.Log.CommitAsync("somebody", head => new Proposal(head.Rules.With([range]), "A test."), default);
        Assert.Equal(reading, await CallAsync(arn, HttpMethod.Get, "/api/ranges"));
        Assert.Equal(writing, await CallAsync(arn, HttpMethod.Delete, $"/api/ranges/{range.Id}"));
        if (writing == HttpStatusCode.NoContent)
        {
            Assert.Equal(arn, (await portal.Log.FindAsync(await portal.HeadAsync(), default))!.CommittedBy);
        }
    }

    [Theory]
    [InlineData(IdentityCenter + "/frank@example.com", "Frank@Example.com", true)] // a session of IAM Identity Center
    [InlineData("arn:aws:iam::123456789012:user/ops/x/carol", "carol", true)]
    [InlineData("arn:aws:iam::123456789012:user/ops/x/carol", "arn:aws:iam::123456789012:user/ops/x/carol", true)]
    [InlineData("arn:aws:iam::123456789012:user/ops/x/carol", "x/carol", false)]
    [InlineData("arn:aws-us-gov:iam::123456789012:root", "root", false)]
    public async Task Whoever_changes_the_rules_is_the_VPN_user_whose_name_their_ARN_ends_with(string arn, string username, bool isCaller)
    {
        var range = Some.Range("198.51.100.0/24") with { Users = [username] };
        await portal.Log.CommitAsync("somebody", head => new Proposal(head.Rules.With([range]), "A test."), default);
        var connection = Some.EventJson("198.51.100.7");
        connection["username"] = username;
        var endpoint = $"cvpn-endpoint-{Guid.NewGuid():N}";
        connection["endpoint-id"] = endpoint;
        await portal.DecideAsync(connection);
        var (status, preview) = await ReadAsync(
            arn, HttpMethod.Delete, $"/api/preview/ranges/{range.Id}", "?address=198.51.100.9");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(isCaller, preview["lostEndpoints"]!.AsArray().Any(lost => lost!["endpointId"]!.ToString() == endpoint));
        Assert.Equal(arn.Split('/')[^1], preview["address"]!["username"]!.ToString());
    }

    [Fact]
    public async Task Nothing_that_a_caller_sends_makes_an_identity()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(null, HttpMethod.Get, "/api/ranges"));
        using var client = portal.CreateClient();
        foreach (var header in new[] { "Authorization", "X-Amzn-Iam-Arn", "x-amz-user-arn", "CallerArn" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/ranges");
            request.Headers.TryAddWithoutValidation(header, Admin);
            using var response = await client.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("arn:aws:sts::123456789012:assumed-role/*admin*", "a * stands for a whole part between slashes")]
    [InlineData("arn:aws:sts::123456789012:assumed-role/Vpn*/*", "a * stands for a whole part between slashes")]
    [InlineData("arn:aws:sts::123456789012:assumed-role/VpnAdmins/alice*", "a * stands for a whole part between slashes")]
    [InlineData("arn:aws:iam::123456789012:user/**", "a * stands for a whole part between slashes")]
    [InlineData("arn:aws:sts::*:assumed-role/VpnAdmins/*", "does not begin with an account")]
    [InlineData("arn:*:sts::123456789012:assumed-role/VpnAdmins/*", "does not begin with an account")]
    [InlineData("arn:aws:sts:us-east-1:123456789012:assumed-role/VpnAdmins/*", "does not begin with an account")]
    [InlineData("arn:aws:sts::12345678901:assumed-role/VpnAdmins/*", "does not begin with an account")]
    [InlineData("arn:aws:sts::１２３４５６７８９０１２:assumed-role/VpnAdmins/*", "does not begin with an account")]
    [InlineData("*", "does not begin with an account")]
    [InlineData("*/VpnAdmins/*", "does not begin with an account")]
    [InlineData("VpnAdmins", "does not begin with an account")]
    [InlineData("arn:aws:sts::123456789012:assumed-role/*/*", "name it")]
    [InlineData("arn:aws:sts::123456789012:assumed-role/*/alice", "name it")]
    [InlineData("arn:aws:sts::123456789012:assumed-role/VpnAdmins/alice", "arn:aws:sts::123456789012:assumed-role/VpnAdmins/*")]
    [InlineData("arn:aws:sts::123456789012:assumed-role/VpnAdmins", "arn:aws:sts::123456789012:assumed-role/VpnAdmins/*")]
    [InlineData("arn:aws:sts::123456789012:assumed-role", "arn:aws:sts::123456789012:assumed-role/<role>/*")]
    [InlineData("arn:aws:sts::123456789012:assumed-role/team/VpnAdmins/*", "arn:aws:sts::123456789012:assumed-role/<role>/*")]
    [InlineData("arn:aws:sts::123456789012:assumed-role//*", "an empty part")]
    [InlineData("arn:aws:sts::123456789012:assumed-role/VpnAdmins/", "an empty part")]
    [InlineData("arn:aws:sts::123456789012:assumed-role/awsreservedsso_Vpn/alice", "assumed-role/awsreservedsso_Vpn/*")]
    [InlineData("arn:aws:sts::123456789012:federated-user/alice", "federated user")]
    [InlineData("arn:aws:sts::123456789012:federated-user/*", "federated user")]
    [InlineData("arn:aws:iam::123456789012:role/VpnAdmins", "arn:aws:sts::123456789012:assumed-role/<role>/*")]
    [InlineData("arn:aws:iam::123456789012:group/VpnAdmins", "arn:aws:iam::123456789012:user/<name>")]
    [InlineData("arn:aws:iam::123456789012:user", "arn:aws:iam::123456789012:user/<name>")]
    [InlineData("arn:aws:sts::123456789012:user/bob", "arn:aws:iam::123456789012:user/<name>")]
    [InlineData("arn:aws:iam::123456789012:assumed-role/VpnAdmins/*", "arn:aws:sts::123456789012:assumed-role/<role>/*")]
    [InlineData("arn:aws:iam::123456789012:root/x", "arn:aws:iam::123456789012:root")]
    public void A_pattern_that_matches_what_callers_choose_or_nothing_at_all_keeps_the_portal_from_starting(string pattern, string remedy)
    {
        foreach (var setting in new[] { "SignIn:Iam:Editors", "SignIn:Iam:Readers" })
        {
            // The last of a setting wins: beside a bad reader there is a good editor.
            using var other = new Portal(
                ("AWS_LAMBDA_FUNCTION_NAME", "vpn-portal"), ("SignIn:Iam:Editors", Everybody), (setting, $"{Everybody},{pattern}"));
            var message = Assert.Throws<InvalidOperationException>(() => other.Server).Message;
            Assert.StartsWith($"{setting} has the pattern {pattern}, ", message, StringComparison.Ordinal);
            Assert.Contains(remedy, message[(setting.Length + pattern.Length)..], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("SignIn:Iam:Readers", Everybody, "SignIn:Iam:Editors", "", "", "SignIn:Iam:Editors is missing")]
    [InlineData(
        "Authentication:Schemes:Bearer:Authority", "https://issuer.example.com", "SignIn:Iam:Editors", "x", "on", "Remove one of them")]
    [InlineData("SignIn:Iam:Editors", "x", "AWS_LAMBDA_FUNCTION_NAME", "", "off", "only behind API Gateway")]
    [InlineData("AWS_LAMBDA_FUNCTION_NAME", "vpn-portal", "x", "x", "on", "On Lambda nobody can sign in")]
    public void A_configuration_that_lets_nobody_in_or_two_ways_keeps_the_portal_from_starting(
        string one, string oneValue, string two, string twoValue, string onLambda, string error)
    {
        using var other = new Portal(
            [("AWS_LAMBDA_FUNCTION_NAME", onLambda == "off" ? "" : "vpn-portal"), (one, oneValue), (two, twoValue)]);
        Assert.Contains(error, Assert.Throws<InvalidOperationException>(() => other.Server).Message, StringComparison.Ordinal);
    }

    private async Task<HttpStatusCode> CallAsync(string? arn, HttpMethod method, string path) =>
        (await ReadAsync(arn, method, path)).Status;

    private async Task<(HttpStatusCode Status, JsonNode Json)> ReadAsync(
        string? arn, HttpMethod method, string path, string query = "")
    {
        // What API Gateway says reaches the portal through the request's items, and nowhere else.
        var context = await portal.Server.SendAsync(context =>
        {
            context.Request.Method = method.Method;
            context.Request.Path = path;
            context.Request.QueryString = new(query);
            context.Items[IamSignIn.CallerArn] = arn;
        });
        var status = (HttpStatusCode)context.Response.StatusCode;
        using var body = new MemoryStream();
        await context.Response.Body.CopyToAsync(body);
        return (status, body.Length == 0 ? new JsonObject() : JsonNode.Parse(body.ToArray())!);
    }

    /// <summary>One portal for all who call it.</summary>
    public sealed class ConfiguredPortal : IDisposable
    {
        internal Portal Portal { get; } = new(
        [
            ("AWS_LAMBDA_FUNCTION_NAME", "vpn-portal"),
            ("SignIn:Iam:Editors", string.Join(
                ',',
                Everybody,
                "arn:aws:iam::123456789012:user/ops/*/carol",
                "arn:aws:iam::123456789012:user/what?/erin",
                "arn:aws-us-gov:iam::123456789012:root",
                IdentityCenter + "/frank@example.com")),
            ("SignIn:Iam:Readers", "arn:aws:sts::123456789012:assumed-role/Auditors/*,arn:aws:iam::123456789012:user/*"),
        ]);

        public void Dispose() => Portal.Dispose();
    }
}
