using ClientVpnAdmin.Addresses;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>Chooses how callers sign in: by an OpenID Connect issuer, by IAM behind API Gateway, or locally.</summary>
internal static class SignIn
{
    /// <param name="location">The rule store, beside which the local sign-in keeps its files.</param>
    /// <exception cref="InvalidOperationException">The configuration lacks something, or asks for two ways at once.</exception>
    public static void AddSignIn(this WebApplicationBuilder builder, RuleStoreLocation location)
    {
        builder.Services.AddSingleton(location);
        var isOnLambda = builder.Configuration["AWS_LAMBDA_FUNCTION_NAME"] is { Length: > 0 };
        var issuer = builder.Configuration.GetSection(IssuerSignIn.Section);
        var iam = builder.Configuration.GetSection(IamSignIn.Section);
        switch (issuer.Exists(), iam.Exists(), isOnLambda)
        {
            case (true, true, _):
                throw new InvalidOperationException(
                    $"Both {IssuerSignIn.Section} and {IamSignIn.Section} are configured. Remove one of them.");
            case (true, false, _):
                builder.AddIssuerSignIn(issuer);
                break;
            case (false, true, true):
                builder.AddIamSignIn(iam);
                break;
            case (false, true, false):
                throw new InvalidOperationException(
                    $"{IamSignIn.Section} is configured, but callers can sign in by IAM only behind API Gateway, on Lambda. Remove that "
                    + "setting.");
            case (false, false, true):
                throw new InvalidOperationException(
                    $"On Lambda nobody can sign in until {IssuerSignIn.Section} (an OpenID Connect issuer) or {IamSignIn.Section} is "
                    + "configured.");
            default:
                builder.AddLocalSignIn(location);
                break;
        }
    }

    /// <summary>From where a call comes, as far as this process can tell.</summary>
    public static string From(this HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    /// <summary>The address that a call comes from, if it is one by which somebody could come to Client VPN as well.</summary>
    public static Address? FromPublic(this HttpContext context) =>
        Address.Parse(context.From()) is { } address && SpecialAddresses.IsPublic(address) ? address : null;

    /// <summary>A setting's values: an array, or one text with commas.</summary>
    public static string[] Values(this IConfigurationSection section, string name) =>
        section.GetSection(name) is var setting && setting.Value is { Length: > 0 } text
            ? text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : [.. (setting.Get<string[]>() ?? []).Where(v => !string.IsNullOrWhiteSpace(v))];
}
