using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ClientVpnAdmin.AdminApi;
using ClientVpnAdmin.AdminApi.Sources;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ClientVpnAdmin.AdminPage.Views;

/// <summary>Names for several addresses: made, used by ranges, changed, and kept up to date by their sources.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class AddressListsTests(Browser browser)
{
    [BrowserFact]
    public async Task A_list_is_made_given_to_a_range_and_its_entry_named_where_that_decides()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.GoAsync("lists");
        await Button(opened, "New list").ClickAsync();
        await Textbox(opened, "Name").FillAsync("Tokyo office");
        await Textbox(opened, "Entries to begin with").FillAsync("203.0.113.0/28 # first line\n\n198.51.100.7");
        await Button(opened, "Add …").ClickAsync();
        var dialog = opened.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Entries of Tokyo office: 2 added, 0 removed");
        await Expect(dialog).ToContainTextAsync("+ 203.0.113.0/28 (first line)");
        await Save(dialog).ClickAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "203.0.113.0/28" })).ToContainTextAsync("first line");

        await Button(opened, "Add a range …").ClickAsync();
        await Expect(opened.Page.GetByText("The range counts for all entries of the list")).ToBeVisibleAsync();
        await Textbox(opened, "Description").FillAsync("Office");
        await Button(opened, "Add …").ClickAsync();
        await Expect(dialog).ToContainTextAsync("Allow list Tokyo office (Office)");
        await Save(dialog).ClickAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Heading, new() { Name = "Range with the list Tokyo office", Exact = true }))
            .ToBeVisibleAsync();
        var list = Assert.Single(await ListsAsync(opened))!;
        var range = Assert.Single(await opened.RangesAsync())!;
        Assert.Equal((null, list["id"]!.ToString()), (range["cidr"], range["addressListId"]!.ToString()));

        await opened.ConnectAsync("alice", "203.0.113.5");
        await opened.GoAsync("try?publicIp=203.0.113.5");
        await Expect(opened.Page.GetByText("Because Allow list Tokyo office (Office) has the address.")).ToBeVisibleAsync();
        var entry = opened.Page.GetByRole(AriaRole.Link, new() { Name = "entry 203.0.113.0/28 of the list Tokyo office" });
        await Expect(entry).ToBeVisibleAsync();
        await opened.GoAsync("decisions");
        await entry.ClickAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "203.0.113.0/28" })).ToBeVisibleAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "198.51.100.7" })).ToHaveCountAsync(0);
        await opened.GoAsync("ranges");
        await Expect(opened.Page.GetByRole(AriaRole.Link, new() { Name = "list Tokyo office" })).ToBeVisibleAsync();
        opened.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task The_range_form_takes_a_list_that_is_searched_for()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await MakeAsync(opened, """{ "name": "Osaka office" }""");
        var id = await MakeAsync(opened, """{ "name": "Tokyo office" }""");
        await opened.GoAsync("ranges/new");
        await opened.Page.GetByRole(AriaRole.Radio, new() { Name = "An address list" }).CheckAsync(new() { Force = true });
        await Expect(Button(opened, "Add …")).ToBeDisabledAsync();
        await opened.Page.GetByText("Choose a list").ClickAsync();
        await opened.Page.GetByPlaceholder("Search the lists").FillAsync("tok");
        await Expect(opened.Page.GetByRole(AriaRole.Option)).ToHaveCountAsync(1);
        await opened.Page.GetByRole(AriaRole.Option).ClickAsync();
        await Button(opened, "Add …").ClickAsync();
        await Save(opened.Page.GetByRole(AriaRole.Dialog)).ClickAsync();
        await Expect(opened.Page.GetByText("Done")).ToBeVisibleAsync();
        Assert.Equal(id, Assert.Single(await opened.RangesAsync())!["addressListId"]!.ToString());
        opened.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task Entries_are_found_by_address_and_removed_once_it_was_shown_whom_that_shuts_out()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        var id = await OfficeAsync(opened);
        await opened.ConnectAsync("alice", "203.0.113.5");
        await opened.GoAsync($"lists/{id}");
        await opened.Page.GetByPlaceholder("203.0.113.7").FillAsync("203.0.113.5");
        await Button(opened, "Find").ClickAsync();
        await Expect(opened.Page.GetByText("198.51.100.7/32")).ToHaveCountAsync(0);
        await opened.Page.GetByRole(AriaRole.Checkbox, new() { Name = "Select 203.0.113.0/28" }).CheckAsync(new() { Force = true });
        await Button(opened, "Remove the selected (1)").ClickAsync();
        var dialog = opened.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Remove 1 entry from Tokyo office");
        await Expect(dialog).ToContainTextAsync("− 203.0.113.0/28 (first line)");
        await Expect(dialog).ToContainTextAsync("1 person who came in during the last 7 days would be shut out");
        await dialog.GetByLabel("Do it all the same").FillAsync("1");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Do it all the same" }).ClickAsync();
        await Expect(opened.Page.GetByText("No entry is like that.")).ToBeVisibleAsync();
        Assert.Equal("198.51.100.7/32", Assert.Single(await EntriesAsync(opened, id))!["cidr"]!.ToString());
        opened.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task A_file_is_added_or_replaces_all_entries_when_the_number_of_removals_is_typed()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        var id = await OfficeAsync(opened);
        await opened.GoAsync($"lists/{id}");
        await ChooseAsync("cidr,note\n192.0.2.0/28,branch\n");
        await Button(opened, "Add …").ClickAsync();
        var dialog = opened.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByLabel("Why?")).ToHaveValueAsync("Import of entries.csv");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "192.0.2.0/28" })).ToContainTextAsync("branch");
        Assert.Equal(3, (await EntriesAsync(opened, id)).Count);

        await ChooseAsync("192.0.2.0/28 # branch\n203.0.113.64-203.0.113.95\n");
        await Button(opened, "Replace all …").ClickAsync();
        await Expect(dialog).ToContainTextAsync("Entries of Tokyo office: 1 added, 2 removed");
        var force = dialog.GetByRole(AriaRole.Button, new() { Name = "Do it all the same" });
        await Expect(force).ToBeDisabledAsync();
        await dialog.GetByLabel("Do it all the same").FillAsync("2");
        await force.ClickAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "203.0.113.64/27" })).ToBeVisibleAsync();
        Assert.Equal(2, (await EntriesAsync(opened, id)).Count);
        opened.AssertNoComplaints();

        async Task ChooseAsync(string text)
        {
            await opened.Page.Locator("input[type=file]").SetInputFilesAsync(
                new FilePayload { Name = "entries.csv", MimeType = "text/csv", Buffer = System.Text.Encoding.UTF8.GetBytes(text) });
            await Expect(opened.Page.GetByText("entries.csv, read as UTF-8")).ToBeVisibleAsync();
        }
    }

    [BrowserFact]
    public async Task What_is_wrong_with_entries_is_said_by_line_and_a_list_in_use_stays()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser, "ja");
        var id = await OfficeAsync(opened);
        await opened.GoAsync($"lists/{id}");
        await Textbox(opened, "アドレス").FillAsync("192.0.2.0/28\n203.0.113.300 # x");
        await Button(opened, "追加…").ClickAsync();
        await Expect(opened.Page.GetByText("2 行目")).ToContainTextAsync("「203.0.113.300」は、IP アドレスではありません。");
        await Button(opened, "削除").ClickAsync();
        var dialog = opened.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("次の 1 件の範囲で使われているため、削除されていません");
        await Expect(dialog).ToContainTextAsync("Office");
        Assert.Single(await ListsAsync(opened));
        opened.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task Watching_a_DNS_name_says_so_and_asks_for_the_names()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.GoAsync("lists");
        await Button(opened, "Watch a DNS name").ClickAsync();
        await Textbox(opened, "Name").FillAsync("Home of Alice");
        var names = opened.Page.GetByRole(AriaRole.Combobox, new() { NameRegex = new("DNS names") });
        await names.FillAsync("not a name");
        await Button(opened, "Add …").ClickAsync();
        await Expect(names).ToHaveAccessibleDescriptionAsync(new Regex("'not a name' can't be read"));
        await names.FillAsync("home.alice.example.com, Office.Example.com");
        await Button(opened, "Add …").ClickAsync();
        var dialog = opened.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("DNS: home.alice.example.com, office.example.com");
        await Save(dialog).ClickAsync();
        await Expect(Button(opened, "Refresh now …")).ToBeVisibleAsync();
        await Expect(opened.Page.GetByText("The entries come from the source, and can’t be changed by hand.")).ToBeVisibleAsync();
        var source = Assert.Single(await ListsAsync(opened))!["source"]!;
        Assert.Equal("dns", source["kind"]!.ToString());
        Assert.Equal(["home.alice.example.com", "office.example.com"], source["names"]!.AsArray().Select(n => n!.ToString()));
        opened.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task Watching_a_feed_of_AWS_and_bringing_a_country_send_what_was_chosen()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.GoAsync("lists");
        await Button(opened, "Watch a feed").ClickAsync();
        await Textbox(opened, "Name").FillAsync("AWS in Tokyo");
        await opened.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Format") }).ClickAsync();
        await opened.Page.GetByRole(AriaRole.Option, new() { Name = "AWS's ip-ranges.json" }).ClickAsync();
        await opened.Page.GetByRole(AriaRole.Combobox, new() { NameRegex = new("Services") }).FillAsync("EC2");
        await opened.Page.GetByRole(AriaRole.Combobox, new() { NameRegex = new("Regions") }).FillAsync("ap-northeast-1");
        await AddAsync();
        await Expect(opened.Page.GetByText("AWS addresses: EC2, ap-northeast-1").First).ToBeVisibleAsync();

        await opened.GoAsync("lists");
        await Button(opened, "Bring a country").ClickAsync();
        await Expect(opened.Page.GetByText("dotnet run --project src/AdminApi -- import-countries GeoLite2-Country.mmdb"))
            .ToBeVisibleAsync();
        await Expect(opened.Page.GetByText("Sources:CountryDatabase")).ToBeVisibleAsync();
        await Textbox(opened, "Name").FillAsync("Home country");
        await opened.Page.GetByText("Choose countries").ClickAsync();
        await opened.Page.Keyboard.TypeAsync("japan");
        await opened.Page.GetByRole(AriaRole.Option, new() { Name = "Japan" }).ClickAsync();
        await opened.Page.Keyboard.PressAsync("Escape");
        await AddAsync();
        await Expect(opened.Page.GetByText("Countries: Japan").First).ToBeVisibleAsync();
        var sources = (await ListsAsync(opened)).Select(list => list!["source"]!).ToList();
        Assert.Equal(
            ("url", "aws", "https://ip-ranges.amazonaws.com/ip-ranges.json", "EC2", "ap-northeast-1"),
            ($"{sources[0]["kind"]}", $"{sources[0]["format"]}", $"{sources[0]["url"]}", $"{sources[0]["services"]![0]}",
                $"{sources[0]["regions"]![0]}"));
        Assert.Equal(("countries", "JP"), ($"{sources[1]["kind"]}", $"{Assert.Single(sources[1]["countries"]!.AsArray())}"));
        opened.AssertNoComplaints();

        async Task AddAsync()
        {
            await Button(opened, "Add …").ClickAsync();
            await Save(opened.Page.GetByRole(AriaRole.Dialog)).ClickAsync();
            await Expect(Button(opened, "Refresh now …")).ToBeVisibleAsync();
        }
    }

    [BrowserFact]
    public async Task A_refresh_brings_what_a_file_on_the_web_has_and_the_history_says_who_asked()
    {
        await using var names = new NameServer();
        await using var server = await FeedServer.StartAsync();
        names.Know(new AdminApi.Sources.Record("feed.test", "127.0.0.1"));
        server.Answer = context => context.Response.WriteAsync("203.0.113.0/28 # Tokyo\n198.51.100.7\n");
        await using var portal = new Portal
        {
            Listens = true,
            Sources = new SourceReader(null, TimeSpan.FromMinutes(1), [names.EndPoint], IPAddress.IsLoopback, server.Trust),
            PageFolder = Path.Combine(AppContext.BaseDirectory, "page"),
        };
        await using var opened = await OpenedPage.OfAsync(browser, portal, "ja");
        var list = (await portal.PostAsync(
            "/api/address-lists",
            $$"""{ "name": "Feed", "source": { "kind": "url", "url": "https://feed.test:{{server.Port}}/list.txt" } }""")).Json;
        await opened.GoAsync($"lists/{list["id"]}");
        await Button(opened, "今すぐ更新…").ClickAsync();
        var dialog = opened.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("203.0.113.0/28");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "更新する", Exact = true }).ClickAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "203.0.113.0/28" })).ToContainTextAsync("Tokyo");
        await Expect(opened.Page.GetByText("前回の更新に失敗しました")).ToHaveCountAsync(0);

        await opened.GoAsync("changes");
        var change = opened.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "取得元から更新" });
        await Expect(change).ToContainTextAsync("アドレスリスト「Feed」を取得元から更新 (追加 2 件、削除 0 件)");
        await Expect(change).ToContainTextAsync("取得元「Feed」");
        await Expect(change).ToContainTextAsync("admin の操作による更新");
        opened.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task A_refresh_shows_what_it_would_do_and_a_great_change_waits_for_a_person()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        var id = await MakeAsync(opened, """{ "name": "Feed", "source": { "kind": "url", "url": "https://feed.example.com/list.txt" } }""");
        var commits = new List<string>();
        await opened.Page.RouteAsync(new Regex("/api/(preview/)?address-lists/[^/]+/refresh"), AnswerAsync);
        await opened.Page.RouteAsync(new Regex("/api/address-lists/refreshes"), route => route.FulfillAsync(Json(200, $$"""
            {
              "items": [{
                "addressListId": "{{id}}", "lastSuccess": null, "lastTry": "2026-01-01T00:00:00Z", "nextTry": "2026-01-01T01:00:00Z",
                "error": { "code": "feed-status", "message": "feed.example.com answered 404.", "values": {} }
              }],
              "nextCursor": null
            }
            """)));
        await opened.GoAsync("lists");
        await Expect(opened.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Feed: feed.example.com" })).ToContainTextAsync("failed");
        await opened.GoAsync($"lists/{id}");
        await Expect(opened.Page.GetByText("feed.example.com answered 404.")).ToBeVisibleAsync();
        await Button(opened, "Refresh now …").ClickAsync();
        var dialog = opened.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Entries of Feed: 20 added, 0 removed");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Refresh", Exact = true }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("20 of 20 blocks are new");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Do it all the same" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Refresh", Exact = true }).ClickAsync();
        await Expect(opened.Page.GetByText("Done: revision 2.")).ToBeVisibleAsync();
        Assert.Equal([false, true], commits.Select(url => url.Contains("force=true", StringComparison.Ordinal)));
        opened.AssertNoComplaints();

        async Task AnswerAsync(IRoute route)
        {
            if (route.Request.Url.Contains("/preview/", StringComparison.Ordinal))
            {
                var preview = (await opened.ApiAsync(HttpMethod.Patch, $"/preview/address-lists/{id}", "{}"))!;
                preview["changes"]!["entries"] = JsonNode.Parse($$"""
                    [{
                      "addressListId": "{{id}}", "addressListName": "Feed", "addedCount": 20, "removedCount": 0,
                      "added": [{ "cidr": "203.0.113.0/28", "note": "" }], "removed": []
                    }]
                    """);
                await route.FulfillAsync(Json(200, preview.ToJsonString()));
                return;
            }

            commits.Add(route.Request.Url);
            await route.FulfillAsync(commits.Count == 1
                ? Json(409, """
                    {
                      "title": "Conflict", "status": 409, "code": "source-changed-much", "detail": "20 of 20 blocks are new.", "values": {}
                    }
                    """)
                : Json(200, """{ "added": 20, "removed": 0, "entryCount": 20, "revision": 2 }"""));
        }

        static RouteFulfillOptions Json(int status, string body) =>
            new() { Status = status, ContentType = "application/json", Body = body };
    }

    [BrowserFact]
    public async Task What_came_and_went_is_in_the_history_and_findings_are_in_the_readers_language()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser, "ja");
        var id = await MakeAsync(
            opened, """{ "name": "支店", "entries": [{ "cidr": "203.0.113.0/28" }, { "cidr": "203.0.113.0/30" }] }""");
        await opened.ApiAsync(HttpMethod.Delete, $"/address-lists/{id}/entries?cidr=203.0.113.0/28");
        await opened.GoAsync("changes/2");
        await Expect(opened.Page.GetByText("アドレスリスト「支店」からエントリ 1 件を削除")).ToBeVisibleAsync();
        await Expect(opened.Page.GetByText("− 203.0.113.0/28")).ToBeVisibleAsync();
        await opened.GoAsync($"lists/{id}");
        await Expect(opened.Page.GetByText("どの範囲でも使われていないため、判定に影響しません。")).ToBeVisibleAsync();
        await Expect(opened.Page.GetByText("エントリの数: 2 → 1")).ToBeVisibleAsync();
        opened.AssertNoComplaints();
    }

    /// <summary>A list with two entries, and a range that has it.</summary>
    private static async Task<string> OfficeAsync(OpenedPage opened)
    {
        var id = await MakeAsync(
            opened,
            """{ "name": "Tokyo office", "entries": [{ "cidr": "203.0.113.0/28", "note": "first line" }, { "cidr": "198.51.100.7" }] }""");
        await opened.ApiAsync(HttpMethod.Post, "/ranges", $$"""{ "addressListId": "{{id}}", "description": "Office" }""");
        return id;
    }

    private static async Task<string> MakeAsync(OpenedPage opened, string json)
    {
        var list = await opened.ApiAsync(HttpMethod.Post, "/address-lists", json);
        await opened.Page.ReloadAsync(); // else the lists that were there before are still shown for a while
        return list!["id"]!.ToString();
    }

    private static async Task<JsonArray> ListsAsync(OpenedPage opened) =>
        (await opened.ApiAsync(HttpMethod.Get, "/address-lists"))!["items"]!.AsArray();

    private static async Task<JsonArray> EntriesAsync(OpenedPage opened, string id) =>
        (await opened.ApiAsync(HttpMethod.Get, $"/address-lists/{id}/entries"))!["items"]!.AsArray();

    private static ILocator Button(OpenedPage opened, string name) =>
        opened.Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static ILocator Textbox(OpenedPage opened, string name) =>
        opened.Page.GetByRole(AriaRole.Textbox, new() { Name = name, Exact = true });

    private static ILocator Save(ILocator dialog) => dialog.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true });
}
