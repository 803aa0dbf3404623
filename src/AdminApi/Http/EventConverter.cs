using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClientVpnAdmin.AdminApi.Http;

/// <summary>Leaves it to the evaluator to find fault with an event, as the handler does: with members given twice, for example.</summary>
public sealed class EventConverter : JsonConverter<JsonElement>
{
    public override bool HandleNull => true;

    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonElement.ParseValue(ref reader);

    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => value.WriteTo(writer);
}
