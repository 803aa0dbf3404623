using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.Stores;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.Handler;

/// <summary>
/// Client VPN's client connect handler: one connection event in, one answer out, whatever the event is and whatever breaks. It never lets
/// anyone in because something broke: a fault is a denial with <see cref="DenialReason.RulesUnavailable"/>, unless the configuration lets
/// the last rules decide while the store is away.
/// </summary>
/// <param name="openStore">Opens the store, at the first event; a failure is a fault like any other, and tried again at the next event.</param>
/// <param name="settings">What the configuration says.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Takes one line of JSON for each decision.</param>
public sealed class ConnectHandler(Func<Store> openStore, HandlerSettings settings, TimeProvider time, TextWriter log)
{
    /// <summary>How long reading the rules may take. Client VPN itself waits 30 seconds.</summary>
    public static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(3);

    /// <summary>How long reading the rules before the first event may take: whoever caused the start waits for that as well.</summary>
    public static readonly TimeSpan WarmUpLimit = TimeSpan.FromSeconds(1);

    /// <summary>How long recording a decision may take.</summary>
    public static readonly TimeSpan RecordLimit = TimeSpan.FromMilliseconds(300);

    /// <summary>The answer when everything else has failed: made of nothing that could fail as well.</summary>
    public static Decision LastResort
    {
        get
        {
            const string Message = "Connection denied (rules-unavailable). Please contact your administrator.";
            var response = new ConnectionResponse(false, Message, [], SchemaVersion.V3);
            return new(false, DenialReason.RulesUnavailable, null, Message, null, response);
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
            await ReadHeadAsync(WarmUpLimit);
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
            var reading = ReadHeadAsync(ReadLimit); // first, since it takes longest
            connection = ConnectionEvent.Read(eventJson);
            try
            {
                var head = await reading;
                decision = Evaluator.Decide(connection, time.GetUtcNow(), head.Rules, head.Revision);
            }
            catch (Exception e)
            {
                (decision, fault, stale) = DecideWithoutRules(connection, e);
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
            var notRecorded = await RecordAsync(eventJson, connection, decision, duration);
            try
            {
                await log.WriteLineAsync(Describe(connection, decision, fault, stale, notRecorded, duration));
            }
            catch (Exception)
            {
                // A log that can't be written, on a full disk for example, must not take the next event with it.
            }
        }
#pragma warning restore CA1031
    }

    private (Decision Decision, Exception Fault, TimeSpan? Stale) DecideWithoutRules(ConnectionEvent connection, Exception fault)
    {
        if (StaleFor(fault) is { } age)
        {
            try
            {
                return (Evaluator.Decide(connection, time.GetUtcNow(), last!.Head.Rules, last.Head.Revision), fault, age);
            }
#pragma warning disable CA1031 // Old rules may be at fault themselves.
            catch (Exception e)
#pragma warning restore CA1031
            {
                fault = new AggregateException(fault, e);
            }
        }

        return (Evaluator.RulesUnavailable(connection, last?.Head.Rules), fault, null);
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

    private async Task<Snapshot> ReadHeadAsync(TimeSpan limit)
    {
        var began = time.GetTimestamp(); // they may have changed since then
        var head = await WithinAsync(limit, async cancellationToken =>
        {
            opened ??= Open();
            return await opened.Rules.ReadHeadAsync(cancellationToken);
        });
        last = new LastRead(head, began);
        return head;
    }

    private Opened Open()
    {
        var store = openStore();
        return new Opened(new RevisionLog(store.Rules, time), store.Decisions);
    }

    /// <returns>Null, or why the decision isn't recorded, or perhaps not yet.</returns>
    private async Task<string?> RecordAsync(ReadOnlyMemory<byte> eventJson, ConnectionEvent connection, Decision decision, TimeSpan duration)
    {
        if (opened is not { } store)
        {
            return "The store could not be opened.";
        }

        try
        {
            await WithinAsync(RecordLimit, async cancellationToken =>
            {
                var now = time.GetUtcNow();
                await store.Decisions.RecordAsync(RecordedDecision.Of(eventJson.Span, connection, decision, now, duration), now + settings.DecisionRetention, cancellationToken);
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

    /// <summary>Does some work for so long at most. A store may block the thread that it is called on: the limit holds all the same.</summary>
    private async Task<T> WithinAsync<T>(TimeSpan limit, Func<CancellationToken, Task<T>> work)
    {
        using var cancellation = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        var token = cancellation.Token;
        var result = Task.Run(() => work(token), token);
        cancellation.CancelAfter(limit); // not before: the first timer of a process starts a thread, which the work needn't wait for
        return await result.WaitAsync(token);
    }

    private string Describe(ConnectionEvent connection, Decision decision, Exception? fault, TimeSpan? stale, string? notRecorded, TimeSpan duration)
    {
        using var stream = new MemoryStream();
        using (var line = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            line.WriteStartObject();
            line.WriteString("time", time.GetUtcNow().UtcDateTime);
            line.WriteString("level", fault is not null ? "error" : notRecorded is not null ? "warning" : "information");
            line.WriteString("message", "decision");
            line.WriteBoolean("allowed", decision.Allowed);
            line.WriteBoolean("letIn", decision.Response.Allow);
            line.WriteString("reason", decision.Reason is { } reason ? Words.Of(reason) : null);
            line.WriteString("rangeId", decision.RangeId?.ToString());
            if (decision.Revision is { } revision)
            {
                line.WriteNumber("revision", revision);
            }
            else
            {
                line.WriteNull("revision");
            }

            // CloudWatch cuts long lines, and takes no metrics from what is left.
            line.WriteString("connectionId", RecordedDecision.Cut(connection.ConnectionId));
            line.WriteString("endpointId", RecordedDecision.Cut(connection.EndpointId));
            line.WriteString("commonName", RecordedDecision.Cut(connection.CommonName));
            line.WriteString("username", RecordedDecision.Cut(connection.Username));
            line.WriteString("publicIp", RecordedDecision.Cut(connection.PublicIp));
            line.WriteString("schemaVersion", Words.Of(connection.SchemaVersion));
            line.WriteNumber("durationMs", Math.Round(duration.TotalMilliseconds, 3));
            if (connection.Problem is not null)
            {
                line.WriteString("problem", connection.Problem);
            }

            if (stale is not null)
            {
                line.WriteNumber("rulesStaleForMs", Math.Round(stale.Value.TotalMilliseconds, 3));
            }

            if (notRecorded is not null)
            {
                line.WriteString("notRecorded", notRecorded);
            }

            if (fault is not null)
            {
                line.WriteString("error", fault.ToString());
            }

            if (settings.FunctionName is not null)
            {
                WriteMetrics(line, settings.FunctionName, decision, fault is not null, notRecorded is not null, duration);
            }

            line.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>
    /// Metrics that CloudWatch takes from the line (Amazon CloudWatch User Guide, "Embedded metric format"): decisions by outcome and reason, and of
    /// the function how long they take, the revision, and how often the rules couldn't be read or the decision not be recorded.
    /// </summary>
    private void WriteMetrics(
        Utf8JsonWriter line, string functionName, Decision decision, bool isUnavailable, bool isNotRecorded, TimeSpan duration)
    {
        line.WriteString("FunctionName", functionName);
        line.WriteString("Outcome", decision.Response.Allow ? decision.Allowed ? "allowed" : "reported" : "denied");
        line.WriteString("Reason", decision.Reason is { } reason ? Words.Of(reason) : "none");
        line.WriteNumber("Decisions", 1);
        line.WriteNumber("DecisionDuration", Math.Round(duration.TotalMilliseconds, 3));
        line.WriteNumber("RulesUnavailable", isUnavailable ? 1 : 0);
        line.WriteNumber("NotRecorded", isNotRecorded ? 1 : 0);
        if (decision.Revision is { } revision)
        {
            line.WriteNumber("Revision", revision);
        }

        line.WriteStartObject("_aws");
        line.WriteNumber("Timestamp", time.GetUtcNow().ToUnixTimeMilliseconds());
        line.WriteStartArray("CloudWatchMetrics");
        WriteDirective(["FunctionName", "Outcome", "Reason"], [("Decisions", "Count")]);
        WriteDirective(
            ["FunctionName"],
            [
                ("DecisionDuration", "Milliseconds"), ("RulesUnavailable", "Count"), ("NotRecorded", "Count"),
                .. decision.Revision is null ? [] : new[] { ("Revision", "None") },
            ]);
        line.WriteEndArray();
        line.WriteEndObject();

        void WriteDirective(string[] dimensions, (string Name, string Unit)[] metrics)
        {
            line.WriteStartObject();
            line.WriteString("Namespace", "ClientVpnAdmin");
            line.WriteStartArray("Dimensions");
            line.WriteStartArray();
            Array.ForEach(dimensions, line.WriteStringValue);
            line.WriteEndArray();
            line.WriteEndArray();
            line.WriteStartArray("Metrics");
            foreach (var (name, unit) in metrics)
            {
                line.WriteStartObject();
                line.WriteString("Name", name);
                line.WriteString("Unit", unit);
                line.WriteEndObject();
            }

            line.WriteEndArray();
            line.WriteEndObject();
        }
    }

    private sealed record Opened(RevisionLog Rules, IDecisionLog Decisions);

    private sealed record LastRead(Snapshot Head, long Began);
}
