using ClientVpnAdmin.AdminApi.Http;
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

        var body = await Body<IReadOnlyList<RangeInput?>>.BindAsync(context);
        return new([.. body!.Value.Select((input, i) => new Item(input, new Errors(), $"[{i}]"))], body.Errors);
    }

    /// <param name="Input">The range; null if there is none.</param>
    /// <param name="Errors">What is wrong with it already.</param>
    /// <param name="Place">Where in the body it is.</param>
    internal sealed record Item(RangeInput? Input, Errors Errors, string Place);
}
