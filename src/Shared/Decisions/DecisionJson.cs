using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClientVpnAdmin.Decisions;

/// <summary>The stored form of decisions.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RecordedDecision))]
internal sealed partial class DecisionJson : JsonSerializerContext
{
    public static byte[] Write(RecordedDecision decision) => JsonSerializer.SerializeToUtf8Bytes(decision, Default.RecordedDecision);

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
