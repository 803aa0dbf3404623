using System.ComponentModel;
using System.Diagnostics;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>
/// Once the portal listens, prints a link that signs in, and opens it where there is somebody to see it. The link isn't logged: logs are
/// kept, and read by others.
/// </summary>
internal sealed class StartLink(
    RuleStoreLocation location, LocalLinks links, IServer server, IHostApplicationLifetime lifetime, ILogger<StartLink> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        if (server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is not { } url)
        {
            return; // it listens nowhere
        }

        var name = await OwnName.FindAsync(location, problem => logger.LogWarning("{Problem}", problem));
        string? page = null;
        try
        {
            var link = LocalLinks.Address(url, links.Make(name, TimeProvider.System.GetUtcNow()));
            await Console.Out.WriteLineAsync($"Sign in as {name} within a minute, once: {link}");
            if (HasSomebodyToSee())
            {
                page = links.MakePage(link);
                using var opened = Process.Start(new ProcessStartInfo(page) { UseShellExecute = true });
                await Task.Delay(LocalLinks.Lifetime, stoppingToken);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception or PlatformNotSupportedException)
        {
            logger.LogWarning("The link to sign in can't be made or opened: {Problem}", e.Message);
        }
        finally
        {
            if (page is not null)
            {
                File.Delete(page);
            }
        }
    }

    private static bool HasSomebodyToSee() => !Console.IsOutputRedirected
        && (OperatingSystem.IsLinux() ? Has("DISPLAY") || Has("WAYLAND_DISPLAY") : Environment.UserInteractive);

    private static bool Has(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
}
