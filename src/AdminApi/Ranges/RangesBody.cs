using System.Text.Json;
using ClientVpnAdmin.Validation;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace ClientVpnAdmin.AdminApi.Ranges;

/// <summary>Ranges in a body, as a JSON array or as CSV.</summary>
/// <param name="Items">The ranges, not yet checked.</param>
/// <param name="Errors">What is wrong with the body as a whole.</param>
internal sealed record RangesBody(IReadOnlyList<RangesBody.Item> Items, Errors Errors)
{
    /// <summary>How the framework reads a parameter of this type.</summary>
    public static async ValueTask<RangesBody> BindAsync(HttpContext context)
    {
        var (request, json) = (
            context.Request, context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions);
        if (request.GetTypedHeaders().ContentType?.MediaType.Equals(RangesCsv.ContentType, StringComparison.OrdinalIgnoreCase) == true)
        {
            return await RangesCsv.ReadAsync(request.Body, json, context.RequestAborted);
        }

        var inputs = await request.ReadJsonBodyAsync<IReadOnlyList<RangeInput?>>(json);
        return new([.. inputs.Select((input, i) => new Item(input, new Errors(), $"[{i}]"))], new Errors());
    }

    /// <param name="Input">The range; null if there is none.</param>
    /// <param name="Errors">What is wrong with it already.</param>
    /// <param name="Place">Where in the body it is.</param>
    internal sealed record Item(RangeInput? Input, Errors Errors, string Place);
}

internal static class JsonBodies
{
    /// <summary>Reads a body as the framework itself would, with the same errors.</summary>
    public static async Task<T> ReadJsonBodyAsync<T>(this HttpRequest request, JsonSerializerOptions json)
    {
        if (!request.HasJsonContentType())
        {
            throw new BadHttpRequestException("Another content type.", StatusCodes.Status415UnsupportedMediaType);
        }

        try
        {
            return await request.ReadFromJsonAsync<T>(json)
                ?? throw new BadHttpRequestException("No body.", StatusCodes.Status400BadRequest);
        }
        catch (JsonException e)
        {
            throw new BadHttpRequestException("Not the JSON asked for.", StatusCodes.Status400BadRequest, e);
        }
    }
}
