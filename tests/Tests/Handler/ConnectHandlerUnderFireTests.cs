using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Amazon.DynamoDBv2;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Stores.DynamoDb;
using Microsoft.AspNetCore.Http;

namespace ClientVpnAdmin.Handler;

/// <summary>
/// Whatever the DynamoDB server does: denied in time as rules-unavailable, with the message known last and an error in the log, and the
/// next connection is fine once the server is.
/// </summary>
[Collection(DynamoDbUnderFireCollection.Name)]
public sealed class ConnectHandlerUnderFireTests(DynamoDbServer server) : IAsyncLifetime
{
    /// <summary>What Client VPN is promised, a sixth of what it waits itself.</summary>
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5);

    private readonly StringWriter log = new();
    private readonly List<DynamoDbTable> tables = [];
    private string table = "";
    private FaultyProxy proxy = null!;

    public async Task InitializeAsync()
    {
        table = await server.CreateTableAsync();
        proxy = await FaultyProxy.StartAsync(new Uri(server.Client.Config.ServiceURL));
        await CommitAsync(server.Client.Config.ServiceURL, table);
    }

    public async Task DisposeAsync()
    {
        await proxy.DisposeAsync();
        tables.ForEach(t => t.Dispose());
        await server.Client.DeleteTableAsync(table);
        log.Dispose();
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "UnrecognizedClientException")]
    [InlineData(HttpStatusCode.BadRequest, "AccessDeniedException")]
    [InlineData(HttpStatusCode.BadRequest, "ExpiredTokenException")]
    [InlineData(HttpStatusCode.BadRequest, "ProvisionedThroughputExceededException")]
    [InlineData(HttpStatusCode.BadRequest, "ThrottlingException")]
    [InlineData(HttpStatusCode.BadRequest, "RequestLimitExceeded")]
    [InlineData(HttpStatusCode.BadRequest, "ResourceNotFoundException")]
    [InlineData(HttpStatusCode.InternalServerError, "InternalServerError")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable")]
    public async Task Refused_or_throttled_or_broken(HttpStatusCode status, string type) =>
        await AssertDeniedWhileAsync(FaultyProxy.Error(status, type));

    [Fact]
    public async Task Slow() => await AssertDeniedWhileAsync(async context =>
    {
        await Task.Delay(TimeSpan.FromSeconds(20), context.RequestAborted);
        return false;
    });

    [Fact]
    public async Task A_little_slow_is_no_fault()
    {
        var handler = Handler(proxy.Url, table);
        proxy.Fault = async _ =>
        {
            await Task.Delay(50);
            return false;
        };
        Assert.True((await ConnectAsync(handler)).Response.Allow);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>hello</html>")]
    [InlineData("""{"Items":[{"pk":{"S":"revisions"}}],"Count":1}""")]
    [InlineData(
        """{"Items":[{"pk":{"S":"revisions"},"sk":{"S":"1"},"digest":{"S":"x"},"committedAt":{"S":"now"}"""
        + ""","committedBy":{"S":""},"summary":{"S":""}}],"Count":1}""")]
    [InlineData("""{"Items":"no list"}""")]
    public async Task Answering_with_something_else(string answer) => await AssertDeniedWhileAsync(async context =>
    {
        context.Response.ContentType = "application/x-amz-json-1.0";
        await context.Response.WriteAsync(answer);
        return true;
    });

    [Fact]
    public async Task Closing_the_connection() => await AssertDeniedWhileAsync(context =>
    {
        context.Abort();
        return Task.FromResult(true);
    });

    [Fact]
    public async Task Closing_the_connection_amid_the_answer() => await AssertDeniedWhileAsync(async context =>
    {
        context.Response.ContentLength = 1_000;
        await context.Response.WriteAsync("{");
        await context.Response.Body.FlushAsync();
        context.Abort();
        return true;
    });

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "ResourceNotFoundException", false)]
    [InlineData(HttpStatusCode.BadRequest, "ExpiredTokenException", false)]
    [InlineData(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable", true)]
    public async Task Old_rules_stand_in_only_for_a_service_that_is_away(HttpStatusCode status, string type, bool isAway)
    {
        var settings = new HandlerSettings(TimeSpan.FromDays(30), RulesMaxStale: TimeSpan.FromMinutes(1));
        var handler = new ConnectHandler(() => Store.In(Open(proxy.Url, table)), settings, TimeProvider.System, log);
        Assert.True((await ConnectAsync(handler)).Response.Allow);
        proxy.Fault = FaultyProxy.Error(status, type);
        Assert.Equal(isAway, (await ConnectAsync(handler)).Response.Allow);
    }

    [Fact]
    public async Task Nobody_there()
    {
        var handler = Handler("http://127.0.0.1:9", table);
        AssertUnavailable(await ConnectAsync(handler), messageIsKnown: false);
    }

    [DynaliteFact(needsSignals: true)]
    public async Task Stopped_with_SIGSTOP()
    {
        var handler = Handler(server.Client.Config.ServiceURL, table);
        Assert.True((await ConnectAsync(handler)).Response.Allow);
        Signal("STOP", server.Dynalite!.Id);
        try
        {
            AssertUnavailable(await ConnectAsync(handler), messageIsKnown: true);
        }
        finally
        {
            Signal("CONT", server.Dynalite!.Id);
        }

        Assert.True((await ConnectAsync(handler)).Response.Allow);
    }

    [DynaliteFact]
    public async Task Killed_and_restarted()
    {
        using var folder = new TemporaryFolder();
        var port = DynamoDbServer.FreePort();
        const string Name = "killed";
        ConnectHandler handler;
        var (first, url) = await DynamoDbServer.StartAsync(port, folder["data"]);
        using (first)
        {
            await DynamoDbServer.CreateTableAsync(Open(url.ToString(), Name).Client, Name);
            await CommitAsync(url.ToString(), Name);
            handler = Handler(url.ToString(), Name);
            Assert.True((await ConnectAsync(handler)).Response.Allow);
            first.Kill();
            AssertUnavailable(await ConnectAsync(handler), messageIsKnown: true);
        }

        using var second = (await DynamoDbServer.StartAsync(port, folder["data"])).Program;
        Assert.True((await ConnectAsync(handler)).Response.Allow);
    }

    [Fact]
    public async Task A_table_that_is_missing_and_then_there()
    {
        var name = $"missing-{Guid.NewGuid():N}";
        var handler = Handler(proxy.Url, name);
        AssertUnavailable(await ConnectAsync(handler), messageIsKnown: false);
        await DynamoDbServer.CreateTableAsync(server.Client, name);
        await CommitAsync(server.Client.Config.ServiceURL, name);
        Assert.True((await ConnectAsync(handler)).Response.Allow);
        await server.Client.DeleteTableAsync(name);
    }

    [Theory]
    [InlineData("a node of other bytes")]
    [InlineData("a node missing")]
    [InlineData("a root of another digest")]
    public async Task Rules_that_cannot_be_trusted(string damage)
    {
        var handler = Handler(proxy.Url, table);
        Assert.True((await ConnectAsync(handler)).Response.Allow);

        // Enough for several nodes; the handler doesn't hold them yet.
        var everyone = Enumerable.Range(0, 2_000).Select(i => Some.Range($"203.0.113.{i % 256}/32")).Append(Some.Range("0.0.0.0/0"));
        var log = new RevisionLog(new DynamoDbRuleStore(Open(server.Client.Config.ServiceURL, table)), TimeProvider.System);
        await log.CommitAsync("alice", head => new Proposal(head.Rules.With(everyone), "Many."), default);
        var nodes = await server.ItemsAsync(table, DynamoDbRuleStore.Node);
        Assert.True(nodes.Count > 1);
        var revision = (await server.ItemsAsync(table, DynamoDbRuleStore.Revisions)).MaxBy(i => i["sk"].S)!;
        switch (damage)
        {
            case "a node of other bytes":
                foreach (var node in nodes)
                {
                    node["bytes"] = new() { B = new MemoryStream([.. node["bytes"].B.ToArray(), 0]) };
                    await server.Client.PutItemAsync(table, node);
                }

                break;
            case "a node missing":
                foreach (var node in nodes)
                {
                    await server.Client.DeleteItemAsync(table, new() { ["pk"] = node["pk"], ["sk"] = node["sk"] });
                }

                break;
            default:
                revision["digest"] = new(new string('0', 64));
                await server.Client.PutItemAsync(table, revision);
                break;
        }

        AssertUnavailable(await ConnectAsync(handler), messageIsKnown: true);
        await server.Client.DeleteItemAsync(table, new() { ["pk"] = revision["pk"], ["sk"] = revision["sk"] });
        Assert.True((await ConnectAsync(handler)).Response.Allow);
    }

    [Fact]
    public async Task Decisions_that_cannot_be_recorded_change_nothing()
    {
        var handler = Handler(proxy.Url, table);
        Assert.True((await ConnectAsync(handler)).Response.Allow);
        proxy.Fault = async context =>
        {
            if (!context.Request.Headers["X-Amz-Target"].ToString().EndsWith(".PutItem", StringComparison.Ordinal))
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromSeconds(20), context.RequestAborted);
            return true;
        };
        Assert.True((await ConnectAsync(handler)).Response.Allow);
        Assert.NotNull(LastLine()["notRecorded"].GetString());
    }

    private static void Signal(string signal, int processId)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{processId}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    private async Task AssertDeniedWhileAsync(Func<HttpContext, Task<bool>> fault)
    {
        // From the first connection on, when there is no message yet that could be known, and after one that went well: both at once,
        // since what is waited for is long.
        using var firstLog = new StringWriter();
        var (first, second) = (Handler(proxy.Url, table, firstLog), Handler(proxy.Url, table));
        Assert.True((await ConnectAsync(second)).Response.Allow);
        proxy.Fault = fault;
        var decisions = await Task.WhenAll(ConnectAsync(first), ConnectAsync(second));
        AssertUnavailable(decisions[0], messageIsKnown: false, firstLog);
        AssertUnavailable(decisions[1], messageIsKnown: true);
        proxy.Fault = null;
        Assert.True((await ConnectAsync(first)).Response.Allow);
        Assert.True((await ConnectAsync(second)).Response.Allow);
    }

    /// <param name="ownLog">The handler's, if it has one of its own.</param>
    private void AssertUnavailable(Decision decision, bool messageIsKnown, StringWriter? ownLog = null)
    {
        var line = LastLine(ownLog);
        Assert.Equal(DenialReason.RulesUnavailable, decision.Reason);
        var message = messageIsKnown
            ? "Back soon."
            : "Connection from 203.0.113.7 denied (rules-unavailable). Please contact your administrator.";
        Assert.Equal(
            $$"""{"allow":false,"error-msg-on-denied-connection":"{{message}}","posture-compliance-statuses":[],"schema-version":"v3"}""",
            decision.Response.Json().GetRawText());
        Assert.Equal("error", line["level"].GetString());
        Assert.NotEmpty(line["error"].GetString()!);
    }

    private Dictionary<string, JsonElement> LastLine(StringWriter? ownLog = null) =>
        JsonElement.Parse((ownLog ?? log).ToString().TrimEnd().Split('\n')[^1]).EnumerateObject().ToDictionary(p => p.Name, p => p.Value);

    private static Task<Decision> ConnectAsync(ConnectHandler handler) =>
        handler.HandleAsync(Encoding.UTF8.GetBytes(Some.EventJson().ToJsonString())).WaitAsync(Promised);

    private ConnectHandler Handler(string url, string name, StringWriter? ownLog = null) =>
        new(() => Store.In(Open(url, name)), new(TimeSpan.FromDays(30), TimeSpan.Zero), TimeProvider.System, ownLog ?? log);

    private async Task CommitAsync(string url, string name)
    {
        var rules = new RuleSet([Some.Range("203.0.113.0/24")], [Some.Message("Back soon.", reason: DenialReason.RulesUnavailable)], new());
        await new RevisionLog(new DynamoDbRuleStore(Open(url, name)), TimeProvider.System)
            .CommitAsync("alice", _ => new Proposal(rules, "A test."), default);
    }

    private DynamoDbTable Open(string url, string name)
    {
        var opened = DynamoDbTable.Existing(name, new AmazonDynamoDBConfig { ServiceURL = url, AuthenticationRegion = "us-east-1" });
        tables.Add(opened);
        return opened;
    }
}
