using System.Runtime.CompilerServices;
using Microsoft.Playwright;

namespace ClientVpnAdmin.AdminPage;

/// <summary>Chromium, started once for the tests that share it.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? playwright;

    /// <summary>Why there is none, or nothing to look at; null if there is.</summary>
    public static string? Problem =>
        Program is null ? "This test needs Chromium, on the PATH as chromium."
        : File.Exists(Path.Combine(AppContext.BaseDirectory, "page", "index.html")) ? null
        : "This test needs the page, which is built where Node.js 20 or later is, with npm.";

    public IBrowser Chromium { get; private set; } = null!;

    private static string? Program => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => new[] { "chromium", "chromium-browser", "chrome.exe" }.Select(name => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    public async Task InitializeAsync()
    {
        if (Problem is not null)
        {
            return;
        }

        Assertions.SetDefaultExpectTimeout(20_000); // a machine can be slow, and nothing here is about time
        playwright = await Playwright.CreateAsync();
        Chromium = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Program,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async Task DisposeAsync()
    {
        if (playwright is not null)
        {
            await Chromium.DisposeAsync();
            playwright.Dispose();
        }
    }
}

/// <summary>A test in a real browser, skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute([CallerMemberName] string test = "") => this.Skip(Browser.Problem, test);
}

/// <summary>A test in a real browser, skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute([CallerMemberName] string test = "") => this.Skip(Browser.Problem, test);
}
