using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.Handler;

/// <summary>The line of the log about a decision: one JSON object, with what CloudWatch and people look for.</summary>
internal static class DecisionLine
{
    /// <summary>Has X-Ray's id of what is traced. The AWS SDK passes it on to DynamoDB.</summary>
    public const string TraceVariable = "_X_AMZN_TRACE_ID";

    /// <param name="record">What is recorded of the decision.</param>
    /// <param name="fault">Why the rules could not be read; null if they could.</param>
    /// <param name="stale">How old the rules were that stood in for them; null if none did.</param>
    /// <param name="notRecorded">Why the decision isn't recorded; null if it is.</param>
    /// <param name="functionName">The Lambda function whose metrics the line carries; null for none.</param>
    public static string Write(
        ConnectionEvent connection, RecordedDecision record, Exception? fault, TimeSpan? stale, string? notRecorded, string? functionName)
    {
        using var stream = new MemoryStream();
        using (var line = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            line.WriteStartObject();
            line.WriteString("time", record.Time.UtcDateTime);
            line.WriteString("level", fault is not null ? "error" : notRecorded is not null ? "warning" : "information");
            line.WriteString("message", "decision");
            line.WriteString("decisionId", record.Id);
            if (Environment.GetEnvironmentVariable(TraceVariable) is { Length: > 0 } trace)
            {
                line.WriteString("traceId", trace);
            }

            line.WriteBoolean("allowed", record.Allowed);
            line.WriteBoolean("letIn", record.LetIn);
            line.WriteString("reason", record.Reason is { } reason ? Words.Format(reason) : null);
            line.WriteString("rangeId", record.RangeId?.ToString());
            if (record.Entry is { } entry)
            {
                line.WriteString("addressListId", entry.AddressListId);
                line.WriteString("addressListName", entry.AddressListName);
                line.WriteString("entry", entry.Cidr.ToString());
            }

            if (record.Revision is { } revision)
            {
                line.WriteNumber("revision", revision);
            }
            else
            {
                line.WriteNull("revision");
            }

            // Texts as they are recorded, cut: CloudWatch cuts long lines, and takes no metrics from what is left.
            line.WriteString("connectionId", record.ConnectionId);
            line.WriteString("endpointId", record.EndpointId);
            line.WriteString("commonName", record.CommonName);
            line.WriteString("username", record.Username);
            line.WriteString("publicIp", record.PublicIp);
            line.WriteString("schemaVersion", Words.Format(connection.SchemaVersion));
            line.WriteNumber("durationMs", record.DurationMs);
            if (connection.Problem is not null)
            {
                line.WriteString("problem", connection.Problem.Message);
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

            if (functionName is not null)
            {
                WriteMetrics(line, functionName, record, fault is not null, notRecorded is not null);
            }

            line.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>
    /// Metrics that CloudWatch takes from the line (Amazon CloudWatch User Guide, "Embedded metric format"): decisions by outcome and
    /// reason, and of the function how long they take, the revision, and how often the rules couldn't be read or the decision not be
    /// recorded.
    /// </summary>
    private static void WriteMetrics(
        Utf8JsonWriter line, string functionName, RecordedDecision record, bool isUnavailable, bool isNotRecorded)
    {
        line.WriteString("FunctionName", functionName);
        line.WriteString("Outcome", Words.Format(record.Outcome()));
        line.WriteString("Reason", record.Reason is { } reason ? Words.Format(reason) : "none");
        line.WriteNumber("Decisions", 1);
        line.WriteNumber("DecisionDuration", record.DurationMs);
        line.WriteNumber("RulesUnavailable", isUnavailable ? 1 : 0);
        line.WriteNumber("NotRecorded", isNotRecorded ? 1 : 0);
        if (record.Revision is { } revision)
        {
            line.WriteNumber("Revision", revision);
        }

        line.WriteStartObject("_aws");
        line.WriteNumber("Timestamp", record.Time.ToUnixTimeMilliseconds());
        line.WriteStartArray("CloudWatchMetrics");
        WriteDirective(["FunctionName", "Outcome", "Reason"], [("Decisions", "Count")]);
        WriteDirective(
            ["FunctionName"],
            [
                ("DecisionDuration", "Milliseconds"), ("RulesUnavailable", "Count"), ("NotRecorded", "Count"),
                .. record.Revision is null ? [] : new[] { ("Revision", "None") },
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
}
