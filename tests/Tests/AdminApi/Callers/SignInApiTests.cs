using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ClientVpnAdmin.AdminApi.Access;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;

namespace ClientVpnAdmin.AdminApi.Callers;

public sealed class SignInApiTests : IDisposable
{
    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task With_the_local_sign_in_anybody_is_told_what_prints_a_link_to_this_portal()
    {
        const string Command = "dotnet run --project src/AdminApi -- link";
        var answer = (await portal.GetAsync("/api/sign-in", token: null)).Expect(HttpStatusCode.OK);
        Assert.Equal("local", answer["kind"]!.ToString());
        Assert.Equal($"RULE_STORE=sqlite:{portal.StorePath} {Command}", answer["command"]!.ToString());
        Assert.Equal("RULE_STORE='sqlite:/a b'\\''c' ", LinkCommand.Prefix(RuleStoreLocation.Parse("sqlite:/a b'c")));
        Assert.Equal("RULE_STORE=dynamodb:vpn ", LinkCommand.Prefix(RuleStoreLocation.Parse("dynamodb:vpn")));
        Assert.Equal("", LinkCommand.Prefix(RuleStoreLocation.Parse(null)));
    }

    [Fact]
    public async Task Where_an_issuer_signs_in_anybody_is_told_where_and_as_which_client()
    {
        await using var issuer = await Issuer.StartAsync();
        using var configured = WithIssuer(issuer.Url, ("SignIn:ClientId", "page"), ("SignIn:Token", "id_token"));
        Assert.Equal(
            $$"""
            {"kind":"issuer","issuer":{"authority":"{{issuer.Url}}","authorizationEndpoint":"{{issuer.Url}}/authorize"
            ,"tokenEndpoint":"{{issuer.Url}}/token","endSessionEndpoint":"{{issuer.Url}}/logout","clientId":"page"
            ,"token":"id_token","scope":"openid"},"command":null}
            """.ReplaceLineEndings(""),
            (await configured.GetAsync("/api/sign-in", token: null)).Text);
    }

    [Fact]
    public async Task Without_a_client_the_page_can_say_which_setting_is_missing()
    {
        await using var issuer = await Issuer.StartAsync();
        using var configured = WithIssuer(issuer.Url);
        var answer = (await configured.GetAsync("/api/sign-in", token: null)).Expect(HttpStatusCode.OK)["issuer"]!;
        Assert.Equal((null, "access_token"), (answer["clientId"], answer["token"]!.ToString()));
    }

    [Fact]
    public async Task Where_requests_are_signed_there_is_nothing_for_a_page_to_do()
    {
        using var iam = new Portal(
            ("AWS_LAMBDA_FUNCTION_NAME", "vpn-portal"), ("SignIn:Iam:Editors", "arn:aws:iam::123456789012:user/alice"));
        Assert.Equal("""{"kind":"iam","issuer":null,"command":null}""", (await iam.GetAsync("/api/sign-in", token: null)).Text);
    }

