using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using ClientVpnAdmin.AdminApi;

namespace ClientVpnAdmin.Deploy.OpenVpn;

/// <summary>
/// A portal, and an OpenVPN server with our hook and its clients. All of them are in a process namespace that ends with its shell, and
/// OpenVPN's interfaces in a network namespace that ends with OpenVPN. The shell ends when its standard input does: at the latest when
/// the process that runs the tests does, however that ends.
/// </summary>
internal sealed class OpenVpnNetwork : IAsyncDisposable
{
    public const string CommonName = "laptop-17.example.co.jp";
    public const string Connected = "Initialization Sequence Completed";
    public const string Ended = "process exiting";

    private readonly TemporaryFolder folder = new();
    private readonly RunningProgram shell;
    private HttpClient? editor;
    private int clients;

    private OpenVpnNetwork() => shell = new(
        "unshare",
        [
            .. Namespaces, "sh", "-c", "\"$@\" & echo $! >portal.pid; exec unshare --net sh",
            "sh", "dotnet", RunningProgram.PortalPath, "--urls", "http://127.0.0.1:0",
        ],
        folder[""],
        ("RULE_STORE", $"sqlite:{folder["rules.db"]}"));

    /// <summary>unshare's arguments for the namespace of processes.</summary>
    public static IReadOnlyList<string> Namespaces { get; } = ["--pid", "--fork", "--kill-child", "--mount-proc"];

    /// <summary>The folder that all its processes work in.</summary>
    public string Folder => folder[""];

    public string ServerLog => Read("server.log");

    /// <param name="serverOptions">Added to the server's configuration, in its form.</param>
    public static async Task<OpenVpnNetwork> StartAsync(string serverOptions = "proto udp4\nlocal 127.0.0.1")
    {
        var network = new OpenVpnNetwork();
        try
        {
            network.WriteCertificates();
            network.folder.Write("server.conf", $"""
                dev tun
                server 10.8.0.0 255.255.255.0
                topology subnet
                keepalive 10 60
                ca ca.crt
                cert server.crt
                key server.key
                dh none
                tmp-dir .
                verb 3
                script-security 2
                auth-user-pass-verify "'{Some.ProjectPath("deploy", "openvpn", "client-connect-handler.sh")}'" via-env
                auth-user-pass-optional
                setenv HANDLER "{RunningProgram.HandlerPath}"
                setenv RULE_STORE "sqlite:{network.folder["rules.db"]}"
                setenv DOTNET_ROOT "{RunningProgram.DotnetRoot}"
                {serverOptions}
                """);
            network.editor = await network.shell.EditorAsync(network.folder["admin.token"]);
            await network.RunAsync("ip link set lo up");
            network.shell.Input.WriteLine($"openvpn --config server.conf --cd '{network.Folder}' >server.log 2>&1 &");
            await network.UntilAsync("server.log", Connected);
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Calls the portal as an editor.</summary>
    public async Task<JsonNode> SendAsync(HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"),
        };
        using var response = await editor!.SendAsync(request);
        var answer = await Answer.ReadAsync(response);
        Assert.True(response.IsSuccessStatusCode, answer.Text);
        return answer.Text.Length == 0 ? new JsonObject() : answer.Json;
    }

    /// <summary>Connects with a real client, led through its management interface as the AWS-provided client is; its log.</summary>
    /// <param name="from">The client's own address.</param>
    /// <param name="options">OpenVPN's, as on its command line.</param>
    /// <param name="stay">True to leave it connected; otherwise it is ended by then.</param>
    public async Task<string> ConnectAsync(string from, string options = "--remote 127.0.0.1 --proto udp4", bool stay = false)
    {
        var name = $"client-{++clients}";
        var log = $"{name}.log";
        shell.Input.WriteLine(
            $"openvpn --cd '{Folder}' --client --dev tun --local {from} --lport 0 --remote-cert-tls server "
            + "--ca ca.crt --cert client.crt --key client.key --verb 3 "
            + $"--management {name}.socket unix --management-hold {options} >{log} 2>&1 &");
        await UntilAsync(log, "unix domain socket listening");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(folder[$"{name}.socket"]));
        await socket.SendAsync("state on\nhold release\n"u8.ToArray());
        await UntilAsync(log, Connected, Ended);
        if (!stay && !Read(log).Contains(Ended, StringComparison.Ordinal))
        {
            await socket.SendAsync("signal SIGTERM\n"u8.ToArray());
            await UntilAsync(log, Ended);
        }

        return Read(log);
    }

    /// <summary>Runs a command in the namespaces to its end.</summary>
    public async Task RunAsync(string command)
    {
        var done = $"done-{Guid.NewGuid()}";
        shell.Input.WriteLine($"{command}; echo $? >{done}");
        await UntilAsync(done, "\n");
        Assert.True(Read(done).Trim() == "0", $"{command}: {shell.Error}");
    }

    /// <summary>The portal goes, at once, and the rule store with it.</summary>
    public async Task LosePortalAndStoreAsync()
    {
        await RunAsync("kill -9 $(cat portal.pid)");
        foreach (var file in Directory.EnumerateFiles(Folder, "rules.db*"))
        {
            File.Delete(file);
        }
    }

    public string Write(string name, string text) => folder.Write(name, text);

    public string Read(string file) => File.Exists(folder[file]) ? File.ReadAllText(folder[file]) : "";

    /// <summary>Waits until one of the texts is in the log.</summary>
    public async Task UntilAsync(string log, params string[] texts)
    {
        var waited = Stopwatch.StartNew();
        while (!Array.Exists(texts, t => Read(log).Contains(t, StringComparison.Ordinal)))
        {
            Assert.True(
                waited.Elapsed < TimeSpan.FromMinutes(3),
                $"None of '{string.Join("', '", texts)}' is in {log}:\n{Read(log)}\n"
                + $"The server's:\n{ServerLog}\nThe shell's:\n{shell.Error}");
            await Task.Delay(10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The end of its input ends the shell, and its end ends the other processes, before the last of unshare.
        using (folder)
        using (editor)
        using (shell)
        {
            shell.Input.Close();
            await shell.ExitAsync();
        }
    }

    /// <summary>
    /// A throwaway authority, and certificates of the server and the client. OpenVPN wants to be told what each key is for.
    /// </summary>
    private void WriteCertificates()
    {
        var now = DateTimeOffset.UtcNow;
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=throwaway", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var authority = authorityRequest.CreateSelfSigned(now.AddHours(-1), now.AddHours(1));
        folder.Write("ca.crt", authority.ExportCertificatePem());
        foreach (var (file, name, purpose) in new[]
        {
            ("server", "server", "1.3.6.1.5.5.7.3.1"),
            ("client", CommonName, "1.3.6.1.5.5.7.3.2"),
        })
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
            using var certificate = request.Create(authority, now.AddHours(-1), now.AddHours(1), RandomNumberGenerator.GetBytes(16));
            folder.Write($"{file}.crt", certificate.ExportCertificatePem());
            folder.Write($"{file}.key", key.ExportPkcs8PrivateKeyPem());
        }
    }
}
