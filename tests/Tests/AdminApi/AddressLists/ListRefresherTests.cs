using System.Net;
using System.Text.Json.Nodes;
using ClientVpnAdmin.AdminApi.Sources;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ClientVpnAdmin.AdminApi.AddressLists;

public sealed class ListRefresherTests : IAsyncLifetime
{
    private readonly NameServer names = new();
    private readonly TemporaryFolder folder = new();
    private readonly Portal portal;

    public ListRefresherTests() => portal = new()
    {
        Sources = new SourceReader(null, TimeSpan.FromMinutes(1), [names.EndPoint], PublicInternet.Reaches, null),
    };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await portal.DisposeAsync();
        await names.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_refresh_makes_the_list_what_its_source_says_as_a_revision_of_the_source()
    {
        var id = await AddAsync();
        names.Know(new("home.test", "203.0.113.7", 600), new("home.test", "2001:db8::7", 600));
        var preview = (await portal.PostAsync($"/api/preview/address-lists/{id}/refresh", "{}")).Expect(HttpStatusCode.OK);
        Assert.Equal("2", $"{preview["changes"]!["entries"]![0]!["addedCount"]}");
        Assert.Empty((await portal.GetAsync("/api/address-lists/refreshes")).Items);

        var refreshed = await portal.PostAsync($"/api/address-lists/{id}/refresh", "{}");
        Assert.Equal("""{"added":2,"removed":0,"entryCount":2,"revision":2}""", refreshed.Expect(HttpStatusCode.OK).ToJsonString());
        Assert.Equal(["203.0.113.7/32 home.test", "2001:db8::7/128 home.test"], await EntriesAsync(id));
        var revision = (await portal.GetAsync("/api/revisions/2")).Json;
        Assert.Equal(
            ("source homes", "Refreshed the address list homes: 2 came, 0 went.", "Asked for by admin."),
            ($"{revision["committedBy"]}", $"{revision["summary"]}", $"{revision["comment"]}"));
        var state = Assert.Single((await portal.GetAsync("/api/address-lists/refreshes")).Items);
        Assert.Equal((id, $"{state["lastTry"]}"), ($"{state["addressListId"]}", $"{state["lastSuccess"]}"));
        Assert.Equal(TimeSpan.FromMinutes(10), Time(state, "nextTry") - Time(state, "lastTry")); // as long as the name holds

        // What is as it was is no revision.
        (await portal.PostAsync($"/api/address-lists/{id}/refresh", "{}")).Expect(HttpStatusCode.OK);
        Assert.Equal(2, await portal.HeadAsync());
    }

    [Fact]
    public async Task A_source_that_fails_keeps_the_entries_and_is_said_until_it_is_mended()
    {
        var id = await AddAsync();
        names.Know(new Sources.Record("home.test", "203.0.113.7", 600));
        await portal.PostAsync($"/api/address-lists/{id}/refresh", "{}");
        names.Answer = (_, _) => new Reply(3);
        var failed = await portal.PostAsync($"/api/address-lists/{id}/refresh", "{}");
        failed.ExpectProblem(HttpStatusCode.BadGateway);
        Assert.Equal("name-unknown", $"{failed.Json["code"]}");
        Assert.Equal(["203.0.113.7/32 home.test"], await EntriesAsync(id));
        var state = Assert.Single((await portal.GetAsync("/api/address-lists/refreshes")).Items);
        Assert.Equal("name-unknown", $"{state["error"]!["code"]}");
        Assert.True(Time(state, "lastSuccess") < Time(state, "lastTry"));
        var finding = Assert.Single((await portal.GetAsync("/api/address-lists/findings")).Items, f => $"{f["kind"]}" == "not-refreshed");
        Assert.Equal("name-unknown", $"{finding["values"]!["code"]}");
        Assert.Contains(portal.Logged, line => line is { Id.Id: 10, Level: LogLevel.Warning });

        names.Know(new Sources.Record("home.test", "203.0.113.7", 600));
        await portal.PostAsync($"/api/address-lists/{id}/refresh", "{}");
        Assert.Null(Assert.Single((await portal.GetAsync("/api/address-lists/refreshes")).Items)["error"]);
    }

    [Fact]
    public async Task What_would_change_much_waits_for_a_person()
    {
        var id = await AddAsync();
        names.Know([.. Enumerable.Range(0, 30).Select(i => new Sources.Record("home.test", $"203.0.113.{i}", 600))]);
        (await portal.PostAsync($"/api/address-lists/{id}/refresh", "{}")).Expect(HttpStatusCode.OK);
        names.Know([.. Enumerable.Range(0, 30).Select(i => new Sources.Record("home.test", $"203.0.113.{i + 11}", 600))]);
        (await portal.PostAsync($"/api/address-lists/{id}/refresh", "{}")).ExpectProblem(HttpStatusCode.Conflict);
        Assert.Equal("203.0.113.0/32 home.test", (await EntriesAsync(id))[0]);
        Assert.Equal("source-changed-much", $"{(await portal.GetAsync("/api/address-lists/refreshes")).Items.Single()["error"]!["code"]}");
        var preview = (await portal.PostAsync($"/api/preview/address-lists/{id}/refresh", "{}")).Expect(HttpStatusCode.OK);
        Assert.Equal("11", $"{preview["changes"]!["entries"]![0]!["removedCount"]}");
        (await portal.PostAsync($"/api/address-lists/{id}/refresh?force=true", "{}")).Expect(HttpStatusCode.OK);
        Assert.Equal("203.0.113.11/32 home.test", (await EntriesAsync(id))[0]);
    }

