using System.Net;
using System.Text;

namespace ClientVpnAdmin.Http;

public sealed class BadBodyTests : IDisposable
{
    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

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
        foreach (var bytes in new byte[][] { [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00], [0x7B, 0xFF, 0x7D], [.. "{\"cidr\":\""u8, 0xC3, 0x28, .. "\",\"text\":\""u8, 0xE9, .. "\"}"u8] })
        {
            using var content = new ByteArrayContent(bytes);
            content.Headers.ContentType = new("application/json");
            (await portal.SendAsync(HttpMethod.Post, path, content, null, portal.Token("admin.token"))).ExpectProblem(HttpStatusCode.BadRequest);
        }

        Assert.Equal(0, await portal.HeadAsync());
    }

    [Fact]
    public async Task A_thousand_levels_of_nesting_are_refused()
    {
        var deep = new string('[', 1_000) + new string(']', 1_000);
        Assert.Contains("nested too deeply", (await portal.PostAsync("/api/ranges", $$"""{ "endpointIds": {{deep}} }""")).Text, StringComparison.Ordinal);
        (await portal.PutAsync("/api/ranges", deep)).ExpectProblem(HttpStatusCode.BadRequest);
        (await portal.PostAsync("/api/evaluations", $$"""{ "event": {{deep}} }""")).ExpectProblem(HttpStatusCode.BadRequest);
        Assert.Equal(0, await portal.HeadAsync());
    }

    [Fact]
    public async Task A_megabyte_of_text_in_a_field_is_refused_with_a_short_error()
    {
        var text = new string('1', 1_000_000);
        foreach (var (path, field) in new[] { ("/api/ranges", "cidr"), ("/api/ranges", "description"), ("/api/ranges", "action"), ("/api/ranges", "validFrom"), ("/api/denial-messages", "text"), ("/api/denial-messages", "reason"), ("/api/evaluations", "at") })
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
        foreach (var (method, path) in new[] { (HttpMethod.Post, "/api/ranges"), (HttpMethod.Put, "/api/ranges"), (HttpMethod.Put, "/api/settings"), (HttpMethod.Post, "/api/evaluations") })
        {
            using var content = new ByteArrayContent("{ \"cidr\": \"203.0.113.0/24\" }"u8.ToArray());
            content.Headers.ContentType = type is null ? null : new(type);
            var answer = await portal.SendAsync(method, path, content, null, portal.Token("admin.token"));
            Assert.Contains("Content-Type: application/json", answer.ExpectProblem(HttpStatusCode.UnsupportedMediaType), StringComparison.Ordinal);
        }

        Assert.Equal(0, await portal.HeadAsync());
    }

    [Fact]
    public async Task A_JSON_body_in_another_encoding_that_is_named_is_read()
    {
        using var content = new StringContent("""{ "cidr": "203.0.113.0/24", "description": "東京" }""", Encoding.Unicode, "application/json");
        Assert.Equal("東京", (await portal.SendAsync(HttpMethod.Post, "/api/ranges", content, null, portal.Token("admin.token"))).Expect(HttpStatusCode.Created)["description"]!.ToString());
    }

    [Theory]
    [InlineData("GET", "/api/nothing", HttpStatusCode.NotFound)]
    [InlineData("GET", "/nothing", HttpStatusCode.NotFound)]
    [InlineData("PATCH", "/api/ranges", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/api/settings", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "/api/ranges", HttpStatusCode.MethodNotAllowed)]
    public async Task Whatever_does_not_exist_is_a_problem_too(string method, string path, HttpStatusCode status) =>
        Assert.Contains("/swagger", (await portal.SendAsync(new HttpMethod(method), path)).ExpectProblem(status), StringComparison.Ordinal);
}
