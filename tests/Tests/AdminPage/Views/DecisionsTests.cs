using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ClientVpnAdmin.AdminPage.Views;

/// <summary>What was decided, also long ago, and also of those who came in.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class DecisionsTests(Browser browser)
{
    [BrowserFact]
    public async Task Older_and_allowed_ones_are_found_tried_again_and_downloaded()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.ApiAsync(HttpMethod.Post, "/ranges", """{ "cidr": "203.0.113.0/24" }""");
        await opened.ConnectAsync("alice", "203.0.113.10", TimeProvider.System.GetUtcNow().AddDays(-3));
        await opened.ConnectAsync("dave", "192.0.2.200");
        await opened.GoAsync("decisions");
        var (alice, dave) = (opened.Page.GetByText("203.0.113.10"), opened.Page.GetByText("192.0.2.200"));
        await Expect(alice).ToBeVisibleAsync();
        await Expect(dave).ToBeVisibleAsync();
        await opened.Page.GetByLabel("User or certificate").FillAsync("ALI");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Find" }).ClickAsync();
        await Expect(dave).ToHaveCountAsync(0);
        await Expect(alice).ToBeVisibleAsync();
        var download = await opened.Page.RunAndWaitForDownloadAsync(
            () => opened.Page.GetByRole(AriaRole.Button, new() { Name = "Download CSV" }).ClickAsync());
        var csv = await File.ReadAllTextAsync(await download.PathAsync());
        Assert.Contains("203.0.113.10", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.200", csv, StringComparison.Ordinal);
        await opened.Page.GetByRole(AriaRole.Link, new() { Name = "Why was alice" }).ClickAsync();
        await Expect(opened.Page.GetByTestId("verdict")).ToContainTextAsync("Would be let in");
        opened.AssertNoComplaints();
    }
}
