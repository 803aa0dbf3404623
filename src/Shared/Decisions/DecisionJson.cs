using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClientVpnAdmin.Decisions;

/// <summary>The stored form of decisions.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
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
                connectionEvent.WriteTo(writer);
            }
            else
            {
                writer.WriteNullValue();
            }

            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">These are not the bytes of a decision.</exception>
    public static RecordedDecision Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Default.RecordedDecision) ?? throw new InvalidDataException("A recorded decision is damaged.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("A recorded decision is damaged.", e);
        }
    }
}
