using System.Net;
using System.Text;

namespace ClientVpnAdmin.AdminApi.Http;

public sealed class BadBodyTests(SharedPortals shared) : IClassFixture<SharedPortals>
{
    private const string RuleTest = """{ "description": "x", "allowed": true, "event": { "public-ip": "::1", "schema-version": "v3", """;

    private readonly Portal portal = shared.Empty;

    [Fact]
    public async Task JSON_that_is_cut_off_is_refused_with_the_place()
    {
        const string Whole = """{ "cidr": "203.0.113.0/24", "endpointIds": ["cvpn-endpoint-0f13eab7f860433cc"] }""";
        for (var length = 1; length < Whole.Length; length++)
        {
            var answer = await portal.PostAsync("/api/ranges", Whole[..length]);
            answer.ExpectProblem(HttpStatusCode.BadRequest);
            Assert.Contains("line 1", answer.Text, StringComparison.Ordinal);
        }

        Assert.Equal(0, await portal.HeadAsync());
    }

    [Theory]
    [InlineData("/api/ranges")]
    [InlineData("/api/denial-messages")]
    [InlineData("/api/evaluations")]
    public async Task Bytes_that_are_not_UTF_8_are_refused(string path)
    {
        foreach (var bytes in new byte[][]
        {
            [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00],
            [0x7B, 0xFF, 0x7D],
            [.. "{\"cidr\":\""u8, 0xC3, 0x28, .. "\",\"text\":\""u8, 0xE9, .. "\"}"u8],
        })
        {
            using var content = new ByteArrayContent(bytes);
            content.Headers.ContentType = new("application/json");
            (await portal.SendAsync(HttpMethod.Post, path, content, null, portal.Token("admin.token")))
                .ExpectProblem(HttpStatusCode.BadRequest);
        }

        Assert.Equal(0, await portal.HeadAsync());
    }

    [Fact]
    public async Task A_thousand_levels_of_nesting_are_refused()
    {
        var deep = new string('[', 1_000) + new string(']', 1_000);
        Assert.Contains(
            "nested too deeply",
            (await portal.PostAsync("/api/ranges", $$"""{ "endpointIds": {{deep}} }""")).Text,
            StringComparison.Ordinal);
        (await portal.PutAsync("/api/ranges", deep)).ExpectProblem(HttpStatusCode.BadRequest);
        (await portal.PostAsync("/api/evaluations", $$"""{ "event": {{deep}} }""")).ExpectProblem(HttpStatusCode.BadRequest);
        Assert.Equal(0, await portal.HeadAsync());
    }

    [Fact]
    public async Task A_megabyte_of_text_in_a_field_is_refused_with_a_short_error()
    {
        var text = new string('1', 1_000_000);
        foreach (var (path, field) in new[]
        {
            ("/api/ranges", "cidr"),
            ("/api/ranges", "description"),
            ("/api/ranges", "action"),
            ("/api/ranges", "validFrom"),
            ("/api/denial-messages", "text"),
            ("/api/denial-messages", "reason"),
            ("/api/evaluations", "at"),
        })
        {
            var answer = await portal.PostAsync(path, $$"""{ "{{field}}": "{{text}}" }""");
            answer.ExpectError(field);
            Assert.InRange(answer.Text.Length, 100, 2_000);
        }

        Assert.Equal(0, await portal.HeadAsync());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-csv")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task Another_content_type_is_refused_with_the_one_to_send(string? type)
    {
        foreach (var (method, path) in new[]
        {
            (HttpMethod.Post, "/api/ranges"),
            (HttpMethod.Put, "/api/ranges"),
            (HttpMethod.Put, "/api/settings"),
            (HttpMethod.Post, "/api/evaluations"),
        })
        {
            using var content = new ByteArrayContent("{ \"cidr\": \"203.0.113.0/24\" }"u8.ToArray());
            content.Headers.ContentType = type is null ? null : new(type);
            var answer = await portal.SendAsync(method, path, content, null, portal.Token("admin.token"));
            Assert.Contains(
                "Content-Type: application/json", answer.ExpectProblem(HttpStatusCode.UnsupportedMediaType), StringComparison.Ordinal);
        }

        Assert.Equal(0, await portal.HeadAsync());
    }

    [Theory]
    [InlineData("utf-7", "utf-7")]
    [InlineData("utf-32", "utf-32")]
    [InlineData("\"iso-8859-1\"", "iso-8859-1")]
    [InlineData("nonsense", "nonsense")]
    [InlineData("\"\"", "")]
    public async Task Another_charset_is_refused_with_the_remedy(string charset, string shown)
    {
        foreach (var (method, path, type) in new[]
        {
            (HttpMethod.Post, "/api/ranges", "application/json"), (HttpMethod.Put, "/api/ranges", "application/json"),
            (HttpMethod.Put, "/api/ranges", "text/csv"), (HttpMethod.Post, "/api/ranges/import", "text/plain"),
            (HttpMethod.Post, "/api/evaluations", "application/json"),
        })
        {
            var answer = await SendAsync(method, path, "{ }", $"{type}; charset={charset}");
            Assert.Equal(
                $"'{shown}' is not read here. Send the body in UTF-8, with 'charset=utf-8' in Content-Type or no charset.",
                answer.ExpectProblem(HttpStatusCode.UnsupportedMediaType));
        }

        Assert.Equal(0, await portal.HeadAsync());
    }

    [Theory]
    [InlineData(RuleTest + "\"x\": @ } }", "/api/rule-tests", "event")]
    [InlineData(RuleTest + "@: 1 } }", "/api/rule-tests", "event")]
    [InlineData(RuleTest + "\"x\": [{ \"y\": @ }] } }", "/api/rule-tests", "event")]
    [InlineData("""{ "Entries": [{ "Cidr": @ }] }""", "/api/ranges/import", "body")]
    [InlineData("""{ "IPSet": { "Name": @, "Addresses": [] } }""", "/api/ranges/import", "body")]
    [InlineData("""{ "IPSet": { "Addresses": [@] } }""", "/api/ranges/import", "body")]
    public async Task What_is_not_Unicode_is_refused_wherever_it_is(string body, string path, string field)
    {
        foreach (var bad in new byte[][] { [.. "a\\ud800"u8], [.. "\\udc00\\ud800"u8], [0xFF], [0xED, 0xA0, 0x80] })
        {
            var parts = body.Split('@').Select(Encoding.UTF8.GetBytes).ToList();
            using var content = new ByteArrayContent([.. parts[0], (byte)'"', .. bad, (byte)'"', .. parts[1]]);
            content.Headers.ContentType = new("application/json");
            (await portal.SendAsync(HttpMethod.Post, path, content, null, portal.Token("admin.token"))).ExpectError(field);
        }

        Assert.Equal(0, await portal.HeadAsync());
        (await portal.GetAsync("/api/rule-tests")).Expect(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("GET", "/api/nothing", HttpStatusCode.NotFound)]
    [InlineData("GET", "/nothing", HttpStatusCode.NotFound)]
    [InlineData("PATCH", "/api/decisions", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/api/settings", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "/api/settings", HttpStatusCode.MethodNotAllowed)]
    public async Task Whatever_does_not_exist_is_a_problem_too(string method, string path, HttpStatusCode status) =>
        Assert.Contains("/swagger", (await portal.SendAsync(new HttpMethod(method), path)).ExpectProblem(status), StringComparison.Ordinal);

    private async Task<Answer> SendAsync(HttpMethod method, string path, string body, string type)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return await portal.SendAsync(method, path, content, null, portal.Token("admin.token"));
    }
}
