using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Stores;

namespace ClientVpnAdmin.Handler;

/// <summary>
/// Client VPN's client connect handler: one connection event in, one answer out, whatever the event is and whatever breaks. It never lets
/// anyone in because something broke: a fault is a denial with <see cref="DenialReason.RulesUnavailable"/>, unless the configuration lets
/// the last rules decide while the store is away.
/// </summary>
/// <param name="openStore">
/// Opens the store, at the first event; a failure is a fault like any other, and tried again at the next event.
/// </param>
/// <param name="settings">What the configuration says.</param>
/// <param name="log">Takes one line of JSON for each decision.</param>
public sealed class ConnectHandler(Func<Store> openStore, HandlerSettings settings, TimeProvider time, TextWriter log)
{
    /// <summary>How long reading the rules may take. Client VPN itself waits 30 seconds.</summary>
    public static readonly TimeSpan MaxReadTime = TimeSpan.FromSeconds(3);

    /// <summary>How long reading the rules before the first event may take: whoever caused the start waits for that as well.</summary>
    public static readonly TimeSpan MaxWarmUpTime = TimeSpan.FromSeconds(1);

    /// <summary>How long recording a decision may take.</summary>
    public static readonly TimeSpan MaxRecordTime = TimeSpan.FromMilliseconds(300);

    /// <summary>The answer when everything else has failed: made of nothing that could fail as well.</summary>
    public static Decision LastResort
    {
        get
        {
            const string Message = "Connection denied (rules-unavailable). Please contact your administrator.";
            var response = new ConnectionResponse(false, Message, [], SchemaVersion.V3);
            return new(false, DenialReason.RulesUnavailable, null, null, Message, null, response);
        }
    }

    private volatile Opened? opened;
    private volatile LastRead? last;

