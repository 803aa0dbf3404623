using System.Text.Json.Nodes;
using ClientVpnAdmin.AdminApi;

namespace ClientVpnAdmin.AdminPage;

/// <summary>The document of the API that the page's types are made from.</summary>
public sealed class SwaggerJsonTests
{
    [Fact]
    public async Task The_page_is_built_for_the_API_as_it_is()
    {
        using var portal = new Portal();
        var served = (await portal.GetAsync("/swagger/v1/swagger.json")).Json;
        var known = JsonNode.Parse(await File.ReadAllTextAsync(Some.ProjectPath("src", "AdminPage", "swagger.json")));
        Assert.True(JsonNode.DeepEquals(served, known), "src/AdminPage/swagger.json is out of date: CONTRIBUTING.md says how to renew it.");
    }
}
