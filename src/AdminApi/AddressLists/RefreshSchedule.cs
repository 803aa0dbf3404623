namespace ClientVpnAdmin.AdminApi.AddressLists;

/// <summary>Refreshes address lists when they are due, for as long as the portal runs. On Lambda, where it doesn't, a schedule calls.</summary>
internal sealed partial class RefreshSchedule(ListRefresher refresher, TimeProvider time, ILogger<RefreshSchedule> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await refresher.RefreshDueAsync(stoppingToken);
            }
#pragma warning disable CA1031 // Whatever it is, such as a store that is away: the next tick tries again.
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogBroken(e);
            }
        }
    }

    [LoggerMessage(11, LogLevel.Error, "The refresh of address lists broke off.")]
    private partial void LogBroken(Exception exception);
}