    [Fact]
    public async Task Of_a_hostile_file_even_the_first_fill_waits_for_a_person_and_what_nobody_has_is_never_taken()
    {
        await using var server = await FeedServer.StartAsync();
        names.Know(new Sources.Record("feed.test", "127.0.0.1"));
        await using var own = new Portal
        {
            Sources = new SourceReader(null, TimeSpan.FromMinutes(1), [names.EndPoint], IPAddress.IsLoopback, server.Trust),
        };
        server.Answer = context => context.Response.WriteAsync("20.0.0.0/8\n30.0.0.0/8\n");
        var source = $$"""{ "kind": "url", "url": "https://feed.test:{{server.Port}}/list" }""";
        var added = await own.PostAsync("/api/address-lists", $$"""{ "name": "feed", "source": {{source}} }""");
        var list = $"/api/address-lists/{added.Expect(HttpStatusCode.Created)["id"]}";
        Assert.Equal("source-wide", await RefuseAsync($"{list}/refresh", HttpStatusCode.Conflict));
        var preview = (await own.PostAsync(list.Replace("/api/", "/api/preview/", StringComparison.Ordinal) + "/refresh", "{}"))
            .Expect(HttpStatusCode.OK);
        Assert.Equal("2", $"{preview["changes"]!["entries"]![0]!["addedCount"]}");
        (await own.PostAsync($"{list}/refresh?force=true", "{}")).Expect(HttpStatusCode.OK);
        Assert.Equal("2", $"{(await own.GetAsync(list)).Json["entryCount"]}");

        server.Answer = context => context.Response.WriteAsync("20.0.0.0/7\n");
        Assert.Equal("too-wide", await RefuseAsync($"{list}/refresh?force=true", HttpStatusCode.BadGateway));

        // It is said wherever a failure is.
        async Task<string> RefuseAsync(string path, HttpStatusCode status)
        {
            var before = (await own.GetAsync(list)).Text;
            var refused = await own.PostAsync(path, "{}");
            refused.ExpectProblem(status);
            Assert.Equal(before, (await own.GetAsync(list)).Text);
            var code = $"{refused.Json["code"]}";
            Assert.Equal(code, $"{Assert.Single((await own.GetAsync("/api/address-lists/refreshes")).Items)["error"]!["code"]}");
            Assert.Contains(
                (await own.GetAsync("/api/address-lists/findings")).Items,
                f => $"{f["kind"]}" == "not-refreshed" && $"{f["values"]!["code"]}" == code);
            Assert.Contains(
                own.Logged,
                line => line is { Id.Id: 10, Level: LogLevel.Warning } && line.Message.Contains(code, StringComparison.Ordinal));
            return code;
        }
    }

    [Fact]
    public async Task A_refresh_that_breaks_a_rule_test_waits_for_a_person_as_well()
    {
        var id = await AddAsync();
        names.Know(new Sources.Record("home.test", "203.0.113.7", 600));
        await portal.PostAsync($"/api/address-lists/{id}/refresh", "{}");
        await portal.PostAsync("/api/ranges", $$"""{ "addressListId": "{{id}}" }""");
        (await portal.PostAsync(
            "/api/rule-tests",
            $$"""{ "description": "home", "event": {{Some.EventJson("203.0.113.7").ToJsonString()}}, "allowed": true }""")).Expect(
                HttpStatusCode.Created);
        names.Know(new Sources.Record("home.test", "203.0.113.8", 600));
        portal.Time.Advance(TimeSpan.FromHours(2));
        await portal.PostAsync("/api/address-lists/refresh", "{}"); // this call refreshes it, or the portal itself at the same time
        await AdvanceUntilAsync(async () => (await StateAsync())["error"] is not null);
        Assert.Equal("needs-force", $"{(await StateAsync())["error"]!["code"]}");
        Assert.Equal(["203.0.113.7/32 home.test"], await EntriesAsync(id));

        async Task<JsonNode> StateAsync() => (await portal.GetAsync("/api/address-lists/refreshes")).Items.Single();
    }

