using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Revisions;

namespace ClientVpnAdmin.AdminApi.Changes;

/// <summary>Previews, impact and force, which every changing call has.</summary>
public sealed class ChangeTests : IDisposable
{
    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task Each_commit_is_one_log_line_that_says_what_it_is_and_nothing_else_is()
    {
        var id = await portal.AddRangeAsync("203.0.113.0/24");
        await portal.AddRangeAsync("198.51.100.7", """, "validUntil": "2026-04-01T08:00:00Z" """);
        (await portal.SendAsync(HttpMethod.Patch, "/api/settings", """{ "enforcement": "report-only" }""")).Expect(HttpStatusCode.OK);
        (await portal.DeleteAsync($"/api/preview/ranges/{id}")).Expect(HttpStatusCode.OK);
        (await portal.PutAsync($"/api/ranges/{id}", """{ "cidr": "203.0.113.0/24" }""")).Expect(HttpStatusCode.OK); // as it is
        (await portal.PostAsync("/api/ranges", """{ "cidr": "203.0.113.0/24" }""")).ExpectProblem(HttpStatusCode.Conflict);
        Assert.Equal(
            [
                "Revision 1 by admin from unknown, rules-changed (enforce): Added the range 203.0.113.0/24.",
                "Revision 2 by admin from unknown, temporary-access-given (enforce): Added the range 198.51.100.7/32.",
                "Revision 3 by admin from unknown, enforcement-switched (report-only): Changed the settings: enforcement is report-only.",
            ],
            from line in portal.Logged
            where line.Category == typeof(RuleEditor).FullName
            select line.Message[..line.Message.IndexOf(" Chain: ", StringComparison.Ordinal)]);
    }

