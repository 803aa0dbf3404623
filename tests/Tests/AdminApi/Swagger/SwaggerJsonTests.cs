using System.Text.Json.Nodes;

namespace ClientVpnAdmin.AdminApi.Swagger;

/// <summary>The document that the portal hands out, and that the page's types are made from.</summary>
public sealed class SwaggerJsonTests
{
    [Fact]
    public async Task The_document_is_what_is_made_of_the_calls_as_they_are()
    {
        using var portal = new Portal();
        var made = await SwaggerGenerator.MakeAsync(portal);
        var renewed = Path.Combine(AppContext.BaseDirectory, "renewed-swagger.json");
        await File.WriteAllTextAsync(renewed, made);
        var kept = Some.ProjectPath("src", "AdminApi", "Swagger", "swagger.json");
        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(made), JsonNode.Parse(await File.ReadAllTextAsync(kept))),
            $"The calls have changed. Renew the document: cp {renewed} {kept}");
    }

    [Fact]
    public async Task The_portal_hands_it_out()
    {
        using var portal = new Portal();
        var served = await portal.GetAsync("/swagger/v1/swagger.json", token: null);
        Assert.Equal("application/json", served.ContentType);
        Assert.Equal(await File.ReadAllTextAsync(Some.ProjectPath("src", "AdminApi", "Swagger", "swagger.json")), served.Text);
    }
}
