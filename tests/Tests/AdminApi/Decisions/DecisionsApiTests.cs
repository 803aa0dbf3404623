using System.Net;
using System.Text;
using System.Text.Json;
using ClientVpnAdmin.AdminApi.Swagger;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Handler;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Stores.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace ClientVpnAdmin.AdminApi.Decisions;

public sealed class DecisionsApiTests(SharedPortals shared) : IClassFixture<SharedPortals>, IDisposable
{
    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task What_the_handler_decided_is_listed_newest_first()
    {
        var range = await portal.AddRangeAsync("203.0.113.0/24");
        await ConnectAsync("203.0.113.7");
        await ConnectAsync("198.51.100.7");
        var list = await portal.GetAsync("/api/decisions", "reader.token");
        list.Expect(HttpStatusCode.OK);
        var (denied, allowed) = (list.Items.First(), list.Items.Last());
        Assert.Equal(
            (true, true, null, range, 1, "203.0.113.7", "alice", Some.Endpoint),
            (
                allowed["allowed"]!.GetValue<bool>(),
                allowed["letIn"]!.GetValue<bool>(),
                allowed["reason"]?.ToString(),
                allowed["rangeId"]!.ToString(),
                allowed["revision"]!.GetValue<int>(),
                allowed["publicIp"]!.ToString(),
                allowed["username"]!.ToString(),
                allowed["endpointId"]!.ToString()));
        Assert.Equal(
            (false, "address-not-allowed", "Connection from 198.51.100.7 denied (address-not-allowed). Please contact your administrator."),
            (denied["allowed"]!.GetValue<bool>(), denied["reason"]!.ToString(), denied["message"]!.ToString()));
        Assert.Equal("win", denied["event"]!["platform"]!.ToString());
        Assert.StartsWith("2026-04-01T00:00:0", denied["time"]!.ToString(), StringComparison.Ordinal);
        Assert.Null(list.Json["nextCursor"]);
    }

    [Fact]
    public async Task Decisions_are_found_by_block_and_part_of_a_name_and_one_by_its_id()
    {
        await ConnectAsync("203.0.113.7");
        await ConnectAsync("198.51.100.7");
        var found = Assert.Single((await portal.GetAsync("/api/decisions?publicIp=203.0.113.0/24&q=LIC")).Items);
        Assert.Equal("203.0.113.7", found["publicIp"]!.ToString());
        Assert.Empty((await portal.GetAsync("/api/decisions?q=bob")).Items);
        var wrong = (await portal.GetAsync("/api/decisions?publicIp=203.0.113.5/24")).ExpectError("publicIp");
        Assert.Contains("203.0.113.0/24", wrong, StringComparison.Ordinal);
        Assert.Equal(found.ToJsonString(), (await portal.GetAsync($"/api/decisions/{found["id"]}", "reader.token")).Text);
        (await portal.GetAsync("/api/decisions/019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b")).ExpectProblem(HttpStatusCode.NotFound);
        (await portal.GetAsync("/api/decisions/x")).ExpectError("id");
    }

