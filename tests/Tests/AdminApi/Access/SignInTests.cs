using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ClientVpnAdmin.AdminApi.Access;

public sealed class SignInTests : IDisposable
{
    private static readonly string[] Open = ["/health/live", "/health/ready", "/swagger"];
    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task No_route_is_open_but_health_and_the_Swagger_documents()
    {
        var routes = Routes().ToList();
        Assert.True(routes.Count > 15, $"Only {routes.Count} routes were found.");
        foreach (var (method, path) in routes)
        {
            var answer = await portal.SendAsync(method, path, token: null);
            if (Open.Any(o => path.StartsWith(o, StringComparison.Ordinal)))
            {
                Assert.True(answer.Status != HttpStatusCode.Unauthorized, $"{method} {path}: {answer.Status}");
            }
            else
            {
                Assert.Contains("Authorization: Bearer", answer.ExpectProblem(HttpStatusCode.Unauthorized), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Only_these_routes_say_that_they_are_open()
    {
        var open = Endpoints().Where(e => e.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(Path).ToList();
        Assert.All(open, path => Assert.Contains(Open, o => path.StartsWith(o, StringComparison.Ordinal)));
        Assert.All(Open, o => Assert.Contains(open, path => path.StartsWith(o, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_reader_may_read_and_evaluate_and_change_nothing()
    {
        var id = await portal.AddRangeAsync("10.0.0.0/8");
        foreach (var (method, path) in Routes().Where(r => r.Path.StartsWith("/api", StringComparison.Ordinal)))
        {
            var answer = await portal.SendAsync(method, path, token: "reader.token");
            if (method == HttpMethod.Get || method == HttpMethod.Head || path == "/api/evaluations"
                || path.StartsWith("/api/preview", StringComparison.Ordinal))
            {
                Assert.True(
                    answer.Status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden),
                    $"{method} {path}: {answer.Status}");
            }
            else
            {
                Assert.Contains("role editor", answer.ExpectProblem(HttpStatusCode.Forbidden), StringComparison.Ordinal);
            }
        }

        (await portal.DeleteAsync($"/api/ranges/{id}", token: "reader.token")).ExpectProblem(HttpStatusCode.Forbidden);
        Assert.Equal(1, await portal.HeadAsync());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api")]
    [InlineData("/api/nothing")]
    [InlineData("/API/RANGES")]
    [InlineData("/api/ranges/")]
    [InlineData("//api/ranges")]
    [InlineData("/api/./ranges")]
    [InlineData("/health")]
    [InlineData("/health/../api/ranges")]
    [InlineData("/swagger/../api/ranges")]
    [InlineData("/swagger/v1/swagger.json/../../../api/ranges")]
    public async Task No_other_way_of_writing_an_address_gets_in(string path) =>
        Assert.Equal(HttpStatusCode.Unauthorized, (await portal.GetAsync(path, token: null)).Status);

    [Fact]
    public async Task A_token_that_cannot_be_trusted_is_refused()
    {
        var good = portal.Token("admin.token");
        var key = new SymmetricSecurityKey(Convert.FromBase64String(File.ReadAllText(Beside("signing.key"))));
        var otherKey = new SymmetricSecurityKey(Enumerable.Repeat((byte)7, 32).ToArray());
        var now = DateTimeOffset.UtcNow;
        var hour = TimeSpan.FromHours(1);
        var parts = good.Split('.');
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(good));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(LocalSignIn.MakeToken(key, "alice", "editor", now, hour)));
        foreach (var (what, token) in new[]
        {
            ("expired", LocalSignIn.MakeToken(key, "alice", "editor", now - (2 * hour), hour)),
            ("signed with another key", LocalSignIn.MakeToken(otherKey, "alice", "editor", now, hour)),
            ("another issuer", Token(key, issuer: "somebody-else")),
            ("another audience", Token(key, audience: "somebody-else")),
            ("another algorithm", Token(key, algorithm: SecurityAlgorithms.HmacSha512)),
            ("no signature", $"{parts[0]}.{parts[1]}."),
            ("alg none", $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{parts[1]}."),
            ("a changed role", $"{(portal.Token("reader.token")).Split('.')[0]}.{parts[1]}.{portal.Token("reader.token").Split('.')[2]}"),
            ("no token", "hello"),
            ("nothing", ""),
        })
        {
            Assert.True(await StatusAsync(token) == HttpStatusCode.Unauthorized, what);
        }

        async Task<HttpStatusCode> StatusAsync(string token) =>
            (await portal.SendAsync(HttpMethod.Get, "/api/ranges", (HttpContent?)null, null, token)).Status;
    }

    [Theory]
    [InlineData("admin")]
    [InlineData("Editor")]
    [InlineData("")]
    public async Task A_token_without_one_of_the_roles_gets_nowhere(string role)
    {
        _ = portal.Token("admin.token");
        var key = new SymmetricSecurityKey(Convert.FromBase64String(File.ReadAllText(Beside("signing.key"))));
        var token = LocalSignIn.MakeToken(key, "alice", role, DateTimeOffset.UtcNow, TimeSpan.FromHours(1));
        (await portal.SendAsync(HttpMethod.Get, "/api/ranges", (HttpContent?)null, null, token)).ExpectProblem(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(24 * 60)]
    public async Task A_clock_that_was_set_back_after_a_token_was_made_locks_nobody_out(int minutes)
    {
        var issued = DateTime.UtcNow.AddMinutes(minutes);
        _ = portal.Token("admin.token");
        var key = new SymmetricSecurityKey(Convert.FromBase64String(File.ReadAllText(Beside("signing.key"))));
        var made = LocalSignIn.MakeToken(key, "admin", "editor", issued, TimeSpan.FromDays(365));
        Assert.False(new JsonWebToken(made).TryGetPayloadValue<long>("nbf", out _));
        foreach (var token in new[] { made, Token(key, notBefore: issued) }) // and one of an earlier version
        {
            File.WriteAllText(Beside("admin.token"), token);
            Restart();
            Assert.Equal(token, File.ReadAllText(Beside("admin.token")));
            (await portal.GetAsync("/api/ranges")).Expect(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task A_token_in_the_address_is_not_taken() =>
        (await portal.GetAsync($"/api/ranges?access_token={portal.Token("admin.token")}", token: null))
            .ExpectProblem(HttpStatusCode.Unauthorized);

    [Fact]
    public void Key_and_tokens_are_for_the_owner_only_and_are_made_once()
    {
        var first = (portal.Token("admin.token"), portal.Token("reader.token"), File.ReadAllText(Beside("signing.key")));
        Assert.All(new[] { "admin.token", "reader.token", "signing.key" }, f => Assert.True(TemporaryFolder.IsPrivate(Beside(f)), f));
        Restart();
        Assert.Equal(
            first,
            (File.ReadAllText(Beside("admin.token")), File.ReadAllText(Beside("reader.token")), File.ReadAllText(Beside("signing.key"))));
    }

    [Fact]
    public void A_token_is_good_for_a_year_and_made_anew_before_it_runs_out()
    {
        var token = new JsonWebToken(portal.Token("admin.token"));
        Assert.InRange(token.ValidTo - DateTime.UtcNow, TimeSpan.FromDays(364), TimeSpan.FromDays(365));
        var key = new SymmetricSecurityKey(Convert.FromBase64String(File.ReadAllText(Beside("signing.key"))));
        foreach (var (days, isKept) in new[] { (31, true), (29, false), (-1, false) })
        {
            var old = LocalSignIn.MakeToken(key, "admin", "editor", DateTimeOffset.UtcNow.AddDays(-365 + days), TimeSpan.FromDays(365));
            File.WriteAllText(Beside("admin.token"), old);
            Restart();
            Assert.Equal(isKept, File.ReadAllText(Beside("admin.token")) == old);
        }
    }

    [Fact]
    public void Tokens_are_made_anew_with_a_new_key()
    {
        var old = portal.Token("admin.token");
        File.Delete(Beside("signing.key"));
        Restart();
        Assert.NotEqual(old, File.ReadAllText(Beside("admin.token")));
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("c2hvcnQ=")]
    [InlineData("")]
    public void A_key_that_is_none_keeps_the_portal_from_starting(string key)
    {
        _ = portal.Token("admin.token");
        File.WriteAllText(Beside("signing.key"), key);
        var e = Assert.Throws<InvalidOperationException>(Restart);
        Assert.Contains("signing.key", e.Message, StringComparison.Ordinal);
        Assert.Contains("Delete it", e.Message, StringComparison.Ordinal);
    }

    private static string Token(
        SecurityKey key,
        string issuer = "client-vpn-admin",
        string audience = "client-vpn-admin",
        string algorithm = SecurityAlgorithms.HmacSha256,
        DateTime? notBefore = null) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = true }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Claims = new Dictionary<string, object> { ["sub"] = "alice", ["role"] = "editor" },
            IssuedAt = notBefore,
            NotBefore = notBefore,
            Expires = notBefore?.AddDays(365),
            SigningCredentials = new SigningCredentials(
                algorithm == SecurityAlgorithms.HmacSha256
                    ? key
                    : new SymmetricSecurityKey([.. ((SymmetricSecurityKey)key).Key, .. new byte[32]]),
                algorithm),
        });

    private static string Path(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.TrimStart('/');

    private string Beside(string file) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(portal.StorePath)!, file);

    private void Restart()
    {
        using var again = portal.WithWebHostBuilder(_ => { });
        _ = again.Server;
    }

    private IEnumerable<RouteEndpoint> Endpoints() =>
        portal.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).Cast<RouteEndpoint>();

    private IEnumerable<(HttpMethod Method, string Path)> Routes() =>
        from endpoint in Endpoints()
        let path = Path(endpoint)
            .Replace("{id}", "019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b", StringComparison.Ordinal)
            .Replace("{number}", "1", StringComparison.Ordinal)
            .Replace("{documentName}", "v1", StringComparison.Ordinal)
            .Replace("{extension:regex(^(json|ya?ml)$)}", "json", StringComparison.Ordinal)
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST", "PUT", "DELETE", "PATCH"]
        select (new HttpMethod(method), path);
}
