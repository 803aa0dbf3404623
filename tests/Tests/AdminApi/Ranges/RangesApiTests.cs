using System.Net;
using System.Text.Json.Nodes;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;

namespace ClientVpnAdmin.AdminApi.Ranges;

public sealed class RangesApiTests(SharedPortals shared) : IClassFixture<SharedPortals>, IDisposable
{
    // As Lambda's runtime writes the body of an answer.
    private static readonly System.Text.Json.JsonSerializerOptions Unescaped =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task A_range_is_added_shown_changed_and_deleted()
    {
        var added = await portal.PostAsync("/api/ranges", """{ "cidr": "203.0.113.0/24" }""");
        var id = added.Expect(HttpStatusCode.Created)["id"]!.ToString();
        Assert.Equal($"/api/ranges/{id}", added.Location!.ToString());
        Assert.Equal(7, Guid.Parse(id).Version);
        Assert.Equal(
            """["203.0.113.0/24","allow","",true,[],null,null,"admin","admin"]""",
            new JsonArray(
            [
                .. new[] { "cidr", "action", "description", "enabled", "endpointIds", "validFrom", "validUntil", "createdBy", "updatedBy" }
                    .Select(f => added.Json[f]?.DeepClone()),
            ]).ToJsonString());

        var shown = await portal.GetAsync($"/api/ranges/{id}");
        Assert.Equal((added.Text, added.ETag), (shown.Text, shown.ETag));

        portal.Time.Advance(TimeSpan.FromHours(1));
        var changed = await portal.PutAsync(
            $"/api/ranges/{id}", """{ "cidr": "203.0.113.0/25", "validUntil": "2036-04-01T09:00:00+09:00" }""", shown.ETag);
        changed.Expect(HttpStatusCode.OK);
        Assert.NotEqual(shown.ETag, changed.ETag);
        Assert.Equal("2036-04-01T00:00:00Z", changed.Json["validUntil"]!.ToString());
        Assert.Equal(added.Json["createdAt"]!.ToString(), changed.Json["createdAt"]!.ToString());
        Assert.NotEqual(added.Json["updatedAt"]!.ToString(), changed.Json["updatedAt"]!.ToString());
        Assert.Equal(changed.Text, (await portal.GetAsync($"/api/ranges/{id}")).Text);

        (await portal.DeleteAsync($"/api/ranges/{id}", changed.ETag)).Expect(HttpStatusCode.NoContent);
        (await portal.GetAsync($"/api/ranges/{id}")).ExpectProblem(HttpStatusCode.NotFound);
        (await portal.PutAsync($"/api/ranges/{id}", """{ "cidr": "203.0.113.0/25" }""")).ExpectProblem(HttpStatusCode.NotFound);
        (await portal.DeleteAsync($"/api/ranges/{id}")).ExpectProblem(HttpStatusCode.NotFound);
        Assert.Equal(3, await portal.HeadAsync());
    }

    [Fact]
    public async Task An_answer_can_be_sent_back_as_it_came_and_changes_nothing()
    {
        var id = await portal.AddRangeAsync(
            "2001:db8::7",
            """
            , "action": "deny", "description": "東京", "endpointIds": ["cvpn-endpoint-0f13eab7f860433cc"],
            "validFrom": "2026-01-01T00:00:00Z"
            """);
        var shown = await portal.GetAsync($"/api/ranges/{id}");
        var put = await portal.PutAsync($"/api/ranges/{id}", shown.Text, shown.ETag);
        put.Expect(HttpStatusCode.OK);
        Assert.Equal((shown.Text, shown.ETag), (put.Text, put.ETag));
        Assert.Equal(1, await portal.HeadAsync());
    }

    [Fact]
    public async Task A_stale_ETag_is_refused_and_nothing_is_changed()
    {
        var id = await portal.AddRangeAsync("203.0.113.0/24");
        var stale = (await portal.GetAsync($"/api/ranges/{id}")).ETag;
        var changed = await portal.PutAsync($"/api/ranges/{id}", """{ "cidr": "203.0.113.0/25" }""");
        Assert.Contains(
            "If-Match",
            (await portal.PutAsync($"/api/ranges/{id}", """{ "cidr": "203.0.113.0/26" }""", stale))
                .ExpectProblem(HttpStatusCode.PreconditionFailed),
            StringComparison.Ordinal);
        (await portal.DeleteAsync($"/api/ranges/{id}", stale)).ExpectProblem(HttpStatusCode.PreconditionFailed);
        Assert.Equal(changed.Text, (await portal.GetAsync($"/api/ranges/{id}")).Text);
        Assert.Equal(2, await portal.HeadAsync());
    }

