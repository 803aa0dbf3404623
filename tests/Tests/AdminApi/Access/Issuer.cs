using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>An OpenID Connect issuer with a real key, as far as those who check its tokens see it.</summary>
internal sealed class Issuer : IAsyncDisposable
{
    public const string Audience = "client-vpn-admin-portal";

    private readonly WebApplication app;
    private readonly RSA rsa = RSA.Create(2048);

    private Issuer(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single();

    public RsaSecurityKey Key => new(rsa) { KeyId = "the-key" };

    /// <param name="query">What the addresses of its endpoints end with.</param>
    public static async Task<Issuer> StartAsync(string query = "")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var issuer = new Issuer(app);
        app.Run(context => context.Response.WriteAsJsonAsync(context.Request.Path.Value switch
        {
            "/.well-known/openid-configuration" => new Dictionary<string, object>
            {
                ["issuer"] = issuer.Url,
                ["jwks_uri"] = $"{issuer.Url}/keys",
                ["authorization_endpoint"] = $"{issuer.Url}/authorize{query}",
                ["token_endpoint"] = $"{issuer.Url}/token{query}",
                ["end_session_endpoint"] = $"{issuer.Url}/logout{query}",
            },
            _ => new Dictionary<string, object> { ["keys"] = new[] { issuer.PublicKey() } },
        }));
        await app.StartAsync();
        return issuer;
    }

    /// <summary>Signs a token; what isn't given is as it should be.</summary>
    public string Token(
        string? group = "vpn-editors",
        string? name = "alice@example.com",
        string? issuer = null,
        string audience = Audience,
        TimeSpan age = default,
        SecurityKey? key = null,
        string algorithm = SecurityAlgorithms.RsaSha256,
        string groups = "groups",
        string? crit = null)
    {
        var claims = new Dictionary<string, object>();
        if (name is not null)
        {
            claims["email"] = name;
        }

        if (group is not null)
        {
            claims[groups] = new[] { "everyone", group };
        }

        var now = DateTime.UtcNow - age;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? Url,
            Audience = audience,
            Claims = claims,
            AdditionalHeaderClaims = crit is null ? null : new Dictionary<string, object> { ["crit"] = new[] { crit }, [crit] = true },
            IssuedAt = now,
            NotBefore = now,
            Expires = now.AddHours(1),
            SigningCredentials = new SigningCredentials(key ?? Key, algorithm),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        rsa.Dispose();
    }

    private Dictionary<string, string> PublicKey()
    {
        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        return new()
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["kid"] = "the-key",
            ["n"] = Base64UrlEncoder.Encode(parameters.Modulus),
            ["e"] = Base64UrlEncoder.Encode(parameters.Exponent),
        };
    }
}
