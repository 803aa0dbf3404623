using System.Reflection;
using ClientVpnAdmin.Validation;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ClientVpnAdmin.AdminApi.Swagger;

/// <summary>
/// Shows a text as what it is: our own checks read it, since their errors are better than the framework's, and so its type says nothing.
/// </summary>
internal sealed class TypedTexts : ISchemaFilter, IParameterFilter
{
    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (context.MemberInfo?.GetCustomAttribute<TextOfAttribute>() is not { } text)
        {
            return;
        }

        var meant = Generate(text.Type, context.SchemaGenerator, context.SchemaRepository);
        var member = (OpenApiSchema)schema;
        if (member.Items is not null)
        {
            member.Items = meant;
            return;
        }

        var isNullable = member.Type?.HasFlag(JsonSchemaType.Null) == true || Nullable.GetUnderlyingType(context.Type) is not null;
        if (meant is OpenApiSchemaReference)
        {
            (member.Type, member.AllOf) = (isNullable ? JsonSchemaType.Null : null, [meant]);
            return;
        }

        (member.Type, member.Format, member.Pattern, member.AdditionalProperties) = (
            meant.Type, meant.Format, meant.Pattern, meant.AdditionalProperties);
        if (isNullable)
        {
            member.Type |= JsonSchemaType.Null;
        }
    }

    public void Apply(IOpenApiParameter parameter, ParameterFilterContext context)
    {
        if (context.ParameterInfo?.GetCustomAttribute<TextOfAttribute>() is { } text)
        {
            ((OpenApiParameter)parameter).Schema = Generate(text.Type, context.SchemaGenerator, context.SchemaRepository);
        }
    }

    private static IOpenApiSchema Generate(Type type, ISchemaGenerator generator, SchemaRepository schemas) =>
        ClientVpnSchemas.Find(type, schemas) ?? generator.GenerateSchema(type, schemas);
}
