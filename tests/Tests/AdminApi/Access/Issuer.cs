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
    private string? challenge;

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
        app.MapGet("/authorize", (Delegate)issuer.Authorize);
        app.MapPost("/token", (Delegate)issuer.ExchangeAsync);
        app.Map("/{**path}", context => context.Response.WriteAsJsonAsync(context.Request.Path.Value switch
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

    /// <summary>Somebody signs in here at once, and goes back to where they came from with a code.</summary>
    private IResult Authorize(HttpContext context)
    {
        var asked = context.Request.Query;
        Assert.Equal(("code", "S256"), (asked["response_type"].ToString(), asked["code_challenge_method"].ToString()));
        challenge = asked["code_challenge"].ToString();
        return Results.Redirect($"{asked["redirect_uri"]}?code=the-code&state={Uri.EscapeDataString(asked["state"].ToString())}");
    }

    /// <summary>The code is exchanged for tokens, by whoever knows what the challenge is a digest of.</summary>
    private async Task<IResult> ExchangeAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        var digest = Base64UrlEncoder.Encode(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
        context.Response.Headers.AccessControlAllowOrigin = "*";
        return form["code"] == "the-code" && digest == challenge
            ? Results.Json(new Dictionary<string, object>
            {
                ["access_token"] = Token(),
                ["id_token"] = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
                {
                    Issuer = Url,
                    Audience = "the-page",
                    Claims = new Dictionary<string, object> { ["sub"] = "4711" },
                    SigningCredentials = new SigningCredentials(Key, SecurityAlgorithms.RsaSha256),
                }),
                ["token_type"] = "Bearer",
                ["expires_in"] = 3600,
            })
            : Results.BadRequest();
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
