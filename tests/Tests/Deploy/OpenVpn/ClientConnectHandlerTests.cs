using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Stores.Sqlite;

namespace ClientVpnAdmin.Deploy.OpenVpn;

/// <summary>The hook, run as an OpenVPN server runs it: with OpenVPN's environment and nothing else.</summary>
public sealed class ClientConnectHandlerTests : IDisposable
{
    private const string Fallback = "Connection denied (rules-unavailable). Please contact your administrator.";
    private static readonly string Hook = Some.ProjectPath("deploy", "openvpn", "client-connect-handler.sh");
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [HookFact]
    public async Task Makes_a_connection_event_of_OpenVPNs_environment()
    {
        var connectionEvent = await EventAsync(
            ("untrusted_ip", "203.0.113.7"), ("untrusted_port", "51542"), ("common_name", "laptop-17.example.co.jp"), ("username", "alice"),
            ("IV_PLAT", "linux"), ("IV_PLAT_VER", "6.1.0"), ("IV_VER", "2.6.14"), ("ENDPOINT_ID", Some.Endpoint), ("password", "secret"));
        var id = connectionEvent["connection-id"]!.ToString();
        Assert.Matches(@"^openvpn-\d{10}-51542\z", id);
        var expected = new JsonObject
        {
            ["connection-id"] = id,
            ["endpoint-id"] = Some.Endpoint,
            ["common-name"] = "laptop-17.example.co.jp",
            ["username"] = "alice",
            ["platform"] = "linux",
            ["platform-version"] = "6.1.0",
            ["public-ip"] = "203.0.113.7",
            ["client-openvpn-version"] = "2.6.14",
            ["aws-client-version"] = "",
            ["groups"] = "",
            ["schema-version"] = "v3",
        };
        Assert.True(JsonNode.DeepEquals(expected, connectionEvent), connectionEvent.ToJsonString());
    }

    [HookFact]
    public async Task Takes_the_IPv6_address_where_that_is_what_OpenVPN_has()
    {
        var connectionEvent = await EventAsync(("untrusted_ip6", "2001:db8:1234::7"));
        Assert.Equal(
            ("2001:db8:1234::7", "cvpn-endpoint-openvpn", ""),
            (
                connectionEvent["public-ip"]!.ToString(),
                connectionEvent["endpoint-id"]!.ToString(),
                connectionEvent["username"]!.ToString()));
    }

    [HookTheory]
    [InlineData("""o"brien", "public-ip": "203.0.113.7""")]
    [InlineData("""back\slash\" $(id) `id` ; ' % \u0041""")]
    [InlineData("東京 🗼")]
    public async Task Takes_names_as_they_are_whatever_characters_they_have(string name)
    {
        var connectionEvent = await EventAsync(
            ("untrusted_ip", "198.51.100.7"), ("username", name), ("common_name", name), ("IV_PLAT", name));
        Assert.Equal(
            (name, name, name),
            (connectionEvent["username"]!.ToString(), connectionEvent["common-name"]!.ToString(), connectionEvent["platform"]!.ToString()));
        Assert.Equal("198.51.100.7", connectionEvent["public-ip"]!.ToString());
    }

    [HookFact]
    public async Task Allows_what_the_handler_allows()
    {
        await CommitAsync();
        Assert.Equal((2, "1", ""), await AskAsync(RunningProgram.HandlerPath, ("untrusted_ip", "203.0.113.7")));
    }

    [HookFact]
    public async Task Denies_what_the_handler_denies_with_its_message_as_written()
    {
        await CommitAsync();
        Assert.Equal(
            (2, "0", "東京 \"198.51.100.7\" \\ 100% address-not-allowed"),
            await AskAsync(RunningProgram.HandlerPath, ("untrusted_ip", "198.51.100.7")));
    }

    [HookFact]
    public async Task Denies_a_connection_that_has_two_addresses_since_one_is_no_longer_true()
    {
        await CommitAsync();
        var (_, control, reason) = await AskAsync(
            RunningProgram.HandlerPath, ("untrusted_ip", "203.0.113.7"), ("untrusted_ip6", "2001:db8::1"));
        Assert.Equal(("0", true), (control, reason.EndsWith("invalid-request", StringComparison.Ordinal)));
    }

    [HookFact]
    public async Task Denies_a_connection_that_has_no_address()
    {
        await CommitAsync();
        var (_, control, reason) = await AskAsync(RunningProgram.HandlerPath, ("username", "alice"));
        Assert.Equal(("0", true), (control, reason.EndsWith("invalid-request", StringComparison.Ordinal)));
    }

