using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>
/// Any OpenID Connect issuer: Amazon Cognito, Microsoft Entra ID, Okta and others. <c>Authentication:Schemes:Bearer</c> takes ASP.NET
/// Core's own JWT bearer settings; beside them, <c>SignIn</c> says which claim names the caller and which of its values mean reader and
/// editor.
/// </summary>
internal static class IssuerSignIn
{
    public const string Section = "Authentication:Schemes:Bearer";

    // A page is waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

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

        var token = settings["Token"] ?? IssuerClient.AccessToken;
        Require(
            token is IssuerClient.AccessToken or IssuerClient.IdToken,
            $"SignIn:Token is '{token}': give {IssuerClient.AccessToken} or {IssuerClient.IdToken}, whichever has the claims.");
        builder.Services.AddSingleton(new IssuerClient(settings["ClientId"] is { Length: > 0 } id ? id : null, token));

        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.MapInboundClaims = false;
            options.TokenValidationParameters.NameClaimType = roles.NameClaim;
            options.Events = roles.BearerEvents(_ => null);
        });
        roles.AddPolicies(builder.Services);
    }

    /// <summary>What the issuer says of itself; null if there is none, or if it is away.</summary>
    public static async Task<OpenIdConnectConfiguration?> FindIssuerAsync(this HttpContext context)
    {
        var issuer = context.RequestServices.GetService<IOptionsMonitor<JwtBearerOptions>>()?.Get(JwtBearerDefaults.AuthenticationScheme);
        if (issuer?.ConfigurationManager is not { } configuration)
        {
            return null;
        }

        try
        {
            return await configuration.GetConfigurationAsync(context.RequestAborted).WaitAsync(Patience, context.RequestAborted);
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            return null;
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}

/// <summary>As which client of the issuer pages sign people in.</summary>
/// <param name="Id">The client's id; null if none is configured.</param>
/// <param name="Token">Which of the issuer's tokens pages send.</param>
internal sealed record IssuerClient(string? Id, string Token)
{
    public const string AccessToken = "access_token";
    public const string IdToken = "id_token";

    /// <summary>What pages ask the issuer for.</summary>
    public const string Scope = "openid";
}
