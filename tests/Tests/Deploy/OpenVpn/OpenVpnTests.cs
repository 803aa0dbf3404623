using System.Diagnostics;
using System.Net.NetworkInformation;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ClientVpnAdmin.Deploy.OpenVpn;

/// <summary>
/// What people see in the log of a real OpenVPN client, from the portal's HTTP API through a real OpenVPN server and our hook.
/// </summary>
public sealed partial class OpenVpnTests
{
    private const string Inside = "127.0.0.2";
    private const string Outside = "127.0.0.3";
    private const string DenialLine = "AUTH: Received control message: AUTH_FAILED,";

    [OpenVpnFact]
    public async Task One_allowed_is_assigned_an_address_and_one_denied_reads_the_denial_message()
    {
        await using var network = await OpenVpnNetwork.StartAsync();
        await AddRangeAsync(network, Inside);
        await SayAsync(network, Some.SeedMessage);

        var denied = await network.ConnectAsync(Outside);
        Assert.DoesNotContain("ASSIGN_IP", denied, StringComparison.Ordinal);
        var denial = Line(denied, DenialLine);
        Assert.Equal(DenialLine + Some.SeedMessage, denial);

        var allowed = await network.ConnectAsync(Inside);
        Assert.DoesNotContain("AUTH_FAILED", allowed, StringComparison.Ordinal);
        var assigned = Line(allowed, ",ASSIGN_IP,");
        Assert.Matches(@"^MANAGEMENT: >STATE:\d+,ASSIGN_IP,,10\.8\.0\.\d+,", assigned);
        var completed = Line(allowed, OpenVpnNetwork.Connected);

        // The document shows just these lines.
        var document = StateTime().Replace(await File.ReadAllTextAsync(Some.ProjectPath("docs", "openvpn.md")), "");
        Assert.All(
            [denial, assigned, completed], line => Assert.Contains(StateTime().Replace(line, ""), document, StringComparison.Ordinal));
    }

    [OpenVpnFact]
    public async Task A_rule_changed_between_two_connects_holds_for_the_second()
    {
        await using var network = await OpenVpnNetwork.StartAsync();
        Assert.DoesNotContain(OpenVpnNetwork.Connected, await network.ConnectAsync(Inside), StringComparison.Ordinal);
        var id = await AddRangeAsync(network, "127.0.0.0/30");
        Assert.Contains(OpenVpnNetwork.Connected, await network.ConnectAsync(Inside), StringComparison.Ordinal);
        await network.SendAsync(HttpMethod.Delete, $"/api/ranges/{id}?force=true");
        Assert.DoesNotContain(OpenVpnNetwork.Connected, await network.ConnectAsync(Inside), StringComparison.Ordinal);
    }

    [OpenVpnFact]
    public async Task A_message_arrives_as_written_whole_at_255_characters_and_in_Japanese()
    {
        await using var network = await OpenVpnNetwork.StartAsync();
        var id = await SayAsync(network, "First.");
        foreach (var text in new[]
        {
            new string('x', 254) + "!",
            "このIPアドレス（127.0.0.3）からは接続できません。情報システム部にお問い合わせください。",
            new string('東', 254) + "京",
            """ "quotes", \back\slashes\, %s %n $HOME `id` ' ; 100 % 🗼""",
        })
        {
            await network.SendAsync(HttpMethod.Put, $"/api/denial-messages/{id}", new JsonObject { ["text"] = text }.ToJsonString());
            Assert.Equal(DenialLine + text, Line(await network.ConnectAsync(Outside), DenialLine));
        }
    }

    [OpenVpnFact]
    public async Task With_portal_and_rule_store_gone_even_one_allowed_before_is_denied_with_the_built_in_text()
    {
        await using var network = await OpenVpnNetwork.StartAsync();
        await AddRangeAsync(network, Inside);
        await SayAsync(network, Some.SeedMessage);
        Assert.Contains(OpenVpnNetwork.Connected, await network.ConnectAsync(Inside), StringComparison.Ordinal);
        await network.LosePortalAndStoreAsync();
        Assert.Equal(
            $"{DenialLine}Connection from {Inside} denied (rules-unavailable). Please contact your administrator.",
            Line(await network.ConnectAsync(Inside), DenialLine));
    }

    [OpenVpnFact]
    public async Task An_open_connection_that_is_no_longer_allowed_ends_at_its_next_renegotiation_with_the_message()
    {
        await using var network = await OpenVpnNetwork.StartAsync("proto udp4\nlocal 127.0.0.1\nreneg-sec 5");
        var id = await AddRangeAsync(network, Inside);
        await SayAsync(network, Some.SeedMessage);
        Assert.Contains(OpenVpnNetwork.Connected, await network.ConnectAsync(Inside, stay: true), StringComparison.Ordinal);
        await network.SendAsync(HttpMethod.Delete, $"/api/ranges/{id}?force=true");
        await network.UntilAsync("client-1.log", OpenVpnNetwork.Ended);
        Assert.Equal(DenialLine + Some.SeedMessage, Line(network.Read("client-1.log"), DenialLine));
    }

