using System.Text;
using System.Text.Json.Nodes;
using ClientVpnAdmin.AdminApi;
using Microsoft.Playwright;

namespace ClientVpnAdmin.AdminPage;

/// <summary>The page in a real browser, of a portal that runs as a process of its own over a SQLite file.</summary>
internal sealed class OpenedPage : IAsyncDisposable
{
    // Keeps what the page is reading: a part of it that waits for that shows a spinner, if at all, only a moment later.
    private const string WatchReading = """
        const read = window.fetch;
        window.reading = new Set();
        window.fetch = async (...args) => {
          const one = { url: args[0].url ?? String(args[0]) };
          window.reading.add(one);
          const isRead = () => window.reading.delete(one);
          try {
            const answer = await read(...args);
            answer.clone().arrayBuffer().then(isRead, isRead);
            return answer;
          } catch (problem) {
            isRead();
            throw problem;
          }
        };
        """;

    // Three times in a row, since what was read may lead to something else to read.
    private const string IsSettled = """
        () => {
          const isBusy = !document.querySelector('h1, h2') || window.reading.size || document.querySelector('[class*=awsui_circle-left]');
          window.settled = isBusy ? 0 : (window.settled ?? 0) + 1;
          return window.settled >= 3;
        }
        """;

    private readonly TemporaryFolder folder = new();
    private readonly List<string> complaints = [];
    private RunningProgram? portal;
    private IBrowserContext context = null!;
    private HttpClient? editor;

    private OpenedPage()
    {
    }

    public IPage Page { get; private set; } = null!;

    public Uri Url { get; private set; } = null!;

    /// <summary>What the portal has printed.</summary>
    public string Printed => portal!.Output;

    private string StorePath => folder["rules.db"];

    /// <summary>Starts a portal, and opens its page signed in by the link that it prints.</summary>
    public static async Task<OpenedPage> SignedInAsync(
        Browser browser, string language = "en", BrowserNewContextOptions? options = null, params (string Name, string Value)[] settings)
    {
        var page = await StartAsync(browser, language, options, settings);
        await page.Page.GotoAsync(await page.LinkAsync());
        // Not just any page: until the code is exchanged, the way to sign in is shown, and a reload would lose the code.
        await page.Page.Locator("#top").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        return page;
    }

    /// <summary>Starts a portal, and a browser that has not been there yet.</summary>
    public static async Task<OpenedPage> StartAsync(
        Browser browser, string language = "en", BrowserNewContextOptions? options = null, params (string Name, string Value)[] settings)
    {
        var page = new OpenedPage();
        page.portal = new RunningProgram(
            "dotnet",
            [RunningProgram.PortalPath, "--urls", "http://127.0.0.1:0"],
            page.folder[""],
            [("RULE_STORE", $"sqlite:{page.StorePath}"), .. settings]);
        page.Url = await page.portal.ListeningAsync();
        if (File.Exists(page.folder["admin.token"])) // there is none where an issuer signs in
        {
            page.editor = await page.portal.EditorAsync(page.folder["admin.token"]);
        }

        await page.OpenAsync(browser, language, options ?? new());
        return page;
    }

    /// <summary>Opens the page of a portal that the test itself runs, signed in as an editor.</summary>
    public static async Task<OpenedPage> OfAsync(Browser browser, Portal portal, string language)
    {
        var token = portal.Token("admin.token");
        var page = new OpenedPage { Url = portal.ClientOptions.BaseAddress };
        await page.OpenAsync(browser, language, new());
        await page.context.AddInitScriptAsync($"sessionStorage.setItem('token', '{token}')");
        return page;
    }

    private async Task OpenAsync(Browser browser, string language, BrowserNewContextOptions options)
    {
        options.Locale = language == "ja" ? "ja-JP" : "en-US";
        options.TimezoneId = "Asia/Tokyo";
        options.ReducedMotion = ReducedMotion.Reduce;
        options.ViewportSize ??= new() { Width = 1300, Height = 1000 };
        context = await browser.Chromium.NewContextAsync(options);
        context.SetDefaultTimeout(20_000);
        await context.AddInitScriptAsync(WatchReading);
        Page = await context.NewPageAsync();

        // A violation of the content security policy is an error of the console, and so is a script that fails.
        Page.Console += (_, message) => Complain(message.Type == "error", message.Text);
        Page.PageError += (_, error) => Complain(true, error);
    }

    /// <summary>The link that the portal prints once it listens.</summary>
    public async Task<string> LinkAsync() => (await portal!.ListeningAsync("within a minute, once: ")).ToString();

    public string Token(string file) => File.ReadAllText(folder[file]);

    /// <summary>Goes to a place in the page, as the address says it after its #.</summary>
    public async Task GoAsync(string place)
    {
        await Page.GotoAsync(new Uri(Url, $"/#/{place}").ToString());

        // The document may have been there before: then the view before is replaced when the page is drawn next.
        await Page.EvaluateAsync(
            "() => new Promise(done => requestAnimationFrame(() => setTimeout(() => done(window.settled = 0))))");
        try
        {
            await Page.WaitForFunctionAsync(IsSettled, null, new() { PollingInterval = 50 });
        }
        catch (TimeoutException e)
        {
            var reading = await Page.EvaluateAsync<string>("() => [...window.reading].map(one => one.url).join(', ')");
            throw new TimeoutException($"#/{place} is not settled; it is reading: {reading}", e);
        }
    }

    /// <summary>Calls the API as an editor.</summary>
    public async Task<JsonNode?> ApiAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, $"/api{path}")
        {
            Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"),
        };
        using var answer = await editor!.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    /// <summary>All ranges, as the API has them.</summary>
    public async Task<JsonArray> RangesAsync() => (await ApiAsync(HttpMethod.Get, "/ranges/export"))!.AsArray();

    /// <summary>Somebody connects: decided by the present rules, and recorded as the handler does.</summary>
    public Task ConnectAsync(string username, string publicIp, DateTimeOffset? at = null, string? connectionId = null) =>
        Some.ConnectAsync(StorePath, username, publicIp, at, connectionId);

    /// <summary>The browser complained of nothing in its console: no script failed, and nothing was against the page's policy.</summary>
    public void AssertNoComplaints() => Assert.Empty(complaints);

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        editor?.Dispose();
        portal?.Dispose();
        folder.Dispose();
    }

    private void Complain(bool isError, string text)
    {
        // The browser itself says so of each answer that is an error, such as one about what was filled in.
        if (isError && !text.StartsWith("Failed to load resource: the server responded with a status of 4", StringComparison.Ordinal))
        {
            complaints.Add(text);
        }
    }
}
