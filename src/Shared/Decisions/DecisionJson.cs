using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClientVpnAdmin.Connections;

namespace ClientVpnAdmin.Decisions;

/// <summary>The stored form of decisions.</summary>
/// <remarks>An answer puts two levels around a decision, and the serializer writes 64 at most.</remarks>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, RespectNullableAnnotations = true, MaxDepth = 62)]
[JsonSerializable(typeof(RecordedDecision))]
internal sealed partial class DecisionJson : JsonSerializerContext
{
    /// <summary>Written by hand: a handler that starts cold would wait for the serializer longer than for the store.</summary>
    public static byte[] Write(RecordedDecision decision)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("id", decision.Id);
            writer.WriteString("time", decision.Time);
            writer.WriteBoolean("allowed", decision.Allowed);
            writer.WriteBoolean("letIn", decision.LetIn);
            writer.WriteString("reason", decision.Reason?.ToString());
            writer.WriteString("rangeId", decision.RangeId?.ToString());
            if (decision.Entry is { } entry)
            {
                writer.WriteStartObject("entry");
                writer.WriteString("addressListId", entry.AddressListId);
                writer.WriteString("addressListName", entry.AddressListName);
                writer.WriteString("cidr", entry.Cidr.ToString());
                writer.WriteEndObject();
            }

            writer.WritePropertyName("revision");
            if (decision.Revision is { } revision)
            {
                writer.WriteNumberValue(revision);
            }
            else
            {
                writer.WriteNullValue();
            }

            writer.WriteString("message", decision.Message);
            writer.WriteNumber("durationMs", decision.DurationMs);
            writer.WriteString("connectionId", decision.ConnectionId);
            writer.WriteString("endpointId", decision.EndpointId);
            writer.WriteString("commonName", decision.CommonName);
            writer.WriteString("username", decision.Username);
            writer.WriteString("publicIp", decision.PublicIp);
            writer.WritePropertyName("event");
            if (decision.Event is { } connectionEvent)
            {
                // As it came, and so as long: escaped anew, it could be longer than DynamoDB takes.
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(connectionEvent), skipInputValidation: true);
            }
            else
            {
                writer.WriteNullValue();
            }

            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Null if these are not the bytes of a decision that can be written into an answer.</summary>
    public static RecordedDecision? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Default.RecordedDecision) is { } decision
                && (decision.Reason is not { } reason || Enum.IsDefined(reason))
                && double.IsFinite(decision.DurationMs)
                && (decision.Event is not { } connectionEvent || ConnectionEvent.IsUnicode(JsonMarshal.GetRawUtf8Value(connectionEvent)))
                    ? decision
                    : null;
        }
#pragma warning disable CA1031 // Whatever is wrong with one decision, the others are fine.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }
}
