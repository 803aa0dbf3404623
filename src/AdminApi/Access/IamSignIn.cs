using System.IO.Enumeration;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ClientVpnAdmin.Access;

/// <summary>
/// AWS identities without an identity provider: API Gateway's IAM authorizer has checked the request's signature and says whose it is; patterns of
/// ARNs, with <c>*</c> for any characters, make readers and editors.
/// </summary>
internal static class IamSignIn
{
    public const string Section = "SignIn:Iam";

    /// <summary>Where the request's items hold the ARN that API Gateway gives. Nothing that a caller sends gets there.</summary>
    public static readonly object CallerArn = new();

    private const string SchemeName = "Iam";

    public static void AddIamSignIn(this WebApplicationBuilder builder, IConfigurationSection settings)
    {
        var (readers, editors) = (settings.Values("Readers"), settings.Values("Editors"));
        if (editors.Length == 0)
        {
            throw new InvalidOperationException($"{Section}:Editors is missing: give patterns of ARNs, such as arn:aws:sts::123456789012:assumed-role/VpnAdmins/*.");
        }

        builder.Services.AddAuthentication(SchemeName).AddScheme<Patterns, Handler>(SchemeName, patterns =>
        {
            patterns.Readers = readers;
            patterns.Editors = editors;
        });
        Roles.Local.AddPolicies(builder.Services);
    }

    internal sealed class Patterns : AuthenticationSchemeOptions
    {
        public string[] Readers { get; set; } = [];

        public string[] Editors { get; set; } = [];

        /// <summary>The role of an ARN; null for none.</summary>
        public string? RoleOf(string arn)
        {
            return Matches(Editors) ? Roles.Editor : Matches(Readers) ? Roles.Reader : null;

            bool Matches(string[] patterns) => Array.Exists(patterns, p => FileSystemName.MatchesSimpleExpression(p, arn, ignoreCase: false));
        }
    }

    private sealed class Handler(IOptionsMonitor<Patterns> patterns, ILoggerFactory logger, UrlEncoder encoder) : AuthenticationHandler<Patterns>(patterns, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Context.Items[CallerArn] is not string arn)
            {
                return Task.FromResult(AuthenticateResult.NoResult());
            }

            var identity = new ClaimsIdentity([new Claim(Roles.Local.NameClaim, arn)], SchemeName, Roles.Local.NameClaim, Roles.Local.RoleClaim);
            if (Options.RoleOf(arn) is { } role)
            {
                identity.AddClaim(new Claim(Roles.Local.RoleClaim, role));
            }

            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName)));
        }
    }
}
