using System.Text.Json;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Stores.Sqlite;

namespace ClientVpnAdmin.Handler;

/// <summary>The handler as a process of its own, as somebody would start it by hand.</summary>
public sealed class CommandLineTests : IDisposable
{
    private const string Office =
        """{"allow":true,"error-msg-on-failed-posture-compliance":"","posture-compliance-statuses":["compliant"],"schema-version":"v1"}""";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Prints_the_response_alone_and_exits_with_0_when_allowed()
    {
        await CommitAsync();
        using var handler = Start(Some.EventFile("v1-office.json"));
        Assert.Equal(0, await handler.ExitAsync());
        Assert.Equal(Office, handler.Output.Trim());
        Assert.Equal("decision", JsonElement.Parse(handler.Error.Trim()).GetProperty("message").GetString());
    }

    [Fact]
    public async Task Exits_with_1_when_denied()
    {
        await CommitAsync();
        using var handler = Start(Some.EventFile("v1-go-sdk.json"));
        Assert.Equal(1, await handler.ExitAsync());
        Assert.Equal(
            """{"allow":false,"error-msg-on-failed-posture-compliance":"Your IP is not allowed to access."""
            + """ Please Contact mail@example.co.jp","posture-compliance-statuses":[],"schema-version":"v1"}""",
            handler.Output.Trim());
    }

    [Fact]
    public async Task Reads_standard_input_for_a_dash()
    {
        await CommitAsync();
        using var handler = Start("-");
        await handler.Input.WriteAsync(await File.ReadAllTextAsync(Some.EventFile("v1-office.json")));
        handler.Input.Close();
        Assert.Equal(0, await handler.ExitAsync());
        Assert.Equal(Office, handler.Output.Trim());
    }

    [Fact]
    public async Task Without_a_store_it_denies_and_says_why_on_standard_error()
    {
        using var handler = Start(Some.EventFile("v1-office.json"));
        Assert.Equal(1, await handler.ExitAsync());
        Assert.False(JsonElement.Parse(handler.Output).GetProperty("allow").GetBoolean());
        Assert.Equal("rules-unavailable", JsonElement.Parse(handler.Error).GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("nothing", 0)]
    [InlineData("zeros", 6_000_000)]
    [InlineData("brackets", 6_000_000)]
    [InlineData("nested", 900_000)]
    public async Task Whatever_it_is_given_it_answers_with_a_denial_and_exits_with_1(string what, int length)
    {
        await CommitAsync();
        folder.Write("event.json", what switch
        {
            "zeros" => new string('\0', length),
            "brackets" => new string('[', length),
            "nested" => "{\"x\":" + new string('[', length / 2) + new string(']', length / 2) + "}",
            _ => "",
        });
        using var handler = Start(folder["event.json"]);
        Assert.Equal(1, await handler.ExitAsync());
        var response = JsonElement.Parse(handler.Output);
        Assert.Equal(
            (false, Some.SeedMessage, "v3"),
            (response.GetProperty("allow").GetBoolean(),
                response.GetProperty("error-msg-on-denied-connection").GetString(),
                response.GetProperty("schema-version").GetString()));
    }

    [Theory]
    [InlineData(">&-", 2)]
    [InlineData(">/dev/full", 2)]
    [InlineData("2>&-", 0)]
    [InlineData("2>/dev/full", 0)]
    public async Task Without_anywhere_to_answer_it_could_not_run_and_without_a_log_it_answers(string redirection, int exitCode)
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // there is neither sh nor /dev/full
        }

        await CommitAsync();
        using var handler = new RunningProgram(
            "sh",
            ["-c", $"dotnet ClientVpnAdmin.Handler.dll \"$1\" {redirection}", "sh", Some.EventFile("v1-office.json")],
            AppContext.BaseDirectory,
            ("RULE_STORE", $"sqlite:{folder["rules.db"]}"));
        Assert.Equal(exitCode, await handler.ExitAsync());
        Assert.Equal(exitCode == 0 ? Office : "", handler.Output.Trim());
    }

    [Theory]
    [InlineData]
    [InlineData("one.json", "two.json")]
    [InlineData("there-is-no-such-file.json")]
    [InlineData("")]
    public async Task Exits_with_2_and_prints_no_response_when_it_could_not_run(params string[] args)
    {
        await CommitAsync();
        using var handler = Start(args);
        Assert.Equal(2, await handler.ExitAsync());
        Assert.Equal("", handler.Output.Trim());
        Assert.NotEqual("", handler.Error.Trim());
    }

    private RunningProgram Start(params string[] args) => RunningProgram.Handler(folder["rules.db"], args);

    private async Task CommitAsync()
    {
        var rules = new RuleSet([Some.Range("203.0.113.0/24")], [Some.Message(Some.SeedMessage)], new());
        await new RevisionLog(new SqliteRuleStore(await SqliteFile.CreateAsync(folder["rules.db"], default)), TimeProvider.System)
            .CommitAsync("alice", _ => new Proposal(rules, "A test."), default);
    }
}