    [Fact]
    public async Task A_summary_counts_by_hour_or_by_the_days_of_a_time_zone_and_names_whom_most_was_about()
    {
        var range = await portal.AddRangeAsync("203.0.113.0/24");
        foreach (var (hour, publicIp, username) in new[]
        {
            (0.1, "203.0.113.7", "alice"), (0.5, "198.51.100.7", "bob"), (0.9, "198.51.100.7", "bob"), (14.9, "203.0.113.7", "bob"),
            (15.0, "203.0.113.8", "alice"), (47.0, "203.0.113.7", "alice"),
        })
        {
            portal.Time.SetUtcNow(Some.Time.AddHours(hour));
            await ConnectAsync(publicIp, username);
        }

        var byHour = await portal.GetAsync("/api/decisions/summary?to=2026-04-01T15:30:00Z", "reader.token");
        byHour.Expect(HttpStatusCode.OK);
        Assert.Equal(
            ("2026-03-31T15:00:00Z", "2026-04-01T16:00:00Z", "hour", "UTC"),
            (
                byHour.Json["from"]!.ToString(), byHour.Json["to"]!.ToString(), byHour.Json["by"]!.ToString(),
                byHour.Json["timeZone"]!.ToString()));
        Assert.Equal(
            [
                "2026-04-01T00:00:00Z allowed  1", "2026-04-01T00:00:00Z denied address-not-allowed 2",
                "2026-04-01T14:00:00Z allowed  1", "2026-04-01T15:00:00Z allowed  1",
            ],
            Counts(byHour));
        Assert.Equal(["bob 1 0 2", "alice 2 0 0"], Top(byHour, "users"));
        Assert.Equal(["198.51.100.7 0 0 2", "203.0.113.7 2 0 0", "203.0.113.8 1 0 0"], Top(byHour, "addresses"));
        var top = Assert.Single(byHour.Json["top"]!["ranges"]!.AsArray())!;
        Assert.Equal((range, "203.0.113.0/24", 3), (top["rangeId"]!.ToString(), top["range"]!["cidr"]!.ToString(), (int)top["allowed"]!));

        var byDay = await portal.GetAsync(
            "/api/decisions/summary?by=day&timeZone=Asia/Tokyo&from=2026-04-01T00:00:00Z&to=2026-04-03T00:00:00%2B09:00"
            + "&outcome=allowed&top=1");
        byDay.Expect(HttpStatusCode.OK);
        Assert.Equal(
            ["2026-03-31T15:00:00Z allowed  2", "2026-04-01T15:00:00Z allowed  1"],
            Counts(byDay));
        Assert.Equal(["alice 3 0 0"], Top(byDay, "users"));
        Assert.Equal(
            ("2026-03-31T00:00:00Z", "2026-04-03T00:00:00Z"),
            (byDay.Json["top"]!["from"]!.ToString(), byDay.Json["top"]!["to"]!.ToString()));

        static IEnumerable<string> Counts(Answer summary) =>
            summary.Json["counts"]!.AsArray().Select(c => $"{c!["time"]} {c["outcome"]} {c["reason"]} {c["count"]}");

        static IEnumerable<string> Top(Answer summary, string of) =>
            summary.Json["top"]![of]!.AsArray().Select(t => $"{t!["name"]} {t["allowed"]} {t["reported"]} {t["denied"]}");
    }

    [Theory]
    [InlineData("from=2026-04-01T00:00:00Z&to=2026-04-01T00:00:00Z", "from")]
    [InlineData("from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:01Z", "from")]
    [InlineData("from=0001-01-01T00:00:00Z&to=0001-01-02T00:00:00Z", "from")]
    [InlineData("to=0001-01-01T00:00:00Z", "from")]
    [InlineData("to=9999-12-31T23:59:59Z&by=day", "from")]
    [InlineData("from=yesterday", "from")]
    [InlineData("by=week", "by")]
    [InlineData("timeZone=JST", "timeZone")]
    [InlineData("outcome=let-in", "outcome")]
    [InlineData("top=101", "top")]
    public async Task A_summary_of_what_cannot_be_counted_is_refused(string query, string field) =>
        (await shared.Empty.GetAsync($"/api/decisions/summary?{query}")).ExpectError(field);