    [Fact]
    public async Task Lists_that_are_due_are_refreshed_by_the_portal_itself()
    {
        var id = await AddAsync();
        names.Know(new Sources.Record("home.test", "203.0.113.7", 600));
        await AdvanceUntilAsync(async () => (await EntriesAsync(id)).Length == 1);
        names.Know(new Sources.Record("home.test", "203.0.113.8", 600));
        await AdvanceUntilAsync(async () => (await EntriesAsync(id))[0] == "203.0.113.8/32 home.test");
        Assert.Equal("source homes", $"{(await portal.GetAsync("/api/revisions/3")).Json["committedBy"]}");
        Assert.Null((await portal.GetAsync("/api/revisions/3")).Json["comment"]);
    }

    [Fact]
    public async Task A_list_whose_source_is_changed_is_due_at_once_and_a_note_alone_is_no_change()
    {
        var id = await AddAsync();
        names.Know(new("home.test", "203.0.113.7", 600), new("away.test", "203.0.113.7", 600));
        await portal.PostAsync($"/api/address-lists/{id}/refresh", "{}");
        var source = """{ "source": { "kind": "dns", "names": ["away.test"] } }""";
        (await portal.SendAsync(HttpMethod.Patch, $"/api/address-lists/{id}", source)).Expect(HttpStatusCode.OK);
        var due = (await portal.PostAsync("/api/address-lists/refresh", "{}")).Expect(HttpStatusCode.OK);
        Assert.Equal("""{"refreshed":1,"failed":0,"left":0}""", due.ToJsonString());
        Assert.Equal(3, await portal.HeadAsync());
    }

    [Fact]
    public async Task A_list_without_a_source_is_not_refreshed_and_only_editors_refresh()
    {
        var manual = (await portal.PostAsync("/api/address-lists", """{ "name": "manual" }""")).Json["id"]!.ToString();
        var refused = await portal.PostAsync($"/api/address-lists/{manual}/refresh", "{}");
        refused.ExpectProblem(HttpStatusCode.Conflict);
        Assert.Equal("nothing-to-refresh", $"{refused.Json["code"]}");
        Assert.Empty((await portal.GetAsync("/api/address-lists/refreshes")).Items);
        (await portal.PostAsync($"/api/address-lists/{manual}/refresh", "{}", "reader.token")).ExpectProblem(HttpStatusCode.Forbidden);
        (await portal.PostAsync("/api/address-lists/refresh", "{}", "reader.token")).ExpectProblem(HttpStatusCode.Forbidden);
        (await portal.PostAsync($"/api/address-lists/{Guid.NewGuid()}/refresh", "{}")).ExpectProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Countries_are_imported_out_of_a_database_on_this_machine()
    {
        using var own = new TemporaryFolder();
        var file = new MmdbFile();
        file.AddCountry("20.0.0.0/24", "JP");
        file.AddCountry("21.0.0.0/24", "DE");
        await File.WriteAllBytesAsync(own["c.mmdb"], file.ToBytes());
        var id = (await portal.PostAsync(
            "/api/address-lists", """{ "name": "Japan", "source": { "kind": "countries", "countries": ["jp"] } }""")).Expect(
                HttpStatusCode.Created)["id"]!.ToString();
        using (var command = Import(own["c.mmdb"]))
        {
            Assert.True(await command.ExitAsync() == 0, command.Error);
            Assert.Contains("Japan: 1 blocks … 1 came, 0 went.", command.Error, StringComparison.Ordinal);
            Assert.Equal("", command.Output.Trim());
        }

        Assert.Equal(["20.0.0.0/24 JP"], await EntriesAsync(id));
        Assert.Equal("source Japan", $"{(await portal.GetAsync("/api/revisions/2")).Json["committedBy"]}");

        // Without a database the portal leaves such lists alone by itself.
        var due = (await portal.PostAsync("/api/address-lists/refresh", "{}")).Json;
        Assert.Equal("""{"refreshed":0,"failed":0,"left":0}""", due.ToJsonString());
        using var missing = Import(own["none.mmdb"]);
        Assert.Equal(1, await missing.ExitAsync());
        Assert.Contains("none.mmdb", missing.Error, StringComparison.Ordinal);
    }

    private RunningProgram Import(string database) => new(
        "dotnet", [RunningProgram.PortalPath, "import-countries", database], folder["."], ("RULE_STORE", $"sqlite:{portal.StorePath}"));

    private async Task AdvanceUntilAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 200 && !await holds(); i++)
        {
            portal.Time.Advance(TimeSpan.FromMinutes(5));
            await Task.Delay(50);
        }

        Assert.True(await holds());
    }

    private static DateTimeOffset Time(JsonNode state, string member) =>
        DateTimeOffset.Parse($"{state[member]}", System.Globalization.CultureInfo.InvariantCulture);

    private async Task<string> AddAsync() => (await portal.PostAsync(
        "/api/address-lists", """{ "name": "homes", "source": { "kind": "dns", "names": ["home.test"] } }"""))
        .Expect(HttpStatusCode.Created)["id"]!.ToString();

    private async Task<string[]> EntriesAsync(string id) =>
        [.. (await portal.GetAsync($"/api/address-lists/{id}/entries")).Items.Select(e => $"{e["cidr"]} {e["note"]}")];
}
