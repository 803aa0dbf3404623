using ClientVpnAdmin.AdminApi.Http;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ClientVpnAdmin.AdminApi.Swagger;

/// <summary>
/// Documents merge patches: a schema of its own, with the members of what the call takes, none of which is required.
/// </summary>
internal sealed class PatchBodies : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        if (!context.ApiDescription.ActionDescriptor.EndpointMetadata.OfType<PatchBody>().Any())
        {
            return;
        }

        var body = operation.RequestBody!.Content!["application/json"];
        var isList = body.Schema!.Items is not null;
        var reference = (OpenApiSchemaReference)(body.Schema.Items ?? body.Schema);
        var input = (OpenApiSchema)context.SchemaRepository.Schemas[reference.Reference.Id!];
        var name = reference.Reference.Id!.Replace("Input", "Patch", StringComparison.Ordinal) + (isList ? "ById" : "");
        if (!context.SchemaRepository.Schemas.ContainsKey(name))
        {
            var patch = (OpenApiSchema)input.CreateShallowCopy();
            patch.Required = isList ? new HashSet<string>(["id"], StringComparer.Ordinal) : null;
            patch.Description = "A JSON merge patch (RFC 7396): what is left out stays as it is, null takes the default.";
            context.SchemaRepository.AddDefinition(name, patch);
        }

        var made = new OpenApiSchemaReference(name, context.Document);
        body.Schema = isList ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = made } : made;
        operation.RequestBody.Content[MergePatch.ContentType] = body;
    }
}
