using System.Net;

namespace ClientVpnAdmin.Revisions;

public sealed class RevisionsApiTests : IDisposable
{
    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task Every_change_is_a_revision_that_says_who_when_and_what()
    {
        var range = await portal.AddRangeAsync("203.0.113.0/24");
        await portal.PutAsync($"/api/ranges/{range}", """{ "cidr": "203.0.113.0/25" }""");
        await portal.DeleteAsync($"/api/ranges/{range}");
        var message = (await portal.PostAsync("/api/denial-messages", """{ "text": "x", "reason": "not-in-scope" }""")).Json["id"];
        await portal.PutAsync($"/api/denial-messages/{message}", """{ "text": "y" }""");
        await portal.DeleteAsync($"/api/denial-messages/{message}");
        await portal.PutAsync("/api/settings", """{ "enforcement": "report-only" }""");
        var revisions = (await portal.GetAsync("/api/revisions")).Items.ToList();
        Assert.Equal(
            [
                "7 Changed the settings: enforcement is report-only.",
                "6 Deleted the denial message for any endpoint and any reason.",
                "5 Changed the denial message for any endpoint and any reason.",
                "4 Added the denial message for any endpoint and not-in-scope.",
                "3 Deleted the range 203.0.113.0/25.",
                "2 Changed the range 203.0.113.0/25.",
                "1 Added the range 203.0.113.0/24.",
            ],
            revisions.Select(r => $"{r["number"]} {r["summary"]}"));
        Assert.All(revisions, r => Assert.Equal("admin", r["committedBy"]!.ToString()));
        Assert.All(revisions, r => Assert.StartsWith("2026-04-01T00:00:0", r["committedAt"]!.ToString(), StringComparison.Ordinal));
        Assert.Equal(revisions[2].ToJsonString(), (await portal.GetAsync("/api/revisions/5")).Text);
        Assert.NotEqual(revisions[0]["digest"]!.ToString(), revisions[1]["digest"]!.ToString());
    }

    [Fact]
    public async Task The_list_comes_in_pages()
    {
        for (var i = 0; i < 5; i++)
        {
            await portal.AddRangeAsync($"10.{i}.0.0/16");
        }

        var first = await portal.GetAsync("/api/revisions?limit=2");
        var second = await portal.GetAsync($"/api/revisions?limit=3&cursor={first.Json["nextCursor"]}");
        Assert.Equal([5, 4, 3, 2, 1], first.Items.Concat(second.Items).Select(r => r["number"]!.GetValue<int>()));
        Assert.Null(second.Json["nextCursor"]);
        (await portal.GetAsync($"/api/ranges?cursor={first.Json["nextCursor"]}")).ExpectError("cursor");
        (await portal.GetAsync("/api/revisions?limit=1001")).ExpectError("limit");
    }

    [Fact]
    public async Task A_revision_that_is_none_is_not_found_or_an_error()
    {
        (await portal.GetAsync("/api/revisions/1")).ExpectProblem(HttpStatusCode.NotFound);
        (await portal.GetAsync("/api/revisions/0")).ExpectProblem(HttpStatusCode.NotFound);
        (await portal.GetAsync("/api/revisions/-1")).ExpectProblem(HttpStatusCode.NotFound);
        (await portal.GetAsync("/api/revisions/9223372036854775807")).ExpectProblem(HttpStatusCode.NotFound);
        (await portal.GetAsync("/api/revisions/9223372036854775808")).ExpectError("number");
        (await portal.GetAsync("/api/revisions/one")).ExpectError("number");
    }

    [Fact]
    public async Task The_past_cannot_be_changed()
    {
        await portal.AddRangeAsync("10.0.0.0/8");
        (await portal.PutAsync("/api/revisions/1", "{}")).ExpectProblem(HttpStatusCode.MethodNotAllowed);
        (await portal.DeleteAsync("/api/revisions/1")).ExpectProblem(HttpStatusCode.MethodNotAllowed);
    }
}
