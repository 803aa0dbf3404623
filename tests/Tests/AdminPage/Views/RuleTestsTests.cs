using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ClientVpnAdmin.AdminPage.Views;

/// <summary>Connections that must stay as they are, whatever is changed.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class RuleTestsTests(Browser browser)
{
    [BrowserFact]
    public async Task A_test_is_added_and_run_and_named_before_a_change_breaks_it()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        var range = (await opened.ApiAsync(HttpMethod.Post, "/ranges", """{ "cidr": "203.0.113.0/24", "description": "Office" }"""))!["id"];
        await opened.GoAsync("tests/new");
        await opened.Page.GetByLabel("Description").FillAsync("Alice gets in from the office");
        await opened.Page.GetByLabel("Public address").FillAsync("203.0.113.10");
        await opened.Page.GetByLabel("User name").FillAsync("alice");
        await Expect(opened.Page.GetByText("By the present rules this connection would be let in.")).ToBeVisibleAsync();
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Save …" }).ClickAsync();
        var dialog = opened.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        var row = opened.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Alice gets in from the office" });
        await Expect(row).ToContainTextAsync("from 203.0.113.10");
        await Expect(row.GetByText("holds", new() { Exact = true })).ToBeVisibleAsync();

        await opened.GoAsync($"ranges/{range}");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Delete", Exact = true }).ClickAsync();
        await Expect(dialog).ToContainTextAsync("Alice gets in from the office: should be let in, and would be denied");
        Assert.Single(await opened.RangesAsync());
        await dialog.GetByLabel("Do it all the same").FillAsync("1");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Do it all the same" }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        await opened.GoAsync("tests");
        await Expect(opened.Page.GetByText("1 test does not hold by the present rules.")).ToBeVisibleAsync();
        await Expect(row).ToContainTextAsync("does not hold: would be denied – no allow range has the address");
        opened.AssertNoComplaints();
    }
}
