using System.Net;

namespace ClientVpnAdmin.AdminApi.Revisions;

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

    [Fact]
    public async Task The_last_change_is_undone_and_that_is_undone_again()
    {
        var id = await portal.AddRangeAsync("203.0.113.0/24", """, "description": "Tokyo" """);
        await portal.PostAsync("/api/denial-messages", """{ "text": "x" }""");
        await portal.DeleteAsync($"/api/ranges/{id}");
        var preview = (await portal.PostAsync("/api/preview/revisions/undo", "")).Expect(HttpStatusCode.OK);
        Assert.Equal(id, preview["changes"]!["ranges"]!["added"]![0]!["id"]!.ToString());
        Assert.Equal("""{"undone":3,"revision":4}""", (await portal.PostAsync("/api/revisions/undo", "")).Text);
        Assert.Equal("Tokyo", (await portal.GetAsync($"/api/ranges/{id}")).Expect(HttpStatusCode.OK)["description"]!.ToString());
        Assert.Equal(
            "Undid revision 3: Deleted the range 203.0.113.0/24.", (await portal.GetAsync("/api/revisions/4")).Json["summary"]!.ToString());
        Assert.Equal("""{"undone":4,"revision":5}""", (await portal.PostAsync("/api/revisions/undo", "")).Text);
        (await portal.GetAsync($"/api/ranges/{id}")).ExpectProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_change_of_one_revision_is_undone_alone_when_nothing_it_changed_was_changed_again()
    {
        await portal.AddRangeAsync("203.0.113.0/24"); // 1
        await portal.PutAsync("/api/settings", """{ "deniedPostureStatuses": ["x"] }"""); // 2
        var message = (await portal.PostAsync("/api/denial-messages", """{ "text": "x" }""")).Json["id"]; // 3
        await portal.AddRangeAsync("198.51.100.0/24"); // 4
        await portal.DeleteAsync($"/api/denial-messages/{message}"); // 5
        await portal.PostAsync("/api/denial-messages", """{ "text": "y" }"""); // 6: for the same endpoint and reason

        Assert.Equal("""{"undone":2,"revision":7}""", (await portal.PostAsync("/api/revisions/undo?revision=2", "")).Text);
        Assert.Empty((await portal.GetAsync("/api/settings")).Json["deniedPostureStatuses"]!.AsArray());
        Assert.Equal("""{"undone":1,"revision":8}""", (await portal.PostAsync("/api/revisions/undo?revision=1", "")).Text);
        Assert.Equal("198.51.100.0/24", Assert.Single((await portal.GetAsync("/api/ranges")).Items)["cidr"]!.ToString());

        // A second time there is nothing left to undo.
        foreach (var number in new[] { 1, 2, 3 })
        {
            var again = await portal.PostAsync($"/api/revisions/undo?revision={number}", "");
            Assert.Equal($$"""{"undone":{{number}},"revision":8}""", again.Text);
        }

        await portal.PutAsync("/api/settings", """{ "deniedPostureStatuses": ["y"] }"""); // 9
        var range = (await portal.GetAsync("/api/ranges")).Items.Single()["id"];
        await portal.PutAsync($"/api/ranges/{range}", """{ "cidr": "198.51.100.0/25" }"""); // 10
        foreach (var (number, collision) in new[]
        {
            (2, "the settings"), (4, $"the range {range}"), (5, $"the denial message {message}, which is for the same endpoint"),
        })
        {
            var refused = await portal.PostAsync($"/api/revisions/undo?revision={number}", "");
            Assert.Contains(collision, refused.ExpectProblem(HttpStatusCode.Conflict), StringComparison.Ordinal);
            Assert.Equal("changed-since", refused.Json["code"]!.ToString());
        }

        (await portal.PostAsync("/api/revisions/undo?revision=99", "")).ExpectProblem(HttpStatusCode.NotFound);
        (await portal.PostAsync("/api/revisions/undo?revision=0", "")).ExpectProblem(HttpStatusCode.NotFound);
        (await portal.PostAsync("/api/revisions/undo", "", "reader.token")).ExpectProblem(HttpStatusCode.Forbidden);
        Assert.Equal(10, await portal.HeadAsync());
    }

    [Fact]
    public async Task An_undo_that_would_have_an_address_twice_needs_force()
    {
        var id = await portal.AddRangeAsync("203.0.113.0/24");
        (await portal.DeleteAsync($"/api/ranges/{id}")).Expect(HttpStatusCode.NoContent);
        await portal.AddRangeAsync("203.0.113.0/24");
        var refused = await portal.PostAsync("/api/revisions/undo?revision=2", "");
        Assert.Contains("is there already", refused.ExpectProblem(HttpStatusCode.Conflict), StringComparison.Ordinal);
        (await portal.PostAsync("/api/revisions/undo?revision=2&force=true", "")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Before_the_first_change_there_is_nothing_to_undo() =>
        (await portal.PostAsync("/api/revisions/undo", "")).ExpectProblem(HttpStatusCode.NotFound);

    [Fact]
    public async Task Restoring_keeps_the_rule_tests_unless_it_is_told_otherwise()
    {
        await portal.AddRangeAsync("203.0.113.0/24");
        await portal.PostAsync(
            "/api/rule-tests",
            """{ "description": "x", "event": { "public-ip": "192.0.2.1", "schema-version": "v3" }, "allowed": false }""");
        await portal.AddRangeAsync("198.51.100.0/24");
        (await portal.PostAsync("/api/revisions/1/restore", "")).Expect(HttpStatusCode.OK);
        Assert.Single((await portal.GetAsync("/api/ranges")).Items);
        Assert.Single((await portal.GetAsync("/api/rule-tests")).Items);
        (await portal.PostAsync("/api/revisions/1/restore?restoreRuleTests=true", "")).Expect(HttpStatusCode.OK);
        Assert.Empty((await portal.GetAsync("/api/rule-tests")).Items);
    }

    [Fact]
    public async Task A_comment_can_be_a_query_parameter_in_any_language()
    {
        await portal.SendAsync(HttpMethod.Post, "/api/ranges?comment=%E6%9D%B1%E4%BA%AC", """{ "cidr": "203.0.113.0/24" }""");
        Assert.Equal("東京", (await portal.GetAsync("/api/revisions/1")).Json["comment"]!.ToString());
        (await portal.DeleteAsync($"/api/ranges?id=x&comment={new string('x', 501)}")).ExpectError("comment");
        (await portal.SendAsync(
            HttpMethod.Post, "/api/revisions/undo?comment=x", null, null, portal.Token("admin.token"), "y")).ExpectError("comment");
        (await portal.SendAsync(
            HttpMethod.Post, "/api/revisions/undo?comment=x", null, null, portal.Token("admin.token"), "x")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_comment_is_kept_with_the_revision()
    {
        await CommentedAsync("Ticket 4711: 東京");
        await portal.AddRangeAsync("198.51.100.0/24");
        Assert.Equal([null, "Ticket 4711: 東京"], (await portal.GetAsync("/api/revisions")).Items.Select(r => r["comment"]?.ToString()));
        (await CommentedAsync(new string('x', 501))).ExpectError("X-Comment");
        Assert.Equal(2, await portal.HeadAsync());

        Task<Answer> CommentedAsync(string comment) => portal.SendAsync(
            HttpMethod.Post,
            "/api/ranges",
            new StringContent("""{ "cidr": "203.0.113.0/24" }""", System.Text.Encoding.UTF8, "application/json"),
            null,
            portal.Token("admin.token"),
            comment);
    }

    [Fact]
    public async Task What_changed_is_shown_between_any_two_revisions()
    {
        var kept = await portal.AddRangeAsync("203.0.113.0/24", """, "description": "Tokyo office" """);
        var removed = await portal.AddRangeAsync("198.51.100.0/24");
        await portal.PutAsync($"/api/ranges/{kept}", """{ "cidr": "203.0.113.0/25", "description": "Tokyo office", "users": ["alice"] }""");
        await portal.DeleteAsync($"/api/ranges/{removed}");
        var message = (await portal.PostAsync("/api/denial-messages", """{ "text": "x" }""")).Json["id"]!.ToString();
        await portal.PutAsync("/api/settings", """{ "enforcement": "report-only" }""");

        var last = (await portal.GetAsync("/api/revisions/6/changes")).Expect(HttpStatusCode.OK);
        Assert.Equal("""[{"field":"enforcement","from":"enforce","to":"report-only"}]""", last["settings"]!.ToJsonString());
        Assert.Equal(
            """{"addedCount":0,"removedCount":0,"changedCount":0,"added":[],"removed":[],"changed":[]}""", last["ranges"]!.ToJsonString());
        Assert.Null(last["nextCursor"]);

        var third = (await portal.GetAsync("/api/revisions/3/changes")).Expect(HttpStatusCode.OK);
        Assert.Equal((2, 3), (third["from"]!.GetValue<int>(), third["to"]!.GetValue<int>()));
        Assert.Equal(1, third["ranges"]!["changedCount"]!.GetValue<int>());
        var changed = Assert.Single(third["ranges"]!["changed"]!.AsArray())!;
        Assert.Equal((kept, "203.0.113.0/25"), ($"{changed["object"]!["id"]}", $"{changed["object"]!["cidr"]}"));
        Assert.Equal(
            """[{"field":"cidr","from":"203.0.113.0/24","to":"203.0.113.0/25"},{"field":"users","from":[],"to":["alice"]}]""",
            changed["fields"]!.ToJsonString());

        var all = (await portal.GetAsync("/api/revisions/6/changes?since=0")).Expect(HttpStatusCode.OK);
        Assert.Equal([kept], all["ranges"]!["added"]!.AsArray().Select(r => r!["id"]!.ToString()));
        Assert.Equal(
            (await portal.GetAsync($"/api/denial-messages/{message}")).Json.ToJsonString(),
            all["denialMessages"]!["added"]![0]!.ToJsonString());

        var back = (await portal.GetAsync("/api/revisions/2/changes?since=6")).Expect(HttpStatusCode.OK);
        Assert.Equal([removed], back["ranges"]!["added"]!.AsArray().Select(r => r!["id"]!.ToString()));
        Assert.Equal([message], back["denialMessages"]!["removed"]!.AsArray().Select(r => r!["id"]!.ToString()));

        (await portal.GetAsync("/api/revisions/7/changes")).ExpectProblem(HttpStatusCode.NotFound);
        (await portal.GetAsync("/api/revisions/0/changes")).ExpectProblem(HttpStatusCode.NotFound);
        (await portal.GetAsync("/api/revisions/6/changes?since=9")).ExpectError("since");
    }

    [Fact]
    public async Task What_changed_comes_in_pages()
    {
        for (var i = 0; i < 5; i++)
        {
            await portal.AddRangeAsync($"10.{i}.0.0/16");
        }

        var found = new List<string>();
        for (var cursor = ""; cursor is not null;)
        {
            var page = (await portal.GetAsync($"/api/revisions/5/changes?since=0&limit=2{cursor}")).Expect(HttpStatusCode.OK);
            Assert.Equal(5, page["ranges"]!["addedCount"]!.GetValue<int>());
            found.AddRange(page["ranges"]!["added"]!.AsArray().Select(r => $"{r!["cidr"]}"));
            cursor = page["nextCursor"] is { } next ? $"&cursor={next}" : null;
        }

        Assert.Equal(Enumerable.Range(0, 5).Select(i => $"10.{i}.0.0/16"), found);
        var first = (await portal.GetAsync("/api/revisions/5/changes?since=0&limit=2")).Json["nextCursor"];
        (await portal.GetAsync($"/api/revisions/5/changes?since=1&cursor={first}")).ExpectError("cursor");
        (await portal.GetAsync($"/api/revisions/4/changes?since=0&cursor={first}")).ExpectError("cursor");
        (await portal.GetAsync("/api/revisions/5/changes?limit=0")).ExpectError("limit");
    }

    [Fact]
    public async Task A_restored_revision_is_a_new_one_and_brings_objects_back_as_they_were()
    {
        var id = await portal.AddRangeAsync("203.0.113.0/24", """, "description": "Tokyo office" """);
        var shown = await portal.GetAsync($"/api/ranges/{id}");
        portal.Time.Advance(TimeSpan.FromDays(1));
        await portal.DeleteAsync($"/api/ranges/{id}");
        var restored = await portal.PostAsync("/api/revisions/1/restore", "");
        Assert.Equal("""{"restored":1,"revision":3}""", restored.Expect(HttpStatusCode.OK).ToJsonString());
        Assert.Equal(
            (shown.Text, shown.ETag),
            ((await portal.GetAsync($"/api/ranges/{id}")).Text, (await portal.GetAsync($"/api/ranges/{id}")).ETag));

        var revisions = (await portal.GetAsync("/api/revisions")).Items.ToList();
        Assert.Equal(
            ["Restored revision 1.", "Deleted the range 203.0.113.0/24.", "Added the range 203.0.113.0/24."],
            revisions.Select(r => r["summary"]!.ToString()));
        Assert.Equal(revisions[2]["digest"]!.ToString(), revisions[0]["digest"]!.ToString());

        Assert.Equal(
            """{"restored":1,"revision":3}""",
            (await portal.PostAsync("/api/revisions/1/restore", "")).Expect(HttpStatusCode.OK).ToJsonString());
        Assert.Equal(3, await portal.HeadAsync());
        (await portal.PostAsync("/api/revisions/0/restore", "")).Expect(HttpStatusCode.OK);
        Assert.Empty((await portal.GetAsync("/api/ranges")).Items);
        (await portal.PostAsync("/api/revisions/9/restore", "")).ExpectProblem(HttpStatusCode.NotFound);
        (await portal.PostAsync("/api/revisions/1/restore", "", token: "reader.token")).ExpectProblem(HttpStatusCode.Forbidden);
    }
}
