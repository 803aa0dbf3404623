using System.Collections.Concurrent;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ClientVpnAdmin.AdminPage;

/// <summary>What a browser must load before somebody sees the first view.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class FirstViewTests(Browser browser)
{
    [BrowserFact]
    public async Task It_is_small_and_what_it_is_made_of_is_kept_for_good()
    {
        await using var opened = await OpenedPage.StartAsync(browser);
        await opened.ConnectAsync("dave", "192.0.2.200");
        var loaded = new ConcurrentQueue<IResponse>();
        opened.Page.Response += (_, response) => loaded.Enqueue(response);
        await opened.Page.GotoAsync(await opened.LinkAsync());
        await Expect(opened.Page.GetByText("192.0.2.200")).ToBeVisibleAsync();
        await Expect(opened.Page.GetByText("Hour", new() { Exact = true })).ToBeVisibleAsync(); // the chart's own
        await opened.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);

        var assets = loaded.Where(r => new Uri(r.Url).AbsolutePath.StartsWith("/assets/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(assets);
        var sizes = new Dictionary<string, int>();
        foreach (var response in loaded)
        {
            sizes[response.Url] = (await response.Request.SizesAsync()).ResponseBodySize;
        }

        Assert.All(assets, r => Assert.Equal("public, max-age=31536000, immutable", r.Headers["cache-control"]));
        Assert.All(assets.Where(r => sizes[r.Url] > 2_000), r => Assert.Contains(r.Headers["content-encoding"], new[] { "br", "gzip" }));
        Assert.All(sizes.Keys, url => Assert.StartsWith(opened.Url.ToString(), url, StringComparison.Ordinal)); // nobody else is asked
        var largest = sizes.OrderByDescending(s => s.Value).Take(5).Select(s => $"{s.Value} {s.Key}");
        Assert.True(sizes.Values.Sum() is > 50 * 1024 and <= 450 * 1024, $"{sizes.Values.Sum()} bytes: {string.Join(", ", largest)}");
    }
}