    [Fact]
    public async Task While_the_issuer_is_away_nobody_can_be_told_and_it_is_said_so()
    {
        using var configured = WithIssuer("http://127.0.0.1:9");
        var answer = await configured.GetAsync("/api/sign-in", token: null);
        Assert.Contains("http://127.0.0.1:9", answer.ExpectProblem(HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        Assert.Equal("issuer-unavailable", answer.Json["code"]!.ToString());
    }

    [Fact]
    public async Task A_link_is_good_once_for_a_token_of_twelve_hours_in_the_name_that_it_was_made_for()
    {
        _ = portal.Token("admin.token");
        var code = Links().Make("alice", DateTimeOffset.UtcNow);
        var answer = (await SignInAsync(portal, code)).Expect(HttpStatusCode.OK);
        var token = answer["token"]!.ToString();
        Assert.Equal(["token", "expires"], answer.AsObject().Select(m => m.Key));
        var expires = new JsonWebToken(token).ValidTo;
        Assert.InRange(expires - DateTime.UtcNow, TimeSpan.FromHours(11.9), TimeSpan.FromHours(12));
        Assert.Equal(expires, DateTimeOffset.Parse(answer["expires"]!.ToString(), null).UtcDateTime, TimeSpan.FromSeconds(1));
        Assert.Equal("alice", (await CallAsync(HttpMethod.Get, "/api/me", token)).Expect(HttpStatusCode.OK)["name"]!.ToString());
        (await CallAsync(HttpMethod.Post, "/api/preview/revisions/0/restore", token)).Expect(HttpStatusCode.OK);

        foreach (var used in new[] { code, "x", new string('x', 10_000), "../tokens/x", $"{code} " })
        {
            var refused = await SignInAsync(portal, used);
            Assert.Contains(
                "dotnet run --project src/AdminApi -- link", refused.ExpectProblem(HttpStatusCode.Unauthorized), StringComparison.Ordinal);
            Assert.Equal("link-used", refused.Json["code"]!.ToString());
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{ "code": null }""")]
    [InlineData("""{ "code": "" }""")]
    [InlineData("""{ "code": 5 }""")]
    public async Task What_has_no_code_is_an_error_about_it(string body) => Assert.NotEmpty(
        (await portal.PostAsync("/api/sign-in", body, token: null)).ExpectError("code"));

    [Fact]
    public async Task Each_try_is_a_line_of_the_log_without_the_code_or_the_token()
    {
        _ = portal.Token("admin.token");
        var code = Links().Make("alice", DateTimeOffset.UtcNow);
        var token = (await SignInAsync(portal, code)).Json["token"]!.ToString();
        await SignInAsync(portal, code);
        Assert.Equal(
            [
                (6, LogLevel.Information, "Signed in by a link: alice from unknown"),
                (
                    1,
                    LogLevel.Warning,
                    "Sign-in failed from unknown: POST /api/sign-in. The link is used, or has expired, or is none of this portal's."),
            ],
            from line in portal.Logged
            where line.Category == typeof(SignInLog).FullName
            select (line.Id.Id, line.Level, line.Message));
        Assert.DoesNotContain(portal.Logged, line => line.Message.Contains(code, StringComparison.Ordinal)
            || line.Message.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_somebody_else_signs_people_in_there_are_no_links()
    {
        await using var issuer = await Issuer.StartAsync();
        using var configured = WithIssuer(issuer.Url);
        var answer = await SignInAsync(configured, "x");
        Assert.Contains("GET /api/sign-in", answer.ExpectProblem(HttpStatusCode.NotFound), StringComparison.Ordinal);
        Assert.Equal("not-local", answer.Json["code"]!.ToString());
    }

    [Fact]
    public async Task Signing_out_ends_the_token_that_made_the_call_and_no_other()
    {
        var (one, other) = (Token(), Token());
        var answer = await CallAsync(HttpMethod.Post, "/api/sign-out", one);
        Assert.Equal((HttpStatusCode.NoContent, ""), (answer.Status, answer.Text));
        (await CallAsync(HttpMethod.Get, "/api/me", one)).ExpectProblem(HttpStatusCode.Unauthorized);
        (await CallAsync(HttpMethod.Post, "/api/sign-out", one)).ExpectProblem(HttpStatusCode.Unauthorized);
        (await CallAsync(HttpMethod.Get, "/api/me", other)).Expect(HttpStatusCode.OK);

        // Those that files and pipelines have are not one person's to end.
        (await CallAsync(HttpMethod.Post, "/api/sign-out", portal.Token("reader.token"))).Expect(HttpStatusCode.NoContent);
        (await CallAsync(HttpMethod.Get, "/api/me", portal.Token("reader.token"))).Expect(HttpStatusCode.OK);

        string Token() => portal.Token("admin.token").Length > 0
            ? new LocalTokens(Folder).Make("alice", "reader", DateTimeOffset.UtcNow, TimeSpan.FromHours(1), isOfLink: true).Text
            : "";
    }

    [Fact]
    public async Task Signing_out_ends_nothing_of_an_issuer()
    {
        await using var issuer = await Issuer.StartAsync();
        using var configured = WithIssuer(issuer.Url);
        var token = issuer.Token();
        foreach (var path in new[] { "/api/sign-out", "/api/sign-out" })
        {
            var answer = await configured.SendAsync(HttpMethod.Post, path, (HttpContent?)null, null, token);
            Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        }
    }

    private static Portal WithIssuer(string url, params (string Name, string Value)[] settings) => new(
    [
        ("Authentication:Schemes:Bearer:Authority", url),
        ("Authentication:Schemes:Bearer:RequireHttpsMetadata", "false"),
        ("Authentication:Schemes:Bearer:ValidAudiences:0", Issuer.Audience),
        ("SignIn:NameClaim", "email"),
        ("SignIn:RoleClaim", "groups"),
        ("SignIn:Editors", "vpn-editors"),
        .. settings,
    ]);

    private static Task<Answer> SignInAsync(Portal portal, string code) => portal.SendAsync(
        HttpMethod.Post,
        "/api/sign-in",
        new StringContent(new JsonObject { ["code"] = code }.ToJsonString(), Encoding.UTF8, "application/json"),
        null,
        null);

    private Task<Answer> CallAsync(HttpMethod method, string path, string token) =>
        portal.SendAsync(method, path, (HttpContent?)null, null, token);

    private string Folder => Path.GetDirectoryName(portal.StorePath)!;

    private LocalLinks Links() => new(Folder);
}
