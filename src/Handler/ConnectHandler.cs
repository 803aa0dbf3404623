using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.Connections;

/// <summary>
/// Client VPN's client connect handler: one connection event in, one answer out. It never throws, and never lets anyone in because
/// something broke: any fault is a denial with <see cref="DenialReason.RulesUnavailable"/>.
/// </summary>
/// <param name="openRules">Opens the rules, at the first event; a failure is a fault like any other, and tried again at the next event.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Takes one line of JSON for each decision.</param>
public sealed class ConnectHandler(Func<RevisionLog> openRules, TimeProvider time, TextWriter log)
{
    /// <summary>How long reading the rules may take. Client VPN itself waits 30 seconds.</summary>
    public static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(4);

    private RevisionLog? rules;

    /// <summary>Decides about one connection event.</summary>
    /// <param name="eventJson">The event as Client VPN sends it, UTF-8; anything else is denied.</param>
    public async Task<Decision> HandleAsync(ReadOnlyMemory<byte> eventJson)
    {
        var started = time.GetTimestamp();
        var connection = ConnectionEvent.Read(eventJson);
        Decision decision;
        Exception? fault = null;
        try
        {
            using var limit = new CancellationTokenSource(ReadLimit, time);

            // A store may block the thread that it is called on: the limit holds all the same.
            var reading = Task.Run(() => (rules ??= openRules()).ReadHeadAsync(limit.Token), limit.Token);
            var head = await reading.WaitAsync(limit.Token);
            decision = Evaluator.Decide(connection, time.GetUtcNow(), head.Rules, head.Revision);
        }
#pragma warning disable CA1031 // The one catch-all, at the edge: whatever it is, the answer is a denial.
        catch (Exception e)
#pragma warning restore CA1031
        {
            fault = e;
            decision = Evaluator.RulesUnavailable(connection, rules?.LastRead);
        }

        try
        {
            await log.WriteLineAsync(Describe(connection, decision, fault, time.GetElapsedTime(started)));
        }
        catch (IOException)
        {
            // A log that can't be written, on a full disk for example, must not take the answer with it.
        }

        return decision;
    }

    private string Describe(ConnectionEvent connection, Decision decision, Exception? fault, TimeSpan duration)
    {
        using var stream = new MemoryStream();
        using (var line = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            line.WriteStartObject();
            line.WriteString("time", time.GetUtcNow().UtcDateTime);
            line.WriteString("level", fault is null ? "information" : "error");
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

            line.WriteString("connectionId", connection.ConnectionId);
            line.WriteString("endpointId", connection.EndpointId);
            line.WriteString("commonName", connection.CommonName);
            line.WriteString("username", connection.Username);
            line.WriteString("publicIp", connection.PublicIp);
            line.WriteString("schemaVersion", Words.Of(connection.SchemaVersion));
            line.WriteNumber("durationMs", Math.Round(duration.TotalMilliseconds, 3));
            if (connection.Problem is not null)
            {
                line.WriteString("problem", connection.Problem);
            }

            if (fault is not null)
            {
                line.WriteString("error", fault.ToString());
            }

            line.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
