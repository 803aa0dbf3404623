using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ClientVpnAdmin.AdminPage.Views;

/// <summary>Who changed what, and the ways back.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class ChangesTests(Browser browser)
{
    [BrowserFact]
    public async Task A_change_is_undone_and_the_history_verified()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.ApiAsync(HttpMethod.Post, "/ranges", """{ "cidr": "203.0.113.0/24", "description": "Tokyo office" }""");
        await opened.GoAsync("changes/1");
        await Expect(opened.Page.GetByText("Allow 203.0.113.0/24 (Tokyo office)")).ToBeVisibleAsync();
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Undo this change …" }).ClickAsync();
        await opened.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Expect(opened.Page.GetByText("Done: revision 2.")).ToBeVisibleAsync();
        Assert.Empty(await opened.RangesAsync());
        await opened.GoAsync("changes");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Verify the history" }).ClickAsync();
        await Expect(opened.Page.GetByText("All 2 revisions since revision 1 are intact.")).ToBeVisibleAsync();
        opened.AssertNoComplaints();
    }
}
