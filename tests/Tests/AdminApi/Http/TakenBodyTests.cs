using System.Net;
using System.Text;
using ClientVpnAdmin.Revisions;

namespace ClientVpnAdmin.AdminApi.Http;

/// <summary>Bodies that are taken, though they are written in another way than most.</summary>
public sealed class TakenBodyTests : IDisposable
{
    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task A_media_type_may_be_written_in_any_case()
    {
        (await SendAsync(HttpMethod.Put, "/api/ranges", "cidr\n203.0.113.0/24", "Text/CSV")).Expect(HttpStatusCode.OK);
        (await SendAsync(HttpMethod.Post, "/api/ranges/import", "198.51.100.0/24", "TEXT/plain")).Expect(HttpStatusCode.OK);
        (await SendAsync(HttpMethod.Post, "/api/ranges", """{ "cidr": "192.0.2.0/24" }""", "Application/JSON"))
            .Expect(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("application/json; charset=\"utf-8\"")]
    [InlineData("application/json;charset=UTF-8")]
    [InlineData("application/json; charset=\"UTF\\-8\"; x=y")]
    public async Task UTF_8_may_be_named_in_quotes_and_in_any_case(string type)
    {
        const string Range = """{ "cidr": "203.0.113.0/24", "description": "東京" }""";
        var added = (await SendAsync(HttpMethod.Post, "/api/ranges", Range, type)).Expect(HttpStatusCode.Created);
        Assert.Equal("東京", added["description"]!.ToString());
        (await SendAsync(HttpMethod.Put, "/api/ranges?removals=1", $"[{Range}]", type)).Expect(HttpStatusCode.OK);
        var other = type.Replace("application/json", "text/csv", StringComparison.Ordinal);
        (await SendAsync(HttpMethod.Put, "/api/ranges?removals=1", "cidr,description\n203.0.113.0/24,東京", other))
            .Expect(HttpStatusCode.OK);
        other = type.Replace("application/json", "text/plain", StringComparison.Ordinal);
        (await SendAsync(HttpMethod.Post, "/api/ranges/import", "198.51.100.0/24 # 東京", other)).Expect(HttpStatusCode.OK);
        Assert.All((await portal.GetAsync("/api/ranges")).Items, r => Assert.Equal("東京", r["description"]!.ToString()));
    }

    [Theory]
    [InlineData("Shift_JIS")]
    [InlineData("\"utf-16\"")]
    public async Task What_spreadsheets_save_in_is_read_in_sheets_and_not_in_JSON(string charset)
    {
        foreach (var (type, text) in new[] { ("text/csv", "cidr\n203.0.113.0/24"), ("text/plain", "198.51.100.0/24") })
        {
            (await SendAsync(HttpMethod.Post, "/api/ranges/import", text, $"{type}; charset={charset}")).Expect(HttpStatusCode.OK);
        }

        (await SendAsync(HttpMethod.Post, "/api/ranges/import", "[]", $"application/json; charset={charset}"))
            .ExpectProblem(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task A_rule_test_that_was_stored_with_half_of_a_surrogate_pair_is_shown()
    {
        var stored = Some.RuleTest("x", """{ "x": "a\ud800" }""", false);
        await portal.Log.CommitAsync("test", head => new Proposal(head.Rules.With([stored]), "One."), default);
        Assert.Contains("""{ "x": "a\ud800" }""", (await portal.GetAsync($"/api/rule-tests/{stored.Id}")).Text, StringComparison.Ordinal);
        (await portal.GetAsync("/api/rule-tests")).Expect(HttpStatusCode.OK);
        (await portal.DeleteAsync($"/api/rule-tests/{stored.Id}")).Expect(HttpStatusCode.NoContent);
    }

    private async Task<Answer> SendAsync(HttpMethod method, string path, string body, string type)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return await portal.SendAsync(method, path, content, null, portal.Token("admin.token"));
    }
}
