using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ClientVpnAdmin.AdminPage.Views;

/// <summary>From where people may connect: looked for, added, switched off and looked back on.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class RangesTests(Browser browser)
{
    [BrowserFact]
    public async Task Where_host_bits_are_set_the_network_is_offered_and_added()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.GoAsync("ranges/new");
        var address = opened.Page.GetByPlaceholder("203.0.113.0/24");
        await address.FillAsync(" 203.0.113.5 / 24 ");
        await address.BlurAsync();
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Use the network 203.0.113.0/24" }).ClickAsync();
        await opened.Page.GetByLabel("Description").FillAsync("Tokyo office");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Add …" }).ClickAsync();
        var dialog = opened.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Why?").FillAsync("Ticket 4711");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(opened.Page.GetByText("Done")).ToBeVisibleAsync();
        var range = Assert.Single(await opened.RangesAsync())!;
        Assert.Equal(("203.0.113.0/24", "Tokyo office"), (range["cidr"]!.ToString(), range["description"]!.ToString()));
        Assert.Equal("Ticket 4711", (await opened.ApiAsync(HttpMethod.Get, "/revisions/1"))!["comment"]!.ToString());
        opened.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task What_is_selected_is_switched_off_once_it_was_shown_whom_that_shuts_out()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await AllViewsTests.SampleAsync(opened);
        await opened.GoAsync("ranges");
        await opened.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Tokyo office" }).GetByRole(AriaRole.Checkbox)
            .CheckAsync(new() { Force = true });
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "With the selected" }).ClickAsync();
        await opened.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Switch off" }).ClickAsync();
        var dialog = opened.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("1 person who came in during the last 7 days would be shut out");
        await Expect(dialog).ToContainTextAsync("alice");
        await Expect(dialog).ToContainTextAsync("Administrators get in from the office: should be let in, and would be denied");
        var force = dialog.GetByRole(AriaRole.Button, new() { Name = "Do it all the same" });
        await Expect(force).ToBeDisabledAsync();
        await dialog.GetByLabel("Do it all the same").FillAsync("2"); // one person and one rule test
        await force.ClickAsync();
        await Expect(opened.Page.GetByText("Done")).ToBeVisibleAsync();
        var office = (await opened.RangesAsync()).Single(r => r!["description"]!.ToString() == "Tokyo office")!;
        Assert.False(office["enabled"]!.GetValue<bool>());
    }

    [BrowserTheory]
    [InlineData("en", "Delete", "Do it all the same", "Done")]
    [InlineData("ja", "削除", "それでも実行する", "保存しました")]
    public async Task On_the_narrowest_phone_it_is_read_who_loses_and_that_one_shuts_oneself_out(
        string language, string delete, string force, string done)
    {
        const string Longest = "somebody.with-a-very-long-name@department.example.com";
        await using var opened = await OpenedPage.SignedInAsync(
            browser, language, new() { ViewportSize = new() { Width = 320, Height = 700 } });
        await opened.ApiAsync(HttpMethod.Post, "/ranges", """{ "cidr": "2001:db8::/32", "description": "Home offices" }""");
        await opened.ConnectAsync(Longest, "2001:db8:1111:2222:3333:4444:5555:6666");
        await opened.ConnectAsync(Longest, "2001:db8::7");
        await opened.ConnectAsync(Environment.UserName, "2001:db8::9"); // as the link signs in
        await opened.Page.EvaluateAsync("localStorage.setItem('address', '2001:db8::8')");
        await opened.GoAsync($"ranges/{(await opened.RangesAsync())[0]!["id"]}");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = delete, Exact = true }).ClickAsync();
        var dialog = opened.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog.GetByRole(AriaRole.Row).Filter(new() { HasText = Longest }))
            .ToContainTextAsync("2001:db8:1111:2222:3333:4444:5555:6666");
        await Expect(dialog.GetByText("2001:db8::8")).ToContainTextAsync(Some.Endpoint);
        Assert.Equal(
            "320 0",
            await opened.Page.EvaluateAsync<string>("""
                () => [
                  document.documentElement.scrollWidth,
                  Math.max(...[...document.querySelectorAll('[role=dialog] table')]
                    .map(t => t.parentElement.scrollWidth - t.parentElement.clientWidth)),
                ].join(' ')
                """));
        Assert.DoesNotContain((await dialog.RunAxe()).Violations, v => v.Impact is "serious" or "critical");

        // Two people, and an endpoint of one's own.
        await dialog.GetByLabel(force).FillAsync("3");
        await dialog.GetByRole(AriaRole.Button, new() { Name = force }).ClickAsync();
        await Expect(opened.Page.GetByText(done)).ToBeVisibleAsync();
        Assert.Empty(await opened.RangesAsync());
        opened.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task Whoever_is_known_by_a_certificate_gets_a_range_for_that_certificate()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.GoAsync("ranges/new?cidr=192.0.2.200&commonNames=laptop.example.com&endpointIds=cvpn-endpoint-0f13eab7f860433cc");
        await Expect(opened.Page.GetByText("laptop.example.com").First).ToBeVisibleAsync(); // More is open
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Add …" }).ClickAsync();
        await opened.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(opened.Page.GetByText("Done")).ToBeVisibleAsync();
        var range = Assert.Single(await opened.RangesAsync())!;
        Assert.Equal("laptop.example.com", Assert.Single(range["commonNames"]!.AsArray())!.ToString());
        Assert.Equal("cvpn-endpoint-0f13eab7f860433cc", Assert.Single(range["endpointIds"]!.AsArray())!.ToString());
        opened.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task Looking_for_an_address_leaves_the_focus_where_it_is()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await AllViewsTests.SampleAsync(opened);
        await opened.GoAsync("ranges");
        var search = opened.Page.GetByPlaceholder("203.0.113.7");
        await search.FillAsync("10.0.0.1");
        await search.PressAsync("Enter");
        await Expect(opened.Page.GetByRole(AriaRole.Link, new() { Name = "10.0.0.0/8" })).ToBeVisibleAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Link, new() { Name = "203.0.113.0/24" })).ToHaveCountAsync(0);
        await Expect(search).ToBeFocusedAsync();
    }
}