    /// <summary>
    /// Opens the store and reads the rules before the first event, which then reads only what has changed since. What fails here is tried
    /// again, and reported, at the first event.
    /// </summary>
    public async Task WarmUpAsync()
    {
        try
        {
            var began = time.GetTimestamp();
            await ReadRulesAsync(FindNewestAsync(MaxWarmUpTime), ConnectionEvent.Unread, MaxWarmUpTime, began);
        }
#pragma warning disable CA1031 // Whatever it is, it is no answer yet.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    /// <summary>Decides about one connection event, answers, and only then records and logs the decision.</summary>
    /// <param name="eventJson">The event as Client VPN sends it, UTF-8; anything else is denied.</param>
    /// <param name="answer">
    /// Passes the decision, and the response as Client VPN takes it, on to who asked. Only what it throws comes out of here; the decision
    /// is recorded and logged all the same.
    /// </param>
    public async Task HandleAsync(ReadOnlyMemory<byte> eventJson, Func<Decision, byte[], Task> answer)
    {
        var connection = ConnectionEvent.Unread;
        Decision decision;
        byte[] response;
        Exception? fault = null;
        TimeSpan? stale = null;
        var duration = TimeSpan.Zero;
#pragma warning disable CA1031 // At the edge: whatever it is, it lets nobody in by itself, and keeps nobody waiting.
        try
        {
            var started = time.GetTimestamp();
            var finding = FindNewestAsync(MaxReadTime); // first, since it takes longest
            connection = ConnectionEvent.Parse(eventJson);
            try
            {
                var read = await ReadRulesAsync(finding, connection, MaxReadTime, started);
                decision = Evaluator.Decide(connection, time.GetUtcNow(), read.Rules, read.Newest.Revision);
            }
            catch (Exception e)
            {
                (decision, fault, stale) = await DecideWithoutRulesAsync(connection, e);
            }

            response = decision.Response.ToJson();
            duration = time.GetElapsedTime(started);
        }
        catch (Exception e)
        {
            (decision, fault, stale) = (LastResort, e, null);
            response = decision.Response.ToJson();
        }

        try
        {
            await answer(decision, response);
        }
        finally
        {
            try
            {
                var record = RecordedDecision.From(connection, decision, time.GetUtcNow(), duration);
                var notRecorded = await RecordAsync(record);
                await log.WriteLineAsync(DecisionLine.Write(connection, record, fault, stale, notRecorded, settings.FunctionName));
                if (fault is null)
                {
                    await ReadAheadAsync();
                }
            }
            catch (Exception)
            {
                // A log that can't be written, on a full disk for example, must not take the next event with it.
            }
        }
#pragma warning restore CA1031
    }

    private async Task<(Decision Decision, Exception Fault, TimeSpan? Stale)> DecideWithoutRulesAsync(
        ConnectionEvent connection, Exception fault)
    {
        if (StaleFor(fault) is { } age)
        {
            try
            {
                var known = last!.Newest;
                var rules = await opened!.Rules.ReadFromMemoryAsync(known, connection);
                return (Evaluator.Decide(connection, time.GetUtcNow(), rules, known.Revision), fault, age);
            }
#pragma warning disable CA1031 // Old rules may be at fault themselves.
            catch (Exception e)
#pragma warning restore CA1031
            {
                fault = new AggregateException(fault, e);
            }
        }

        return (Evaluator.RulesUnavailable(connection, last?.Rules ?? (IRules)RuleSet.Empty), fault, null);
    }

    /// <summary>
    /// How old the last rules are, if they may stand in for those that can't be read; null if they may not. Not by the clock on the wall,
    /// which can be set back.
    /// </summary>
    private TimeSpan? StaleFor(Exception fault) =>
        settings.RulesMaxStale > TimeSpan.Zero
        && fault is OperationCanceledException or RuleStoreException { IsAway: true }
        && last is { } read
        && time.GetElapsedTime(read.Began) is var age
        && age <= settings.RulesMaxStale
            ? age
            : null;

    private Task<StoredRevision> FindNewestAsync(TimeSpan limit) => WithinAsync(limit, async cancellationToken =>
    {
        opened ??= Open();
        return await opened.Rules.FindNewestAsync(cancellationToken);
    });

    private async Task<LastRead> ReadRulesAsync(Task<StoredRevision> finding, ConnectionEvent connection, TimeSpan limit, long began)
    {
        var newest = await finding;
        var left = TimeSpan.FromTicks(Math.Max(0, (limit - time.GetElapsedTime(began)).Ticks)); // below zero would be for ever
        var rules = await WithinAsync(
            left, cancellationToken => opened!.Rules.ReadForAsync(newest, connection, cancellationToken));
        var isReadAhead = last is { IsReadAhead: true } before && before.Newest.Digest == newest.Digest;
        return last = new LastRead(newest, rules, began, isReadAhead); // they may have changed since it began
    }

    /// <summary>Where the last rules may stand in for new ones, reads the rest of them while nobody waits, as far as memory goes.</summary>
    private async Task ReadAheadAsync()
    {
        if (settings.RulesMaxStale > TimeSpan.Zero && last is { IsReadAhead: false } read && opened is { } store)
        {
            try
            {
                await WithinAsync(MaxReadTime, async cancellationToken =>
                {
                    await store.Rules.ReadAheadAsync(read.Newest, cancellationToken);
                    return true;
                });
                last = read with { IsReadAhead = true };
            }
#pragma warning disable CA1031 // Whatever it is, it is tried again after the next event.
            catch (Exception)
#pragma warning restore CA1031
            {
            }
        }
    }

    private Opened Open()
    {
        var store = openStore();
        return new Opened(new RevisionLog(store.Rules, time), store.Decisions);
    }

    /// <returns>Null, or why the decision isn't recorded, or perhaps not yet.</returns>
    private async Task<string?> RecordAsync(RecordedDecision record)
    {
        if (opened is not { } store)
        {
            return "The store could not be opened.";
        }

        try
        {
            await WithinAsync(MaxRecordTime, async cancellationToken =>
            {
                await store.Decisions.RecordAsync(record, record.Time + settings.DecisionRetention, cancellationToken);
                return true;
            });
            return null;
        }
#pragma warning disable CA1031 // Whatever it is, the answer stands.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return e.Message;
        }
    }

    /// <summary>
    /// Does some work for so long at most. A store may block the thread that it is called on: the limit holds all the same.
    /// </summary>
    private async Task<T> WithinAsync<T>(TimeSpan limit, Func<CancellationToken, Task<T>> work)
    {
        using var cancellation = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        var token = cancellation.Token;
        var result = Task.Run(() => work(token), token);
        cancellation.CancelAfter(limit); // not before: the first timer of a process starts a thread, which the work needn't wait for
        return await result.WaitAsync(token);
    }

    private sealed record Opened(RevisionLog Rules, IDecisionLog Decisions);

    /// <param name="Newest">The revision.</param>
    /// <param name="Rules">Of its rules what the last connection needed.</param>
    /// <param name="Began">When it was asked for.</param>
    /// <param name="IsReadAhead">Whether the rest of its rules was read, as far as there was room.</param>
    private sealed record LastRead(StoredRevision Newest, IRules Rules, long Began, bool IsReadAhead);
}
