using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ClientVpnAdmin.RuleSets;

namespace ClientVpnAdmin.AdminApi.AddressLists;

public sealed class AddressListsApiTests : IDisposable
{
    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task A_list_lets_in_by_each_of_its_entries_and_the_decision_names_it()
    {
        var id = await AddAsync("Tokyo office", """[{ "cidr": "203.0.113.0/28", "note": "first" }, { "cidr": "203.0.113.7" }]""");
        var range = await AddRangeAsync(id);
        var decision = await portal.DecideAsync(Some.EventJson("203.0.113.7"));
        Assert.True(decision.Allowed);
        Assert.Equal((id, "Tokyo office", "203.0.113.7/32"),
            ($"{decision.Entry!.AddressListId}", decision.Entry.AddressListName, $"{decision.Entry.Cidr}"));
        Assert.False((await portal.DecideAsync(Some.EventJson("203.0.113.16"))).Allowed);

        var recorded = (await portal.GetAsync("/api/decisions")).Items.First(d => d["publicIp"]!.ToString() == "203.0.113.7");
        Assert.Equal((range, "Tokyo office"), (recorded["rangeId"]!.ToString(), recorded["entry"]!["addressListName"]!.ToString()));
        var evaluated = (await portal.PostAsync("/api/evaluations", """{ "publicIp": "203.0.113.3" }""")).Expect(HttpStatusCode.OK);
        Assert.Equal(
            ("true", "203.0.113.0/28", "Tokyo office"),
            ($"{evaluated["allowed"]}", $"{evaluated["entry"]!["cidr"]}", $"{evaluated["range"]!["addressListName"]}"));
    }

    [Fact]
    public async Task A_near_miss_names_the_entry()
    {
        var id = await AddAsync("homes", """[{ "cidr": "203.0.113.7" }]""");
        await portal.PostAsync("/api/ranges", $$"""{ "addressListId": "{{id}}", "users": ["bob"] }""");
        var evaluated = (await portal.PostAsync("/api/evaluations", """{ "publicIp": "203.0.113.7", "username": "alice" }""")).Json;
        var miss = Assert.Single(evaluated["nearMisses"]!.AsArray())!;
        Assert.Equal(
            ("203.0.113.7/32", "homes", "users"),
            (miss["cidr"]!.ToString(), miss["entry"]!["addressListName"]!.ToString(), miss["failed"]!.ToString()));
    }

    [Fact]
    public async Task Entries_are_added_listed_replaced_and_removed()
    {
        var id = await AddAsync("list");
        var entries = $"/api/address-lists/{id}/entries";
        var added = await portal.PostAsync(
            entries, """[{ "cidr": "10.1.0.0/16" }, { "cidr": "10.0.0.0/8", "note": "all" }, { "cidr": "::/64" }]""");
        Assert.Equal("""{"added":3,"removed":0,"entryCount":3,"revision":2}""", added.Expect(HttpStatusCode.OK).ToJsonString());
        Assert.Equal("""{"added":1,"removed":0,"entryCount":4,"revision":3}""",
            await PostAsync(entries, "text/plain", "10.0.0.0/8 # all\n10.9.9.9 # mine\n"));
        Assert.Equal("""{"added":2,"removed":0,"entryCount":6,"revision":4}""",
            await PostAsync(entries, "text/csv", "cidr;note\n192.0.2.0-192.0.2.2;span\n"));
        Assert.Equal(["10.0.0.0/8 all", "10.1.0.0/16 ", "10.9.9.9/32 mine", "192.0.2.0/31 span", "192.0.2.2/32 span", "::/64 "],
            await ListAsync(entries));
        Assert.Equal(["10.0.0.0/8 all", "10.9.9.9/32 mine"], await ListAsync($"{entries}?contains=10.9.9.9"));
        Assert.Equal(["10.9.9.9/32 mine"], await ListAsync($"{entries}?q=MIN"));

        Assert.Contains("removals=5", (await portal.PutAsync(entries, """[{ "cidr": "10.0.0.0/8", "note": "all" }]""")).ExpectProblem(
            HttpStatusCode.Conflict), StringComparison.Ordinal);
        var replaced = await portal.PutAsync(
            $"{entries}?removals=5", """[{ "cidr": "10.0.0.0/8", "note": "all" }, { "cidr": "10.0.0.0/8" }]""");
        Assert.Equal("""{"added":1,"removed":5,"entryCount":2,"revision":5}""", replaced.Expect(HttpStatusCode.OK).ToJsonString());
        Assert.Contains(
            "10.0.0.0/9", (await portal.DeleteAsync($"{entries}?cidr=10.0.0.0/9")).ExpectError("cidr"), StringComparison.Ordinal);
        (await portal.DeleteAsync($"{entries}?cidr=10.0.0.0/8", "\"x\"")).ExpectProblem(HttpStatusCode.PreconditionFailed);
        (await portal.DeleteAsync($"{entries}?cidr=10.0.0.0/8", replaced.ETag)).Expect(HttpStatusCode.OK);
        Assert.Empty(await ListAsync(entries));
        Assert.Equal(6, await portal.HeadAsync());
    }

