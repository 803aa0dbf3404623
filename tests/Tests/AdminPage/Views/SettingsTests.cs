using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ClientVpnAdmin.AdminPage.Views;

/// <summary>Whether denials are carried out.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class SettingsTests(Browser browser)
{
    [BrowserFact]
    public async Task Denials_are_only_reported_and_carried_out_again_once_it_was_shown_whom_that_shuts_out()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.ApiAsync(HttpMethod.Post, "/ranges", """{ "cidr": "203.0.113.0/24", "description": "Office" }""");
        await opened.ConnectAsync("alice", "203.0.113.10");
        await opened.ConnectAsync("dave", "192.0.2.200");
        await opened.GoAsync("settings");
        var dialog = opened.Page.GetByRole(AriaRole.Dialog);
        await ChooseAsync("Denials are only reported");
        await Expect(dialog).ToContainTextAsync("Only report denials from now on");
        await Expect(dialog).ToContainTextAsync("denials are carried out → denials are only reported");
        await Expect(dialog).ToContainTextAsync("1 person who was denied during the last 7 days would come in.");
        await Expect(dialog.GetByRole(AriaRole.Row).Filter(new() { HasText = "dave" })).ToContainTextAsync("192.0.2.200");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        Assert.Equal("report-only", await EnforcementAsync());

        await opened.ConnectAsync("dave", "192.0.2.200");
        await opened.ConnectAsync("佐藤", "192.0.2.7");
        await ChooseAsync("Denials are carried out");
        await Expect(dialog).ToContainTextAsync("Carry denials out from now on");
        await Expect(dialog).ToContainTextAsync("2 people who came in during the last 7 days would be shut out.");
        await Expect(dialog.GetByRole(AriaRole.Row).Filter(new() { HasText = "佐藤" })).ToContainTextAsync("192.0.2.7");
        await Expect(dialog).ToContainTextAsync("That is more than half of everybody who came in.");
        var force = dialog.GetByRole(AriaRole.Button, new() { Name = "Do it all the same" });
        await dialog.GetByLabel("Do it all the same").FillAsync("3");
        await Expect(force).ToBeDisabledAsync();
        await dialog.GetByLabel("Do it all the same").FillAsync("2");
        await force.ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        Assert.Equal("enforce", await EnforcementAsync());
        opened.AssertNoComplaints();

        async Task ChooseAsync(string name)
        {
            await opened.Page.GetByText(name, new() { Exact = true }).ClickAsync();
            await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Save …" }).ClickAsync();
        }

        async Task<string> EnforcementAsync() => (await opened.ApiAsync(HttpMethod.Get, "/settings"))!["enforcement"]!.ToString();
    }
}
