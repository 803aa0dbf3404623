using ClientVpnAdmin.AdminApi.Access;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Sessions;

/// <summary>
/// Ends the connections that a change denies, at the watched endpoints, before the change is answered: on Lambda nothing goes on after an
/// answer. What takes too long is left to the next review, that of the schedule at the latest.
/// </summary>
internal sealed partial class ReviewAfterChange : IDisposable
{
    public const string Setting = $"{Section}:{Name}";

    private const string Section = "Sessions";
    private const string Name = "WatchedEndpoints";

    // API Gateway waits for 30 seconds, of which the change itself takes some.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string[] endpoints;
    private readonly SessionReviewer reviewer;
    private readonly TimeProvider time;
    private readonly ILogger<ReviewAfterChange> logger;

    // Changes that are made while a review runs wait for one more, which is for all of them: the present one may have listed before.
    private readonly SemaphoreSlim turn = new(1);
    private readonly Lock asking = new();
    private long asked;
    private long reviewed;

    /// <exception cref="InvalidOperationException">An endpoint in the configuration is none.</exception>
    public ReviewAfterChange(
        IConfiguration configuration, SessionReviewer reviewer, TimeProvider time, ILogger<ReviewAfterChange> logger)
    {
        (this.reviewer, this.time, this.logger) = (reviewer, time, logger);
        endpoints = configuration.GetSection(Section).Values(Name);
        var errors = new Errors();
        Array.ForEach(endpoints, endpoint => Checks.EndpointId(endpoint, Setting, errors));
        if (errors.Any)
        {
            throw new InvalidOperationException($"{Setting}: {errors.All[0].Fault.Message}");
        }
    }

    public void Dispose() => turn.Dispose();

    /// <summary>Never fails, and never takes longer than <see cref="Patience"/>.</summary>
    /// <param name="revision">The change, which can deny somebody.</param>
    public async Task RunAsync(long revision)
    {
        if (endpoints.Length == 0)
        {
            return;
        }

        lock (asking)
        {
            asked = Math.Max(asked, revision);
        }

        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            await Task.Run(() => RunInTurnAsync(revision, patience.Token)) // looking for credentials may take long, and can't be stopped
                .WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            LogBrokenOff(revision, Patience.TotalSeconds);
        }
    }

    private async Task RunInTurnAsync(long revision, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (reviewed >= revision)
            {
                return;
            }

            long by;
            lock (asking)
            {
                by = asked;
            }

            var isDone = true;
            foreach (var endpoint in endpoints)
            {
                isDone &= await TryReviewAsync(endpoint, by, cancellationToken);
            }

            reviewed = isDone ? by : reviewed;
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task<bool> TryReviewAsync(string endpoint, long revision, CancellationToken cancellationToken)
    {
        try
        {
            var active = await reviewer.ListActiveAsync(endpoint, cancellationToken);
            var review = await reviewer.ReviewAsync(endpoint, active, terminate: true, terminateNotRecorded: false, cancellationToken);
            var ended = review.Denied.Count(session => session.Terminated);
            LogReviewed(endpoint, revision, review.Active, ended, review.Denied.Count - ended);
            return true;
        }
#pragma warning disable CA1031 // Whatever it is, the change is made, and the other endpoints are reviewed.
        catch (Exception e)
#pragma warning restore CA1031
        {
            cancellationToken.ThrowIfCancellationRequested();
            LogFailed(e, endpoint, revision);
            return false;
        }
    }

    [LoggerMessage(
        7,
        LogLevel.Information,
        "Reviewed {EndpointId} after revision {Revision}: {Active} active, {Ended} ended, {NotEnded} to be ended still")]
    private partial void LogReviewed(string endpointId, long revision, int active, int ended, int notEnded);

    [LoggerMessage(8, LogLevel.Error, "The review of {EndpointId} after revision {Revision} failed.")]
    private partial void LogFailed(Exception exception, string endpointId, long revision);

    [LoggerMessage(
        9,
        LogLevel.Warning,
        "The review of open connections after revision {Revision} took longer than {Seconds} s and was broken off: the next has the rest.")]
    private partial void LogBrokenOff(long revision, double seconds);
}
