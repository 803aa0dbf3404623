using System.Text;
using System.Text.Json.Nodes;
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

    [BrowserFact]
    public async Task Of_more_lines_than_a_preview_shows_each_is_understood()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.GoAsync("import");
        var lines = Enumerable.Range(0, 1_100).Select(i => $"10.{i / 256}.{i % 256}.1-10.{i / 256}.{i % 256}.3"); // two blocks each
        await opened.Page.GetByLabel("Addresses").FillAsync(string.Join('\n', lines));
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Add …" }).ClickAsync();
        var dialog = opened.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Add 2200 ranges");
        await Expect(dialog).ToContainTextAsync("… and 2150 more");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(opened.Page.GetByText("2200 ranges were added.")).ToBeVisibleAsync();
        opened.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task Everything_is_replaced_by_a_file_once_the_number_of_removed_ranges_is_typed()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.ApiAsync(HttpMethod.Post, "/ranges", """{ "cidr": "203.0.113.0/24" }""");
        var all = (await opened.ApiAsync(HttpMethod.Get, "/rule-set"))!;
        all["ranges"]!.AsArray().Clear();
        all["denialMessages"]!.AsArray().Add(new JsonObject { ["text"] = "Ask it@example.com." });
        await opened.GoAsync("import");
        await opened.Page.GetByText("Replace everything").ClickAsync();
        await opened.Page.Locator("input[type=file]").Last.SetInputFilesAsync(new FilePayload
        {
            Name = "rule-set.json",
            MimeType = "application/json",
            Buffer = Encoding.UTF8.GetBytes(all.ToJsonString()),
        });
        var dialog = opened.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Ask it@example.com.");
        var replace = dialog.GetByRole(AriaRole.Button, new() { Name = "Do it all the same" });
        await Expect(replace).ToBeDisabledAsync();
        await dialog.GetByLabel("Do it all the same").FillAsync("1");
        await replace.ClickAsync();
        await Expect(opened.Page.GetByText("Done")).ToBeVisibleAsync();
        Assert.Empty(await opened.RangesAsync());
        opened.AssertNoComplaints();
    }
}
