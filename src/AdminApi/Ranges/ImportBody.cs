using System.Text.Json;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.Validation;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace ClientVpnAdmin.AdminApi.Ranges;

/// <summary>
/// Ranges from elsewhere: a spreadsheet, saved as CSV; a plain list of addresses, one on each line; a managed prefix list
/// (<c>aws ec2 get-managed-prefix-list-entries</c>); or a WAF IP set (<c>aws wafv2 get-ip-set</c>).
/// </summary>
/// <param name="Ranges">The ranges, not yet checked.</param>
internal sealed record ImportBody(RangesBody Ranges)
{
    /// <summary>How the framework reads a parameter of this type.</summary>
    public static ValueTask<ImportBody> BindAsync(HttpContext context) => BindAsync(context, null);

    /// <param name="noteColumn">The column that is taken for the description in its absence.</param>
    public static async ValueTask<ImportBody> BindAsync(HttpContext context, string? noteColumn)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var type = context.Request.GetTypedHeaders().ContentType?.MediaType.Value;
        if (string.Equals(type, "text/plain", StringComparison.OrdinalIgnoreCase))
        {
            return new(await ReadLinesAsync(context.Request.Body, context.RequestAborted));
        }

        if (string.Equals(type, Csv.ContentType, StringComparison.OrdinalIgnoreCase))
        {
            return new(await RangesCsv.ReadAsync(context.Request.Body, options, isImport: true, context.RequestAborted, noteColumn));
        }

        using var json = await context.Request.ReadJsonBodyAsync(options);
        try
        {
            return new(ParseAws(json.RootElement));
        }
        catch (InvalidOperationException)
        {
            var errors = new Errors();
            errors.Add("body", BodyReader.NotUnicode);
            return new(new RangesBody([], errors));
        }
    }

    /// <summary>What follows a # is the description.</summary>
    private static async Task<RangesBody> ReadLinesAsync(Stream body, CancellationToken cancellationToken)
    {
        var (items, errors) = (new List<RangesBody.Item>(), new Errors());
        if (await SheetText.ReadAsync(body, errors, cancellationToken) is not { } sheet)
        {
            return new(items, errors);
        }

        foreach (var (number, addresses, note) in sheet.Lines())
        {
            var input = new RangeInput { Cidr = addresses, Description = note };
            items.AddRange(RangesBody.Item.InBlocks(input, new Errors(), $"line {number}"));
        }

        return new(items, errors) { Format = new(sheet.Encoding, null, []) };
    }

    private static RangesBody ParseAws(JsonElement json)
    {
        var errors = new Errors();
        if (json.ValueKind == JsonValueKind.Object && Member(json, "NextToken", JsonValueKind.String) is not null)
        {
            errors.Add(
                "NextToken",
                "list-cut-off",
                "There is more than was printed: let the AWS CLI print all of it, without --max-items and --no-paginate.");
            return new([], errors);
        }

        if (json.ValueKind == JsonValueKind.Object && Member(json, "Entries", JsonValueKind.Array) is { } entries)
        {
            return new(
                [.. entries.EnumerateArray().Select((e, i) => Item(Text(e, "Cidr"), Text(e, "Description") ?? "", $"Entries[{i}]"))],
                errors);
        }

        if (json.ValueKind == JsonValueKind.Object
            && Member(json, "IPSet", JsonValueKind.Object) is { } set
            && Member(set, "Addresses", JsonValueKind.Array) is { } addresses)
        {
            var name = Text(set, "Name") is { Length: > 0 } given ? $"WAF IP set {given}" : "";
            return new(
                [
                    .. addresses.EnumerateArray().Select((a, i) =>
                        Item(a.ValueKind == JsonValueKind.String ? a.GetString() : null, name, $"IPSet.Addresses[{i}]")),
                ],
                errors);
        }

        errors.Add(
            "body",
            "unknown-list",
            "Send what 'aws ec2 get-managed-prefix-list-entries' or 'aws wafv2 get-ip-set' prints with --output json, or a plain list of "
            + "addresses as text/plain.");
        return new([], errors);
    }

    private static RangesBody.Item Item(string? cidr, string description, string place) =>
        new(new RangeInput { Cidr = cidr, Description = description }, new Errors(), place);

    private static JsonElement? Member(JsonElement json, string name, JsonValueKind kind) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : null;

    private static string? Text(JsonElement json, string name) => Member(json, name, JsonValueKind.String)?.GetString();
}