    [HookTheory]
    [InlineData("")]
    [InlineData("/there/is/no/such/handler")]
    [InlineData("/bin/true")]
    [InlineData("/bin/false")]
    [InlineData("/bin/cat")]
    [InlineData("/bin/echo")]
    public async Task Denies_with_a_text_of_its_own_when_there_is_no_handler_or_something_else_in_its_place(string handler) =>
        Assert.Equal((2, "0", Fallback), await AskAsync(handler, ("untrusted_ip", "203.0.113.7")));

    [HookTheory]
    [InlineData("true")]
    [InlineData("\"true\"")]
    [InlineData("1")]
    [InlineData("[true]")]
    [InlineData("""{"allow":"true"}""")]
    [InlineData("""{"allow":1}""")]
    [InlineData("""{"allow":true""")]
    [InlineData("""{"allow":true}{"allow":true}""")]
    [InlineData("""{"allow":false}{"allow":true}""")]
    [InlineData("""{"allow":null,"error-msg-on-denied-connection":7}""")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""[{"allow":true}]""")]
    [InlineData("""{"allow":true} garbage""")]
    [InlineData("""garbage {"allow":true}""")]
    [InlineData("""{"allow":true}]""")]
    [InlineData("""{"allow":true},""")]
    [InlineData("""{"allow":true}{""")]
    [InlineData("""{"allow":true} null""")]
    [InlineData("""{"allow":true} "cut off""")]
    [InlineData("""{"allow":true}{"allow":false}""")]
    [InlineData("{\"allow\":true}\n\n{\"allow\":true}\n")]
    [InlineData("{\"allow\":true}\u0000")]
    [InlineData("\u0000{\"allow\":true}")]
    [InlineData("{\"allow\":true}\u0000garbage")]
    [InlineData("{\"al\u0000low\":true}")]
    [InlineData("{\"allow\":tr\u0000ue}")]
    [InlineData("{\"allow\":true,\"x\":\"\u0000\"}")]
    [InlineData("{\"allow\":true,\"\u0000\":1}")]
    [InlineData("{\"allow\":true}\u001e")]
    public async Task Denies_when_the_answer_is_anything_but_a_plain_yes(string answer)
    {
        folder.Write("answer", answer);
        Assert.Equal((2, "0", Fallback), await AskAsync(Script($"cat \"{folder["answer"]}\""), ("untrusted_ip", "203.0.113.7")));
    }

    [HookTheory]
    [InlineData("""{"allow":false,"error-msg-on-denied-connection":"Not from here."}""", "Not from here.")]
    [InlineData("""{"allow":false,"error-msg-on-denied-connection":"yes"}""", "yes")]
    [InlineData("""{"allow":false,"error-msg-on-denied-connection":"no "}""", "no ")]
    [InlineData("""{"allow":false,"error-msg-on-denied-connection":"1\n"}""", "1")]
    [InlineData("""{"allow":false,"error-msg-on-denied-connection":""}""", Fallback)]
    [InlineData("""{"allow":false,"error-msg-on-denied-connection":["x"]}""", Fallback)]
    [InlineData("""{"allow":false,"error-msg-on-denied-connection":"Not from here."} garbage""", Fallback)]
    [InlineData("""{"allow":false,"error-msg-on-denied-connection":"Not from here."}{}""", Fallback)]
    [InlineData("""{"allow":false,"error-msg-on-denied-connection":"Not from here.""", Fallback)]
    [InlineData("""{"error-msg-on-denied-connection":"Not from here."}""", Fallback)]
    public async Task Takes_the_message_of_one_whole_no_only(string answer, string message)
    {
        folder.Write("answer", answer);
        Assert.Equal((2, "0", message), await AskAsync(Script($"cat \"{folder["answer"]}\""), ("untrusted_ip", "198.51.100.7")));
    }

    [HookFact]
    public async Task Denies_when_jq_fails_whatever_it_has_printed()
    {
        // The real one prints its results before it finds out that something is wrong behind them.
        Directory.CreateDirectory(folder["bin"]);
        File.Copy(Script("cat >/dev/null; echo yes; exit 5"), folder["bin/jq"]);
        var path = ("PATH", $"{folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}");
        Assert.Equal((2, "0", Fallback), await AskAsync(Script("echo '{\"allow\":true}'"), path, ("untrusted_ip", "203.0.113.7")));
    }

    [HookFact]
    public async Task Lets_OpenVPN_go_on_while_the_handler_thinks()
    {
        // This handler waits for a sign that is given only after the hook has ended. Its output is not ours, or we would wait for it too.
        var handler = Script($"until [ -e \"{folder["go"]}\" ]; do sleep 0.02; done; echo '{{\"allow\":true}}'");
        using var hook = Start(
            handler,
            [("auth_control_file", folder["control"]), ("untrusted_ip", "203.0.113.7")],
            "sh", "-c", "exec \"$0\" >/dev/null 2>&1", Hook);
        Assert.Equal(2, await hook.ExitAsync());
        Assert.False(File.Exists(folder["control"]) && (await File.ReadAllTextAsync(folder["control"])).Length > 0);
        folder.Write("go", "");
        Assert.Equal("1", await WrittenAsync("control"));
    }

    [HookFact]
    public async Task Leaves_no_files_behind_when_the_client_goes_before_the_answer()
    {
        folder.Write("control", "");
        folder.Write("reason", "");
        var handler = Script($"echo >\"{folder["started"]}\"; until [ -e \"{folder["go"]}\" ]; do sleep 0.02; done");
        using var hook = Start(
            handler,
            ("auth_control_file", folder["control"]),
            ("auth_failed_reason_file", folder["reason"]),
            ("untrusted_ip", "203.0.113.7"));
        await WrittenAsync("started");
        File.Delete(folder["control"]); // as OpenVPN does
        File.Delete(folder["reason"]);
        folder.Write("go", "");
        await hook.ExitAsync(); // and of what it left in the background
        Assert.False(File.Exists(folder["control"]) || File.Exists(folder["reason"]));
    }

    [HookTheory]
    [InlineData("203.0.113.7", 0)]
    [InlineData("198.51.100.7", 1)]
    public async Task Answers_by_its_exit_code_where_it_cannot_be_put_off(string address, int exit)
    {
        await CommitAsync();
        using var hook = Start(RunningProgram.HandlerPath, ("untrusted_ip", address));
        Assert.Equal(exit, await hook.ExitAsync());
    }

    private async Task CommitAsync()
    {
        var rules = new RuleSet([Some.Range("203.0.113.0/24")], [Some.Message("東京 \"{public-ip}\" \\ 100% {reason}")], new());
        await new RevisionLog(new SqliteRuleStore(await SqliteFile.CreateAsync(folder["rules.db"], default)), TimeProvider.System)
            .CommitAsync("alice", _ => new Proposal(rules, "A test."), default);
    }

    /// <summary>The event that the hook gives the handler.</summary>
    private async Task<JsonNode> EventAsync(params (string Name, string Value)[] environment)
    {
        await AskAsync(Script($"cat >\"{folder["event.json"]}\""), environment);
        return JsonNode.Parse(await File.ReadAllTextAsync(folder["event.json"]))!;
    }

    /// <summary>The hook's exit code, and what it leaves in the two files.</summary>
    private async Task<(int Exit, string Control, string Reason)> AskAsync(string handler, params (string Name, string Value)[] environment)
    {
        folder.Write("reason", ""); // OpenVPN makes them, empty
        folder.Write("control", "");
        using var hook = Start(
            handler, [("auth_control_file", folder["control"]), ("auth_failed_reason_file", folder["reason"]), .. environment]);
        return (await hook.ExitAsync(), await WrittenAsync("control"), await File.ReadAllTextAsync(folder["reason"]));
    }

    /// <summary>Starts the hook with nothing of our environment.</summary>
    private RunningProgram Start(string handler, params (string Name, string Value)[] environment) => Start(handler, environment, Hook);

    private RunningProgram Start(string handler, (string Name, string Value)[] environment, params string[] command) => new(
        "env",
        [
            "-i", $"HANDLER={handler}", $"RULE_STORE=sqlite:{folder["rules.db"]}", $"DOTNET_ROOT={RunningProgram.DotnetRoot}",
            .. environment.Select(e => $"{e.Name}={e.Value}"), .. command,
        ],
        AppContext.BaseDirectory);

    /// <summary>What is in the file as soon as there is something.</summary>
    private async Task<string> WrittenAsync(string file)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            if (File.Exists(folder[file]) && (await File.ReadAllTextAsync(folder[file])) is [.. var text, '\n'])
            {
                return text;
            }

            Assert.True(waited.Elapsed < TimeSpan.FromMinutes(1), $"Nothing writes {file}.");
            await Task.Delay(10);
        }
    }

    private string Script(string commands)
    {
        var path = folder.Write("handler.sh", $"#!/bin/sh\n{commands}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}

/// <summary>A test that runs the hook, which is a shell script for Linux and needs jq.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HookFactAttribute : FactAttribute
{
    public HookFactAttribute([CallerMemberName] string test = "") => this.Skip(Requirement, test);

    public static string? Requirement =>
        !OperatingSystem.IsLinux() ? "The OpenVPN add-on is for Linux."
        : !Missing("jq") ? null
        : "jq is not installed (Debian: apt-get install jq).";

    internal static bool Missing(string program) =>
        !Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
            .Append("/usr/sbin")
            .Any(f => File.Exists(Path.Combine(f, program)));
}

/// <inheritdoc cref="HookFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HookTheoryAttribute : TheoryAttribute
{
    public HookTheoryAttribute([CallerMemberName] string test = "") => this.Skip(HookFactAttribute.Requirement, test);
}
