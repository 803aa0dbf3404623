using System.Text.Json;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ClientVpnAdmin.AdminPage.Views;

/// <summary>What holds of each view: words in both languages, and that everybody can use it.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class AllViewsTests(Browser browser)
{
    [BrowserTheory]
    [InlineData("en")]
    [InlineData("ja")]
    public async Task Every_view_is_in_the_readers_language_and_axe_finds_nothing_serious(string language)
    {
        await using var opened = await OpenedPage.SignedInAsync(browser, language);
        await SampleAsync(opened);
        var problems = new List<string>();
        foreach (var place in await PlacesAsync(opened))
        {
            await opened.GoAsync(place);
            await opened.Page.Locator("h1").First.WaitForAsync();
            await opened.Page.WaitForTimeoutAsync(300); // for what moves into place
            var text = await opened.Page.Locator("body").InnerTextAsync();
            problems.AddRange(MissingWords(text).Select(word => $"{place}: the text of {word} is missing"));
            if (language == "ja" && !text.Any(c => c is >= 'ぁ' and <= 'ん'))
            {
                problems.Add($"{place}: there is no Japanese");
            }

            problems.AddRange(await FoundByAxeAsync(opened, place));
        }

        Assert.Empty(problems);
        opened.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task Every_view_is_dark_where_the_reader_wants_that_and_axe_finds_nothing_serious()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser, "en", new() { ColorScheme = ColorScheme.Dark });
        await SampleAsync(opened);
        var problems = new List<string>();
        foreach (var place in await PlacesAsync(opened))
        {
            await opened.GoAsync(place);
            await opened.Page.Locator("h1").First.WaitForAsync();
            await opened.Page.WaitForTimeoutAsync(300);
            problems.AddRange(await FoundByAxeAsync(opened, place, "color-contrast")); // all else is as it is by day
        }

        Assert.Empty(problems);
        Assert.Contains("awsui-dark-mode", await opened.Page.Locator("body").GetAttributeAsync("class"), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task On_a_phone_nothing_of_the_first_view_of_trying_and_of_lists_is_beside_the_screen()
    {
        await using var opened = await OpenedPage.SignedInAsync(
            browser, "ja", new() { ViewportSize = new() { Width = 390, Height = 800 } });
        await SampleAsync(opened);
        var list = $"lists/{await ListIdAsync(opened)}";
        string[] places = ["", "try?publicIp=192.0.2.200&username=dave", "lists", list, "lists/new?kind=dns"];
        foreach (var place in places)
        {
            await opened.GoAsync(place);
            await opened.Page.Locator("h1").First.WaitForAsync();
            var width = await opened.Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
            Assert.True(width <= 390, $"#/{place} is {width} pixels wide");
        }
    }

    [BrowserTheory]
    [InlineData("en")]
    [InlineData("ja")]
    public async Task Magnified_twice_no_view_is_wider_than_the_screen(string language)
    {
        // What a browser makes of a window of 1280 pixels at 200 %.
        await using var opened = await OpenedPage.SignedInAsync(
            browser, language, new() { ViewportSize = new() { Width = 640, Height = 500 }, DeviceScaleFactor = 2 });
        await SampleAsync(opened);
        var problems = new List<string>();
        foreach (var place in await PlacesAsync(opened))
        {
            await opened.GoAsync(place);
            await Expect(opened.Page.Locator("h1").First).ToBeVisibleAsync();
            var width = await opened.Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
            if (width > 640)
            {
                problems.Add($"#/{place} is {width} pixels wide");
            }
        }

        Assert.Empty(problems);
    }

    [BrowserFact]
    public async Task What_people_wrote_is_shown_as_text_in_every_view()
    {
        const string Hostile = "<img src=x onerror=\"document.title='taken'\"></script><script>document.title='taken'</script>\u202Etxt";
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await SampleAsync(opened);
        var text = JsonSerializer.Serialize(Hostile);
        var comment = Uri.EscapeDataString(Hostile);
        var body = $$"""{ "cidr": "192.0.2.0/26", "description": {{text}}, "users": ["x"] }""";
        var range = (await opened.ApiAsync(HttpMethod.Post, $"/ranges?comment={comment}", body))!["id"];
        await opened.ApiAsync(HttpMethod.Post, "/denial-messages", $$"""{ "text": {{text}}, "reason": "not-in-scope" }""");
        await opened.ApiAsync(HttpMethod.Post, "/rule-tests", $$"""
            {
              "description": {{text}}, "allowed": true,
              "event": { "schema-version": "v3", "public-ip": "203.0.113.10", "username": {{text}} }
            }
            """);
        var entry = $$"""{ "cidr": "192.0.2.64/26", "note": {{text}} }""";
        var made = $$"""{ "name": {{text}}, "description": {{text}}, "entries": [{{entry}}] }""";
        var list = (await opened.ApiAsync(HttpMethod.Post, "/address-lists", made))!["id"];
        await opened.ConnectAsync(Hostile, "192.0.2.9");
        await opened.Page.ReloadAsync();
        string[] showing =
        [
            "", "ranges", "try?publicIp=192.0.2.9&username=dave", "messages", "tests", "changes", "changes/9", "changes/10",
            "lists", $"lists/{list}", $"ranges/{range}",
        ];
        var seen = new List<string>();
        foreach (var place in (await PlacesAsync(opened)).Union(showing))
        {
            await opened.GoAsync(place);
            await Expect(opened.Page.Locator("h1").First).ToBeVisibleAsync();
            await AssertHarmlessAsync();
            if ((await opened.Page.Locator("body").InnerTextAsync()).Contains(Hostile, StringComparison.Ordinal))
            {
                seen.Add(place);
            }
        }

        Assert.Empty(showing.Except(seen));
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync(Hostile);
        await AssertHarmlessAsync();
        opened.AssertNoComplaints();

        async Task AssertHarmlessAsync()
        {
            await Expect(opened.Page.Locator("img[src=x]")).ToHaveCountAsync(0);
            await Expect(opened.Page).ToHaveTitleAsync("Client VPN admin");
        }
    }

    /// <summary>Ranges, lists, messages, tests and decisions of every kind.</summary>
    internal static async Task SampleAsync(OpenedPage opened)
    {
        await opened.ApiAsync(HttpMethod.Post, "/ranges", """{ "cidr": "203.0.113.0/24", "description": "Tokyo office" }""");
        await opened.ApiAsync(HttpMethod.Post, "/ranges", """
            {
              "cidr": "198.51.100.0/25", "description": "大阪オフィス",
              "schedule": { "timeZone": "Asia/Tokyo", "windows": [{ "days": ["monday", "friday"], "from": "08:00", "to": "20:00" }] }
            }
            """);
        await opened.ApiAsync(
            HttpMethod.Post, "/ranges", """{ "cidr": "203.0.113.66", "action": "deny", "description": "Stolen", "users": ["mallory"] }""");
        await opened.ApiAsync(HttpMethod.Post, "/ranges", """{ "cidr": "10.0.0.0/8", "description": "Old lab", "enabled": false }""");
        await opened.ApiAsync(HttpMethod.Post, "/denial-messages", """{ "text": "Not from {public-ip}. Ask it-support@example.com." }""");
        await opened.ApiAsync(HttpMethod.Post, "/rule-tests", """
            {
              "description": "Administrators get in from the office",
              "event": { "schema-version": "v3", "public-ip": "203.0.113.10", "username": "alice" }, "allowed": true
            }
            """);
        var list = await opened.ApiAsync(HttpMethod.Post, "/address-lists", """
            {
              "name": "Branches",
              "entries": [{ "cidr": "198.51.100.192/28", "note": "Osaka" }, { "cidr": "198.51.100.200" }, { "cidr": "2001:db8:7::/48" }]
            }
            """);
        await opened.ApiAsync(HttpMethod.Post, "/ranges", $$"""{ "addressListId": "{{list!["id"]}}", "description": "All branches" }""");
        foreach (var (who, address) in new[]
        {
            ("alice", "203.0.113.10"), ("dave", "192.0.2.200"), ("mallory", "203.0.113.66"), ("佐藤", "192.0.2.7"),
        })
        {
            await opened.ConnectAsync(who, address);
        }

        await opened.Page.ReloadAsync(); // else what was there before is still shown for a while
    }

    /// <summary>What axe finds serious or critical by all of its rules, or by these.</summary>
    private static async Task<IEnumerable<string>> FoundByAxeAsync(OpenedPage opened, string place, params string[] rules)
    {
        var found = await opened.Page.RunAxe(new AxeRunOptions
        {
            ResultTypes = [ResultType.Violations], // of all else it would describe each element
            RunOnly = rules.Length == 0 ? null : new() { Type = "rule", Values = [.. rules] },
        });
        return found.Violations.Where(v => v.Impact is "serious" or "critical")
            .Select(v => $"{place}: {v.Impact} {v.Id}: {v.Nodes[0].Html}");
    }

    private static async Task<string[]> PlacesAsync(OpenedPage opened)
    {
        var id = (await opened.RangesAsync())[1]!["id"]!.ToString();
        var list = await ListIdAsync(opened);
        return
        [
            "", "ranges", "ranges/new?cidr=192.0.2.200&users=dave", $"ranges/{id}", "try?publicIp=192.0.2.200&username=dave",
            "lists", $"lists/{list}", $"lists/{list}/edit", "lists/new?kind=url", "lists/new?kind=countries",
            $"ranges/new?addressListId={list}",
            "decisions", "import", "messages", "tests", "tests/new", "changes", "changes/2", "sessions", "settings",
        ];
    }

    private static async Task<string> ListIdAsync(OpenedPage opened) =>
        (await opened.ApiAsync(HttpMethod.Get, "/address-lists"))!["items"]![0]!["id"]!.ToString();

    /// <summary>A key of the catalogue in the place of its text.</summary>
    private static IEnumerable<string> MissingWords(string text) =>
        text.Split(' ', '\n', '\t').Where(word => word.Contains(':', StringComparison.Ordinal)
            && word.Split(':') is [var area, [>= 'a' and <= 'z', ..]]
            && area is "changes" or "common" or "decisions" or "home" or "imports" or "lists" or "messages" or "ranges" or "save"
                or "sessions" or "settings" or "signIn" or "tests" or "tryIt");
}
