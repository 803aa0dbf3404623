using System.Net;

namespace ClientVpnAdmin.AdminApi.RuleObjects;

public sealed class RuleObjectApiTests(SharedPortals shared) : IClassFixture<SharedPortals>, IDisposable
{
    private const string Nobodys = "019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b";

    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Theory]
    [InlineData("/api/ranges", """{ "cidr": "203.0.113.5/24" }""", """{ "cidr": "203.0.113.0/24" }""")]
    [InlineData("/api/denial-messages", """{ "text": "" }""", """{ "text": "x" }""")]
    [InlineData(
        "/api/rule-tests",
        "{}",
        """{ "description": "x", "event": { "public-ip": "192.0.2.7", "schema-version": "v3" }, "allowed": false }""")]
    public async Task A_wrong_body_is_refused_before_anything_is_looked_up(string route, string wrong, string right)
    {
        (await shared.Empty.PostAsync(route, wrong)).ExpectProblem(HttpStatusCode.BadRequest);
        (await shared.Empty.PutAsync($"{route}/{Nobodys}", wrong)).ExpectProblem(HttpStatusCode.BadRequest);
        (await shared.Empty.PutAsync($"{route}/{Nobodys}", right)).ExpectProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_history_of_one_object_has_the_revisions_that_were_about_it_the_newest_first()
    {
        var id = await portal.AddRangeAsync("203.0.113.0/24"); // 1
        await portal.AddRangeAsync("198.51.100.0/24");
        await portal.PutAsync($"/api/ranges/{id}", """{ "cidr": "203.0.113.0/25", "description": "Tokyo" }"""); // 3
        for (var i = 0; i < 150; i++)
        {
            await portal.AddRangeAsync($"10.0.{i}.0/24");
        }

        await portal.DeleteAsync($"/api/ranges/{id}"); // 154
        await portal.PostAsync("/api/revisions/undo", ""); // 155
        var (found, cursor, pages) = (new List<string>(), "", 0);
        do
        {
            var page = (await portal.GetAsync($"/api/ranges/{id}/history?limit=2{cursor}")).Expect(HttpStatusCode.OK);
            found.AddRange(
                from item in page["items"]!.AsArray()
                let fields = string.Join(',', item["fields"]!.AsArray().Select(f => f!["field"]))
                select $"{item["revision"]!["number"]} {item["change"]} {item["object"]!["cidr"]} {fields}");
            cursor = page["nextCursor"] is { } next ? $"&cursor={next}" : "";
            pages++;
        }
        while (cursor.Length > 0);
        Assert.Equal(
            [
                "155 added 203.0.113.0/25 ", "154 removed 203.0.113.0/25 ", "3 changed 203.0.113.0/25 cidr,description",
                "1 added 203.0.113.0/24 ",
            ],
            found);
        Assert.InRange(pages, 3, 4);
        Assert.Empty((await portal.GetAsync($"/api/ranges/{Nobodys}/history")).Items);
        (await portal.GetAsync("/api/ranges/x/history")).ExpectError("id");
        var message = (await portal.PostAsync("/api/denial-messages", """{ "text": "x" }""")).Json["id"];
        var added = Assert.Single((await portal.GetAsync($"/api/denial-messages/{message}/history")).Items);
        Assert.Equal("added", added["change"]!.ToString());
    }

    [Fact]
    public async Task All_that_is_wrong_with_a_call_is_said_at_once()
    {
        var answer = await shared.Empty.SendAsync(
            HttpMethod.Put, "/api/ranges/x?impactDays=0", """{ "cidr": "x", "action": "y" }""", ifMatch: "x");
        answer.ExpectProblem(HttpStatusCode.BadRequest);
        Assert.Equal(
            ["If-Match", "action", "cidr", "id", "impactDays"],
            answer.Json["errors"]!.AsObject().Select(e => e.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task All_that_is_wrong_with_a_merge_patch_is_said_at_once()
    {
        var id = await portal.AddRangeAsync("203.0.113.0/24");
        foreach (var (path, body, wrong) in new[]
        {
            ($"/api/ranges/{id}", """{ "foo": 1, "cidr": "x", "action": "maybe" }""", "action cidr foo"),
            ("/api/ranges", $$"""[{ "id": "{{id}}", "foo": 1, "cidr": "x" }]""", "[0].cidr [0].foo"),
            ("/api/ranges", """[{ "id": "x", "foo": 1 }]""", "[0].foo [0].id"),
            ("/api/settings", """{ "enforcement": "off", "foo": 1 }""", "enforcement foo"),
        })
        {
            var answer = await portal.SendAsync(HttpMethod.Patch, path, body);
            answer.ExpectProblem(HttpStatusCode.BadRequest);
            var fields = answer.Json["errors"]!.AsObject().Select(e => e.Key).Order(StringComparer.Ordinal);
            Assert.Equal(wrong, string.Join(' ', fields));
        }

        Assert.Equal(1, await portal.HeadAsync());
    }
}
