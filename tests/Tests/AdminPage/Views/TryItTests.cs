using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ClientVpnAdmin.AdminPage.Views;

/// <summary>A connection is tried before anybody makes it.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class TryItTests(Browser browser)
{
    [BrowserFact]
    public async Task The_verdict_says_why_what_the_person_sees_and_what_nearly_fitted()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.ApiAsync(
            HttpMethod.Post, "/ranges", """{ "cidr": "192.0.2.77", "description": "Contractor <b>Bob</b>", "users": ["bob"] }""");
        await opened.ApiAsync(HttpMethod.Post, "/denial-messages", """{ "text": "You can't connect from {public-ip}." }""");
        await opened.GoAsync("try");
        await opened.Page.GetByLabel("Public address").FillAsync("192.0.2.77");
        await opened.Page.GetByLabel("User name").FillAsync("alice");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Try", Exact = true }).ClickAsync();
        await Expect(opened.Page.GetByTestId("verdict")).ToContainTextAsync("Would be denied");
        await Expect(opened.Page.GetByTestId("message")).ToHaveTextAsync("You can't connect from 192.0.2.77.");
        await Expect(opened.Page.GetByText(
            "Allow 192.0.2.77/32 (Contractor <b>Bob</b>) has the address, but is for other users.")).ToBeVisibleAsync();
        await opened.Page.GetByLabel("User name").FillAsync("bob");
        await Expect(opened.Page.GetByTestId("verdict")).ToHaveCountAsync(0); // it was about alice
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Try", Exact = true }).ClickAsync();
        await Expect(opened.Page.GetByTestId("verdict")).ToContainTextAsync("Would be let in");
        await Expect(opened.Page.GetByTestId("verdict")).ToContainTextAsync("from 192.0.2.77 · user: bob");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "More about the connection" }).ClickAsync();
        await opened.Page.GetByLabel("Revision of the rules").FillAsync("0"); // before there was any range
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Try", Exact = true }).ClickAsync();
        await Expect(opened.Page.GetByTestId("verdict")).ToContainTextAsync("Would be denied");
        await Expect(opened.Page.GetByText("By the rules of revision 0.")).ToBeVisibleAsync();
        opened.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task What_cannot_be_read_is_said_in_the_readers_language()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser, "ja");
        await opened.GoAsync("try");
        await opened.Page.GetByLabel("グローバルアドレス").FillAsync("203.0.113.999");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "試す", Exact = true }).ClickAsync();
        await Expect(opened.Page.GetByText("IP アドレスではありません")).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Another_link_to_a_try_is_followed_and_so_is_the_way_back()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        var address = opened.Page.GetByLabel("Public address");
        await opened.GoAsync("try?publicIp=192.0.2.77&username=alice");
        await Expect(address).ToHaveValueAsync("192.0.2.77");
        await opened.GoAsync("try?publicIp=192.0.2.78&username=bob");
        await Expect(address).ToHaveValueAsync("192.0.2.78");
        await Expect(opened.Page.GetByTestId("verdict")).ToBeVisibleAsync();
        await opened.Page.GoBackAsync();
        await Expect(address).ToHaveValueAsync("192.0.2.77");
    }

    [BrowserFact]
    public async Task A_day_that_is_none_is_said_at_the_field_and_not_taken_for_another()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.GoAsync("try?publicIp=203.0.113.9&platform=win"); // so that more about the connection is open
        await Expect(opened.Page.GetByTestId("verdict")).ToBeVisibleAsync();
        await opened.Page.GetByPlaceholder("YYYY/MM/DD").FillAsync("2026/03/01");
        await opened.Page.GetByPlaceholder("hh:mm").FillAsync("");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Try", Exact = true }).ClickAsync();
        await Expect(opened.Page.GetByText("This is no day and time.").First).ToBeVisibleAsync();
        await Expect(opened.Page.GetByTestId("verdict")).ToHaveCountAsync(0);
    }

    [BrowserFact]
    public async Task A_verdict_is_kept_as_a_rule_test()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.ApiAsync(HttpMethod.Post, "/ranges", """{ "cidr": "203.0.113.0/24" }""");
        await opened.GoAsync("try?publicIp=203.0.113.9&username=alice");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Keep as a rule test …" }).ClickAsync();
        await opened.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(opened.Page.GetByText("Done")).ToBeVisibleAsync();
        var test = Assert.Single((await opened.ApiAsync(HttpMethod.Get, "/rule-tests"))!["items"]!.AsArray())!;
        Assert.Equal("alice gets in from 203.0.113.9", test["description"]!.ToString());
        Assert.True(test["allowed"]!.GetValue<bool>());
    }
}
