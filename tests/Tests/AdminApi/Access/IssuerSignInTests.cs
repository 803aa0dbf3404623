using System.Net;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace ClientVpnAdmin.AdminApi.Access;

public sealed class IssuerSignInTests : IAsyncLifetime
{
    private Issuer issuer = null!;
    private Portal portal = null!;

    public async Task InitializeAsync()
    {
        issuer = await Issuer.StartAsync();
        portal = Configured();
    }

    public async Task DisposeAsync()
    {
        await portal.DisposeAsync();
        await issuer.DisposeAsync();
    }

    [Fact]
    public async Task An_editor_of_the_issuer_changes_things_under_their_own_name()
    {
        (await CallAsync(HttpMethod.Post, issuer.Token())).Expect(HttpStatusCode.Created);
        Assert.Equal("alice@example.com", (await portal.Log.FindAsync(1, default))!.CommittedBy);
    }

    [Fact]
    public async Task A_reader_of_the_issuer_reads_and_changes_nothing()
    {
        (await CallAsync(HttpMethod.Get, issuer.Token("vpn-readers"))).Expect(HttpStatusCode.OK);
        (await CallAsync(HttpMethod.Post, issuer.Token("vpn-readers"))).ExpectProblem(HttpStatusCode.Forbidden);
        Assert.Equal(0, await portal.HeadAsync());
    }

    [Theory]
    [InlineData("somebody-else")]
    [InlineData("editor")]
    [InlineData("VPN-EDITORS")]
    [InlineData(null)]
    public async Task Whoever_is_in_neither_group_gets_nowhere(string? group) =>
        (await CallAsync(HttpMethod.Get, issuer.Token(group))).ExpectProblem(HttpStatusCode.Forbidden);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    public async Task Whoever_has_no_name_gets_nowhere(string? name) =>
        (await CallAsync(HttpMethod.Get, issuer.Token(name: name))).ExpectProblem(HttpStatusCode.Forbidden);

    [Fact]
    public async Task A_claim_whose_type_differs_in_case_is_no_role() =>
        (await CallAsync(HttpMethod.Get, issuer.Token(groups: "Groups"))).ExpectProblem(HttpStatusCode.Forbidden);

    [Fact]
    public async Task A_token_that_cannot_be_trusted_is_refused()
    {
        using var other = RSA.Create(2048);
        var parts = issuer.Token().Split('.');
        var readers = issuer.Token("vpn-readers").Split('.');
        foreach (var (what, token) in new[]
        {
            ("expired", issuer.Token(age: TimeSpan.FromHours(2))),
            ("not valid yet", issuer.Token(age: TimeSpan.FromHours(-2))),
            ("wrong audience", issuer.Token(audience: "another-application")),
            ("wrong issuer", issuer.Token(issuer: "https://issuer.example.com")),
            ("unknown key", issuer.Token(key: new RsaSecurityKey(other) { KeyId = "another" })),
            ("unknown key under the known name", issuer.Token(key: new RsaSecurityKey(other) { KeyId = "the-key" })),
            (
                "the public key as a secret",
                issuer.Token(
                    key: new SymmetricSecurityKey(issuer.Key.Rsa.ExportSubjectPublicKeyInfo()) { KeyId = "the-key" },
                    algorithm: SecurityAlgorithms.HmacSha256)),
            ("alg none", $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{parts[1]}."),
            ("something critical", issuer.Token(crit: "http://example.com/later")),
            ("no signature", $"{parts[0]}.{parts[1]}."),
            ("another's content", $"{readers[0]}.{parts[1]}.{readers[2]}"),
        })
        {
            var answer = await CallAsync(HttpMethod.Get, token);
            Assert.True(answer.Status == HttpStatusCode.Unauthorized, $"{what}: {answer.Status}");
            answer.ExpectProblem(HttpStatusCode.Unauthorized);
        }

        (await portal.GetAsync("/api/ranges", token: null)).ExpectProblem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public void The_local_key_and_tokens_are_not_made()
    {
        _ = portal.Server;
        Assert.DoesNotContain(
            Directory.EnumerateFiles(Path.GetDirectoryName(portal.StorePath)!),
            f => f.EndsWith(".token", StringComparison.Ordinal) || f.EndsWith(".key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Swagger_UI_sends_people_to_the_issuer_with_PKCE()
    {
        var scheme = (await portal.GetAsync("/swagger/v1/swagger.json", token: null)).Json["components"]!["securitySchemes"]!["Bearer"]!;
        Assert.Equal("oauth2", scheme["type"]!.ToString());
        Assert.Equal(
            ($"{issuer.Url}/authorize", $"{issuer.Url}/token"),
            (
                scheme["flows"]!["authorizationCode"]!["authorizationUrl"]!.ToString(),
                scheme["flows"]!["authorizationCode"]!["tokenUrl"]!.ToString()));
        Assert.Equal("id_token", scheme["x-tokenName"]!.ToString());
        var page = (await portal.GetAsync("/swagger/index.js", token: null)).Text;
        Assert.Contains("\"clientId\":\"swagger\"", page, StringComparison.Ordinal);
        Assert.Contains("\"usePkceWithAuthorizationCodeGrant\":true", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Authentication:Schemes:Bearer:Authority", "Authority is missing")]
    [InlineData("Authentication:Schemes:Bearer:ValidAudiences", "ValidAudiences is missing")]
    [InlineData("SignIn:Editors", "SignIn:Editors is missing")]
    public void What_is_missing_in_the_configuration_keeps_the_portal_from_starting(string setting, string error)
    {
        using var configured = Configured((setting, ""));
        Assert.Contains(error, Assert.Throws<InvalidOperationException>(() => configured.Server).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("refresh_token")]
    [InlineData("ID_TOKEN")]
    public void A_token_that_there_is_not_keeps_the_portal_from_starting(string token)
    {
        using var configured = Configured(("SignIn:Token", token));
        var e = Assert.Throws<InvalidOperationException>(() => configured.Server);
        Assert.Contains("access_token or id_token", e.Message, StringComparison.Ordinal);
    }

    private Portal Configured(params (string Name, string Value)[] settings) => new(
    [
        ("Authentication:Schemes:Bearer:Authority", issuer.Url),
        ("Authentication:Schemes:Bearer:RequireHttpsMetadata", "false"),
        (
            "Authentication:Schemes:Bearer:ValidAudiences:0",
            settings.Any(s => s.Name.EndsWith("ValidAudiences", StringComparison.Ordinal)) ? "" : Issuer.Audience),
        ("SignIn:NameClaim", "email"),
        ("SignIn:RoleClaim", "groups"),
        ("SignIn:Readers", "vpn-readers, auditors"),
        ("SignIn:Editors", "vpn-editors"),
        ("SignIn:ClientId", "swagger"),
        ("SignIn:Token", "id_token"),
        .. settings,
    ]);

    private async Task<Answer> CallAsync(HttpMethod method, string token)
    {
        using var content = method == HttpMethod.Get
            ? null
            : new StringContent("""{ "cidr": "203.0.113.0/24" }""", System.Text.Encoding.UTF8, "application/json");
        return await portal.SendAsync(method, "/api/ranges", content, null, token);
    }
}
