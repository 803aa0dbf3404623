using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using ClientVpnAdmin.Revisions;
using YamlDotNet.RepresentationModel;

namespace ClientVpnAdmin.Deploy;

/// <summary>The trust store in the handler's package, and whom the handler trusts by it.</summary>
[Collection(DynamoDbCollection.Name)]
public sealed class AmazonRootsTests(DynamoDbServer server) : IAsyncLifetime
{
    private const string TrustStore = "/etc/ssl/certs/ca-certificates.crt";

    internal static string? Missing =>
        File.Exists(TrustStore) ? null : $"There is no {TrustStore} (Debian: apt-get install ca-certificates).";

    private readonly TemporaryFolder folder = new();
    private string table = "";

    public async Task InitializeAsync()
    {
        table = await server.CreateTableAsync();
        await new RevisionLog((await RuleStoreLocation.Parse($"dynamodb:{table}").CreateAsync(default)).Rules, TimeProvider.System)
            .CommitAsync("alice", _ => new Proposal(new([Some.Range("203.0.113.0/24")], [], new()), "A test."), default);
    }

    public async Task DisposeAsync()
    {
        folder.Dispose();
        await server.Client.DeleteTableAsync(table);
    }

    [DebianFact]
    public async Task The_package_has_the_five_authorities_that_Amazon_advises_and_no_other()
    {
        Assert.Equal((0, ""), await MakeAsync());
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(folder["amazon-roots.pem"]);
        Assert.Equal(
            [
                "Amazon Root CA 1", "Amazon Root CA 2", "Amazon Root CA 3", "Amazon Root CA 4",
                "Starfield Services Root Certificate Authority - G2",
            ],
            roots.Select(r => r.GetNameInfo(X509NameType.SimpleName, forIssuer: false)).Order(StringComparer.Ordinal));
    }

    [DebianFact]
    public async Task The_package_is_the_same_whatever_the_trust_stores_order_and_line_ends()
    {
        Assert.Equal((0, ""), await MakeAsync());
        var made = await File.ReadAllTextAsync(folder["amazon-roots.pem"]);
        var system = new X509Certificate2Collection();
        system.ImportFromPemFile(TrustStore);
        var other = string.Join("\r\n", system.Reverse().Select(r => r.ExportCertificatePem().ReplaceLineEndings("\r\n")));
        folder.Write("system.pem", other);
        Assert.Equal((0, ""), await MakeAsync(("SYSTEM_ROOTS", folder["system.pem"])));
        Assert.Equal(made, await File.ReadAllTextAsync(folder["amazon-roots.pem"]));
    }

    [DebianFact]
    public async Task An_authority_that_is_missing_or_another_of_the_same_name_makes_no_package()
    {
        var system = await File.ReadAllTextAsync(TrustStore);
        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(system);
        var real = roots.Single(r => r.Subject.StartsWith("CN=Amazon Root CA 3,", StringComparison.Ordinal)).ExportCertificatePem();
        Assert.Contains(real, system, StringComparison.Ordinal);
        using var key = ECDsa.Create();
        using var other = Authority("CN=Amazon Root CA 3, O=Amazon, C=US", key);
        foreach (var instead in new[] { "", other.ExportCertificatePem() })
        {
            folder.Write("system.pem", system.Replace(real, instead, StringComparison.Ordinal));
            var (exitCode, error) = await MakeAsync(("SYSTEM_ROOTS", folder["system.pem"]));
            Assert.Equal(1, exitCode);
            Assert.Contains("has no Amazon Root CA 3", error, StringComparison.Ordinal);
            Assert.False(File.Exists(folder["amazon-roots.pem"]));
        }
    }

    /// <summary>By the template's own settings. The system's authorities are not asked: that of the test is in none of them.</summary>
    [DebianFact]
    public async Task The_handler_trusts_these_and_whatever_is_added_and_denies_when_another_presents_itself()
    {
        using var key = ECDsa.Create();
        using var authority = Authority("CN=An authority of the tests", key);
        using var serverKey = ECDsa.Create();
        using var certificate = Server(authority, serverKey);
        await using var proxy = await FaultyProxy.StartAsync(new Uri(server.Client.Config.ServiceURL), certificate);
        var asked = 0;
        proxy.Fault = _ =>
        {
            Interlocked.Increment(ref asked);
            return Task.FromResult(false);
        };
        Assert.Equal((0, ""), await MakeAsync());

        var (exitCode, denial, _) = await ConnectAsync();
        Assert.Equal(1, exitCode);
        Assert.False(JsonElement.Parse(denial).GetProperty("allow").GetBoolean());
        Assert.Contains("rules-unavailable", denial, StringComparison.Ordinal);
        Assert.Equal(0, asked);

        await File.AppendAllTextAsync(folder["amazon-roots.pem"], authority.ExportCertificatePem());
        (exitCode, var response, var log) = await ConnectAsync();
        for (var i = 0; i < 4 && exitCode != 0; i++) // on a busy machine the rules may not be read in the handler's three seconds
        {
            (exitCode, response, log) = await ConnectAsync();
        }

        Assert.True(exitCode == 0, log);
        Assert.True(JsonElement.Parse(response).GetProperty("allow").GetBoolean());
        Assert.NotEqual(0, asked);

        async Task<(int ExitCode, string Output, string Error)> ConnectAsync()
        {
            using var handler = new RunningProgram(
                RunningProgram.HandlerPath,
                [Some.EventFile("v1-office.json")],
                AppContext.BaseDirectory,
                ("RULE_STORE", $"dynamodb:{table}"),
                ("AWS_ENDPOINT_URL_DYNAMODB", proxy.Url),
                ("DOTNET_ROOT", RunningProgram.DotnetRoot),
                ("SSL_CERT_FILE", folder[InPackage("SSL_CERT_FILE")]),
                ("SSL_CERT_DIR", folder[InPackage("SSL_CERT_DIR")]));
            return (await handler.ExitAsync(), handler.Output, handler.Error);
        }
    }

    /// <summary>What the template says of a file or folder in the package.</summary>
    private static string InPackage(string variable)
    {
        var template = TemplateTests.Read("template.yaml");
        var setting = (YamlScalarNode)template["Resources"]["Handler"]["Properties"]["Environment"]["Variables"][variable];
        var path = setting.Tag == "!Ref" ? $"{template["Parameters"][setting.Value!]["Default"]}" : setting.Value!;
        Assert.StartsWith("/var/task/", path, StringComparison.Ordinal);
        return path["/var/task/".Length..];
    }

    private static X509Certificate2 Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static X509Certificate2 Server(X509Certificate2 authority, ECDsa key)
    {
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, authority.NotBefore, authority.NotAfter, [1]);
        return certificate.CopyWithPrivateKey(key);
    }

    private async Task<(int ExitCode, string Error)> MakeAsync(params (string Name, string Value)[] environment)
    {
        using var script = new RunningProgram(
            Some.ProjectPath("deploy", "amazon-roots.sh"), [folder["amazon-roots.pem"]], Path.GetTempPath(), environment);
        return (await script.ExitAsync(), script.Error.Trim());
    }

    /// <summary>A test that needs the system's trust store, where the script looks for it.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class DebianFactAttribute : FactAttribute
    {
        public DebianFactAttribute([CallerMemberName] string test = "") => this.Skip(Missing, test);
    }
}
