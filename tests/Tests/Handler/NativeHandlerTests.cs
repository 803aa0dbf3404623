using System.Runtime.CompilerServices;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Stores;

namespace ClientVpnAdmin.Connections;

/// <summary>The handler as <c>dotnet publish</c> makes it, beside the one that <c>dotnet run</c> starts, over both stores.</summary>
[Collection(DynamoDbCollection.Name)]
public sealed class NativeHandlerTests(DynamoDbServer server) : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private string table = "";

    public async Task InitializeAsync()
    {
        table = await server.CreateTableAsync();
        // At all times, by the time zones that the executable brings along.
        var always = ScheduleTests.Weekly("Asia/Tokyo", "monday,tuesday,wednesday,thursday,friday,saturday,sunday 00:00 24:00");
        var rules = new RuleSet([Some.Range("203.0.113.0/24") with { Schedule = always }, Some.Range("2001:db8:1234::/48")], [Some.Message("東京: {public-ip} {reason}")], new());
        foreach (var store in new[] { RuleStoreLocation.Read($"dynamodb:{table}"), RuleStoreLocation.Read($"sqlite:{folder["rules.db"]}") })
        {
            await new RevisionLog((await store.CreateAsync(default)).Rules, TimeProvider.System).CommitAsync("alice", _ => new Proposal(rules, "A test."), default);
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
        var native = Environment.GetEnvironmentVariable(NativeFactAttribute.Variable)!;
        folder.Write("not-json.json", "hello");
        var outcomes = new HashSet<int>();
        foreach (var file in Some.EventFiles.Append(folder["not-json.json"]))
        {
            var answers = new List<(int Exit, string Response)>();
            foreach (var store in new[] { $"dynamodb:{table}", $"sqlite:{folder["rules.db"]}" })
            {
                foreach (var (program, args) in new[] { (native, new[] { file }), ("dotnet", [Path.Combine(AppContext.BaseDirectory, "ClientVpnAdmin.Handler.dll"), file]) })
                {
                    using var handler = new RunningProgram(program, args, AppContext.BaseDirectory, ("RULE_STORE", store));
                    var exit = await handler.ExitAsync();
                    Assert.Contains("\"level\":\"information\"", handler.Error, StringComparison.Ordinal);
                    answers.Add((exit, handler.Output.Trim()));
                }
            }

            Assert.Single(answers.Distinct());
            outcomes.Add(answers[0].Exit);
        }

        Assert.Equal([0, 1], outcomes.Order());
        Assert.Equal(2 * 6, (await server.ItemsAsync(table, "decisions")).Count);
    }
}

/// <summary>A test for the native executable, whose path is in HANDLER_BINARY.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NativeFactAttribute : FactAttribute
{
    public const string Variable = "HANDLER_BINARY";

    public NativeFactAttribute([CallerMemberName] string test = "") => this.Skip(
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable))
            ? $"{Variable} is not set: publish the handler (dotnet publish src/Handler -c Release -o <folder>, which needs clang and zlib1g-dev), and set it to the executable."
            : null,
        test);
}
