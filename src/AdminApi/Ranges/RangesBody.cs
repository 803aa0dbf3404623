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
    /// <summary>How a sheet was read; null for JSON.</summary>
    public SheetFormat? Format { get; init; }

    /// <summary>How the framework reads a parameter of this type.</summary>
    public static async ValueTask<RangesBody> BindAsync(HttpContext context)
    {
        var (request, json) = (
            context.Request, context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions);
        if (request.GetTypedHeaders().ContentType?.MediaType.Equals(Csv.ContentType, StringComparison.OrdinalIgnoreCase) == true)
        {
            return await RangesCsv.ReadAsync(request.Body, json, isImport: false, context.RequestAborted);
        }

        var body = await Body<IReadOnlyList<RangeInput?>>.BindAsync(context);
        return new([.. body!.Value.Select((input, i) => new Item(input, new Errors(), $"[{i}]"))], body.Errors);
    }

    /// <param name="Input">The range; null if there is none.</param>
    /// <param name="Errors">What is wrong with it already.</param>
    /// <param name="Place">Where in the body it is.</param>
    internal sealed record Item(RangeInput? Input, Errors Errors, string Place)
    {
        /// <summary>One item for each block of what is given as its addresses; see <see cref="AddressBlocks"/>.</summary>
        public static IEnumerable<Item> InBlocks(RangeInput input, Errors errors, string place)
        {
            if (input.Cidr is null)
            {
                return [new(input, errors, place)];
            }

            var blocks = AddressBlocks.Parse(input.Cidr, out var fault);
            if (fault is null)
            {
                return blocks.Select((block, i) => new Item(input with { Cidr = block }, i == 0 ? errors : new Errors(), place));
            }

            errors.AddUnreadable("cidr", fault);
            return [new(input with { Cidr = null }, errors, place)];
        }
    }

    /// <summary>How a sheet was read.</summary>
    /// <param name="Encoding">In what encoding.</param>
    /// <param name="Separator">With what between the cells; null for a plain list.</param>
    /// <param name="PassedOver">The columns that an import doesn't take.</param>
    internal sealed record SheetFormat(string Encoding, string? Separator, IReadOnlyList<string> PassedOver);
}
