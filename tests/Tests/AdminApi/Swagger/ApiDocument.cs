using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace ClientVpnAdmin.AdminApi.Swagger;

/// <summary>What swagger.json says: which calls there are, and what each may answer.</summary>
internal sealed class ApiDocument
{
    private static readonly EvaluationOptions Checking = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };
    private readonly JsonNode definitions;
    private readonly ConcurrentDictionary<string, JsonSchema> schemas = new(StringComparer.Ordinal);

    public ApiDocument(JsonNode json)
    {
        Json = json;
        definitions = Translate(json["components"]!["schemas"]!)!;
        Operations =
        [
            .. from path in json["paths"]!.AsObject()
               from operation in path.Value!.AsObject()
               select new Operation(operation.Key.ToUpperInvariant(), path.Key, operation.Value!),
        ];
    }

    public JsonNode Json { get; }

    public IReadOnlyList<Operation> Operations { get; }

    /// <summary>The call that a path leads to; null for none.</summary>
    public Operation? Find(string method, string path)
    {
        var parts = path.EndsWith('/') ? path[..^1].Split('/') : path.Split('/');
        return Operations.Where(o => o.Method == method && o.Takes(parts)).MinBy(o => o.Path.Count(c => c == '{'));
    }

    /// <summary>What is wrong with an answer; null if the document says it so.</summary>
    public string? FindFault(Operation operation, int status, string? contentType, string body)
    {
        if (operation.Json["responses"]![$"{status}"] is not { } response)
        {
            return $"The status {status} is not declared.";
        }

        if (response["content"] is not { } contents)
        {
            return contentType is null && body.Length == 0 ? null : $"No content is declared for {status}.";
        }

        return contentType is null || contents[contentType] is not { } content
            ? $"The content type '{contentType}' is not declared for {status}."
            : FindFault(content["schema"]!, contentType, body);
    }

    /// <summary>What is wrong with an answer where there is no such call.</summary>
    public string? FindProblemFault(string? contentType, string body) => contentType == "application/problem+json"
        ? FindFault(new JsonObject { ["$ref"] = "#/components/schemas/Problem" }, contentType, body)
        : "This is not a problem.";

    private string? FindFault(JsonNode schema, string contentType, string body)
    {
        JsonElement json;
        try
        {
            var isJson = contentType.EndsWith("json", StringComparison.Ordinal);
            json = isJson ? JsonElement.Parse(body) : JsonSerializer.SerializeToElement(body);
        }
        catch (JsonException e)
        {
            return $"The body is not JSON: {e.Message}";
        }

        var result = schemas.GetOrAdd(schema.ToJsonString(), _ => Read(schema)).Evaluate(json, Checking);
        var errors = (result.Details ?? []).SelectMany(d => (d.Errors ?? []).Select(e => $"{d.InstanceLocation}: {e.Value}"));
        return result.IsValid ? null : $"The body doesn't fit the schema: {string.Join(' ', errors)}";
    }

    private JsonSchema Read(JsonNode schema) => JsonSchema.FromText(new JsonObject
    {
        ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
        ["$defs"] = definitions.DeepClone(),
        ["allOf"] = new JsonArray(Translate(schema)),
    }.ToJsonString());

    /// <summary>
    /// OpenAPI 3.0 as JSON Schema: another place for references, and null as a type. <c>nullable</c> is taken to hold beside <c>allOf</c>
    /// as well, as generators of clients take it.
    /// </summary>
    private static JsonNode? Translate(JsonNode? schema)
    {
        switch (schema)
        {
            case JsonArray array:
                return new JsonArray([.. array.Select(Translate)]);
            case JsonObject members:
                var kept = members.Where(m => m.Key is not ("nullable" or "example"));
                var translated = new JsonObject(kept.Select(m => KeyValuePair.Create(m.Key, Translate(m.Value))));
                return members["nullable"] is JsonValue value && value.GetValueKind() == JsonValueKind.True
                    ? new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "null" }, translated) }
                    : translated;
            case JsonValue text when text.TryGetValue(out string? reference):
                return reference.Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal);
            default:
                return schema?.DeepClone();
        }
    }
}

/// <summary>One call of the document.</summary>
internal sealed record Operation(string Method, string Path, JsonNode Json)
{
    private readonly string[] segments = Path.Split('/');

    public string Id => Json["operationId"]!.ToString();

    public IEnumerable<JsonNode> Parameters => Json["parameters"]?.AsArray().Select(p => p!) ?? [];

    /// <summary>The content types it takes, with what there is in each; none if it takes no body.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonNode?>> Bodies => [.. Json["requestBody"]?["content"]?.AsObject() ?? []];

    public bool Takes(string[] parts) => parts.Length == segments.Length && parts.Zip(segments).All(
        p => p.Second.StartsWith('{') ? p.First.Length > 0 : string.Equals(p.First, p.Second, StringComparison.OrdinalIgnoreCase));
}
