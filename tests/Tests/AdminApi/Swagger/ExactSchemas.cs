using ClientVpnAdmin.AdminApi.Changes;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.Connections;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ClientVpnAdmin.AdminApi.Swagger;

/// <summary>Says of schemas what neither a class nor its members can: what an answer always has, and where null is possible.</summary>
internal sealed class ExactSchemas : IDocumentFilter
{
    public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context)
    {
        var schemas = context.SchemaRepository.Schemas;
        var taken = new HashSet<string>(StringComparer.Ordinal) { nameof(ConnectionResponse) }; // that one says itself what it always has
        foreach (var operation in swaggerDoc.Paths.Values.SelectMany(p => p.Operations ?? []))
        {
            foreach (var content in operation.Value.RequestBody?.Content?.Values ?? [])
            {
                Take(content.Schema);
            }
        }

        foreach (var (name, schema) in schemas.Where(s => s.Value.Properties is not null).Select(s => (s.Key, (OpenApiSchema)s.Value)))
        {
            var isProblem = name is nameof(Problem) or nameof(RefusedChange);
            foreach (var value in schema.Properties!.Values.Cast<OpenApiSchema>())
            {
                value.ReadOnly = false; // classes that are generated of an answer need to set it
                if (value.Type?.HasFlag(JsonSchemaType.Null) != true)
                {
                    continue;
                }

                if (isProblem)
                {
                    value.Type &= ~JsonSchemaType.Null; // it leaves out what it doesn't have
                }
                else if (value.AllOf is [var reference])
                {
                    // Beside no type nullable says nothing, and beside type object generated classes would be derived from it.
                    (value.Type, value.AllOf, value.OneOf) = (null, null, [reference, Null()]);
                }
            }

            if (!taken.Contains(name))
            {
                // What can be anything is absent when there is nothing: it can't be said that it may be null.
                schema.Required = schema.Properties
                    .Where(p => isProblem ? p.Key is "title" or "status" or "code" or "detail" or "values" : !IsAnything(p.Value))
                    .Select(p => p.Key).ToHashSet();
            }
        }

        static OpenApiSchema Null() => new() { Type = JsonSchemaType.Object | JsonSchemaType.Null, Enum = [JsonNullSentinel.JsonNull] };

        static bool IsAnything(IOpenApiSchema schema) => schema is { Type: null, AllOf: null, OneOf: null };

        void Take(IOpenApiSchema? schema)
        {
            if (schema is OpenApiSchemaReference { Reference.Id: { } id })
            {
                if (taken.Add(id))
                {
                    Take(schemas[id]);
                }

                return;
            }

            IEnumerable<IOpenApiSchema?> parts = [.. schema?.Properties?.Values ?? [], .. schema?.AllOf ?? [], schema?.Items];
            foreach (var part in parts.OfType<IOpenApiSchema>())
            {
                Take(part);
            }
        }
    }
}
