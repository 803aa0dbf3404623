using ClientVpnAdmin.AdminApi.Access;

namespace ClientVpnAdmin.AdminApi.Swagger;

/// <summary>What linters say of the document, with the sign-in of the portal's own and with an issuer's: nothing at all.</summary>
public sealed class LinterTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [NodeFact]
    public async Task Redocly_reports_nothing_by_its_recommended_rules()
    {
        using var redocly = NodePackages.Start(
            "@redocly/cli/bin/cli.js",
            ["lint", "--extends", "recommended", "--format", "json", .. await WriteDocumentsAsync()],
            folder[""],
            ("REDOCLY_TELEMETRY", "off"),
            ("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true"));
        var status = await redocly.ExitAsync(); // 0 with warnings as well
        Assert.True(status == 0 && redocly.Output.Contains("\"problems\": []", StringComparison.Ordinal), redocly.Output + redocly.Error);
    }

    [NodeFact]
    public async Task Spectral_reports_nothing_by_its_rules_for_OpenAPI()
    {
        var rules = folder.Write("rules.yaml", "extends: ['spectral:oas']\n");
        using var spectral = NodePackages.Start(
            "@stoplight/spectral-cli/dist/index.js",
            ["lint", "--ruleset", rules, "--fail-severity", "hint", .. await WriteDocumentsAsync()],
            folder[""]);
        Assert.True(await spectral.ExitAsync() == 0, spectral.Output + spectral.Error);
    }

    private async Task<string[]> WriteDocumentsAsync()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var own = new Portal();
        await using var issuers = new Portal(
            ("Authentication:Schemes:Bearer:Authority", issuer.Url),
            ("Authentication:Schemes:Bearer:RequireHttpsMetadata", "false"),
            ("Authentication:Schemes:Bearer:ValidAudiences:0", Issuer.Audience),
            ("SignIn:Editors:0", "vpn-editors"));
        return [await WriteAsync("own.json", own), await WriteAsync("issuers.json", issuers)];

        async Task<string> WriteAsync(string name, Portal portal) =>
            folder.Write(name, (await portal.GetAsync("/swagger/v1/swagger.json", token: null)).Text);
    }
}
