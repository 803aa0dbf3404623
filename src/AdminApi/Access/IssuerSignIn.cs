using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>
/// Any OpenID Connect issuer: Amazon Cognito, Microsoft Entra ID, Okta and others. <c>Authentication:Schemes:Bearer</c> takes ASP.NET
/// Core's own JWT bearer settings; beside them, <c>SignIn</c> says which claim names the caller and which of its values mean reader and
/// editor.
/// </summary>
internal static class IssuerSignIn
{
    public const string Section = "Authentication:Schemes:Bearer";

    public static void AddIssuerSignIn(this WebApplicationBuilder builder, IConfigurationSection issuer)
    {
        Require(
            issuer["Authority"] is { Length: > 0 },
            $"{Section}:Authority is missing: give the issuer's address, where its /.well-known/openid-configuration is.");

        // Without an audience ASP.NET Core would take any token of the issuer, also those for other applications.
        Require(
            issuer.Values("ValidAudiences").Length > 0 || issuer["ValidAudience"] is { Length: > 0 },
            $"{Section}:ValidAudiences is missing: give the client id, or what else the issuer writes into the tokens' aud for this "
            + "portal.");

        var settings = builder.Configuration.GetSection("SignIn");
        var roles = new Roles(
            settings["NameClaim"] ?? "sub", settings["RoleClaim"] ?? "roles", settings.Values("Readers"), settings.Values("Editors"));
        Require(roles.Editors.Count > 0, "SignIn:Editors is missing: give the values of the role claim that make an editor.");

        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.MapInboundClaims = false;
            options.TokenValidationParameters.NameClaimType = roles.NameClaim;
            options.Events = roles.BearerEvents(_ => null);
        });
        roles.AddPolicies(builder.Services);
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
