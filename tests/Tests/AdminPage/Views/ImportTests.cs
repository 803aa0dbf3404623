using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ClientVpnAdmin.AdminPage.Views;

/// <summary>Many ranges at once, line by line.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class ImportTests(Browser browser)
{
    [BrowserFact]
    public async Task Bad_lines_are_named_and_left_out_and_the_others_added()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.GoAsync("import");
        await opened.Page.GetByLabel("Addresses").FillAsync("203.0.113.0/24 # Tokyo office\n203.0.113.999\n198.51.100.0/25\n");
        await Expect(opened.Page.GetByText("1 line has a fault.")).ToBeVisibleAsync();
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Leave out the bad line" }).ClickAsync();
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Add …" }).ClickAsync();
        await opened.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(opened.Page.GetByText("2 ranges were added.")).ToBeVisibleAsync();
        Assert.Equal(
            ["198.51.100.0/25", "203.0.113.0/24"],
            (await opened.RangesAsync()).Select(r => r!["cidr"]!.ToString()).Order(StringComparer.Ordinal));
        opened.AssertNoComplaints();
    }
}
