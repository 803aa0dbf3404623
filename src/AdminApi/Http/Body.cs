using System.Buffers;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace ClientVpnAdmin.AdminApi.Http;

/// <summary>
/// A JSON body, read as far as it can be: what is wrong with how it is written is kept beside what else is found wrong with it, so that
/// all of that is answered at once.
/// </summary>
/// <param name="Value">What could be read.</param>
/// <param name="Json">The same as JSON: the body without what could not be read.</param>
/// <param name="Errors">Members that there aren't, that are given twice, or that are of another kind.</param>
internal sealed record Body<T>(T Value, JsonElement Json, Errors Errors) : IEndpointParameterMetadataProvider
    where T : notnull
{
    /// <summary>How the framework reads a parameter of this type.</summary>
    public static async ValueTask<Body<T>?> BindAsync(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        using var body = await context.Request.ReadJsonBodyAsync(options);
        var errors = new Errors();
        var read = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(read))
        {
            BodyReader.Copy(body.RootElement, options.GetTypeInfo(typeof(T)), "", errors, writer);
        }

        var json = JsonElement.Parse(read.WrittenSpan);
        return json.Deserialize<T>(options) is { } value
            ? new Body<T>(value, json, errors)
            : throw new InvalidBodyException(errors);
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));
}

/// <summary>A body of which nothing can be used.</summary>
internal sealed class InvalidBodyException(Errors errors) : BadHttpRequestException("The body can't be used.")
{
    public Errors Errors => errors;
}

internal static class BodyReader
{
    public static Fault NotUnicode { get; } = new(
        "not-unicode", "This is not Unicode: it has half of a surrogate pair, or bytes that are not UTF-8. Mend that.");

    /// <summary>Reads a body of any JSON in UTF-8.</summary>
    public static async Task<JsonDocument> ReadJsonBodyAsync(this HttpRequest request, JsonSerializerOptions options)
    {
        if (!request.HasJsonContentType())
        {
            throw new BadHttpRequestException("Another content type.", StatusCodes.Status415UnsupportedMediaType);
        }

        if (request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false)
        {
            throw new BadHttpRequestException("No body.", StatusCodes.Status400BadRequest);
        }

        try
        {
            var reading = new JsonDocumentOptions { MaxDepth = options.MaxDepth };
            return await JsonDocument.ParseAsync(request.Body, reading, request.HttpContext.RequestAborted);
        }
        catch (JsonException e)
        {
            throw new BadHttpRequestException("Not JSON.", StatusCodes.Status400BadRequest, e);
        }
    }

    /// <summary>Writes JSON again without what is not of the given type, and reports that.</summary>
    public static void Copy(JsonElement json, JsonTypeInfo type, string path, Errors errors, Utf8JsonWriter writer)
    {
        var isNull = json.ValueKind == JsonValueKind.Null;
        if (isNull && path.Length == 0)
        {
            throw new BadHttpRequestException("No body.", StatusCodes.Status400BadRequest);
        }

        if (!isNull && Fault(json, type) is { } fault)
        {
            errors.AddUnreadable(path.Length == 0 ? "body" : path, fault);
            writer.WriteNullValue();
        }
        else if (isNull || type.Kind is not (JsonTypeInfoKind.Object or JsonTypeInfoKind.Enumerable))
        {
            json.WriteTo(writer);
        }
        else if (type.Kind == JsonTypeInfoKind.Enumerable)
        {
            writer.WriteStartArray();
            foreach (var (i, element) in json.EnumerateArray().Index())
            {
                Copy(element, type.Options.GetTypeInfo(type.ElementType!), $"{path}[{i}]", errors, writer);
            }

            writer.WriteEndArray();
        }
        else
        {
            writer.WriteStartObject();
            CopyMembers(json, type, path, errors, writer);
            writer.WriteEndObject();
        }
    }

    private static void CopyMembers(JsonElement json, JsonTypeInfo type, string path, Errors errors, Utf8JsonWriter writer)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            if (Text(() => member.Name) is not { } name)
            {
                errors.Add(path.Length == 0 ? "body" : path, NotUnicode);
                continue;
            }

            var field = path.Length == 0 ? name : $"{path}.{name}";
            var known = type.Properties.FirstOrDefault(p => p.Name == name);
            if (known is null)
            {
                var names = string.Join(", ", type.Properties.Select(p => p.Name));
                errors.AddUnreadable(field, new(
                    "unknown-member", $"There is no such member: remove it. There are {names}.", ("allowed", names)));
            }
            else if (!seen.Add(name))
            {
                errors.AddUnreadable(field, new("given-twice", "This member is given twice: remove one."));
            }
            else
            {
                writer.WritePropertyName(name);
                if (known.CustomConverter is null)
                {
                    Copy(member.Value, type.Options.GetTypeInfo(known.PropertyType), field, errors, writer);
                }
                else
                {
                    // Such as an event, byte by byte, whatever is in it.
                    writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(member.Value), skipInputValidation: true);
                }
            }
        }
    }

    /// <summary>Why JSON is not of a type; null if it is.</summary>
    private static Fault? Fault(JsonElement json, JsonTypeInfo type) => type.Kind switch
    {
        JsonTypeInfoKind.Object => json.ValueKind == JsonValueKind.Object ? null : new("not-an-object", "Write an object, in braces."),
        JsonTypeInfoKind.Enumerable =>
            json.ValueKind == JsonValueKind.Array ? null : new("not-a-list", "Write a list, in square brackets."),
        _ when type.Type == typeof(string) =>
            json.ValueKind != JsonValueKind.String ? new("not-a-text", "Write a text, in double quotes.")
            : Text(json.GetString) is null ? NotUnicode
            : null,
        _ when type.Type == typeof(bool?) =>
            json.ValueKind is JsonValueKind.True or JsonValueKind.False
                ? null
                : new("not-a-boolean", "Write true or false, without quotes."),
        _ when type.Type == typeof(long?) =>
            json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out _)
                ? null
                : new("not-a-number", "Write a whole number, without quotes."),
        _ => null,
    };

    /// <summary>Null for half of a surrogate pair, and for bytes that are not UTF-8.</summary>
    private static string? Text(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
