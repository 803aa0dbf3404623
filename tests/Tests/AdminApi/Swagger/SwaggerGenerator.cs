using System.Globalization;
using System.Text.Json.Nodes;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AdminApi.Access;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.Ranges;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.Swagger;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ClientVpnAdmin.AdminApi.Swagger;

/// <summary>Makes <c>swagger.json</c> of the portal's calls. The portal itself only hands out the file.</summary>
internal static class SwaggerGenerator
{
    public static async Task<string> MakeAsync(Portal portal)
    {
        using var described = portal.WithWebHostBuilder(builder => builder.ConfigureTestServices(Add));
        var document = await described.Services.GetRequiredService<IAsyncSwaggerProvider>().GetSwaggerAsync("v1");
        return await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_0);
    }

    private static void Add(IServiceCollection services)
    {
        services.AddEndpointsApiExplorer();
        services.AddSwaggerGen(swagger =>
        {
            swagger.SwaggerDoc("v1", new OpenApiInfo
            {
                Title = "ClientVpnAdmin",
                Version = "v1",
                Description = "From where and when people may connect to AWS Client VPN. Times are RFC 3339 in UTC, ids UUIDv7, "
                    + "errors RFC 9457 problem details.",
                Contact = new() { Name = "Whoever runs this portal" },
                License = new() { Name = "MIT", Url = new Uri("https://opensource.org/license/mit") },
            });
            swagger.AddServer(new() { Url = "/", Description = "Where this document is from." });
            foreach (var documentation in Directory.EnumerateFiles(AppContext.BaseDirectory, "ClientVpnAdmin.*.xml"))
            {
                swagger.IncludeXmlComments(documentation);
            }

            swagger.SupportNonNullableReferenceTypes();
            swagger.UseAllOfToExtendReferenceSchemas(); // so that a member with parts has its own description
            swagger.MapType<Cidr>(() => new OpenApiSchema { Type = JsonSchemaType.String });
            swagger.MapType<JsonNode>(() => new OpenApiSchema()); // anything
            swagger.MapType<JsonObject>(
                () => new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = new OpenApiSchema() });
            swagger.MapType<WallTime>(
                () => new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$" });
            swagger.AddSecurityDefinition(JwtBearerDefaults.AuthenticationScheme, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "The content of the file admin.token or reader.token. The portal says at its start where they are. "
                    + "Where it signs in by IAM, this page can't sign requests: use curl --aws-sigv4.",
            });
            swagger.DocInclusionPredicate((_, call) => call.HttpMethod != HttpMethods.Head); // the same as GET, which says so
            var texts = new TypedTexts();
            swagger.AddSchemaFilterInstance(texts);
            swagger.AddParameterFilterInstance(texts);
            swagger.AddOperationFilterInstance(new OperationDetails());
            swagger.AddOperationFilterInstance(new PatchBodies());
            swagger.AddDocumentFilterInstance(new Tags());
            swagger.AddDocumentFilterInstance(new ExactSchemas());
        });
    }

    /// <summary>The groups of calls, in the order of an administrator's work.</summary>
    private sealed class Tags : IDocumentFilter
    {
        public void Apply(OpenApiDocument swaggerDoc, DocumentFilterContext context) => swaggerDoc.Tags = new HashSet<OpenApiTag>
        {
            new() { Name = "Ranges", Description = "From where people may connect, or may not: for whom, and when." },
            new() { Name = "Address lists", Description = "Several blocks under one name, which ranges count for." },
            new() { Name = "Denial messages", Description = "What people who are denied are told." },
            new() { Name = "Evaluations", Description = "Try out a connection: would it be allowed, and if not, why?" },
            new() { Name = "Decisions", Description = "What the handler decided lately, and access for a while for somebody it denied." },
            new() { Name = "Rule tests", Description = "What must stay so whatever is changed, such as your own way in." },
            new() { Name = "Settings", Description = "Whether denials are carried out or only reported, and what Client VPN's log shows." },
            new() { Name = "Rule set", Description = "All of that as one document, such as a file under version control." },
            new() { Name = "Revisions", Description = "Who changed what, when and why; and undo." },
            new() { Name = "Sessions", Description = "Connections that are open on AWS, looked at again by the present rules." },
            new() { Name = "Access", Description = "How you sign in and out, who you are, and what you may do." },
            new() { Name = "Health", Description = "For load balancers and monitors. Needs no sign-in." },
        };
    }

    /// <summary>Adds to each call what its signature doesn't say.</summary>
    private sealed class OperationDetails : IOperationFilter
    {
        private static readonly Dictionary<string, string> ParameterDescriptions = new(StringComparer.Ordinal)
        {
            ["id"] = "Its UUID; where it may be given several times, theirs.",
            ["endpointId"] = "The Client VPN endpoint, such as cvpn-endpoint-0f13eab7f860433cc.",
            ["terminate"] = "True ends those that would not come in any more. Default: false, they are only listed.",
            ["terminateNotRecorded"] =
                "True ends those of which no decision is recorded: they may connect again, and are decided about then. "
                + "Default: false, they are only listed.",
            ["since"] = "The revision to compare with; 0 is the empty rule set before the first change. Default: the one before.",
            ["sort"] = "The order: createdAt (the default), updatedAt, cidr, description or action; after a minus sign the last first.",
            ["If-None-Match"] = "The ETag of an answer that is there already: 304 if it is still the present one.",
            ["q"] = "A part of the note or of the block, in any case.",
            ["contains"] = "Only what contains this address.",
            ["cidr"] = "The block of an entry; several may be given.",
            ["sourcedEntries"] = "True shows entries that come from a source as well. Default: false, they are left out.",
            ["removals"] =
                "How many ranges or entries this removes: it must be said when it is more than none, unless force is. Default: none.",
            ["revision"] = "The revision whose change is taken back. Default: the newest.",
            ["restoreRuleTests"] = "True takes the rule tests back as well. Default: false, they stay as they are now.",
            ["number"] = "The revision's number, from 1.",
            ["If-Match"] =
                "The ETag of what is to be changed, with its double quotes: 412 if it has changed since. "
                + "Default: none, then the change is made whatever there is now.",
        };

        public void Apply(OpenApiOperation operation, OperationFilterContext context)
        {
            var metadata = context.ApiDescription.ActionDescriptor.EndpointMetadata;
            if (metadata.OfType<IAllowAnonymous>().Any())
            {
                operation.Security = [];
            }
            else
            {
                operation.Security = [new()
                {
                    [new OpenApiSecuritySchemeReference(JwtBearerDefaults.AuthenticationScheme, context.Document)] = [],
                }];
                var editing = metadata.OfType<IAuthorizeData>().Any(a => a.Policy == Roles.Editor);
                var roles = editing ? Roles.Editor : $"{Roles.Reader} or {Roles.Editor}";
                operation.Description = $"{operation.Description} Needs the role {roles}.".TrimStart();
            }

            foreach (var parameter in operation.Parameters ?? [])
            {
                parameter.Description ??= ParameterDescriptions[parameter.Name!];
                if (parameter is { Name: "id", Schema: { } schema })
                {
                    ((OpenApiSchema)(schema.Items ?? schema)).Format = "uuid";
                }
            }

            foreach (var example in metadata.OfType<BodyExample>())
            {
                operation.RequestBody!.Content!["application/json"].Example = JsonNode.Parse(example.Json);
            }

            if (metadata.OfType<CsvAnswer>().Any())
            {
                var text = new OpenApiSchema { Type = JsonSchemaType.String };
                operation.Responses!["200"].Content![Csv.ContentType] = new() { Schema = text };
            }

            foreach (var answer in metadata.OfType<TaggedAnswer>())
            {
                var response = (OpenApiResponse)operation.Responses![answer.Status.ToString(CultureInfo.InvariantCulture)];
                if (context.ApiDescription.HttpMethod == HttpMethods.Get)
                {
                    operation.Responses["304"] = new OpenApiResponse { Description = "Not Modified: as If-None-Match has it." };
                    operation.Parameters ??= [];
                    operation.Parameters.Add(new OpenApiParameter
                    {
                        Name = "If-None-Match",
                        In = ParameterLocation.Header,
                        Description = ParameterDescriptions["If-None-Match"],
                        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                    });
                }

                response.Headers = new Dictionary<string, IOpenApiHeader>
                {
                    ["ETag"] = new OpenApiHeader
                    {
                        Description = "For If-Match, when this is changed.",
                        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                    },
                };
            }
        }
    }
}