    [Fact]
    public async Task Pages_of_entries_go_on_where_the_one_before_ended_whatever_came_and_went_in_between()
    {
        var id = await AddAsync("list",
            $"[{string.Join(',', Enumerable.Range(0, 7).Select(i => $$"""{ "cidr": "10.0.{{i / 2}}.0/24", "note": "{{i}}" }"""))}]");
        var entries = $"/api/address-lists/{id}/entries";
        var first = await portal.GetAsync($"{entries}?limit=3");
        Assert.Equal(["0", "1", "2"], first.Items.Select(e => e["note"]!.ToString()));
        await portal.DeleteAsync($"{entries}?cidr=10.0.0.0/24");
        var second = await portal.GetAsync($"{entries}?limit=3&cursor={first.Json["nextCursor"]}");
        Assert.Equal(["3", "4", "5"], second.Items.Select(e => e["note"]!.ToString()));
        var third = await portal.GetAsync($"{entries}?limit=3&cursor={second.Json["nextCursor"]}");
        Assert.Equal(["6"], third.Items.Select(e => e["note"]!.ToString()));
        Assert.Null(third.Json["nextCursor"]);
        (await portal.GetAsync($"{entries}?cursor=x")).ExpectError("cursor");
    }

    [Fact]
    public async Task Entries_are_read_as_csv_as_they_were_written()
    {
        var id = await AddAsync("list", """[{ "cidr": "10.0.0.0/8", "note": "a;\"b\", c" }, { "cidr": "::/0" }]""");
        var entries = $"/api/address-lists/{id}/entries";
        using var client = portal.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", portal.Token("admin.token"));
        client.DefaultRequestHeaders.Accept.Add(new("text/csv"));
        var csv = await client.GetStringAsync(new Uri(entries, UriKind.Relative));
        Assert.Equal("cidr,note\r\n10.0.0.0/8,\"a;\"\"b\"\", c\"\r\n::/0,\r\n", csv);
        var other = $"/api/address-lists/{await AddAsync("other")}/entries";
        await PostAsync(other, "text/csv", csv);
        Assert.Equal(await ListAsync(entries), await ListAsync(other));
    }

    [Fact]
    public async Task All_that_is_wrong_with_entries_is_said_and_nothing_is_changed()
    {
        var id = await AddAsync("list");
        var answer = await portal.PostAsync(
            $"/api/address-lists/{id}/entries",
                """[{ "cidr": "10.0.0.1/8" }, { "note": "x" }, null, { "cidr": "x", "nots": "" }, { "cidr": "10.0.0.0/8" }]""");
        answer.ExpectError("[0].cidr");
        answer.ExpectError("[1].cidr");
        answer.ExpectError("[2]");
        answer.ExpectError("[3].nots");
        Assert.Equal(1, await portal.HeadAsync());
        Assert.Contains("line 2", (await portal.SendAsync(
            HttpMethod.Post, $"/api/address-lists/{id}/entries", Content("text/plain", "10.0.0.0/8\nx\n"), null,
                portal.Token("admin.token"))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_a_range_has_is_not_deleted()
    {
        var id = await AddAsync("list");
        var range = await AddRangeAsync(id);
        Assert.Contains(
            range, (await portal.DeleteAsync($"/api/address-lists/{id}")).ExpectProblem(HttpStatusCode.Conflict), StringComparison.Ordinal);
        (await portal.DeleteAsync($"/api/ranges/{range}")).Expect(HttpStatusCode.NoContent);
        (await portal.DeleteAsync($"/api/address-lists/{id}")).Expect(HttpStatusCode.NoContent);
        (await portal.PostAsync("/api/ranges", $$"""{ "addressListId": "{{id}}" }""")).ExpectError("addressListId");
    }

    [Theory]
    [InlineData("""{ "cidr": "10.0.0.0/8", "addressListId": "{0}" }""", "cidr")]
    [InlineData("""{ "addressListId": "x" }""", "addressListId")]
    [InlineData("""{ "addressListId": "019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b" }""", "addressListId")]
    [InlineData("{}", "cidr")]
    public async Task A_range_has_a_block_or_a_list(string json, string field)
    {
        var id = await AddAsync("list");
        (await portal.PostAsync("/api/ranges", json.Replace("{0}", id, StringComparison.Ordinal))).ExpectError(field);
        (await portal.PutAsync("/api/ranges", $"[{json.Replace("{0}", id, StringComparison.Ordinal)}]")).Expect(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Two_lists_do_not_have_the_same_name()
    {
        var id = await AddAsync("Tokyo");
        (await portal.PostAsync("/api/address-lists", """{ "name": "TOKYO" }""")).ExpectProblem(HttpStatusCode.Conflict);
        var other = await AddAsync("Osaka");
        (await portal.SendAsync(HttpMethod.Patch, $"/api/address-lists/{other}", """{ "name": "tokyo" }""")).Expect(
            HttpStatusCode.Conflict);
        (await portal.SendAsync(HttpMethod.Patch, $"/api/address-lists/{id}", """{ "name": "tokyo" }""")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_replacement_without_entries_keeps_them_and_with_some_replaces_them()
    {
        var id = await AddAsync("list", """[{ "cidr": "10.0.0.0/8" }]""");
        var shown = await portal.GetAsync($"/api/address-lists/{id}");
        Assert.Equal("1", shown.Json["entryCount"]!.ToString());
        (await portal.PutAsync($"/api/address-lists/{id}", shown.Text.Replace("\"list\"", "\"renamed\"", StringComparison.Ordinal))).Expect(
            HttpStatusCode.OK);
        Assert.Equal(["10.0.0.0/8 "], await ListAsync($"/api/address-lists/{id}/entries"));
        (await portal.SendAsync(HttpMethod.Patch, $"/api/address-lists/{id}?removals=1", """{ "entries": [{ "cidr": "::/0" }] }""")).Expect(
            HttpStatusCode.OK);
        Assert.Equal(["::/0 "], await ListAsync($"/api/address-lists/{id}/entries"));
    }

    [Fact]
    public async Task Entries_are_removed_with_their_list_only_when_it_is_said_how_many()
    {
        var id = await AddAsync("list", """[{ "cidr": "10.0.0.0/8" }, { "cidr": "172.16.0.0/12" }]""");
        var list = $"/api/address-lists/{id}";
        var document = """{ "ranges": [], "denialMessages": [], "settings": {}, "ruleTests": [], "addressLists": [LISTS] }""";
        (HttpMethod Method, string Path, string Body)[] calls =
        [
            (HttpMethod.Put, list, """{ "name": "list", "entries": [{ "cidr": "::/0" }] }"""),
            (HttpMethod.Patch, list, """{ "entries": [] }"""),
            (HttpMethod.Put, "/api/rule-set", document.Replace("LISTS", """{ "name": "list", "entries": [] }""", StringComparison.Ordinal)),
            (HttpMethod.Put, "/api/rule-set", document.Replace("LISTS", "", StringComparison.Ordinal)),
        ];
        foreach (var (method, path, body) in calls)
        {
            foreach (var query in new[] { "", "?removals=1", "?removals=3", "?force=false" })
            {
                var refused = await portal.SendAsync(method, path + query, body);
                Assert.Contains("2 entries", refused.ExpectProblem(HttpStatusCode.Conflict), StringComparison.Ordinal);
                Assert.Equal(("removals", "2"), (refused.Json["code"]!.ToString(), refused.Json["values"]!["removals"]!.ToString()));
            }

            var preview = (await portal.SendAsync(method, path.Replace("/api/", "/api/preview/", StringComparison.Ordinal), body))
                .Expect(HttpStatusCode.OK);
            Assert.Equal("2", preview["changes"]!["entries"]![0]!["removedCount"]!.ToString());
            (await portal.SendAsync(method, $"{path}?removals=2", body)).Expect(HttpStatusCode.OK);
            (await portal.PostAsync("/api/revisions/undo", "")).Expect(HttpStatusCode.OK);
        }

        // Who says nothing about entries removes none.
        (await portal.PutAsync(list, """{ "name": "other" }""")).Expect(HttpStatusCode.OK);
        (await portal.PutAsync("/api/rule-set", document.Replace("LISTS", """{ "name": "other" }""", StringComparison.Ordinal))).Expect(
            HttpStatusCode.OK);
        Assert.Equal(["10.0.0.0/8 ", "172.16.0.0/12 "], await ListAsync($"{list}/entries"));
    }

    [Theory]
    [InlineData("""{ "kind": "dns" }""", "source.names")]
    [InlineData("""{ "kind": "dns", "names": ["x y"] }""", "source.names[0]")]
    [InlineData("""{ "kind": "dns", "names": ["a.example.com"], "url": "https://example.com" }""", "source.url")]
    [InlineData("""{ "kind": "url" }""", "source.url")]
    [InlineData("""{ "kind": "url", "url": "http://example.com/list" }""", "source.url")]
    [InlineData("""{ "kind": "url", "url": "https://me:secret@example.com/list" }""", "source.url")]
    [InlineData("""{ "kind": "url", "url": "https://example.com/list", "format": "csv" }""", "source.column")]
    [InlineData("""{ "kind": "url", "url": "https://example.com/list", "services": ["EC2"] }""", "source.services")]
    [InlineData("""{ "kind": "countries" }""", "source.countries")]
    [InlineData("""{ "kind": "countries", "countries": ["JPN"] }""", "source.countries[0]")]
    [InlineData("""{ "kind": "x" }""", "source.kind")]
    [InlineData("""{ "maxChange": 101 }""", "source.maxChange")]
    [InlineData("""{ "refreshMinutes": 4 }""", "source.refreshMinutes")]
    public async Task What_is_wrong_with_a_source_is_said(string source, string field)
    {
        var answer = await portal.PostAsync("/api/address-lists", $$"""{ "name": "list", "source": {{source}} }""");
        answer.ExpectError(field);
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entries_that_come_from_a_source_are_not_changed_by_hand()
    {
        var added = await portal.PostAsync(
            "/api/address-lists", """{ "name": "homes", "source": { "kind": "dns", "names": ["A.example.com."] } }""");
        var id = added.Expect(HttpStatusCode.Created)["id"]!.ToString();
        Assert.Equal("a.example.com", added.Json["source"]!["names"]![0]!.ToString());
        (await portal.PostAsync($"/api/address-lists/{id}/entries", """[{ "cidr": "10.0.0.0/8" }]""")).ExpectProblem(
            HttpStatusCode.Conflict);
        (await portal.SendAsync(HttpMethod.Patch, $"/api/address-lists/{id}",
            """{ "entries": [{ "cidr": "10.0.0.0/8" }] }""")).ExpectProblem(HttpStatusCode.Conflict);
        (await portal.SendAsync(HttpMethod.Patch, $"/api/address-lists/{id}",
            """{ "source": null, "entries": [{ "cidr": "10.0.0.0/8" }] }""")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_is_worth_a_look_in_lists_is_found()
    {
        var id = await AddAsync("list", """
            [
              { "cidr": "8.0.0.0/7" }, { "cidr": "8.8.0.0/16" }, { "cidr": "8.8.8.0/24" }, { "cidr": "8.8.8.0/24", "note": "again" },
              { "cidr": "10.0.0.0/8" }
            ]
            """);
        var findings = (await portal.GetAsync("/api/address-lists/findings")).Items.ToDictionary(f => f["kind"]!.ToString());
        Assert.Equal(["not-used", "nested-entries", "duplicate-entries", "special-addresses", "very-wide"], findings.Keys);
        Assert.Equal("""{"count":"2","example":"8.8.0.0/16","other":"8.0.0.0/7"}""", findings["nested-entries"]["values"]!.ToJsonString());
        await AddRangeAsync(id);
        await AddRangeAsync(await AddAsync("empty"));
        Assert.Contains("empty", (await portal.GetAsync("/api/address-lists/findings")).Items.Select(f => f["kind"]!.ToString()));
        Assert.DoesNotContain("not-used", (await portal.GetAsync("/api/address-lists/findings")).Items.Select(f => f["kind"]!.ToString()));
    }

    [Fact]
    public async Task History_changes_previews_and_undo_know_entries()
    {
        var id = await AddAsync("list", """[{ "cidr": "203.0.113.0/24" }]""");
        await AddRangeAsync(id);
        Assert.True((await portal.DecideAsync(Some.EventJson("203.0.113.7"))).Allowed);
        var entries = $"/api/address-lists/{id}/entries";
        (await portal.PostAsync(entries, """[{ "cidr": "198.51.100.0/24" }]""")).Expect(HttpStatusCode.OK);
        var changes = (await portal.GetAsync("/api/revisions/3/changes")).Json;
        Assert.Equal("198.51.100.0/24", changes["entries"]![0]!["added"]![0]!["cidr"]!.ToString());

        var preview = (await portal.DeleteAsync($"/api/preview/address-lists/{id}/entries?cidr=203.0.113.0/24")).Expect(HttpStatusCode.OK);
        Assert.Equal(("true", "1"), ($"{preview["needsForce"]}", $"{preview["impact"]!["newlyDenied"]}"));
        (await portal.DeleteAsync($"{entries}?cidr=203.0.113.0/24")).ExpectProblem(HttpStatusCode.Conflict);
        (await portal.DeleteAsync($"{entries}?cidr=203.0.113.0/24&force=true")).Expect(HttpStatusCode.OK);

        // Undone one by one, whatever became of other entries since.
        (await portal.PostAsync("/api/revisions/undo?revision=3&force=true", "{}")).Expect(HttpStatusCode.OK);
        Assert.Empty(await ListAsync(entries));
        (await portal.PostAsync("/api/revisions/undo?revision=4", "{}")).Expect(HttpStatusCode.OK);
        Assert.Equal(["203.0.113.0/24 "], await ListAsync(entries));
        (await portal.PostAsync("/api/revisions/3/restore", "{}")).Expect(HttpStatusCode.OK);
        Assert.Equal(["198.51.100.0/24 ", "203.0.113.0/24 "], await ListAsync(entries));

        // The list itself isn't as it was any more.
        Assert.Contains("the address list", (await portal.PostAsync("/api/revisions/undo?revision=1&force=true", "{}")).ExpectProblem(
            HttpStatusCode.Conflict), StringComparison.Ordinal);
        var history = (await portal.GetAsync($"/api/address-lists/{id}/history")).Items.Select(h => h["revision"]!["number"]!.ToString());
        Assert.Equal(["7", "6", "5", "4", "3", "1"], history);
    }

    [Fact]
    public async Task An_undo_takes_back_one_of_two_equal_entries_and_leaves_other_lists_as_they_are()
    {
        var id = await AddAsync("list", """[{ "cidr": "10.0.0.0/8" }]""");
        var other = await portal.GetAsync($"/api/address-lists/{await AddAsync("other", """[{ "cidr": "10.0.0.0/8" }]""")}");
        var entries = $"/api/address-lists/{id}/entries";
        await portal.PutAsync(entries, """[{ "cidr": "10.0.0.0/8" }, { "cidr": "10.0.0.0/8" }]""");
        var before = (await portal.GetAsync($"/api/address-lists/{id}")).ETag;
        (await portal.PostAsync("/api/revisions/undo", "{}")).Expect(HttpStatusCode.OK);
        Assert.Equal(["10.0.0.0/8 "], await ListAsync(entries));
        Assert.NotEqual(before, (await portal.GetAsync($"/api/address-lists/{id}")).ETag);
        Assert.Equal(other.ETag, (await portal.GetAsync($"/api/address-lists/{other.Json["id"]}")).ETag);
    }

    [Fact]
    public async Task Undoing_the_creation_of_a_list_does_not_take_entries_away_that_came_since()
    {
        var id = await AddAsync("list");
        await portal.PostAsync($"/api/address-lists/{id}/entries", """[{ "cidr": "10.0.0.0/8" }]""");
        (await portal.PostAsync("/api/revisions/undo?revision=1", "{}")).ExpectProblem(HttpStatusCode.Conflict);
        (await portal.PostAsync("/api/revisions/undo?revision=2", "{}")).Expect(HttpStatusCode.OK);
        Assert.Empty(await ListAsync($"/api/address-lists/{id}/entries"));
    }

    [Fact]
    public async Task A_document_may_give_a_lists_name_to_another_list()
    {
        var id = await AddAsync("Tokyo");
        var document = (await portal.GetAsync("/api/rule-set")).Json;
        document["addressLists"] = System.Text.Json.Nodes.JsonNode.Parse(
            $$"""[{ "id": "{{id}}", "name": "Osaka" }, { "name": "Tokyo" }]""");
        Assert.Equal(
            "2", (await portal.PutAsync("/api/rule-set", document.ToJsonString())).Expect(HttpStatusCode.OK)["addressLists"]!.ToString());
    }

    [Fact]
    public async Task One_block_is_not_in_a_list_a_thousand_times()
    {
        var id = await AddAsync("list");
        var many = string.Concat(Enumerable.Range(0, 1_000).Select(i => $"10.0.0.0/8 # {i}\n"));
        var refused = await portal.SendAsync(
            HttpMethod.Post, $"/api/address-lists/{id}/entries", Content("text/plain", many), null, portal.Token("admin.token"));
        refused.ExpectError("body");
    }

    [Fact]
    public async Task A_rule_set_document_has_lists_and_makes_them_again()
    {
        var id = await AddAsync("list", """[{ "cidr": "10.0.0.0/8", "note": "x" }]""");
        await AddRangeAsync(id);
        (await portal.PostAsync("/api/address-lists",
            """{ "name": "homes", "source": { "kind": "dns", "names": ["a.example.com"] } }""")).Expect(HttpStatusCode.Created);
        var document = await portal.GetAsync("/api/rule-set");
        Assert.Equal("""[{"cidr":"10.0.0.0/8","note":"x"}]""", document.Json["addressLists"]![0]!["entries"]!.ToJsonString());
        Assert.Null(document.Json["addressLists"]![1]!["entries"]);
        Assert.NotNull((await portal.GetAsync("/api/rule-set?sourcedEntries=true")).Json["addressLists"]![1]!["entries"]);
        Assert.Equal(3, (await portal.PutAsync("/api/rule-set", document.Text)).Expect(HttpStatusCode.OK)["revision"]!.GetValue<int>());

        using var other = new Portal();
        (await other.PutAsync("/api/rule-set", document.Text)).Expect(HttpStatusCode.OK);
        Assert.Equal(document.Text, (await other.GetAsync("/api/rule-set")).Text);

        // Without the member they stay as they are.
        var without = document.Json;
        without.AsObject().Remove("addressLists");
        Assert.Equal(
            3, (await portal.PutAsync("/api/rule-set", without.ToJsonString())).Expect(HttpStatusCode.OK)["revision"]!.GetValue<int>());
        without["addressLists"] = new System.Text.Json.Nodes.JsonArray();
        (await portal.PutAsync("/api/rule-set", without.ToJsonString())).ExpectError("addressListId");
    }

    [Fact]
    public async Task Ranges_are_found_by_their_list_and_by_what_it_contains()
    {
        var range = await AddRangeAsync(await AddAsync("Tokyo", """[{ "cidr": "10.0.0.0/8" }]"""));
        var other = await AddRangeAsync(await AddAsync("Osaka", """[{ "cidr": "11.0.0.0/8" }]"""));
        foreach (var (query, expected) in new[] { ("contains=10.1.2.3", range), ("q=osa", other), ("sort=cidr&contains=11.1.2.3", other) })
        {
            Assert.Equal(expected, Assert.Single((await portal.GetAsync($"/api/ranges?{query}")).Items)["id"]!.ToString());
        }

        using var client = portal.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", portal.Token("admin.token"));
        client.DefaultRequestHeaders.Accept.Add(new("text/csv"));
        var csv = await client.GetStringAsync(new Uri("/api/ranges", UriKind.Relative));
        Assert.Equal("id,cidr,addressListId", csv[..21]);
        var answer = await portal.SendAsync(HttpMethod.Put, "/api/ranges", Content("text/csv", csv), null, portal.Token("admin.token"));
        Assert.Equal(4, answer.Expect(HttpStatusCode.OK)["revision"]!.GetValue<int>());
    }

    [Fact]
    public async Task There_are_no_more_lists_and_entries_than_a_rule_set_holds()
    {
        var id = await AddAsync("list");
        var list = (await portal.Log.ReadHeadAsync(default)).Rules.AddressLists[0];
        await portal.Log.CommitAsync(
            "test",
            head => new(
                head.Rules.With(
                [
                    list with { Entries = [.. Enumerable.Range(0, RuleSet.MaxEntries).Select(
                        i => new ClientVpnAdmin.AddressLists.AddressEntry(new(new(false, (uint)i << 8), 24)))] },
                    .. Enumerable.Range(1, RuleSet.MaxAddressLists - 1).Select(i => list with { Id = Guid.NewGuid(), Name = $"{i}" }),
                ]),
                "Full."),
            default);
        var refused = await portal.PostAsync($"/api/address-lists/{id}/entries", """[{ "cidr": "255.0.0.0/8" }]""");
        Assert.Contains("1000001", refused.ExpectError("body"), StringComparison.Ordinal);
        (await portal.PostAsync("/api/address-lists", """{ "name": "one more" }""")).ExpectProblem(HttpStatusCode.Conflict);
        (await portal.DeleteAsync($"/api/address-lists/{id}/entries?cidr=0.0.1.0/24")).Expect(HttpStatusCode.OK);
    }

    private static StringContent Content(string type, string text) => new(text, Encoding.UTF8, type);

    private async Task<string> PostAsync(string path, string type, string text) =>
        (await portal.SendAsync(HttpMethod.Post, path, Content(type, text), null, portal.Token("admin.token"))).Expect(
            HttpStatusCode.OK).ToJsonString();

    private async Task<string> AddAsync(string name, string entries = "[]") =>
        (await portal.PostAsync("/api/address-lists", $$"""{ "name": "{{name}}", "entries": {{entries}} }""")).Expect(
            HttpStatusCode.Created)["id"]!.ToString();

    private async Task<string> AddRangeAsync(string listId) =>
        (await portal.PostAsync("/api/ranges", $$"""{ "addressListId": "{{listId}}" }""")).Expect(HttpStatusCode.Created)["id"]!.ToString();

    private async Task<string[]> ListAsync(string path) =>
        [.. (await portal.GetAsync(path)).Items.Select(e => $"{e["cidr"]} {e["note"]}")];
}
