using System.Reflection;
using System.Text.Json.Nodes;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Stores.Sqlite;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;

namespace ClientVpnAdmin.AdminApi.Clients;

/// <summary>
/// Clients that others would generate from swagger.json, compiled strictly together with a program that uses them, <c>Use.cs</c> and
/// <c>use.mts</c>, which runs against the portal.
/// </summary>
public sealed class GeneratedClientTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private RunningProgram portal = null!;
    private HttpClient editor = null!;
    private string document = "";

    private static string Sources => Path.Combine(AppContext.BaseDirectory, "AdminApi", "Clients");

    public async Task InitializeAsync()
    {
        portal = RunningProgram.Portal(folder["rules.db"]);
        editor = await portal.EditorAsync(folder["admin.token"]);
        document = await editor.GetStringAsync(new Uri("/swagger/v1/swagger.json", UriKind.Relative));
        var log = new SqliteDecisionLog(SqliteFile.Existing(folder["rules.db"]));
        await RecordAsync(Some.EventJson("198.51.100.7"));
        var other = Some.EventJson("198.51.100.8");
        other["platform-version"] = 10; // a number where Client VPN sends a text
        await RecordAsync(other);

        async Task RecordAsync(JsonObject connectionEvent)
        {
            var now = DateTimeOffset.UtcNow;
            var connection = connectionEvent.Read();
            var decision = Evaluator.Decide(connection, now, ClientVpnAdmin.RuleSets.RuleSet.Empty, 0);
            await log.RecordAsync(RecordedDecision.From(connection, decision, now, TimeSpan.FromMilliseconds(1)), now.AddDays(1), default);
        }
    }

    public Task DisposeAsync()
    {
        editor?.Dispose();
        portal?.Dispose();
        folder.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_client_that_NSwag_generates_compiles_without_a_warning_and_works()
    {
        var settings = new CSharpClientGeneratorSettings
        {
            ClassName = "PortalClient",
            GenerateOptionalParameters = true,
            ParameterDateTimeFormat = "O", // the default leaves out the offset, without which the portal takes no time
            UseBaseUrl = false,
        };
        settings.CSharpGeneratorSettings.Namespace = "Generated";
        settings.CSharpGeneratorSettings.GenerateNullableReferenceTypes = true;
        var client = new CSharpClientGenerator(await OpenApiDocument.FromJsonAsync(document), settings).GenerateFile();
        var use = Compile(client, await File.ReadAllTextAsync(Path.Combine(Sources, "Use.cs")));
        await (Task)use.GetType("Generated.Use", throwOnError: true)!.GetMethod("RunAsync")!.Invoke(null, [editor])!;
    }

    [NodeFact]
    public async Task A_client_that_openapi_typescript_generates_compiles_strictly_and_works()
    {
        await File.WriteAllTextAsync(Path.Combine(Sources, "portal.json"), document);
        await RunAsync("openapi-typescript/bin/cli.js", "portal.json", "--output", "portal.d.mts");
        await RunAsync(
            "typescript/bin/tsc", "use.mts", "--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes", "--noUnusedLocals",
            "--target", "es2022", "--lib", "es2022,dom", "--module", "nodenext");
        await RunAsync(Path.Combine(Sources, "use.mjs"), $"{editor.BaseAddress}", await File.ReadAllTextAsync(folder["admin.token"]));
    }

    /// <summary>All warnings are errors, but for those that the generated file itself turns off in its head.</summary>
    private static Assembly Compile(params string[] sources)
    {
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            generalDiagnosticOption: ReportDiagnostic.Error,
            warningLevel: 9999,
            nullableContextOptions: NullableContextOptions.Enable);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create(
            "Generated",
            sources.Select(s => CSharpSyntaxTree.ParseText(s)),
            references.Select(path => MetadataReference.CreateFromFile(path)),
            options);
        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Take(20)));
        return Assembly.Load(assembly.ToArray());
    }

    private static async Task RunAsync(string file, params string[] args)
    {
        using var program = NodePackages.Start(file, args, Sources);
        Assert.True(await program.ExitAsync() == 0, $"{file}: {program.Output}{program.Error}");
    }
}
