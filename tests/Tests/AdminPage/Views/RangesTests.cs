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
}
