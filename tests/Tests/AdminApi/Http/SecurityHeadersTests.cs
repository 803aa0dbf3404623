using System.Net;
using ClientVpnAdmin.AdminApi.Access;

namespace ClientVpnAdmin.AdminApi.Http;

public sealed class SecurityHeadersTests(SharedPortals shared) : IClassFixture<SharedPortals>
{
    private const string ForNothing = "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox";

    private const string ForPages =
        "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self' data:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string ForSwagger =
        "default-src 'none'; object-src 'none'; script-src 'self'; style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; "
        + "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly Portal portal = shared.Empty;

    [Theory]
    [InlineData("/api/ranges", HttpStatusCode.OK, ForNothing)]
    [InlineData("/api/ranges?limit=x", HttpStatusCode.BadRequest, ForNothing)]
    [InlineData("/api/nothing", HttpStatusCode.NotFound, ForNothing)]
    [InlineData("/health/live", HttpStatusCode.OK, ForPages)]
    [InlineData("/", HttpStatusCode.OK, ForPages)]
    [InlineData("/assets/nothing.js", HttpStatusCode.NotFound, ForPages)]
    [InlineData("/swagger/index.html", HttpStatusCode.OK, ForSwagger)]
    [InlineData("/swagger/swagger-ui-bundle.js", HttpStatusCode.OK, ForSwagger)]
    [InlineData("/swagger/v1/swagger.json", HttpStatusCode.OK, ForSwagger)]
    public async Task Each_answer_says_what_a_browser_may_make_of_it(string path, HttpStatusCode status, string policy)
    {
        using var answer = await GetAsync(path);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.Equal("no-referrer", Header(answer, "Referrer-Policy"));
        Assert.Equal(policy, Header(answer, "Content-Security-Policy"));
        Assert.Equal(path.StartsWith("/api", StringComparison.Ordinal), Header(answer, "Cache-Control") == "no-store");
        Assert.Equal("", Header(answer, "Server"));

        // Swagger UI's window for signing in at an issuer tells the one that opened it.
        Assert.Equal(policy == ForPages ? "same-origin" : "", Header(answer, "Cross-Origin-Opener-Policy"));
    }

    [Fact]
    public async Task An_answer_to_a_stranger_has_them_too()
    {
        using var client = portal.CreateClient();
        using var answer = await client.GetAsync(new Uri("/api/ranges", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(("nosniff", "no-store"), (Header(answer, "X-Content-Type-Options"), Header(answer, "Cache-Control")));
    }

    [Theory]
    [InlineData("localhost:5080", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("[::1]:5080", HttpStatusCode.OK)]
    [InlineData("evil.example", HttpStatusCode.BadRequest)]
    [InlineData("localhost.evil.example:5080", HttpStatusCode.BadRequest)]
    [InlineData("203.0.113.7", HttpStatusCode.BadRequest)]
    public async Task With_the_local_sign_in_only_names_of_this_machine_are_answered(string host, HttpStatusCode status)
    {
        using var answer = await GetAsync("/api/me", host);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
    }

    [Fact]
    public async Task Where_an_issuer_signs_in_its_page_may_fetch_a_token_there_and_any_host_is_answered()
    {
        await using var issuer = await Issuer.StartAsync("?p=policy");
        using var configured = new Portal(
            ("Authentication:Schemes:Bearer:Authority", issuer.Url),
            ("Authentication:Schemes:Bearer:RequireHttpsMetadata", "false"),
            ("Authentication:Schemes:Bearer:ValidAudiences:0", Issuer.Audience),
            ("SignIn:Editors", "vpn-editors"));
        using var client = configured.CreateClient(new() { BaseAddress = new Uri("https://vpn.example.com") });
        foreach (var (path, policy) in new[] { ("/", ForPages), ("/swagger/index.html", ForSwagger) })
        {
            using var page = await client.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);

            // A policy takes no query: some issuers' endpoints have one.
            Assert.Equal(
                policy.Replace("connect-src 'self'", $"connect-src 'self' {issuer.Url}/token", StringComparison.Ordinal),
                Header(page, "Content-Security-Policy"));
            Assert.Equal("max-age=31536000; includeSubDomains", Header(page, "Strict-Transport-Security"));
        }
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? host = null)
    {
        var token = portal.Token("admin.token");
        using var client = portal.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        client.DefaultRequestHeaders.Host = host;
        return await client.GetAsync(new Uri(path, UriKind.Relative));
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";
}
