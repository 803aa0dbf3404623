using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ClientVpnAdmin.AdminPage.Views;

/// <summary>Makes the pictures of the documents. They are looked at, not compared.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class ImagesTests(Browser browser)
{
    [BrowserTheory]
    [InlineData("en")]
    [InlineData("ja")]
    public async Task The_pictures_of_the_documents_can_be_made(string language)
    {
        await using var opened = await OpenedPage.SignedInAsync(
            browser, language, new() { ViewportSize = new() { Width = 1200, Height = 760 } });
        await AllViewsTests.SampleAsync(opened);
        await Expect(opened.Page.GetByText("192.0.2.200")).ToBeVisibleAsync();
        await ShootAsync("home");
        await opened.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "dave" })
            .GetByRole(AriaRole.Button, new() { Name = language == "ja" ? "8 時間許可" : "Allow for 8 h" }).ClickAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Dialog).Locator("textarea")).ToBeVisibleAsync();
        await ShootAsync("save");
        await opened.GoAsync("try");
        await Expect(opened.Page.GetByRole(AriaRole.Dialog)).ToHaveCountAsync(0); // going elsewhere leaves it
        await opened.GoAsync("try?publicIp=192.0.2.200&username=dave");
        await Expect(opened.Page.GetByTestId("verdict")).ToBeVisibleAsync();
        await ShootAsync("try");
        await opened.GoAsync("ranges");
        await Expect(opened.Page.GetByRole(AriaRole.Link, new() { Name = "203.0.113.0/24", Exact = true })).ToBeVisibleAsync();
        await ShootAsync("ranges");

        async Task ShootAsync(string name)
        {
            await opened.Page.WaitForTimeoutAsync(500);
            var image = await opened.Page.ScreenshotAsync();
            Assert.NotEmpty(image);
            if (Environment.GetEnvironmentVariable("IMAGES") is { Length: > 0 } folder)
            {
                await File.WriteAllBytesAsync(Some.ProjectPath(folder, $"{name}.{language}.png"), image);
            }
        }
    }
}