    [Fact]
    public async Task If_Match_takes_several_tags_and_an_asterisk_and_no_weak_one()
    {
        var id = await portal.AddRangeAsync("203.0.113.0/24");
        var tag = (await portal.GetAsync($"/api/ranges/{id}")).ETag!;
        (await portal.PutAsync($"/api/ranges/{id}", """{ "cidr": "203.0.113.0/25" }""", $"W/{tag}"))
            .ExpectProblem(HttpStatusCode.PreconditionFailed);
        var put = await portal.PutAsync($"/api/ranges/{id}", """{ "cidr": "203.0.113.0/25" }""", $"\"other\", {tag}");
        put.Expect(HttpStatusCode.OK);
        (await portal.DeleteAsync($"/api/ranges/{id}", "*")).Expect(HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("\"abc")]
    public async Task If_Match_that_cannot_be_read_is_refused_rather_than_ignored(string ifMatch)
    {
        var id = await portal.AddRangeAsync("203.0.113.0/24");
        (await portal.DeleteAsync($"/api/ranges/{id}", ifMatch)).ExpectError("If-Match");
        Assert.Equal(1, await portal.HeadAsync());
    }

    [Theory]
    [InlineData("1")]
    [InlineData("abc")]
    [InlineData("019b0d3c7a1e7c3f9a523f6f0c1d2e4b")]
    [InlineData("%7B019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b%7D")]
    [InlineData("019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b%0A")]
    public async Task An_id_that_is_none_is_an_error_that_shows_one(string id)
    {
        foreach (var answer in new[]
        {
            await shared.Empty.GetAsync($"/api/ranges/{id}"),
            await shared.Empty.PutAsync($"/api/ranges/{id}", """{ "cidr": "203.0.113.0/25" }"""),
            await shared.Empty.DeleteAsync($"/api/ranges/{id}"),
        })
        {
            Assert.Contains("Write a UUID such as", answer.ExpectError("id"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(
        """{ "cidr": "203.0.113.5/24" }""",
        "cidr",
        "'203.0.113.5/24' has host bits set. Write 203.0.113.0/24 for the network, or 203.0.113.5/32 for the single address.")]
    [InlineData("""{ "cidr": "010.0.0.0/8" }""", "cidr", "'010.0.0.0' is not an IP address.")]
    [InlineData("""{ "cidr": "1" }""", "cidr", "'1' is not an IP address.")]
    [InlineData("""{ "cidr": "::ffff:203.0.113.0/120" }""", "cidr", "Write the IPv4 network: 203.0.113.0/24.")]
    [InlineData("""{ "cidr": "203.0.113.0/33" }""", "cidr", "'33' is not a prefix length.")]
    [InlineData("""{ "cidr": "" }""", "cidr", "Give a CIDR block")]
    [InlineData("""{ "cidr": null }""", "cidr", "Give a CIDR block")]
    [InlineData("""{ }""", "cidr", "Give a CIDR block")]
    [InlineData("""{ "cidr": 7 }""", "cidr", "Write a text, in double quotes.")]
    [InlineData("""{ "cidr": "203.0.113.0/24", "cidr": "0.0.0.0/0" }""", "cidr", "given twice")]
    [InlineData("""{ "CIDR": "203.0.113.0/24" }""", "CIDR", "There is no such member")]
    [InlineData("""{ "cidr": "203.0.113.0/24", "user": "alice" }""", "user", "There is no such member")]
    [InlineData("""{ "cidr": "203.0.113.0/24", "enabled": "true" }""", "enabled", "Write true or false, without quotes.")]
    [InlineData("""{ "cidr": "203.0.113.0/24", "enabled": 1 }""", "enabled", "Write true or false, without quotes.")]
    [InlineData(
        """{ "cidr": "203.0.113.0/24", "endpointIds": "cvpn-endpoint-0f13eab7f860433cc" }""",
        "endpointIds",
        "Write a list, in square brackets.")]
    [InlineData("""{ "cidr": "203.0.113.0/24", "endpointIds": [7] }""", "endpointIds[0]", "Write a text, in double quotes.")]
    [InlineData("""{ "cidr": "203.0.113.0/24", "endpointIds": ["vpn"] }""", "endpointIds[0]", "'vpn' is not a Client VPN endpoint id.")]
    [InlineData("""{ "cidr": "203.0.113.0/24", "action": "Deny" }""", "action", "Write one of: allow, deny.")]
    [InlineData(
        """{ "cidr": "203.0.113.0/24", "validFrom": "2026-04-02T00:00:00Z", "validUntil": "2026-04-01T00:00:00Z" }""",
        "validUntil",
        "give a time after validFrom")]
    [InlineData("""{ "cidr": "203.0.113.0/24", "validUntil": "tomorrow" }""", "validUntil", "Write RFC 3339")]
    [InlineData("""{ "cidr": "203.0.113.0/24", "description": "a\u0000b" }""", "description", "Control characters")]
    [InlineData("""{ "cidr": "203.0.113.0/24", "id": "019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b" }""", "id", "leave it out")]
    [InlineData("""["203.0.113.0/24"]""", "body", "Write an object, in braces.")]
    [InlineData("\"203.0.113.0/24\"", "body", "Write an object, in braces.")]
    [InlineData("null", "body", "Send a body, in JSON.")]
    [InlineData("", "body", "Send a body, in JSON.")]
    [InlineData("""{ "cidr": "203.0.113.0/24" """, "body", "not valid JSON")]
    [InlineData("""{ "cidr": "203.0.113.0/24", }""", "body", "not valid JSON")]
    [InlineData("""{ "cidr": "203.0.113.0/24" } x""", "body", "not valid JSON")]
    public async Task A_bad_range_is_refused_with_an_error_that_names_the_field_and_the_remedy(string json, string field, string remedy)
    {
        Assert.Contains(remedy, (await shared.Empty.PostAsync("/api/ranges", json)).ExpectError(field), StringComparison.Ordinal);
        Assert.Equal(0, await shared.Empty.HeadAsync());
    }

    [Fact]
    public async Task A_replacement_is_checked_as_a_new_range_is()
    {
        var id = await portal.AddRangeAsync("203.0.113.0/24");
        (await portal.PutAsync($"/api/ranges/{id}", """{ "cidr": "203.0.113.5/24" }""")).ExpectError("cidr");
        (await portal.PutAsync($"/api/ranges/{id}", """{ "cidr": "203.0.113.0/24", "id": "019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b" }"""))
            .ExpectError("id");
        (await portal.PutAsync($"/api/ranges/{id}", """{ "cidr": "203.0.113.0/24", "foo": 1 }""")).ExpectError("foo");
        Assert.Equal(1, await portal.HeadAsync());
    }

    [Fact]
    public async Task Everything_wrong_with_a_range_is_said_at_once()
    {
        var answer = await portal.PostAsync("/api/ranges", """{ "cidr": "1", "action": "x", "validFrom": "y", "id": "z" }""");
        answer.ExpectProblem(HttpStatusCode.BadRequest);
        Assert.Equal(
            ["action", "cidr", "id", "validFrom"], answer.Json["errors"]!.AsObject().Select(e => e.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_list_comes_in_pages_oldest_first_and_each_range_once()
    {
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            ids.Add(await portal.AddRangeAsync($"10.{i}.0.0/16"));
        }

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await portal.GetAsync($"/api/ranges?limit=3{(cursor is null ? "" : $"&cursor={cursor}")}");
            page.Expect(HttpStatusCode.OK);
            Assert.InRange(page.Items.Count(), 1, 3);
            seen.AddRange(page.Items.Select(r => r["id"]!.ToString()));
            cursor = page.Json["nextCursor"]?.ToString();
        }
        while (cursor is not null);
        Assert.Equal(ids, seen);
        Assert.Equal(ids, (await portal.GetAsync("/api/ranges?limit=7")).Items.Select(r => r["id"]!.ToString()));
        Assert.Null((await portal.GetAsync("/api/ranges?limit=7")).Json["nextCursor"]);
    }

    [Fact]
    public async Task A_cursor_that_was_changed_in_any_place_is_refused()
    {
        await portal.AddRangeAsync("10.0.0.0/16");
        await portal.AddRangeAsync("10.1.0.0/16");
        var cursor = (await portal.GetAsync("/api/ranges?limit=1")).Json["nextCursor"]!.ToString();
        Assert.Single((await portal.GetAsync($"/api/ranges?cursor={cursor}")).Items);
        for (var i = 0; i < cursor.Length; i++)
        {
            (await portal.GetAsync($"/api/ranges?cursor={cursor[..i]}{(cursor[i] == 'A' ? 'B' : 'A')}{cursor[(i + 1)..]}"))
                .ExpectError("cursor");
        }

        (await portal.GetAsync($"/api/ranges?cursor={cursor}A")).ExpectError("cursor");
        (await portal.GetAsync($"/api/ranges?cursor={cursor[..^1]}")).ExpectError("cursor");
        (await portal.GetAsync($"/api/denial-messages?cursor={cursor}")).ExpectError("cursor");
    }

    [Fact]
    public async Task Paging_goes_on_where_it_was_though_ranges_come_and_go()
    {
        for (var i = 0; i < 4; i++)
        {
            await portal.AddRangeAsync($"10.{i}.0.0/16");
        }

        var first = await portal.GetAsync("/api/ranges?limit=2");
        (await portal.DeleteAsync($"/api/ranges/{first.Items.Last()["id"]}")).Expect(HttpStatusCode.NoContent);
        await portal.AddRangeAsync("10.4.0.0/16");
        var second = await portal.GetAsync($"/api/ranges?cursor={first.Json["nextCursor"]}");
        Assert.Equal(["10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16"], second.Items.Select(r => r["cidr"]!.ToString()));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("limit=99999999999", "limit")]
    [InlineData("cursor=abc", "cursor")]
    [InlineData("cursor=", "cursor")]
    [InlineData("cursor=%00", "cursor")]
    [InlineData("cursor=L2FwaS9yYW5nZXN8eHx5", "cursor")] // /api/ranges|x|y
    [InlineData("cursor=L2FwaS9yYW5nZXN8NXwwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMA", "cursor")] // /api/ranges|5|0000… (32 zeros)
    [InlineData("contains=203.0.113", "contains")]
    [InlineData("contains=203.0.113.0/24", "contains")]
    [InlineData("contains=", "contains")]
    [InlineData("enabled=yes", "enabled")]
    [InlineData("enable=true", "enable")]
    [InlineData("log=1", "log")]
    [InlineData("limit=1&limit=2", "limit")]
    public async Task A_bad_query_parameter_is_refused_with_an_error_that_names_it(string query, string field) =>
        (await shared.Empty.GetAsync($"/api/ranges?{query}")).ExpectError(field);

    [Fact]
    public async Task An_option_that_this_version_lacks_is_refused_rather_than_ignored()
    {
        (await portal.SendAsync(HttpMethod.Post, "/api/ranges?dry-run=true", """{ "cidr": "203.0.113.0/24" }""")).ExpectError("dry-run");
        Assert.Equal(0, await portal.HeadAsync());
    }

    [Theory]
    [InlineData("", "A,B,C,D")]
    [InlineData("contains=10.1.2.3", "A,B")]
    [InlineData("contains=::ffff:10.1.2.3", "A,B")]
    [InlineData("contains=10.2.0.0", "A")]
    [InlineData("contains=2001:db8::1", "C")]
    [InlineData("contains=192.0.2.1", "")]
    [InlineData("q=office", "A,B")]
    [InlineData("q=OFFICE b", "B")]
    [InlineData("q=db8", "C")]
    [InlineData("q=10.", "A,B")]
    [InlineData("enabled=false", "B")]
    [InlineData("enabled=true", "A,C,D")]
    [InlineData("endpointId=cvpn-endpoint-0f13eab7f860433cc", "A,B,C")]
    [InlineData("endpointId=cvpn-endpoint-0aaaaaaaaaaaaaaaa", "A,B,D")]
    [InlineData("endpointId=cvpn-endpoint-0bbbbbbbbbbbbbbbb", "A,B")]
    [InlineData("q=office&enabled=true&contains=10.1.2.3", "A")]
    public async Task Filters_narrow_a_list(string query, string expected)
    {
        var portal = await shared.FilledAsync(async made =>
        {
            await made.AddRangeAsync("10.0.0.0/8", """, "description": "A Office A" """);
            await made.AddRangeAsync("10.1.0.0/16", """, "description": "B office B", "enabled": false """);
            await made.AddRangeAsync("2001:db8::/32", """, "description": "C", "endpointIds": ["cvpn-endpoint-0f13eab7f860433cc"] """);
            await made.AddRangeAsync("198.51.100.0/24", """, "description": "D", "endpointIds": ["cvpn-endpoint-0aaaaaaaaaaaaaaaa"] """);
        });
        var found = await portal.GetAsync($"/api/ranges?{query}");
        found.Expect(HttpStatusCode.OK);
        Assert.Equal(expected, string.Join(',', found.Items.Select(r => r["description"]!.ToString()[..1])));
    }

    [Theory]
    [InlineData("action=deny", "D")]
    [InlineData("state=active", "ABCF")]
    [InlineData("state=scheduled", "S")]
    [InlineData("state=expired", "E")]
    [InlineData("state=disabled", "D")]
    [InlineData("condition=users", "B")]
    [InlineData("condition=common-names", "C")]
    [InlineData("condition=valid-until", "E")]
    [InlineData("condition=schedule", "F")]
    [InlineData("condition=none", "AD")]
    [InlineData("q=ALICE", "B")]
    [InlineData("q=laptop", "C")]
    [InlineData("changedFrom=2026-04-02T00:00:00Z", "B")]
    [InlineData("changedTo=2026-04-02T00:00:00Z&condition=none", "AD")]
    [InlineData("sort=-createdAt", "FESDCBA")]
    [InlineData("sort=cidr", "BADCEFS")]
    [InlineData("sort=-cidr", "SFECDAB")]
    [InlineData("sort=description", "ABCDEFS")]
    [InlineData("sort=-updatedAt&limit=2", "BF")]
    [InlineData("sort=action&limit=1", "A")]
    public async Task Ranges_are_filtered_by_what_they_are_and_sorted(string query, string expected)
    {
        var portal = await shared.FilledAsync(async made =>
        {
            await made.AddRangeAsync("10.0.0.0/8", """, "description": "A" """);
            var b = await made.AddRangeAsync("9.0.0.0/8", """, "description": "b", "users": ["alice"] """);
            await made.AddRangeAsync("10.0.0.0/16", """, "description": "C", "commonNames": ["laptop-*"] """);
            await made.AddRangeAsync("10.0.0.0/9", """, "description": "D", "enabled": false, "action": "deny" """);
            await made.AddRangeAsync("2001:db8::/32", """, "description": "S", "validFrom": "2036-01-01T00:00:00Z" """);
            await made.AddRangeAsync("100.0.0.0/8", """, "description": "E", "validUntil": "2026-04-01T00:00:01Z" """);
            await made.AddRangeAsync(
                "101.0.0.0/8",
                """, "description": "f","""
                + """ "schedule": { "timeZone": "UTC", "windows": [{ "days": ["sunday"], "from": "01:00", "to": "02:00" }] }""");
            made.Time.Advance(TimeSpan.FromDays(1.5));
            await made.SendAsync(HttpMethod.Patch, $"/api/ranges/{b}", """{ "description": "B" }""");
        });
        var found = await portal.GetAsync($"/api/ranges?{query}");
        found.Expect(HttpStatusCode.OK);
        Assert.Equal(expected, string.Concat(found.Items.Select(r => r["description"]!.ToString().ToUpperInvariant())));
    }

    [Theory]
    [InlineData("action=x")]
    [InlineData("state=x")]
    [InlineData("condition=x")]
    [InlineData("changedFrom=x")]
    [InlineData("sort=x")]
    [InlineData("sort=--cidr")]
    public async Task A_filter_or_an_order_that_there_is_not_is_an_error(string query) =>
        (await shared.Empty.GetAsync($"/api/ranges?{query}")).ExpectError(query.Split('=')[0]);

    [Fact]
    public async Task Whatever_the_ranges_are_their_export_comes_in_pages_that_Lambda_can_answer()
    {
        System.Collections.Immutable.ImmutableArray<string> names =
            [.. Enumerable.Range(0, 100).Select(i => $"{new string('"', 250)}{i:D3}")];
        var ranges = Enumerable.Range(0, 50).Select(i => Some.Range($"10.0.{i}.0/24") with
        {
            Description = new string('"', 500),
            Users = names,
            Groups = names,
            CommonNames = names,
        }).ToList();
        await portal.Log.CommitAsync("test", head => new Proposal(head.Rules.With(ranges), "Many."), default);
        foreach (var path in new[] { "/api/ranges/export", "/api/ranges?sort=-cidr" })
        {
            var (found, pages) = (new List<string>(), 0);
            using var client = portal.CreateClient();
            client.DefaultRequestHeaders.Authorization = new("Bearer", portal.Token("admin.token"));
            var isJson = path.Contains("export", StringComparison.Ordinal);
            client.DefaultRequestHeaders.Accept.ParseAdd(isJson ? "application/json" : "text/csv");
            for (var next = path; next is not null; pages++)
            {
                using var answer = await client.GetAsync(new Uri(next, UriKind.Relative));
                var text = await answer.Content.ReadAsStringAsync();
                Assert.True(answer.IsSuccessStatusCode, text[..Math.Min(500, text.Length)]);
                Assert.InRange(System.Text.Json.JsonSerializer.Serialize(text, Unescaped).Length, 1, 6_291_556);
                found.AddRange(isJson
                    ? JsonNode.Parse(text)!.AsArray().Select(r => r!["id"]!.ToString())
                    : text.Split("\r\n").Skip(1).Where(line => line.Length > 0).Select(line => line[..36]));
                next = answer.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;
            }

            Assert.True(pages > 1, $"{path}: one page.");
            Assert.Equal(ranges.Select(r => $"{r.Id}").Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task All_ranges_are_replaced_at_once_and_those_whose_ids_are_given_keep_id_and_creation()
    {
        var kept = await portal.AddRangeAsync("10.0.0.0/8");
        var changed = await portal.AddRangeAsync("10.1.0.0/16");
        var gone = await portal.AddRangeAsync("10.2.0.0/16");
        var before = await portal.GetAsync("/api/ranges");
        portal.Time.Advance(TimeSpan.FromHours(1));
        var replaced = await portal.PutAsync(
            "/api/ranges?removals=1",
            $$"""[ { "cidr": "192.0.2.0/24" }, { "id": "{{changed}}", "cidr": "10.1.0.0/17" },"""
            + $$""" { "id": "{{kept}}", "cidr": "10.0.0.0/8" }, { "cidr": "198.51.100.0/24" } ]""",
            before.ETag);
        Assert.Equal("""{"count":4,"revision":4}""", replaced.Expect(HttpStatusCode.OK).ToJsonString());
        Assert.Equal("\"4\"", replaced.ETag);
        var after = await portal.GetAsync("/api/ranges");
        Assert.Equal("\"4\"", after.ETag);
        Assert.Equal(["10.0.0.0/8", "10.1.0.0/17", "192.0.2.0/24", "198.51.100.0/24"], after.Items.Select(r => r["cidr"]!.ToString()));
        Assert.Equal(before.Items.First().ToJsonString(), after.Items.First().ToJsonString());
        Assert.Equal(before.Items.ElementAt(1)["createdAt"]!.ToString(), after.Items.ElementAt(1)["createdAt"]!.ToString());
        (await portal.GetAsync($"/api/ranges/{gone}")).ExpectProblem(HttpStatusCode.NotFound);
        Assert.Equal(
            "Replaced all ranges: 3 before, 4 now, 1 of them unchanged.",
            (await portal.GetAsync("/api/revisions/4")).Json["summary"]!.ToString());
    }

    [Fact]
    public async Task A_list_can_be_sent_back_as_it_came_and_changes_nothing()
    {
        await portal.AddRangeAsync("10.0.0.0/8");
        await portal.AddRangeAsync("2001:db8::/32", """, "enabled": false """);
        var list = await portal.GetAsync("/api/ranges");
        var put = await portal.PutAsync("/api/ranges", list.Json["items"]!.ToJsonString(), list.ETag);
        Assert.Equal("""{"count":2,"revision":2}""", put.Expect(HttpStatusCode.OK).ToJsonString());
        Assert.Equal(2, await portal.HeadAsync());
        Assert.Equal(list.Text, (await portal.GetAsync("/api/ranges")).Text);
    }

    [Fact]
    public async Task A_list_that_is_restored_elsewhere_keeps_its_ids()
    {
        const string Id = "019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b";
        (await portal.PutAsync("/api/ranges", $$"""[ { "id": "{{Id}}", "cidr": "10.0.0.0/8" } ]""")).Expect(HttpStatusCode.OK);
        Assert.Equal(Id, (await portal.GetAsync($"/api/ranges/{Id}")).Expect(HttpStatusCode.OK)["id"]!.ToString());
    }

    [Fact]
    public async Task Ranges_that_are_added_together_come_back_as_they_were_sent()
    {
        string[] cidrs = [.. Enumerable.Range(0, 100).Select(i => $"10.0.{99 - i}.0/24")];
        (await portal.PutAsync("/api/ranges", new JsonArray([.. cidrs.Select(c => new JsonObject { ["cidr"] = c })]).ToJsonString()))
            .Expect(HttpStatusCode.OK);
        Assert.Equal(cidrs, (await portal.GetAsync("/api/ranges")).Items.Select(r => r["cidr"]!.ToString()));
    }

    [Fact]
    public async Task A_list_that_would_remove_ranges_must_say_how_many_or_force_it()
    {
        await portal.AddRangeAsync("10.0.0.0/8");
        await portal.AddRangeAsync("198.51.100.0/24");
        var id = await portal.AddRangeAsync("203.0.113.0/24");
        var kept = $$"""[{ "id": "{{id}}", "cidr": "203.0.113.0/24" }, { "cidr": "192.0.2.0/24" }]""";
        foreach (var query in new[] { "", "?removals=1", "?removals=3", "?force=false" })
        {
            var refused = await portal.PutAsync($"/api/ranges{query}", kept);
            Assert.Contains("?removals=2", refused.ExpectProblem(HttpStatusCode.Conflict), StringComparison.Ordinal);
            Assert.Equal(("removals", "2"), (refused.Json["code"]!.ToString(), refused.Json["values"]!["removals"]!.ToString()));
        }

        (await portal.PutAsync("/api/preview/ranges", kept)).Expect(HttpStatusCode.OK); // says how many it would be
        (await portal.PutAsync("/api/ranges?removals=2", kept)).Expect(HttpStatusCode.OK);
        (await portal.PutAsync("/api/ranges?force=true", "[]")).Expect(HttpStatusCode.OK);
        (await portal.PutAsync("/api/ranges?removals=2", "[]")).Expect(HttpStatusCode.OK); // a second time nothing is left to remove
    }

    [Theory]
    [InlineData("POST", "/api/ranges", """{ "cidr": "203.0.113.0/24", "description": "again" }""")]
    [InlineData("POST", "/api/ranges", """{ "cidr": "203.0.113.0/24", "action": "deny", "enabled": false }""")]
    [InlineData("PUT", "/api/ranges/{other}", """{ "cidr": "203.0.113.0/24" }""")]
    [InlineData("PATCH", "/api/ranges/{other}", """{ "cidr": "203.0.113.0/24" }""")]
    [InlineData("PATCH", "/api/ranges", """[{ "id": "{other}", "cidr": "203.0.113.0/24" }]""")]
    [InlineData("PUT", "/api/ranges", """[{ "id": "{first}", "cidr": "203.0.113.0/24" }, { "id": "{other}", "cidr": "203.0.113.0/24" }]""")]
    public async Task An_address_that_is_there_under_the_same_conditions_is_refused_and_names_the_other(
        string method, string path, string body)
    {
        var first = await portal.AddRangeAsync("203.0.113.0/24", """, "description": "Tokyo" """);
        var other = await portal.AddRangeAsync("198.51.100.0/24");
        (path, body) = (Fill(path), Fill(body));
        var refused = await portal.SendAsync(new HttpMethod(method), path, body);
        var detail = refused.ExpectProblem(HttpStatusCode.Conflict);
        Assert.Equal("address-twice", refused.Json["code"]!.ToString());
        if (!body.StartsWith("[{ \"id\": \"" + first, StringComparison.Ordinal))
        {
            Assert.Contains($"the range {first} (Tokyo)", detail, StringComparison.Ordinal);
        }

        Assert.Equal(
            HttpStatusCode.Conflict,
            (await portal.SendAsync(new HttpMethod(method), path.Replace("/api", "/api/preview", StringComparison.Ordinal), body)).Status);
        Assert.True((int)(await portal.SendAsync(new HttpMethod(method), $"{path}?force=true", body)).Status < 300);

        string Fill(string text) =>
            text.Replace("{first}", first, StringComparison.Ordinal).Replace("{other}", other, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_address_under_other_conditions_is_no_second_one()
    {
        await portal.AddRangeAsync("203.0.113.0/24");
        await portal.AddRangeAsync("203.0.113.0/24", """, "users": ["alice"] """);
        var twin = (await portal.SendAsync(HttpMethod.Post, "/api/ranges?force=true", """{ "cidr": "203.0.113.0/24" }"""))
            .Expect(HttpStatusCode.Created)["id"];

        // What is there twice can be changed in all else, and disabled above all.
        (await portal.SendAsync(HttpMethod.Patch, $"/api/ranges/{twin}", """{ "enabled": false, "description": "twin" }"""))
            .Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Several_ranges_are_changed_or_deleted_in_one_revision_or_none_is()
    {
        string[] ids =
        [
            await portal.AddRangeAsync("10.0.0.0/8"), await portal.AddRangeAsync("10.1.0.0/16"), await portal.AddRangeAsync("10.2.0.0/16"),
        ];
        var list = await portal.GetAsync("/api/ranges");
        var patch = $$"""[{ "id": "{{ids[0]}}", "enabled": false }, { "id": "{{ids[2]}}", "description": "x" }]""";
        var changed = await portal.SendAsync(HttpMethod.Patch, "/api/ranges", patch, list.ETag);
        Assert.Equal("""{"count":2,"revision":4}""", changed.Expect(HttpStatusCode.OK).ToJsonString());
        Assert.Equal("Changed 2 ranges.", (await portal.GetAsync("/api/revisions/4")).Json["summary"]!.ToString());
        Assert.Equal([false, true, true], (await portal.GetAsync("/api/ranges")).Items.Select(r => r["enabled"]!.GetValue<bool>()));
        (await portal.SendAsync(HttpMethod.Patch, "/api/ranges", patch, list.ETag)).ExpectProblem(HttpStatusCode.PreconditionFailed);
        Assert.Equal(
            """{"count":2,"revision":4}""", (await portal.SendAsync(HttpMethod.Patch, "/api/ranges", patch)).Text); // says nothing new

        const string Nobodys = "019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b";
        (await portal.SendAsync(
            HttpMethod.Patch,
            "/api/ranges",
            $$"""[{ "id": "{{ids[1]}}", "enabled": false }, { "id": "{{Nobodys}}" }]""")).ExpectProblem(HttpStatusCode.NotFound);
        var bad = await portal.SendAsync(
            HttpMethod.Patch,
            "/api/ranges",
            $$"""[{ "id": "{{ids[0]}}", "cidr": "x" }, { "id": "{{ids[1]}}", "action": "y" }]""");
        bad.ExpectError("[0].cidr");
        bad.ExpectError("[1].action");
        var twice = await portal.SendAsync(HttpMethod.Patch, "/api/ranges", $$"""[{ "id": "{{ids[0]}}" }, { "id": "{{ids[0]}}" }, {}]""");
        twice.ExpectError("[1].id");
        twice.ExpectError("[2].id");

        (await portal.DeleteAsync("/api/ranges")).ExpectError("id");
        (await portal.DeleteAsync($"/api/ranges?id={ids[0]}&id={Nobodys}")).ExpectProblem(HttpStatusCode.NotFound);
        Assert.Equal(4, await portal.HeadAsync());
        (await portal.DeleteAsync($"/api/ranges?id={ids[0]}&id={ids[2]}&id={ids[0]}", ifMatch: "\"4\"")).Expect(HttpStatusCode.OK);
        Assert.Equal(ids[1], Assert.Single((await portal.GetAsync("/api/ranges")).Items)["id"]!.ToString());
        Assert.Equal("Deleted 2 ranges.", (await portal.GetAsync("/api/revisions/5")).Json["summary"]!.ToString());
    }

    [Fact]
    public async Task An_empty_list_removes_every_range()
    {
        await portal.AddRangeAsync("10.0.0.0/8");
        (await portal.PutAsync("/api/ranges?removals=1", "[]")).Expect(HttpStatusCode.OK);
        Assert.Empty((await portal.GetAsync("/api/ranges")).Items);
    }

    [Fact]
    public async Task A_list_with_bad_items_is_refused_whole_and_every_bad_item_named()
    {
        await portal.AddRangeAsync("10.0.0.0/8");
        var answer = await portal.PutAsync(
            "/api/ranges",
            """
            [ { "cidr": "203.0.113.0/24" }, { "cidr": "203.0.113.5/24" }, null, { "cidr": "1", "action": "x" },
              { "cidr": "10.0.0.0/8", "id": "x" }, { "cidr": "10.0.0.0/8", "id": "019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b" },
              { "cidr": "10.0.0.0/8", "id": "019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b" } ]
            """);
        answer.ExpectProblem(HttpStatusCode.BadRequest);
        Assert.Equal(
            ["[1].cidr", "[2]", "[3].action", "[3].cidr", "[4].id", "[6].id"],
            answer.Json["errors"]!.AsObject().Select(e => e.Key).Order(StringComparer.Ordinal));
        Assert.Equal(1, await portal.HeadAsync());
    }

    [Fact]
    public async Task A_list_is_replaced_only_if_nobody_has_changed_anything_since()
    {
        var list = await portal.GetAsync("/api/ranges");
        await portal.AddRangeAsync("10.0.0.0/8");
        (await portal.PutAsync("/api/ranges", "[]", list.ETag)).ExpectProblem(HttpStatusCode.PreconditionFailed);
        Assert.Single((await portal.GetAsync("/api/ranges")).Items);
    }

    [Theory]
    [InlineData("""{ "cidr": "10.0.0.0/8" }""", "body", "Write a list, in square brackets.")]
    [InlineData("""[ { "cidr": "10.0.0.0/8" }, { "cidr": 5 } ]""", "[1].cidr", "Write a text, in double quotes.")]
    [InlineData("""[ { "cidr": "10.0.0.0/8", "extra": 5 } ]""", "[0].extra", "There is no such member")]
    public async Task A_list_of_another_shape_is_refused(string json, string field, string remedy) =>
        Assert.Contains(remedy, (await shared.Empty.PutAsync("/api/ranges", json)).ExpectError(field), StringComparison.Ordinal);

    [Fact]
    public async Task A_hundred_thousand_ranges_are_the_most()
    {
        static string List(int count) =>
            new JsonArray([.. Enumerable.Range(0, count).Select(
                i => new JsonObject { ["cidr"] = $"{10 + (i / 65_536)}.{i / 256 % 256}.{i % 256}.0/24" })])
                .ToJsonString();
        Assert.Contains(
            "100000", (await portal.PutAsync("/api/ranges", List(RuleSet.MaxRanges + 1))).ExpectError("body"), StringComparison.Ordinal);
        Assert.Equal(0, await portal.HeadAsync());
        (await portal.PutAsync("/api/ranges", List(RuleSet.MaxRanges))).Expect(HttpStatusCode.OK);
        Assert.Contains(
            "100000",
            (await portal.PostAsync("/api/ranges", """{ "cidr": "203.0.113.0/24" }""")).ExpectProblem(HttpStatusCode.Conflict),
            StringComparison.Ordinal);
        var last = await portal.GetAsync("/api/ranges?contains=11.134.159.1");
        Assert.Equal("11.134.159.0/24", last.Items.Single()["cidr"]!.ToString());
        Assert.Equal(1000, (await portal.GetAsync("/api/ranges?limit=1000")).Items.Count());
    }

    [Fact]
    public async Task Twenty_editors_of_different_ranges_at_once_all_succeed_and_nothing_is_lost()
    {
        const int Editors = 20;
        const int EditsEach = 5;
        var ids = new List<string>();
        for (var i = 0; i < Editors; i++)
        {
            ids.Add(await portal.AddRangeAsync($"10.{i}.0.0/16"));
        }

        await Task.WhenAll(ids.Select((id, editor) => Task.Run(async () =>
        {
            for (var edit = 1; edit <= EditsEach; edit++)
            {
                var tag = (await portal.GetAsync($"/api/ranges/{id}")).ETag;
                (await portal.PutAsync($"/api/ranges/{id}", $$"""{ "cidr": "10.{{editor}}.0.0/16", "description": "{{edit}}" }""", tag))
                    .Expect(HttpStatusCode.OK);
                (await portal.PostAsync("/api/ranges", $$"""{ "cidr": "192.0.{{editor}}.{{edit}}" }""")).Expect(HttpStatusCode.Created);
            }
        })));
        var ranges = (await portal.GetAsync("/api/ranges?limit=1000")).Items.ToList();
        Assert.Equal(Editors * (EditsEach + 1), ranges.Count);
        Assert.All(ids, id => Assert.Equal($"{EditsEach}", ranges.Single(r => r["id"]!.ToString() == id)["description"]!.ToString()));
        Assert.Equal(Editors + (2 * Editors * EditsEach), await portal.HeadAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_twenty_editors_of_the_same_state_of_a_range_one_succeeds_and_the_others_are_told(bool withIfMatch)
    {
        var id = await portal.AddRangeAsync("203.0.113.0/24");
        var tag = withIfMatch ? (await portal.GetAsync($"/api/ranges/{id}")).ETag : null;

        // Without If-Match, editors who read the range one after the other may both succeed; those who raced for one revision may not.
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(
            () => portal.PutAsync($"/api/ranges/{id}", $$"""{ "cidr": "203.0.113.0/24", "description": "{{i}}" }""", tag))));
        var succeeded = answers.Where(a => a.Status == HttpStatusCode.OK).ToList();
        Assert.All(answers.Except(succeeded), a => a.ExpectProblem(HttpStatusCode.PreconditionFailed));
        Assert.Equal(1 + succeeded.Count, await portal.HeadAsync());
        Assert.InRange(succeeded.Count, 1, withIfMatch ? 1 : 20);
        Assert.Contains((await portal.GetAsync($"/api/ranges/{id}")).Text, succeeded.Select(a => a.Text));
    }

    [Fact]
    public async Task A_range_that_is_deleted_while_another_editor_changes_it_stays_deleted_or_the_deletion_is_refused()
    {
        for (var i = 0; i < 20; i++)
        {
            var id = await portal.AddRangeAsync($"10.{i}.0.0/16");
            var answers = await Task.WhenAll(
                Task.Run(() => portal.DeleteAsync($"/api/ranges/{id}")),
                Task.Run(() => portal.PutAsync($"/api/ranges/{id}", $$"""{ "cidr": "10.{{i}}.0.0/17" }""")));
            var after = (await portal.GetAsync($"/api/ranges/{id}")).Status;
            Assert.Equal(answers[0].Status == HttpStatusCode.NoContent ? HttpStatusCode.NotFound : HttpStatusCode.OK, after);
        }
    }

    [Fact]
    public async Task Findings_name_the_range_and_what_is_worth_a_look_about_it()
    {
        var used = await portal.AddRangeAsync("8.8.8.0/24");
        var unused = await portal.AddRangeAsync("8.8.4.0/24");
        portal.Time.Advance(TimeSpan.FromDays(90));
        await portal.DecideAsync(Some.EventJson("8.8.8.8"));
        var wide = await portal.AddRangeAsync("0.0.0.0/0", """, "users": ["alice"] """);
        var findings = await portal.GetAsync("/api/ranges/findings", "reader.token");
        findings.Expect(HttpStatusCode.OK);
        Assert.Equal([$"{unused} unused", $"{wide} very-wide"], findings.Items.Select(f => $"{f["rangeId"]} {f["kind"]}"));
        Assert.DoesNotContain(used, findings.Text, StringComparison.Ordinal);

        var first = await portal.GetAsync("/api/ranges/findings?limit=1");
        var second = await portal.GetAsync($"/api/ranges/findings?limit=1&cursor={first.Json["nextCursor"]}");
        Assert.Equal(findings.Items.Select(f => f.ToJsonString()), first.Items.Concat(second.Items).Select(f => f.ToJsonString()));
        Assert.Null(second.Json["nextCursor"]);
    }

    [Fact]
    public async Task Findings_go_on_without_decisions_that_cannot_be_read_and_count_them()
    {
        await portal.AddRangeAsync("0.0.0.0/0");
        portal.Damage((await portal.DecideAsync(Some.EventJson())).Id);
        var findings = await portal.GetAsync("/api/ranges/findings");
        Assert.Equal(1, findings.Expect(HttpStatusCode.OK)["unreadable"]!.GetValue<int>());
        Assert.Equal(["very-wide"], findings.Items.Select(f => f["kind"]!.ToString()));
        Assert.Single(
            portal.Warnings, w => w.Contains("can't be read, and without which this call went on: 1.", StringComparison.Ordinal));
    }
}