    [Fact]
    public async Task Decisions_are_answered_as_CSV_in_pages_and_no_text_of_a_stranger_is_a_formula()
    {
        for (var i = 0; i < 3; i++)
        {
            var json = Some.EventJson($"203.0.113.{i}");
            json["username"] = "=cmd|' /C calc'!A0";
            json["common-name"] = "a,\"b\"";
            await portal.DecideAsync(json);
        }

        using var client = portal.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", portal.Token("reader.token"));
        client.DefaultRequestHeaders.Accept.ParseAdd("text/csv");
        var (lines, pages) = (new List<string>(), 0);
        for (var next = "/api/decisions?limit=2&allowed=false"; next is not null; pages++)
        {
            using var answer = await client.GetAsync(new Uri(next, UriKind.Relative));
            Assert.Equal((HttpStatusCode.OK, "text/csv"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
            var text = (await answer.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            Assert.StartsWith("time,id,allowed,letIn,reason,", text[0], StringComparison.Ordinal);
            lines.AddRange(text.Skip(1));
            next = answer.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
        }

        Assert.Equal((2, 3), (pages, lines.Count));
        Assert.All(lines, line => Assert.Contains(",\"a,\"\"b\"\"\",'=cmd|' /C calc'!A0,203.0.113.", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whatever_the_handler_was_sent_is_shown_as_swagger_json_says_an_event_of_another_shape_apart()
    {
        var log = portal.Services.GetRequiredService<IDecisionLog>();
        var recorded = new Dictionary<string, JsonElement?>(StringComparer.Ordinal);
        foreach (var json in HostileEvents.Make(seed: 1, count: 900))
        {
            var time = portal.Time.GetUtcNow();
            var connection = ConnectionEvent.Parse(json);
            var made = Evaluator.Decide(connection, time, RuleSet.Empty, 0);
            var decision = RecordedDecision.From(connection, made, time, TimeSpan.FromMilliseconds(1));
            await log.RecordAsync(decision, time.AddDays(30), default);
            recorded.Add($"{decision.Id}", decision.Event);
        }

        var document = new ApiDocument((await portal.GetAsync("/swagger/v1/swagger.json", token: null)).Json);
        var list = await portal.GetAsync("/api/decisions?limit=1000");
        Assert.Null(document.FindFault(document.Find("GET", "/api/decisions")!, (int)list.Status, list.ContentType, list.Text));
        var shown = JsonElement.Parse(list.Text).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(recorded.Count, shown.Count);
        Assert.All(shown, d =>
        {
            var (usual, other) = (d.GetProperty("event"), d.GetProperty("otherEvent"));
            var isUsual = usual.ValueKind != JsonValueKind.Null;
            Assert.True(!isUsual || other.ValueKind == JsonValueKind.Null);
            Assert.Equal(recorded[d.GetProperty("id").GetString()!]?.GetRawText() ?? "null", (isUsual ? usual : other).GetRawText());
        });
        Assert.Contains(shown, d => d.GetProperty("event").ValueKind != JsonValueKind.Null);
        Assert.Contains(shown, d => d.GetProperty("otherEvent").ValueKind != JsonValueKind.Null);
    }

    [Theory]
    [InlineData("", "4,3,2,1")]
    [InlineData("allowed=true", "3,1")]
    [InlineData("allowed=false", "4,2")]
    [InlineData("reason=address-not-allowed", "2")]
    [InlineData("reason=invalid-request", "4")]
    [InlineData("username=user3", "3")]
    [InlineData("publicIp=::ffff:203.0.113.1", "1")]
    [InlineData("publicIp=hello", "4")]
    [InlineData("endpointId=cvpn-endpoint-0f13eab7f860433cc", "4,3,2,1")]
    [InlineData("endpointId=other", "")]
    [InlineData("from=2026-04-01T02:00:00Z", "4,3,2")]
    [InlineData("to=2026-04-01T02:00:00Z", "1")]
    [InlineData("from=2026-04-01T02:00:00Z&to=2026-04-01T12:00:00%2B09:00&allowed=true", "")]
    public async Task Filters_narrow_the_list(string query, string expected)
    {
        var shown = await shared.FilledAsync(async made =>
        {
            await made.AddRangeAsync("203.0.113.0/24");
            foreach (var (hour, publicIp) in new[] { (1, "203.0.113.1"), (2, "198.51.100.2"), (3, "203.0.113.3"), (4, "hello") })
            {
                made.Time.SetUtcNow(Some.Time.AddHours(hour));
                await ConnectAsync(made, publicIp, $"user{hour}");
            }
        });
        var list = await shown.GetAsync($"/api/decisions?{query}");
        list.Expect(HttpStatusCode.OK);
        Assert.Equal(expected, string.Join(',', list.Items.Select(d => d["username"]!.ToString()[4..])));
    }

    [Fact]
    public async Task The_list_comes_in_pages()
    {
        for (var i = 0; i < 5; i++)
        {
            await ConnectAsync($"203.0.113.{i}");
        }

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await portal.GetAsync($"/api/decisions?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.Items.Select(d => d["publicIp"]!.ToString()));
            cursor = page.Json["nextCursor"]?.ToString();
        }
        while (cursor is not null);
        Assert.Equal(["203.0.113.4", "203.0.113.3", "203.0.113.2", "203.0.113.1", "203.0.113.0"], seen);
    }

    [Theory]
    [InlineData("allowed=maybe", "allowed")]
    [InlineData("reason=because", "reason")]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=2026-04-01", "to")]
    [InlineData("limit=0", "limit")]
    [InlineData("cursor=abc", "cursor")]
    [InlineData("user=alice", "user")]
    public async Task A_bad_query_parameter_is_refused_with_an_error_that_names_it(string query, string field) =>
        (await shared.Empty.GetAsync($"/api/decisions?{query}")).ExpectError(field);

    [Fact]
    public async Task An_evaluation_is_no_decision()
    {
        await portal.PostAsync("/api/evaluations", $$"""{ "event": {{Some.EventJson().ToJsonString()}} }""");
        Assert.Empty((await portal.GetAsync("/api/decisions")).Items);
    }

    private Task ConnectAsync(string publicIp, string username = "alice") => ConnectAsync(portal, publicIp, username);

    private static async Task ConnectAsync(Portal portal, string publicIp, string username)
    {
        _ = portal.Server;
        var json = Some.EventJson(publicIp);
        json["username"] = username;
        var handler = new ConnectHandler(
            () => Store.In(SqliteFile.Existing(portal.StorePath)), new(TimeSpan.FromDays(30), default), portal.Time, TextWriter.Null);
        await handler.HandleAsync(Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    [Fact]
    public async Task A_denied_connection_is_allowed_for_that_user_certificate_address_and_endpoint_for_a_while()
    {
        var denied = await portal.DecideAsync(Some.EventJson("198.51.100.7"));
        var allowed = await AllowAsync(denied.Id, "PT8H", "hotel");
        var range = allowed.Expect(HttpStatusCode.Created);
        Assert.Equal(("198.51.100.7/32", "hotel"), (range["cidr"]!.ToString(), range["description"]!.ToString()));
        Assert.Equal(
            $$"""["alice"]|["{{Some.Endpoint}}"]|["laptop-17.example.co.jp"]|[]""",
            string.Join(
                '|',
                range["users"]!.ToJsonString(),
                range["endpointIds"]!.ToJsonString(),
                range["commonNames"]!.ToJsonString(),
                range["platforms"]!.ToJsonString()));
        Assert.StartsWith("2026-04-01T08:00:00", range["validUntil"]!.ToString(), StringComparison.Ordinal);

        Assert.True((await portal.DecideAsync(Some.EventJson("198.51.100.7"))).Allowed);
        Assert.False((await portal.DecideAsync(Some.EventJson("198.51.100.8"))).Allowed);
        var bob = Some.EventJson("198.51.100.7");
        bob["username"] = "bob";
        Assert.False((await portal.DecideAsync(bob)).Allowed);
        var otherCertificate = Some.EventJson("198.51.100.7");
        otherCertificate["common-name"] = "laptop-18.example.co.jp";
        Assert.False((await portal.DecideAsync(otherCertificate)).Allowed);
        portal.Time.Advance(TimeSpan.FromHours(8));
        Assert.Equal(DenialReason.OutsideValidity, (await portal.DecideAsync(Some.EventJson("198.51.100.7"))).Reason);
    }

    [Fact]
    public async Task Without_a_user_name_the_certificates_name_is_allowed()
    {
        var json = Some.EventJson("2001:db8::7");
        json["username"] = "";
        var range = (await AllowAsync((await portal.DecideAsync(json)).Id, "P1D", "hotel")).Expect(HttpStatusCode.Created);
        Assert.Equal(
            """2001:db8::7/128|[]|["laptop-17.example.co.jp"]""",
            string.Join('|', range["cidr"], range["users"]!.ToJsonString(), range["commonNames"]!.ToJsonString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("*@example.com")]
    [InlineData("alice\u200B")]
    [InlineData("alice ")]
    [InlineData("alice", "*")]
    public async Task A_connection_of_nobody_in_particular_is_not_allowed_since_the_range_would_be_for_everybody(
        string name, string commonName = "")
    {
        var json = Some.EventJson("198.51.100.7");
        (json["username"], json["common-name"]) = (name, commonName);
        Assert.Contains(
            "POST /api/ranges",
            (await AllowAsync((await portal.DecideAsync(json)).Id, "PT8H", "x")).ExpectProblem(HttpStatusCode.Conflict),
            StringComparison.Ordinal);
        Assert.Equal(0, await portal.HeadAsync());
    }

    [Fact]
    public async Task What_would_not_help_is_refused()
    {
        await portal.AddRangeAsync("198.51.100.0/24", """, "action": "deny" """);
        var blocked = await portal.DecideAsync(Some.EventJson("198.51.100.7"));
        Assert.Contains(
            "(address-blocked)",
            (await AllowAsync(blocked.Id, "PT8H", "x")).ExpectProblem(HttpStatusCode.Conflict),
            StringComparison.Ordinal);
        var unreadable = await portal.DecideAsync(Some.EventJson("1"));
        (await AllowAsync(unreadable.Id, "PT8H", "x")).ExpectError("cidr");
        await portal.AddRangeAsync("203.0.113.0/24");
        var allowed = await portal.DecideAsync(Some.EventJson("203.0.113.7"));
        (await AllowAsync(allowed.Id, "PT8H", "x")).ExpectProblem(HttpStatusCode.Conflict);
        (await AllowAsync(Guid.CreateVersion7(), "PT8H", "x")).ExpectProblem(HttpStatusCode.NotFound);
        (await AllowAsync(Guid.Parse("ffffffff-ffff-7fff-bfff-ffffffffffff"), "PT8H", "x")).ExpectProblem(HttpStatusCode.NotFound);
        (await portal.PostAsync($"/api/decisions/{blocked.Id}/allow", """{ "duration": "PT8H", "reason": "x" }""", "reader.token"))
            .ExpectProblem(HttpStatusCode.Forbidden);
        Assert.Equal(2, await portal.HeadAsync());
    }

    [Fact]
    public async Task A_decision_that_cannot_be_read_is_listed_as_such_and_counted_in_the_answer_and_in_the_log()
    {
        var damaged = await portal.DecideAsync(Some.EventJson("198.51.100.7"));
        var fine = await portal.DecideAsync(Some.EventJson("198.51.100.8"));
        portal.Damage(damaged.Id);
        var list = await portal.GetAsync("/api/decisions", "reader.token");
        list.Expect(HttpStatusCode.OK);
        Assert.Equal(1, list.Json["unreadable"]!.GetValue<int>());
        Assert.Equal([$"{fine.Id} false", $"{damaged.Id} true"], list.Items.Select(d => $"{d["id"]} {d["unreadable"]!.ToJsonString()}"));
        var item = list.Items.Last();
        Assert.Equal(
            $"2026-04-01T00:00:00 address-not-allowed alice 198.51.100.7 {Some.Endpoint}",
            $"{item["time"]!.ToString()[..19]} {item["reason"]} {item["username"]} {item["publicIp"]} {item["endpointId"]}");
        Assert.Equal((false, false, null), (item["allowed"]!.GetValue<bool>(), item["letIn"]!.GetValue<bool>(), item["event"]));
        Assert.Contains("can't be read, and without which this call went on: 1.", Assert.Single(portal.Warnings), StringComparison.Ordinal);

        Assert.Contains(
            "can't be read any more, so that nobody can say whom a range would be for: add a range with POST /api/ranges",
            (await AllowAsync(damaged.Id, "PT8H", "hotel")).ExpectProblem(HttpStatusCode.Conflict),
            StringComparison.Ordinal);
        Assert.Equal(0, await portal.HeadAsync());
    }

    [Theory]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(62)]
    [InlineData(64)]
    public async Task However_deep_an_event_is_nested_everything_that_reads_decisions_goes_on(int levels)
    {
        var range = await portal.AddRangeAsync("203.0.113.0/24");
        var json = Some.EventJson();
        var nested = string.Concat(Enumerable.Repeat("[", levels - 1)) + new string(']', levels - 1);
        var file = SqliteFile.Existing(portal.StorePath);
        var handler = new ConnectHandler(() => Store.In(file), new(TimeSpan.FromDays(30), default), portal.Time, TextWriter.Null);
        Assert.True((await handler.HandleAsync(Encoding.UTF8.GetBytes(json.ToJsonString()[..^1] + $",\"x\":{nested}}}"))).Allowed);
        var list = await portal.GetAsync("/api/decisions");
        list.Expect(HttpStatusCode.OK);
        Assert.Equal(levels <= 32, list.Items.Single()["event"] is not null);
        Assert.Equal(0, list.Json["unreadable"]!.GetValue<int>());
        (await portal.GetAsync("/api/ranges/findings")).Expect(HttpStatusCode.OK);
        (await portal.DeleteAsync($"/api/preview/ranges/{range}")).Expect(HttpStatusCode.OK);
        var deleted = (await portal.DeleteAsync($"/api/ranges/{range}")).Status;
        Assert.Equal(levels <= 32 ? HttpStatusCode.Conflict : HttpStatusCode.NoContent, deleted);
        Assert.Contains(
            levels <= 32 ? "This connection was allowed" : "isn't recorded, so that",
            (await AllowAsync(Guid.Parse(list.Items.Single()["id"]!.ToString()), "PT8H", "x")).ExpectProblem(HttpStatusCode.Conflict),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8h", "x", "duration")]
    [InlineData("PT0S", "x", "duration")]
    [InlineData("-PT8H", "x", "duration")]
    [InlineData("P31D", "x", "duration")]
    [InlineData("P999999999999D", "x", "duration")]
    [InlineData("PT8H", " ", "reason")]
    [InlineData("PT8H", "a\\nb", "reason")]
    public async Task A_bad_duration_or_reason_is_an_error(string duration, string reason, string field)
    {
        var asked = await shared.FilledAsync(made => made.DecideAsync(Some.EventJson("198.51.100.7")));
        var denied = Guid.Parse(Assert.Single((await asked.GetAsync("/api/decisions")).Items)["id"]!.ToString());
        (await AllowAsync(asked, denied, duration, reason)).ExpectError(field);
        Assert.Equal(0, await asked.HeadAsync());
    }

    private Task<Answer> AllowAsync(Guid id, string duration, string reason) => AllowAsync(portal, id, duration, reason);

    private static Task<Answer> AllowAsync(Portal portal, Guid id, string duration, string reason) =>
        portal.PostAsync($"/api/decisions/{id}/allow", $$"""{ "duration": "{{duration}}", "reason": "{{reason}}" }""");
}
