using System.Text.Json;
using System.Text.Json.Serialization;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AddressLists;

/// <summary>What became of the last refresh of an address list.</summary>
/// <param name="AddressListId" example="019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4d">The list.</param>
/// <param name="LastTry" example="2026-04-01T00:00:00Z">When its source was read last, or could not be.</param>
/// <param name="NextTry" example="2026-04-01T01:00:00Z">When it is read again by itself, at the earliest.</param>
/// <param name="LastSuccess" example="2026-04-01T00:00:00Z">When the list was last as its source is; null if it never was.</param>
/// <param name="Error">Why the list keeps older entries since then; null if it doesn't.</param>
public sealed record ListRefresh(
    Guid AddressListId, DateTimeOffset LastTry, DateTimeOffset NextTry, DateTimeOffset? LastSuccess, Fault? Error)
{
    internal byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, RefreshJson.Default.ListRefresh);

    /// <exception cref="InvalidDataException">These are not the bytes of one.</exception>
    internal static ListRefresh Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, RefreshJson.Default.ListRefresh) ?? throw new JsonException();
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("What is stored of a refresh is damaged.", e);
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ListRefresh))]
internal sealed partial class RefreshJson : JsonSerializerContext;
