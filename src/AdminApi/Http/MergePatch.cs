using System.Buffers;
using System.Text.Json;
using ClientVpnAdmin.Validation;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace ClientVpnAdmin.AdminApi.Http;

/// <summary>JSON merge patches (RFC 7396): what is left out stays, null takes the default, lists are replaced whole.</summary>
internal sealed class MergePatch(IOptions<JsonOptions> json)
{
    public const string ContentType = "application/merge-patch+json";

    /// <summary>What somebody would have given to say what an object says, but for what the patch says otherwise.</summary>
    public TInput Apply<TInput>(object target, JsonElement patch)
    {
        var options = json.Value.SerializerOptions;
        var merged = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(merged))
        {
            try
            {
                Merge(JsonSerializer.SerializeToElement(target, target.GetType(), options), patch, writer);
            }
            catch (InvalidOperationException)
            {
                var errors = new Errors();
                errors.Add("body", BodyReader.NotUnicode); // in an event, which is read as it is
                throw new InvalidBodyException(errors);
            }
        }

        return JsonSerializer.Deserialize<TInput>(merged.WrittenSpan, options)!;
    }

    private static void Merge(JsonElement target, JsonElement patch, Utf8JsonWriter writer)
    {
        if (patch.ValueKind != JsonValueKind.Object)
        {
            patch.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        var isObject = target.ValueKind == JsonValueKind.Object;
        foreach (var member in isObject ? target.EnumerateObject().Where(m => !patch.TryGetProperty(m.Name, out _)) : [])
        {
            member.WriteTo(writer);
        }

        foreach (var member in patch.EnumerateObject().Where(m => m.Value.ValueKind != JsonValueKind.Null))
        {
            writer.WritePropertyName(member.Name);
            Merge(isObject && target.TryGetProperty(member.Name, out var old) ? old : default, member.Value, writer);
        }

        writer.WriteEndObject();
    }
}
