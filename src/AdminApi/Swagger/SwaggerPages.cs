using ClientVpnAdmin.Access;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ClientVpnAdmin.Swagger;

/// <summary>The OpenAPI document at <c>/swagger/v1/swagger.json</c>, and Swagger UI over it.</summary>
internal static class SwaggerPages
{
    public static void AddSwagger(this WebApplicationBuilder builder)
    {
        builder.Services.AddEndpointsApiExplorer();
        builder.Services.AddSwaggerGen(swagger =>
        {
            swagger.SwaggerDoc("v1", new OpenApiInfo { Title = "ClientVpnAdmin", Version = "v1", Description = "Who may connect to AWS Client VPN, from where and when." });
            foreach (var documentation in Directory.EnumerateFiles(AppContext.BaseDirectory, "ClientVpnAdmin.*.xml"))
            {
                swagger.IncludeXmlComments(documentation);
            }

            swagger.SupportNonNullableReferenceTypes();
            swagger.MapType<Addresses.Cidr>(() => new OpenApiSchema { Type = JsonSchemaType.String, Example = "203.0.113.0/24" });
            swagger.AddSecurityDefinition(JwtBearerDefaults.AuthenticationScheme, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "The content of the file admin.token or reader.token. The portal says at its start where they are.",
            });
            swagger.OperationFilter<OperationDetails>();
        });
    }

    public static void MapSwaggerPages(this WebApplication app)
    {
        app.MapSwagger().AllowAnonymous();
        app.MapSwaggerUI().AllowAnonymous();
    }

    /// <summary>Adds to each call what its signature doesn't say: sign-in, tags, and an example for the event of an evaluation.</summary>
    private sealed class OperationDetails : IOperationFilter
    {
        public void Apply(OpenApiOperation operation, OperationFilterContext context)
        {
            var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
            if (!metadata.OfType<IAllowAnonymous>().Any())
            {
                operation.Security = [new() { [new OpenApiSecuritySchemeReference(JwtBearerDefaults.AuthenticationScheme, context.Document)] = [] }];
                var editing = metadata.OfType<IAuthorizeData>().Any(a => a.Policy == Roles.Editor);
                operation.Description = $"{operation.Description} Needs the role {(editing ? Roles.Editor : $"{Roles.Reader} or {Roles.Editor}")}.".TrimStart();
            }
        }
    }
}
