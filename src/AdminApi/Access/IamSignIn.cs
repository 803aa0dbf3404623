using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>
/// AWS identities without an identity provider: API Gateway's IAM authorizer has checked the request's signature and says whose it is;
/// patterns of ARNs, in which <c>*</c> stands for one whole part between slashes, make readers and editors.
/// </summary>
internal static partial class IamSignIn
{
    public const string Section = "SignIn:Iam";

    /// <summary>Where the request's items hold the ARN that API Gateway gives. Nothing that a caller sends gets there.</summary>
    public static readonly object CallerArn = new();

    private const string SchemeName = "Iam";

    // IAM Identity Center alone assumes such roles, and names each session after its user.
    private const string IdentityCenterRole = "AWSReservedSSO_";

    public static void AddIamSignIn(this WebApplicationBuilder builder, IConfigurationSection settings)
    {
        var (readers, editors) = (Read("Readers"), Read("Editors"));
        if (editors.Length == 0)
        {
            throw new InvalidOperationException(
                $"{Section}:Editors is missing: give patterns of ARNs, such as arn:aws:sts::123456789012:assumed-role/VpnAdmins/*.");
        }

        builder.Services.AddAuthentication(SchemeName).AddScheme<Patterns, Handler>(SchemeName, patterns =>
        {
            patterns.Readers = readers;
            patterns.Editors = editors;
        });
        Roles.Local.AddPolicies(builder.Services);

        string[][] Read(string name) => [.. settings.Values(name).Select(pattern => Parts($"{Section}:{name}", pattern))];
    }

    /// <summary>The parts of a pattern between its slashes.</summary>
    /// <exception cref="InvalidOperationException">It could match a name that its caller has chosen, or can't match anything.</exception>
    private static string[] Parts(string setting, string pattern)
    {
        var parts = pattern.Split('/');
        var first = AccountAndType().Match(parts[0]);
        var (partition, account) = (first.Groups["partition"].Value, first.Groups["account"].Value);
        var role = $"arn:{partition}:sts::{account}:assumed-role/<role>/*";
        Refuse(
            !first.Success,
            "which does not begin with an account and a kind of identity: write that out, such as arn:aws:sts::123456789012:assumed-role.");
        Refuse(parts.Contains(""), "which has an empty part: take away the slash that is too much.");
        Refuse(
            parts.Any(p => p.Contains('*', StringComparison.Ordinal) && p != "*"),
            "but a * stands for a whole part between slashes and for nothing less: write that part out, or put a * alone there.");
        switch ($"{first.Groups["service"].Value}:{first.Groups["type"].Value}")
        {
            case "sts:assumed-role":
                Refuse(parts.Length == 2 && parts[1] != "*", $"which lacks the session: give {pattern}/*.");
                Refuse(parts.Length != 3, $"which is no session of a role (those have no path): give {role}.");
                Refuse(parts[1] == "*", $"which is anybody with any role: name it, as in {role}.");
                Refuse(
                    parts[2] != "*" && !parts[1].StartsWith(IdentityCenterRole, StringComparison.Ordinal),
                    $"but whoever assumes a role chooses the session's name: give {parts[0]}/{parts[1]}/*, and let nobody else assume it.");
                break;
            case "sts:federated-user":
                Refuse(true, $"but whoever makes a federated user chooses the name: give a role, {role}.");
                break;
            case "iam:user":
                Refuse(parts.Length == 1, $"which is no user: give {parts[0]}/<name>.");
                break;
            case "iam:root":
                Refuse(parts.Length > 1, $"but an account has one root: give {parts[0]}.");
                break;
            default:
                Refuse(true, $"and nobody signs in as that: give a user, arn:{partition}:iam::{account}:user/<name>, or a role, {role}.");
                break;
        }

        return parts;

        void Refuse(bool isWrong, string why)
        {
            if (isWrong)
            {
                throw new InvalidOperationException($"{setting} has the pattern {pattern}, {why}");
            }
        }
    }

    [GeneratedRegex(
        "^arn:(?<partition>aws(-[a-z]+)*):(?<service>iam|sts)::(?<account>[0-9]{12}):(?<type>[a-z-]+)\\z", RegexOptions.ExplicitCapture)]
    private static partial Regex AccountAndType();

    internal sealed class Patterns : AuthenticationSchemeOptions
    {
        public string[][] Readers { get; set; } = [];

        public string[][] Editors { get; set; } = [];

        /// <summary>The role of an ARN; null for none.</summary>
        public string? FindRole(string arn)
        {
            var parts = arn.Split('/');
            return Array.Exists(Editors, Matches) ? Roles.Editor : Array.Exists(Readers, Matches) ? Roles.Reader : null;

            bool Matches(string[] pattern) =>
                pattern.Length == parts.Length && pattern.Zip(parts).All(p => p.First == "*" ? p.Second.Length > 0 : p.First == p.Second);
        }
    }

    private sealed class Handler(
        IOptionsMonitor<Patterns> patterns,
        ILoggerFactory logger,
        UrlEncoder encoder) : AuthenticationHandler<Patterns>(patterns, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Context.Items[CallerArn] is not string arn)
            {
                return Task.FromResult(AuthenticateResult.NoResult());
            }

            var identity = new ClaimsIdentity(
                [new Claim(Roles.Local.NameClaim, arn)], SchemeName, Roles.Local.NameClaim, Roles.Local.RoleClaim);
            if (Options.FindRole(arn) is { } role)
            {
                identity.AddClaim(new Claim(Roles.Local.RoleClaim, role));
            }

            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName)));
        }
    }
}
