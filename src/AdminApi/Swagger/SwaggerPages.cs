using System.Text.Json.Nodes;
using ClientVpnAdmin.AdminApi.Access;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace ClientVpnAdmin.AdminApi.Swagger;

/// <summary>The OpenAPI document at <c>/swagger/v1/swagger.json</c>, and Swagger UI over it.</summary>
/// <remarks>The document is a file, since making it takes longer than a cold start may. A test says when it is out of date.</remarks>
internal static class SwaggerPages
{
    private const string Title = "ClientVpnAdmin";

    public static void MapSwaggerPages(this WebApplication app)
    {
        app.MapGet("/swagger/v1/swagger.json", ShowDocumentAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapSwaggerUI(setupAction: ui =>
        {
            ui.DocumentTitle = Title;
            ui.SwaggerEndpoint("v1/swagger.json", Title);
            ui.OAuthClientId(app.Services.GetService<IssuerClient>()?.Id ?? "");
            ui.OAuthScopes(IssuerClient.Scope);
            ui.OAuthUsePkce();
        }).AllowAnonymous();
    }

    private static async Task ShowDocumentAsync(HttpContext context)
    {
        var document = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "swagger.json"), context.RequestAborted);
        IResult answer = context.RequestServices.GetService<IssuerClient>() is { } client
            ? TypedResults.Text(await WithIssuerAsync(document, client, context), "application/json")
            : TypedResults.Bytes(document, "application/json");
        await answer.ExecuteAsync(context);
    }

    /// <summary>
    /// Sends people to the issuer to sign in: by authorization code with PKCE, at the addresses that the issuer itself gives.
    /// </summary>
    private static async Task<string> WithIssuerAsync(byte[] document, IssuerClient client, HttpContext context)
    {
        var settings = context.RequestServices.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>()
            .Get(JwtBearerDefaults.AuthenticationScheme);
        var issuer = await settings.ConfigurationManager!.GetConfigurationAsync(context.RequestAborted);
        var json = JsonNode.Parse(document)!;
        json["components"]!["securitySchemes"]![JwtBearerDefaults.AuthenticationScheme] = new JsonObject
        {
            ["type"] = "oauth2",
            ["flows"] = new JsonObject
            {
                ["authorizationCode"] = new JsonObject
                {
                    ["authorizationUrl"] = issuer.AuthorizationEndpoint,
                    ["tokenUrl"] = issuer.TokenEndpoint,
                    ["scopes"] = new JsonObject { [IssuerClient.Scope] = "Who you are" },
                },
            },
            ["x-tokenName"] = client.Token,
        };
        return json.ToJsonString();
    }
}
