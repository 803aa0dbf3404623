using System.Runtime.CompilerServices;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;

namespace ClientVpnAdmin.Handler;

/// <summary>The handler as <c>dotnet publish</c> makes it, beside the one that <c>dotnet run</c> starts, over both stores.</summary>
[Collection(DynamoDbUnderFireCollection.Name)]
public sealed class NativeHandlerTests(DynamoDbServer server) : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private string table = "";

    public async Task InitializeAsync()
    {
        table = await server.CreateTableAsync();
        // At all times, by the time zones that the executable brings along.
        var always = ScheduleTests.Weekly("Asia/Tokyo", "monday,tuesday,wednesday,thursday,friday,saturday,sunday 00:00 24:00");
        var rules = new RuleSet(
        [
            Some.Range("203.0.113.0/24") with { Schedule = always },
            Some.Range("2001:db8:1234::/48"),
            Some.Range("192.0.2.0/24"),
            Some.Range("192.0.2.0/24") with { Action = RangeAction.Deny, Users = ["josé", "alice"], Groups = ["業者"] },
            Some.Range("192.0.3.0/24") with { Users = ["josé", "ガ*"] },
        ],
        [Some.Message("東京: {public-ip} {reason}")], new());
        foreach (var store in new[]
        {
            RuleStoreLocation.Parse($"dynamodb:{table}"),
            RuleStoreLocation.Parse($"sqlite:{folder["rules.db"]}"),
        })
        {
            await new RevisionLog((await store.CreateAsync(default)).Rules, TimeProvider.System)
                .CommitAsync("alice", _ => new Proposal(rules, "A test."), default);
        }
    }

    public async Task DisposeAsync()
    {
        folder.Dispose();
        await server.Client.DeleteTableAsync(table);
    }

    [NativeFact]
    public async Task Answers_every_sample_event_as_the_other_one_does_over_both_stores()
    {
        folder.Write("not-json.json", "hello");
        var outcomes = new HashSet<int>();
        var recorded = new List<string>();
        foreach (var file in Some.EventFiles.Append(folder["not-json.json"]))
        {
            var answers = new List<(int Exit, string Response)>();
            foreach (var store in new[] { $"dynamodb:{table}", $"sqlite:{folder["rules.db"]}" })
            {
                foreach (var (program, args) in Programs(file))
                {
                    using var handler = new RunningProgram(program, args, AppContext.BaseDirectory, ("RULE_STORE", store));
                    var exit = await handler.ExitAsync();
                    Assert.Contains("\"level\":", handler.Error, StringComparison.Ordinal);

                    // On a busy machine a decision may not be recorded in time, which is a warning, and no part of the answer.
                    Assert.DoesNotContain("\"level\":\"error\"", handler.Error, StringComparison.Ordinal);
                    if (store.StartsWith("dynamodb", StringComparison.Ordinal)
                        && !handler.Error.Contains("\"notRecorded\":", StringComparison.Ordinal))
                    {
                        recorded.Add(program);
                    }

                    answers.Add((exit, handler.Output.Trim()));
                }
            }

            Assert.Single(answers.Distinct());
            outcomes.Add(answers[0].Exit);
        }

        Assert.Equal([0, 1], outcomes.Order());
        Assert.Equal(2, recorded.Distinct().Count());
        Assert.InRange((await server.ItemsAsync(table, "decisions")).Count, recorded.Count, 2 * 6);
    }

    [NativeTheory]
    [InlineData("192.0.2.7", "bob", "業者", 0)]
    [InlineData("192.0.2.7", "josé", "社員", 0)]
    [InlineData("192.0.2.7", "josé", "業者", 1)]
    [InlineData("192.0.2.7", "JOSE\u0301", "社員;業者", 1)]
    [InlineData("192.0.2.7", "ａｌｉｃｅ\u200B", "[\"業者\"]", 1)]
    [InlineData("192.0.2.7", "", "", 1)]
    [InlineData("192.0.3.7", "JOSE\u0301", "", 0)]
    [InlineData("192.0.3.7", "josé\u200B", "", 1)]
    [InlineData("192.0.3.7", "カ\u3099x", "", 0)]
    [InlineData("192.0.3.7", "ｶﾞx", "", 1)]
    public async Task Takes_names_in_every_form_of_Unicode_as_the_other_one_does(string publicIp, string username, string groups, int exit)
    {
        var json = Some.EventJson(publicIp);
        (json["username"], json["groups"]) = (username, groups);
        folder.Write("event.json", json.ToJsonString());
        foreach (var (program, args) in Programs(folder["event.json"]))
        {
            using var handler = new RunningProgram(program, args, AppContext.BaseDirectory, ("RULE_STORE", $"sqlite:{folder["rules.db"]}"));
            Assert.True(await handler.ExitAsync() == exit, $"{program}: {handler.Output} {handler.Error}");
        }
    }

    /// <summary>The native one and the other.</summary>
    private static (string Program, string[] Args)[] Programs(string file) =>
    [
        (Environment.GetEnvironmentVariable(NativeFactAttribute.Variable)!, [file]),
        ("dotnet", [Path.Combine(AppContext.BaseDirectory, "ClientVpnAdmin.Handler.dll"), file]),
    ];
}

/// <summary>A test for the native executable, whose path is in HANDLER_BINARY.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NativeFactAttribute : FactAttribute
{
    public const string Variable = "HANDLER_BINARY";

    public NativeFactAttribute([CallerMemberName] string test = "") => this.Skip(Missing, test);

    internal static string? Missing => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable))
        ? $"{Variable} is not set: publish the handler (dotnet publish src/Handler -c Release -o <folder>, "
            + "which needs clang), and set it to the executable."
        : null;
}

/// <inheritdoc cref="NativeFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NativeTheoryAttribute : TheoryAttribute
{
    public NativeTheoryAttribute([CallerMemberName] string test = "") => this.Skip(NativeFactAttribute.Missing, test);
}