    [OpenVpnFact]
    public async Task Who_connects_by_IPv4_or_IPv6_is_recorded_with_what_OpenVPN_says_of_them()
    {
        await using var network = await OpenVpnNetwork.StartAsync("proto udp6\nmultihome");
        await network.RunAsync("ip address add 2001:db8:1234::7/128 dev lo nodad");
        await AddRangeAsync(network, "2001:db8:1234::/48");
        network.Write("user", "o\"brien@東京\na secret\n");
        var byIPv6 = await RecordedAsync(true, "2001:db8:1234::7", "--remote ::1 --proto udp6 --push-peer-info --auth-user-pass user");
        var byIPv4 = await RecordedAsync(false, Outside, "--remote 127.0.0.1 --proto udp4");
        Assert.Equal(
            [Outside, "", OpenVpnNetwork.CommonName, "linux", "cvpn-endpoint-openvpn"],
            Fields(byIPv4, "public-ip", "username", "common-name", "platform", "endpoint-id"));
        Assert.Equal(
            ["2001:db8:1234::7", "o\"brien@東京", OpenVpnNetwork.CommonName, "linux", "v3"],
            Fields(byIPv6, "public-ip", "username", "common-name", "platform", "schema-version"));
        Assert.Matches(@"^\d+\.\d+", byIPv6["client-openvpn-version"]!.ToString());
        Assert.Matches(@"^\d+\.\d+", byIPv6["platform-version"]!.ToString());
        Assert.DoesNotContain("a secret", network.ServerLog + byIPv6.ToJsonString(), StringComparison.Ordinal);

        // On a busy machine a decision may not be recorded in time: then somebody connects once more.
        async Task<JsonNode> RecordedAsync(bool isAllowed, string address, string options)
        {
            for (var i = 0; i < 5; i++)
            {
                var log = await network.ConnectAsync(address, options);
                Assert.Equal(isAllowed, log.Contains(OpenVpnNetwork.Connected, StringComparison.Ordinal));
                var found = await network.SendAsync(HttpMethod.Get, $"/api/decisions?allowed={(isAllowed ? "true" : "false")}");
                if (found["items"]!.AsArray() is [{ } decision, ..])
                {
                    return decision["event"]!;
                }
            }

            throw new TimeoutException("No decision was recorded.");
        }
    }

    [OpenVpnFact]
    public async Task Nothing_is_left_of_it_whatever_was_running()
    {
        var interfaces = Interfaces();
        string folder;
        await using (var network = await OpenVpnNetwork.StartAsync())
        {
            folder = network.Folder;
            await AddRangeAsync(network, Inside);
            await network.ConnectAsync(Inside, stay: true);
            Assert.NotEmpty(ProcessesOf(folder));
        }

        Assert.Empty(ProcessesOf(folder));
        Assert.False(Directory.Exists(folder));
        Assert.Equal(interfaces, Interfaces());
    }

    private static async Task<string> AddRangeAsync(OpenVpnNetwork network, string cidr) =>
        (await network.SendAsync(HttpMethod.Post, "/api/ranges", $$"""{ "cidr": "{{cidr}}" }"""))["id"]!.ToString();

    private static async Task<string> SayAsync(OpenVpnNetwork network, string text) =>
        (await network.SendAsync(HttpMethod.Post, "/api/denial-messages", new JsonObject { ["text"] = text }.ToJsonString()))["id"]!
            .ToString();

    /// <summary>The one line of a log that has this text in it, without its time.</summary>
    private static string Line(string log, string text)
    {
        var lines = log.Split('\n').Where(l => l.Contains(text, StringComparison.Ordinal)).ToList();
        Assert.True(lines.Count == 1, $"{lines.Count} lines with '{text}' in:\n{log}");
        return LogTime().Replace(lines[0], "");
    }

    private static IEnumerable<string> Fields(JsonNode connectionEvent, params string[] names) =>
        names.Select(n => connectionEvent[n]!.ToString());

    private static List<string> Interfaces() =>
        [.. NetworkInterface.GetAllNetworkInterfaces().Select(i => i.Name).Order(StringComparer.Ordinal)];

    /// <summary>The processes that work in the folder, or have it in their command line.</summary>
    private static List<string> ProcessesOf(string folder) =>
        [
            .. Directory.EnumerateDirectories("/proc")
                .Where(p => int.TryParse(Path.GetFileName(p), out _))
                .Select(CommandLine)
                .Where(c => c.Contains(folder, StringComparison.Ordinal)),
        ];

    private static string CommandLine(string process)
    {
        try
        {
            return $"{File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ')} in "
                + $"{new FileInfo(Path.Combine(process, "cwd")).LinkTarget}/";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // it has ended meanwhile
        }
    }

    [GeneratedRegex(@"^\S+ \S+ ")]
    private static partial Regex LogTime();

    [GeneratedRegex(@"(?<=STATE:)\d+")]
    private static partial Regex StateTime();
}

/// <summary>A test with a real OpenVPN server and client.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OpenVpnFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Requirement = new(() =>
        HookFactAttribute.Requirement is { } requirement ? requirement
        : HookFactAttribute.Missing("openvpn") ? "openvpn is not installed (Debian: apt-get install openvpn)."
        : !File.Exists("/dev/net/tun") ? "There is no /dev/net/tun here, from which OpenVPN makes its interfaces."
        : !Environment.IsPrivilegedProcess ? "OpenVPN needs root to make its interfaces: run the tests as root."
        : NoNamespaces());

    public OpenVpnFactAttribute([CallerMemberName] string test = "") => this.Skip(Requirement.Value, test);

    private static string? NoNamespaces()
    {
        using var process = Process.Start(
            new ProcessStartInfo("unshare", [.. OpenVpnNetwork.Namespaces, "--net", "ip", "link", "set", "lo", "up"])
            {
                RedirectStandardError = true,
            })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"Root may not make namespaces here: {error.Trim()}";
    }
}
