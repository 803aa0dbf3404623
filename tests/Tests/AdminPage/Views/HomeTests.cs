using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ClientVpnAdmin.AdminPage.Views;

/// <summary>The first page: somebody is locked out, and on the phone.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class HomeTests(Browser browser)
{
    [BrowserFact]
    public async Task Somebody_denied_is_let_in_for_eight_hours_by_two_clicks()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.ConnectAsync("dave", "192.0.2.200");
        await opened.ConnectAsync("dave", "192.0.2.200");
        await opened.Page.ReloadAsync();
        var row = opened.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "dave" });
        await Expect(row).ToContainTextAsync("192.0.2.200");
        await Expect(row).ToContainTextAsync("no allow range has the address");
        await Expect(row).ToContainTextAsync("2 times");
        await row.GetByRole(AriaRole.Button, new() { Name = "Allow for 8 h" }).ClickAsync();
        var dialog = opened.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Allow 192.0.2.200/32");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Allow", Exact = true }).ClickAsync();
        await Expect(opened.Page.GetByText("Done")).ToBeVisibleAsync();
        var range = Assert.Single(await opened.RangesAsync())!;
        Assert.Equal("192.0.2.200/32", range["cidr"]!.ToString());
        Assert.Equal("dave", Assert.Single(range["users"]!.AsArray())!.ToString());
        var until = DateTimeOffset.Parse(range["validUntil"]!.ToString(), CultureInfo.InvariantCulture);
        Assert.InRange(until - DateTimeOffset.UtcNow, TimeSpan.FromHours(7.9), TimeSpan.FromHours(8));
        opened.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task Somebody_denied_is_let_in_by_the_keyboard_alone()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.ConnectAsync("dave", "192.0.2.200");
        await opened.Page.ReloadAsync();
        var keys = opened.Page.Keyboard;
        var dialog = opened.Page.GetByRole(AriaRole.Dialog);
        var allow = opened.Page.GetByRole(AriaRole.Row).GetByRole(AriaRole.Button, new() { Name = "Allow for 8 h" });
        await allow.WaitForAsync();
        await TabToAsync(allow);
        await keys.PressAsync("Enter");
        await Expect(dialog.Locator(":focus")).ToHaveCountAsync(1);
        await keys.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(allow).ToBeFocusedAsync();

        await keys.PressAsync("Enter");
        await Expect(dialog).ToContainTextAsync("Allow 192.0.2.200/32");
        await TabToAsync(dialog.GetByRole(AriaRole.Button, new() { Name = "Allow", Exact = true }));
        await keys.PressAsync("Enter");
        await Expect(opened.Page.GetByText("Done")).ToBeVisibleAsync();
        await Expect(allow).ToBeFocusedAsync();
        Assert.Equal("192.0.2.200/32", Assert.Single(await opened.RangesAsync())!["cidr"]!.ToString());

        async Task TabToAsync(ILocator wanted)
        {
            for (var tabs = 0; !await wanted.EvaluateAsync<bool>("e => e === document.activeElement"); tabs++)
            {
                Assert.True(tabs < 100, "The keyboard doesn't come there.");
                await keys.PressAsync("Tab");
            }
        }
    }

    [BrowserFact]
    public async Task A_denial_is_seen_without_reading_the_page_again()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await Expect(opened.Page.GetByText("Nobody was denied in the last 24 hours.")).ToBeVisibleAsync();
        await opened.ConnectAsync("佐藤", "198.51.100.7");
        await Expect(opened.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "佐藤" })).ToBeVisibleAsync(new() { Timeout = 15_000 });
    }

    [BrowserFact]
    public async Task Names_full_of_markup_are_shown_as_text()
    {
        const string Markup = "<img src=x onerror=\"document.title='taken'\">";
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.ConnectAsync(Markup, "192.0.2.9");
        await opened.Page.ReloadAsync();
        await Expect(opened.Page.GetByText(Markup)).ToBeVisibleAsync();
        await Expect(opened.Page).ToHaveTitleAsync("Client VPN admin");
        await Expect(opened.Page.Locator("img[src=x]")).ToHaveCountAsync(0);
        opened.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task Why_shows_the_connection_tried_again()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.ApiAsync(HttpMethod.Post, "/denial-messages", """{ "text": "Ask it@example.com." }""");
        await opened.ConnectAsync("dave", "192.0.2.200");
        await opened.Page.ReloadAsync();
        await opened.Page.GetByRole(AriaRole.Link, new() { Name = "Why?" }).ClickAsync();
        await Expect(opened.Page.GetByTestId("verdict")).ToContainTextAsync("Would be denied");
        await Expect(opened.Page.GetByTestId("message")).ToHaveTextAsync("Ask it@example.com.");
        await Expect(opened.Page.GetByLabel("User name")).ToHaveValueAsync("dave");
    }

    [BrowserFact]
    public async Task A_new_portal_leads_from_the_office_to_the_first_try()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.Page.GetByPlaceholder("203.0.113.0/24").FillAsync(" 203.0.113.0/24 ");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Add the office …" }).ClickAsync();
        var dialog = opened.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(opened.Page.GetByText("set up", new() { Exact = true })).ToHaveCountAsync(1);
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Save the message …" }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(opened.Page.GetByText("set up", new() { Exact = true })).ToHaveCountAsync(2);
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Try an address" }).ClickAsync();
        await opened.Page.GetByLabel("Public address").FillAsync("203.0.113.9");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Try", Exact = true }).ClickAsync();
        await Expect(opened.Page.GetByTestId("verdict")).ToContainTextAsync("Would be let in");
        await opened.GoAsync("");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Hide these steps" }).ClickAsync();
        await Expect(opened.Page.GetByText("Three steps to begin with")).ToHaveCountAsync(0);
    }

    [BrowserFact]
    public async Task Somebody_in_a_deny_range_is_not_offered_what_would_change_nothing_and_a_certificate_is_taken_along()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.ApiAsync(HttpMethod.Post, "/ranges", """{ "cidr": "203.0.113.66", "action": "deny", "description": "Stolen" }""");
        await opened.ConnectAsync("mallory", "203.0.113.66");
        await opened.ConnectAsync("", "192.0.2.7");
        await opened.Page.ReloadAsync();
        var blocked = opened.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "mallory" });
        await Expect(blocked.GetByRole(AriaRole.Button, new() { Name = "Open the deny range" })).ToBeVisibleAsync();
        await Expect(blocked.GetByRole(AriaRole.Button, new() { Name = "Allow for 8 h" })).ToHaveCountAsync(0);
        var machine = opened.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "192.0.2.7" });
        await machine.GetByRole(AriaRole.Button, new() { Name = "Add range" }).ClickAsync();
        await opened.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }).First.WaitForAsync();
        Assert.Contains("commonNames=", opened.Page.Url, StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task While_denials_are_only_reported_a_banner_says_whom_switching_over_shuts_out()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.ApiAsync(HttpMethod.Patch, "/settings?force=true", """{ "enforcement": "report-only" }""");
        await opened.ConnectAsync("dave", "192.0.2.200");
        await opened.Page.ReloadAsync();
        await Expect(opened.Page.GetByText("Denials are only reported: everybody comes in.")).ToBeVisibleAsync();
        await Expect(opened.Page.GetByText("Switching over would shut out 1 person of the last 7 days.")).ToBeVisibleAsync();

        // It shuts out everybody, so it wants their number.
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Switch over …" }).ClickAsync();
        var dialog = opened.Page.GetByRole(AriaRole.Dialog);
        var force = dialog.GetByRole(AriaRole.Button, new() { Name = "Do it all the same" });
        await Expect(force).ToBeDisabledAsync();
        await dialog.GetByLabel("Do it all the same").FillAsync("1");
        await force.ClickAsync();
        await Expect(opened.Page.GetByText("Denials are only reported: everybody comes in.")).ToHaveCountAsync(0);
        Assert.Equal("enforce", (await opened.ApiAsync(HttpMethod.Get, "/settings"))!["enforcement"]!.ToString());
    }
}
