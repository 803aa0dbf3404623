using System.Text;
using System.Text.Json;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.Validation;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace ClientVpnAdmin.AdminApi.Ranges;

/// <summary>
/// Addresses as other systems print them: a plain list, one on each line; a managed prefix list
/// (<c>aws ec2 get-managed-prefix-list-entries</c>); or a WAF IP set (<c>aws wafv2 get-ip-set</c>).
/// </summary>
/// <param name="Items">The addresses, not yet checked.</param>
/// <param name="Errors">What is wrong with the body as a whole.</param>
internal sealed record ImportBody(IReadOnlyList<RangesBody.Item> Items, Errors Errors)
{
    /// <summary>How the framework reads a parameter of this type.</summary>
    public static async ValueTask<ImportBody> BindAsync(HttpContext context)
    {
        if (context.Request.GetTypedHeaders().ContentType?.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase) == true)
        {
            return await ReadLinesAsync(context.Request.Body, context.RequestAborted);
        }

        var options = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        using var json = await context.Request.ReadJsonBodyAsync(options);
        try
        {
            return ParseAws(json.RootElement);
        }
        catch (InvalidOperationException)
        {
            var errors = new Errors();
            errors.Add("body", BodyReader.NotUnicode);
            return new([], errors);
        }
    }

    /// <summary>What follows a # is the description; lines without an address are passed over.</summary>
    private static async Task<ImportBody> ReadLinesAsync(Stream body, CancellationToken cancellationToken)
    {
        var (items, errors) = (new List<RangesBody.Item>(), new Errors());
        using var text = new StreamReader(body, new UTF8Encoding(false, throwOnInvalidBytes: true));
        try
        {
            for (var number = 1; await text.ReadLineAsync(cancellationToken) is { } line; number++)
            {
                var parts = line.Split('#', 2, StringSplitOptions.TrimEntries);
                if (parts[0].Length > 0)
                {
                    items.Add(Item(parts[0], parts.Length > 1 ? parts[1] : "", $"line {number}"));
                }
            }
        }
        catch (DecoderFallbackException)
        {
            errors.Add("body", "not-utf-8", "This is not UTF-8: save the list in UTF-8.");
        }

        return new(items, errors);
    }

    private static ImportBody ParseAws(JsonElement json)
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