    [Fact]
    public async Task An_allow_range_that_lets_in_nearly_anybody_is_a_line_of_its_own_when_it_is_committed()
    {
        await portal.AddRangeAsync("10.0.0.0/8");
        await portal.AddRangeAsync("2001::/16");
        await portal.AddRangeAsync("10.0.0.0/7", """, "action": "deny" """);
        await portal.AddRangeAsync("12.0.0.0/7");
        await portal.AddRangeAsync("2000::/15", """, "users": ["alice"] """);
        Assert.Equal(
            ["Revision 4 by admin lets in nearly anybody: 12.0.0.0/7", "Revision 5 by admin lets in nearly anybody: 2000::/15"],
            portal.Warnings.Where(w => w.Contains("nearly anybody", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_preview_answers_what_would_change_and_commits_nothing()
    {
        var id = await portal.AddRangeAsync("203.0.113.0/24");
        var message = (await portal.PostAsync("/api/denial-messages", """{ "text": "x" }""")).Json["id"];
        foreach (var (method, path, body, part, what) in new[]
        {
            ("POST", "/api/ranges", """{ "cidr": "198.51.100.0/24" }""", "ranges", "added"),
            ("PUT", $"/api/ranges/{id}", """{ "cidr": "203.0.113.0/24", "enabled": false }""", "ranges", "changed"),
            ("DELETE", $"/api/ranges/{id}", null, "ranges", "removed"),
            ("PUT", "/api/ranges", "[]", "ranges", "removed"),
            ("POST", "/api/denial-messages", """{ "text": "x", "reason": "not-in-scope" }""", "denialMessages", "added"),
            ("PUT", $"/api/denial-messages/{message}", """{ "text": "y" }""", "denialMessages", "changed"),
            ("DELETE", $"/api/denial-messages/{message}", null, "denialMessages", "removed"),
            (
                "POST",
                "/api/rule-tests",
                """{ "description": "x", "event": { "public-ip": "192.0.2.1", "schema-version": "v3" }, "allowed": false }""",
                "ruleTests",
                "added"),
            ("POST", "/api/revisions/0/restore", "", "ranges", "removed"),
        })
        {
            var preview = path.Replace("/api", "/api/preview", StringComparison.Ordinal);
            var answer = (await portal.SendAsync(new HttpMethod(method), preview, body)).Expect(HttpStatusCode.OK);
            var changes = answer["changes"]!;
            Assert.True(changes[part]![what]!.AsArray().Count == 1, $"{method} {path}: {answer.ToJsonString()}");
            Assert.Equal((2, null), (changes["from"]!.GetValue<int>(), changes["to"]));
        }

        var settings = (await portal.PutAsync("/api/preview/settings", """{ "enforcement": "report-only" }"""))
            .Expect(HttpStatusCode.OK);
        Assert.Equal("""[{"field":"enforcement","from":"enforce","to":"report-only"}]""", settings["changes"]!["settings"]!.ToJsonString());
        var nothing = (await portal.PutAsync($"/api/preview/ranges/{id}", """{ "cidr": "203.0.113.0/24" }"""))
            .Expect(HttpStatusCode.OK);
        Assert.Equal(
            """{"addedCount":0,"removedCount":0,"changedCount":0,"added":[],"removed":[],"changed":[]}""",
            nothing["changes"]!["ranges"]!.ToJsonString());
        (await portal.PostAsync("/api/preview/ranges", """{ "cidr": "1" }""")).ExpectError("cidr");
        (await portal.PostAsync("/api/preview/ranges", """{ "cidr": "198.51.100.0/24" }""", "reader.token")).Expect(HttpStatusCode.OK);
        (await portal.PostAsync("/api/ranges", """{ "cidr": "198.51.100.0/24" }""", "reader.token"))
            .ExpectProblem(HttpStatusCode.Forbidden);
        (await portal.PostAsync("/api/ranges?dryRun=true", """{ "cidr": "198.51.100.0/24" }""")).ExpectError("dryRun");
        Assert.Equal(2, await portal.HeadAsync());
    }

    [Fact]
    public async Task A_preview_of_very_many_changes_counts_them_and_shows_the_first()
    {
        static string Ranges(int net) => $"[{string.Join(',', Enumerable.Range(0, 10_000)
            .Select(i => $$"""{ "cidr": "{{net}}.{{i / 256}}.{{i % 256}}.0/24", "description": "Line {{i}} of the office" }"""))}]";
        (await portal.PutAsync("/api/ranges", Ranges(10))).Expect(HttpStatusCode.OK);
        var preview = await portal.PutAsync("/api/preview/ranges?removals=10000", Ranges(11));
        var ranges = preview.Expect(HttpStatusCode.OK)["changes"]!["ranges"]!;
        Assert.Equal((10_000, 10_000, 0), ((int)ranges["addedCount"]!, (int)ranges["removedCount"]!, (int)ranges["changedCount"]!));
        Assert.Equal((1_000, 1_000), (ranges["added"]!.AsArray().Count, ranges["removed"]!.AsArray().Count));
        Assert.InRange(preview.Text.Length, 1, 2_000_000);
    }

    [Fact]
    public async Task A_preview_waits_for_nobodys_turn()
    {
        var goesOn = new TaskCompletionSource<Proposal?>();
        var change = portal.Log.CommitAsync("somebody", _ => goesOn.Task, default);
        var preview = portal.PostAsync("/api/preview/ranges", """{ "cidr": "198.51.100.0/24" }""");
        (await preview.WaitAsync(TimeSpan.FromMinutes(1))).Expect(HttpStatusCode.OK);
        Assert.False(change.IsCompleted);
        goesOn.SetResult(null);
        await change;
    }

    [Fact]
    public async Task A_preview_says_which_recorded_decisions_would_come_out_differently()
    {
        var id = await portal.AddRangeAsync("203.0.113.0/24");
        var alice = await DecideAsync("alice", "203.0.113.7", "10:00");
        await DecideAsync("alice", "203.0.113.8", "11:00");
        await DecideAsync("bob", "203.0.113.200", "12:00");
        var carol = await DecideAsync("carol", "198.51.100.7", "13:00");
        await DecideAsync("dave", "192.0.2.7", "14:00");
        await DecideAsync("erin", "203.0.113.7", "00:00", day: 22); // more than seven days ago

        var answer = await portal.PutAsync(
            "/api/preview/ranges", """[{ "cidr": "203.0.113.128/25" }, { "cidr": "198.51.100.0/24" }]""");
        var impact = answer.Expect(HttpStatusCode.OK)["impact"]!;
        Assert.Equal(
            """{"days":7,"decisions":5,"isComplete":true,"newlyDenied":2,"newlyAllowed":1,"otherReason":0"""
            + ""","allowedUsers":2,"losingCount":1,"gainingCount":1}""",
            Without(impact, "losing", "gaining", "examples", "locksOut", "unreadable"));
        Assert.Equal(Person("alice", 2, "11:00", "203.0.113.8", "203.0.113.7"), impact["losing"]!.ToJsonString());
        Assert.Equal(Person("carol", 1, "13:00", "198.51.100.7"), impact["gaining"]!.ToJsonString());
        Assert.Equal(0, impact["unreadable"]!.GetValue<int>());
        Assert.Equal(
            [
                "203.0.113.8 True  False AddressNotAllowed",
                "203.0.113.7 True  False AddressNotAllowed",
                "198.51.100.7 False AddressNotAllowed True ",
            ],
            impact["examples"]!.AsArray().Select(e => string.Join(' ', e!["publicIp"], Outcome(e["from"]!), Outcome(e["to"]!))));
        Assert.Equal($"{alice.Id}", impact["examples"]![1]!["decisionId"]!.ToString());
        Assert.Equal($"{carol.Id}", impact["examples"]![2]!["decisionId"]!.ToString());
        Assert.False(impact["locksOut"]!.GetValue<bool>());

        var month = (await portal.PutAsync("/api/preview/ranges?impactDays=30", "[]")).Expect(HttpStatusCode.OK)["impact"]!;
        Assert.Equal(
            (30, 6, 4), (month["days"]!.GetValue<int>(), month["decisions"]!.GetValue<int>(), month["newlyDenied"]!.GetValue<int>()));
        (await portal.PutAsync("/api/preview/ranges?impactDays=0", "[]")).ExpectError("impactDays");
        (await portal.PutAsync("/api/preview/ranges?impactDays=91", "[]")).ExpectError("impactDays");

        static string Person(string name, int connections, string time, params string[] addresses) => new JsonArray(new JsonObject
        {
            ["name"] = name,
            ["connections"] = connections,
            ["addresses"] = new JsonArray([.. addresses.Select(a => JsonValue.Create(a))]),
            ["endpointIds"] = new JsonArray(Some.Endpoint),
            ["lastTime"] = $"2026-03-31T{time}:00Z",
        }).ToJsonString();

        static string Outcome(JsonNode outcome) =>
            $"{outcome["letIn"]!.GetValue<bool>()} {(outcome["reason"] is null ? "" : "AddressNotAllowed")}";
    }

    [Fact]
    public async Task A_change_that_would_deny_more_than_half_of_the_users_who_came_in_lately_is_refused_with_the_list()
    {
        var tokyo = await portal.AddRangeAsync("203.0.113.0/24");
        await portal.AddRangeAsync("198.51.100.0/24");
        await DecideAsync("alice", "203.0.113.7", "10:00");
        await DecideAsync("ALICE", "203.0.113.8", "10:01"); // the same user
        await DecideAsync("bob", "203.0.113.9", "10:02");
        await DecideAsync("carol", "198.51.100.7", "10:03");
        await DecideAsync("", "198.51.100.8", "10:04"); // known by the certificate's name

        (await portal.DeleteAsync($"/api/ranges/{tokyo}")).Expect(HttpStatusCode.NoContent); // two of four are half, not more
        (await portal.PostAsync("/api/revisions/2/restore", "")).Expect(HttpStatusCode.OK);
        await DecideAsync("dave", "203.0.113.10", "10:05");

        var refused = await portal.DeleteAsync($"/api/ranges/{tokyo}");
        Assert.Contains(
            "It denies 3 of the 5 users who came in during the last 7 days",
            refused.ExpectProblem(HttpStatusCode.Conflict),
            StringComparison.Ordinal);
        Assert.Equal(
            ["ALICE 2", "bob 1", "dave 1"],
            refused.Json["impact"]!["losing"]!.AsArray().Select(person => $"{person!["name"]} {person["connections"]}"));
        (await portal.PostAsync("/api/ranges", """{ "cidr": "0.0.0.0/0", "action": "deny" }""")).ExpectProblem(HttpStatusCode.Conflict);
        // Whoever came in since then is locked out.
        (await portal.PutAsync($"/api/ranges/{tokyo}", """{ "cidr": "203.0.113.0/24", "validUntil": "2026-03-31T23:59:00Z" }"""))
            .ExpectProblem(HttpStatusCode.Conflict);
        // Two of five are not too many.
        (await portal.PutAsync($"/api/ranges/{tokyo}", """{ "cidr": "203.0.113.0/24", "users": ["bob"] }""")).Expect(HttpStatusCode.OK);
        (await portal.PostAsync("/api/revisions/0/restore", "")).ExpectProblem(HttpStatusCode.Conflict);
        (await portal.SendAsync(HttpMethod.Post, "/api/revisions/0/restore?force=true", "")).Expect(HttpStatusCode.OK);

        // What was done is done: the next change isn't held up by it.
        (await portal.PostAsync("/api/ranges", """{ "cidr": "192.0.2.0/24", "action": "deny" }""")).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task The_guard_goes_on_without_decisions_that_cannot_be_read_and_says_so()
    {
        var tokyo = await portal.AddRangeAsync("203.0.113.0/24");
        await DecideAsync("alice", "203.0.113.7", "10:00");
        await DecideAsync("bob", "203.0.113.8", "11:00");
        portal.Damage((await DecideAsync("carol", "203.0.113.9", "12:00")).Id);

        var preview = (await portal.DeleteAsync($"/api/preview/ranges/{tokyo}")).Expect(HttpStatusCode.OK);
        Assert.Equal(1, preview["impact"]!["unreadable"]!.GetValue<int>());
        var refused = await portal.DeleteAsync($"/api/ranges/{tokyo}");
        var detail = refused.ExpectProblem(HttpStatusCode.Conflict);
        Assert.Contains(
            "It denies 2 of the 2 users who came in during the last 7 days. Decisions that can't be read, and aren't counted: 1.",
            detail,
            StringComparison.Ordinal);
        var impact = refused.Json["impact"]!;
        Assert.Equal((1, 2), (impact["unreadable"]!.GetValue<int>(), impact["decisions"]!.GetValue<int>()));
        Assert.Equal(2, portal.Warnings.Count(w => w.Contains("without which this call went on: 1.", StringComparison.Ordinal)));
        Assert.DoesNotContain(portal.Warnings, w => w.Contains("carol", StringComparison.Ordinal));

        // A change that passes the guard says so as well.
        using var client = portal.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", portal.Token("admin.token"));
        var deny = """{ "cidr": "203.0.113.66", "action": "deny" }""";
        using var passed = await client.PostAsync(
            new Uri("/api/ranges", UriKind.Relative), new StringContent(deny, Encoding.UTF8, "application/json"));
        Assert.Equal((HttpStatusCode.Created, "1"), (passed.StatusCode, Assert.Single(passed.Headers.GetValues("X-Unreadable-Decisions"))));
        using var harmless = await client.DeleteAsync(new Uri($"{passed.Headers.Location}", UriKind.Relative));
        Assert.False(harmless.Headers.Contains("X-Unreadable-Decisions")); // nobody can be denied by that, and no decision is looked at
        (await portal.DeleteAsync($"/api/ranges/{tokyo}?force=true")).Expect(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Switching_from_report_only_to_enforcing_is_refused_when_it_would_shut_most_people_out()
    {
        await portal.PutAsync("/api/settings", """{ "enforcement": "report-only" }""");
        await DecideAsync("alice", "203.0.113.7", "10:00");
        var refused = await portal.PutAsync("/api/settings", """{ "enforcement": "enforce" }""");
        refused.ExpectProblem(HttpStatusCode.Conflict);
        Assert.Equal("""{"letIn":true,"reason":"address-not-allowed"}""", refused.Json["impact"]!["examples"]![0]!["from"]!.ToJsonString());
        Assert.Equal("""{"letIn":false,"reason":"address-not-allowed"}""", refused.Json["impact"]!["examples"]![0]!["to"]!.ToJsonString());
        await portal.AddRangeAsync("203.0.113.0/24");
        (await portal.PutAsync("/api/settings", """{ "enforcement": "enforce" }""")).Expect(HttpStatusCode.OK);
    }

    private Task<RecordedDecision> DecideAsync(string username, string publicIp, string time, int day = 31)
    {
        var json = Some.EventJson(publicIp);
        json["username"] = username;
        return portal.DecideAsync(
            json, DateTimeOffset.Parse($"2026-03-{day}T{time}:00Z", System.Globalization.CultureInfo.InvariantCulture));
    }

    private static string Without(JsonNode json, params string[] members)
    {
        var copy = json.DeepClone().AsObject();
        Array.ForEach(members, m => copy.Remove(m));
        return copy.ToJsonString();
    }
}
