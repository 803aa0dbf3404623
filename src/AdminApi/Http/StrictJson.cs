using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ClientVpnAdmin.Ranges;

namespace ClientVpnAdmin.AdminApi.Http;

/// <summary>The JSON of the API: camelCase, words in kebab case, times in UTC; unknown and repeated members are errors.</summary>
internal static class StrictJson
{
    public static void AddStrictJson(this WebApplicationBuilder builder) => builder.Services.ConfigureHttpJsonOptions(json =>
    {
        var options = json.SerializerOptions;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping; // the answers are never part of a page
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false));
        options.Converters.Add(new UtcTimeConverter());
        options.Converters.Add(new WallTimeConverter());
        options.Converters.Add(new ElementConverter());
    });

    private sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Times come in as text and are checked as such.");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture));
    }

    private sealed class WallTimeConverter : JsonConverter<WallTime>
    {
        public override WallTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("Times come in as text and are checked as such.");

        public override void Write(Utf8JsonWriter writer, WallTime value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }

    /// <summary>
    /// Answers an event as it was stored. Written text by text, as the framework does, half of a surrogate pair in one fails a whole list.
    /// </summary>
    private sealed class ElementConverter : JsonConverter<JsonElement>
    {
        public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonMetadataServices.JsonElementConverter.Read(ref reader, typeToConvert, options);

        public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) =>
            writer.WriteRawValue(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value))); // bytes that are not UTF-8 become U+FFFD
    }
}
