using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ClientVpnAdmin.AdminApi.Access;

public sealed class SignInTests(SharedPortals shared) : IClassFixture<SharedPortals>, IDisposable
{
    private static readonly string[] Open =
        ["/", "/assets/{file}", "/favicon.svg", "/api/sign-in", "/health/live", "/health/ready", "/swagger"];

    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task No_route_is_open_but_health_the_pages_and_how_one_signs_in()
    {
        var routes = Routes().ToList();
        Assert.True(routes.Count > 15, $"Only {routes.Count} routes were found.");
        foreach (var (method, path) in routes)
        {
            var answer = await portal.SendAsync(method, path, token: null);
            if (IsOpen(path))
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
        Assert.All(open, path => Assert.True(IsOpen(path), path));
        Assert.All(Open, o => Assert.Contains(open, path => path.StartsWith(o, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_reader_may_read_and_evaluate_and_change_nothing()
    {
        var id = await portal.AddRangeAsync("10.0.0.0/8");
        (await portal.DeleteAsync($"/api/ranges/{id}", token: "reader.token")).ExpectProblem(HttpStatusCode.Forbidden);
        var routes = Routes().Where(r => r.Path.StartsWith("/api", StringComparison.Ordinal) && !IsOpen(r.Path));
        foreach (var (method, path) in routes.OrderBy(r => r.Path == "/api/sign-out")) // after which the token is good for nothing
        {
            var answer = await portal.SendAsync(method, path, token: "reader.token");
            if (method == HttpMethod.Get || method == HttpMethod.Head || path is "/api/evaluations" or "/api/sign-out"
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

        Assert.Equal(1, await portal.HeadAsync());
    }

    [Theory]
    [InlineData("/api")]
    [InlineData("/api/nothing")]
    [InlineData("/API/RANGES")]
    [InlineData("/api/ranges/")]
    [InlineData("/.//api/ranges")]
    [InlineData("/api/./ranges")]
    [InlineData("/health")]
    [InlineData("/assets")]
    [InlineData("/assets/../api/ranges")]
    [InlineData("/api/sign-in/../ranges")]
    [InlineData("/health/../api/ranges")]
    [InlineData("/swagger/../api/ranges")]
    [InlineData("/swagger/v1/swagger.json/../../../api/ranges")]
    public async Task No_other_way_of_writing_an_address_gets_in(string path) =>
        Assert.Equal(HttpStatusCode.Unauthorized, (await shared.Empty.GetAsync(path, token: null)).Status);

    [Fact]
    public async Task A_token_that_cannot_be_trusted_is_refused()
    {
        var good = portal.Token("admin.token");
        var key = Key();
        var otherKey = new SymmetricSecurityKey(Enumerable.Repeat((byte)7, 32).ToArray());
        var now = DateTimeOffset.UtcNow;
        var hour = TimeSpan.FromHours(1);
        var parts = good.Split('.');
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(good));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Tokens().Make("alice", "editor", now, hour).Text));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Token(key)));
        foreach (var (what, token) in new[]
        {
            ("expired", Tokens().Make("alice", "editor", now - (2 * hour), hour).Text),
            ("signed with another key", Token(otherKey)),
            ("signed, but none that was made", Token(key, id: Guid.NewGuid().ToString())),
            ("signed, and a path as its id", Token(key, id: "../signing.key")),
            ("signed, without an id", Token(key, id: null)),
            ("signed, with something critical", Token(key, crit: "http://example.com/later")),
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
    [InlineData("sub=alice", "role=admin")]
    [InlineData("sub=alice", "role=Editor")]
    [InlineData("sub=alice", "role=")]
    [InlineData("sub=alice", "ROLE=editor")]
    [InlineData("sub=", "role=editor")]
    [InlineData("sub= ", "role=editor")]
    [InlineData("sub=\u200b", "role=editor")]
    [InlineData("sub=bob\n Revision 9 by alice", "role=editor")]
    [InlineData("sub=bob\u2028x", "role=editor")]
    [InlineData("SUB=alice", "role=editor")]
    [InlineData("name=alice", "role=editor")]
    public async Task A_token_without_one_of_the_roles_or_without_a_name_gets_nowhere(params string[] claims)
    {
        _ = portal.Token("admin.token");
        var token = Token(Key(), claims: claims);
        (await portal.SendAsync(HttpMethod.Get, "/api/ranges", (HttpContent?)null, null, token)).ExpectProblem(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_name_in_a_claim_of_another_type_is_not_the_callers()
    {
        _ = portal.Token("admin.token");
        var token = Token(Key(), claims: ["SUB=mallory", "sub=alice", "role=editor"]);
        var answer = await portal.SendAsync(HttpMethod.Get, "/api/me", (HttpContent?)null, null, token);
        Assert.Equal("alice", answer.Expect(HttpStatusCode.OK)["name"]!.ToString());
    }

    [Fact]
    public async Task A_revoked_token_is_refused_at_once_and_the_others_are_not()
    {
        _ = portal.Token("admin.token");
        var tokens = Tokens();
        var stolen = tokens.Make("alice", "editor", DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        var other = tokens.Make("alice", "editor", DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(stolen.Text));
        Assert.True(tokens.Revoke(stolen.Token.Id));
        Assert.False(tokens.Revoke(stolen.Token.Id));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(stolen.Text));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(other.Text));
        Assert.DoesNotContain(tokens.List(), t => t.Id == stolen.Token.Id);

        async Task<HttpStatusCode> StatusAsync(string token) =>
            (await portal.SendAsync(HttpMethod.Get, "/api/ranges", (HttpContent?)null, null, token)).Status;
    }

    [Fact]
    public async Task Each_failed_sign_in_and_each_refusal_by_role_is_one_line_of_the_log_without_a_token()
    {
        var (expired, reader) = (
            Tokens().Make("alice", "editor", DateTimeOffset.UtcNow.AddDays(-2), TimeSpan.FromDays(1)).Text, portal.Token("reader.token"));
        var revoked = Tokens().Make("alice", "editor", DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        Tokens().Revoke(revoked.Token.Id);
        foreach (var token in new[] { null, "hello", expired, revoked.Text, reader })
        {
            await portal.SendAsync(HttpMethod.Post, "/api/revisions/undo?comment=x", (HttpContent?)null, null, token);
        }

        var lines = portal.Logged.Where(line => line.Category == typeof(SignInLog).FullName).ToList();
        Assert.Equal(
            [
                "Sign-in failed from unknown: POST /api/revisions/undo. There is no token.",
                "Sign-in failed from unknown: POST /api/revisions/undo. The token can't be trusted (SecurityTokenMalformedException).",
                "Sign-in failed from unknown: POST /api/revisions/undo. The token has expired.",
                "Sign-in failed from unknown: POST /api/revisions/undo. The token is revoked, or none that this portal has made.",
                "Refused reader from unknown by role: POST /api/revisions/undo",
            ],
            lines.Select(line => line.Message));
        Assert.Equal("POST", lines[0].StructuredState!.Single(s => s.Key == "Method").Value);
        Assert.DoesNotContain(portal.Logged, line => line.Message.Contains(reader, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_was_let_in_and_from_where_is_one_line_of_the_log_for_many_calls()
    {
        var alice = Tokens().Make("alice", "reader", DateTimeOffset.UtcNow, TimeSpan.FromDays(1)).Text;
        foreach (var token in new[] { alice, alice, portal.Token("admin.token") })
        {
            await portal.SendAsync(HttpMethod.Get, "/api/me", (HttpContent?)null, null, token);
        }

        Assert.Equal(
            [
                (5, "Signed in: alice from unknown, for the first time in an hour"),
                (5, "Signed in: admin from unknown, for the first time in an hour"),
            ],
            portal.Logged.Where(line => line.Category == typeof(SignInLog).FullName).Select(line => (line.Id.Id, line.Message)));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(24 * 60)]
    public async Task A_clock_that_was_set_back_after_a_token_was_made_locks_nobody_out(int minutes)
    {
        var issued = DateTime.UtcNow.AddMinutes(minutes);
        _ = portal.Token("admin.token");
        var token = Tokens().Make("admin", "editor", issued, TimeSpan.FromDays(365)).Text;
        Assert.False(new JsonWebToken(token).TryGetPayloadValue<long>("nbf", out _));
        File.WriteAllText(Beside("admin.token"), token);
        Restart();
        Assert.Equal(token, File.ReadAllText(Beside("admin.token")));
        (await portal.GetAsync("/api/ranges")).Expect(HttpStatusCode.OK);
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
        foreach (var (days, isKept) in new[] { (31, true), (29, false), (-1, false) })
        {
            var old = Tokens().Make("admin", "editor", DateTimeOffset.UtcNow.AddDays(-365 + days), TimeSpan.FromDays(365)).Text;
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

    /// <summary>Signs a token that is as it should be but for what is given; its id is that of the first token that was made.</summary>
    private string Token(
        SecurityKey key,
        string issuer = "client-vpn-admin",
        string audience = "client-vpn-admin",
        string algorithm = SecurityAlgorithms.HmacSha256,
        string? id = "",
        string? crit = null,
        params string[] claims)
    {
        var payload = (claims.Length > 0 ? claims : ["sub=alice", "role=editor"]).Select(claim => claim.Split('='))
            .ToDictionary(claim => claim[0], claim => (object)claim[1]);
        if (id is not null)
        {
            payload["jti"] = id.Length > 0 ? id : Tokens().List().First().Id.ToString();
        }

        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = true }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Claims = payload,
            AdditionalHeaderClaims = crit is null ? null : new Dictionary<string, object> { ["crit"] = new[] { crit }, [crit] = true },
            SigningCredentials = new SigningCredentials(
                algorithm == SecurityAlgorithms.HmacSha256
                    ? key
                    : new SymmetricSecurityKey([.. ((SymmetricSecurityKey)key).Key, .. new byte[32]]),
                algorithm),
        });
    }

    private static bool IsOpen(string path) =>
        Open.Contains(path) || path == "/assets/x.js" || path.StartsWith("/swagger", StringComparison.Ordinal);

    private static string Path(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.TrimStart('/');

    private string Beside(string file) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(portal.StorePath)!, file);

    /// <summary>The portal's tokens, as the command <c>token</c> has them.</summary>
    private LocalTokens Tokens() => new(System.IO.Path.GetDirectoryName(portal.StorePath)!);

    private SymmetricSecurityKey Key() => new(Convert.FromBase64String(File.ReadAllText(Beside("signing.key"))));

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
            .Replace("{file}", "x.js", StringComparison.Ordinal)
            .Replace("{documentName}", "v1", StringComparison.Ordinal)
            .Replace("{extension:regex(^(json|ya?ml)$)}", "json", StringComparison.Ordinal)
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST", "PUT", "DELETE", "PATCH"]
        select (new HttpMethod(method), path);
}
