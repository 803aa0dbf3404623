using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ClientVpnAdmin.AdminPage.Views;

/// <summary>What people read who are denied.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class MessagesTests(Browser browser)
{
    [BrowserFact]
    public async Task A_message_is_counted_and_shown_as_the_person_sees_it_while_it_is_written()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await opened.GoAsync("messages/new");
        var text = Text(opened);
        var seen = opened.Page.GetByTestId("message");
        await text.FillAsync("Not from ");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "public address" }).ClickAsync();
        await Expect(text).ToHaveValueAsync("Not from {public-ip}");
        await Expect(opened.Page.GetByText("20 of 255 characters")).ToBeVisibleAsync();
        await Expect(seen).ToHaveTextAsync("Not from 203.0.113.7");

        // Short enough as it is written, and too long once it is filled in.
        await text.FillAsync($"{new string('x', 240)}{{endpoint-id}}");
        await Expect(opened.Page.GetByText("253 of 255 characters")).ToBeVisibleAsync();
        await Expect(opened.Page.GetByText("Filled in as below it would be 271 characters long.")).ToBeVisibleAsync();
        await Expect(seen).ToHaveTextAsync($"{new string('x', 240)}cvpn-endpoint-0");

        // An emoji is two of OpenVPN's 255.
        await text.FillAsync($"{new string('x', 254)}🔒");
        await Expect(opened.Page.GetByText("256 of 255 characters")).ToBeVisibleAsync();
        await Expect(text).ToHaveAttributeAsync("aria-invalid", "true");
    }

    [BrowserFact]
    public async Task A_message_is_saved_and_a_second_one_for_the_same_leads_to_it()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await FillAsync("Blocked. Ask it@example.com.");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Save …" }).ClickAsync();
        var dialog = opened.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("Denial messages: Blocked. Ask it@example.com.");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Blocked." })).ToContainTextAsync(Some.Endpoint);
        var saved = Assert.Single((await opened.ApiAsync(HttpMethod.Get, "/denial-messages"))!["items"]!.AsArray())!;
        Assert.Equal(
            ("Blocked. Ask it@example.com.", Some.Endpoint, "address-blocked"),
            (saved["text"]!.ToString(), saved["endpointId"]!.ToString(), saved["reason"]!.ToString()));

        await FillAsync("Another.");
        await Expect(opened.Page.GetByText("There is a message for this endpoint and reason already: “Blocked.")).ToBeVisibleAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Button, new() { Name = "Save …" })).ToBeDisabledAsync();
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Edit that one" }).ClickAsync();
        await Expect(Text(opened)).ToHaveValueAsync("Blocked. Ask it@example.com.");
        opened.AssertNoComplaints();

        async Task FillAsync(string text)
        {
            await opened.GoAsync("messages/new");
            await Text(opened).FillAsync(text);
            await opened.Page.GetByPlaceholder("cvpn-endpoint-…").FillAsync(Some.Endpoint);
            await opened.Page.Keyboard.PressAsync("Escape"); // what is offered there would be in the way
            await opened.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Reason") }).ClickAsync();
            await opened.Page.GetByRole(AriaRole.Option, new() { Name = "the address is in a deny range" }).ClickAsync();
        }
    }

    [BrowserFact]
    public async Task What_is_wrong_with_a_message_is_said_at_its_field_in_the_readers_language()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser, "ja");
        await opened.GoAsync("messages/new");
        var text = Text(opened, "メッセージ");
        await text.FillAsync("{who} は接続できません。");
        await text.BlurAsync();
        await Expect(text).ToHaveAccessibleDescriptionAsync(new Regex("{who} というプレースホルダーはありません。"));
        await text.FillAsync(new string('あ', 256));
        await text.BlurAsync();
        await Expect(text).ToHaveAccessibleDescriptionAsync(new Regex("上限の 255 文字を超えています。短くしてください。"));
    }

    private static ILocator Text(OpenedPage opened, string name = "Message") =>
        opened.Page.GetByRole(AriaRole.Textbox, new() { Name = name, Exact = true });
}
