using System.Globalization;
using System.Net;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.Tries;
using Microsoft.AspNetCore.Http;

namespace ClientVpnAdmin.Stores.DynamoDb;

[Collection(DynamoDbCollection.Name)]
public sealed class DynamoDbRuleStoreTests(DynamoDbServer server) : RuleStoreTests, IAsyncLifetime
{
    private string table = "";

    public async Task InitializeAsync() => table = await server.CreateTableAsync();

    public Task DisposeAsync() => server.Client.DeleteTableAsync(table);

    [Fact]
    public async Task A_table_that_is_missing_is_an_error_that_says_so()
    {
        using var missing = DynamoDbTable.Existing("there-is-no-such-table");
        var store = new DynamoDbRuleStore(missing);
        foreach (var work in new Func<Task>[]
        {
            () => store.FindHeadAsync(default),
            () => store.FindRevisionAsync(1, default),
            () => store.ReadNodesAsync([Digest.Of(SomeBody)], default),
            () => store.TryCommitAsync(new(SomeRevision(1, SomeBody), SomeBody), Some.RulesChanged, NoNodes, default),
        })
        {
            Assert.Contains(
                "There is no DynamoDB table there-is-no-such-table",
                (await Assert.ThrowsAsync<RuleStoreException>(work)).Message,
                StringComparison.Ordinal);
        }
    }

    [DynaliteFact]
    public async Task On_an_endpoint_of_ones_own_a_missing_table_is_made_even_by_two_at_once()
    {
        var name = $"made-{Guid.NewGuid():N}";
        var tables = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => DynamoDbTable.CreateAsync(name, default)));
        var commit = new Commit(SomeRevision(1, SomeBody), SomeBody);
        Assert.True(await new DynamoDbRuleStore(tables[0]).TryCommitAsync(commit, Some.RulesChanged, NoNodes, default));
        Assert.NotNull(await new DynamoDbRuleStore(tables[1]).FindHeadAsync(default));
        Array.ForEach(tables, t => t.Dispose());

        await server.Client.DeleteTableAsync(name);
    }

    [Fact]
    public async Task An_item_that_lacks_something_is_refused()
    {
        await AddAsync(await OpenLogAsync(), "10.0.0.0/8");
        var item = Assert.Single(await server.ItemsAsync(table, DynamoDbRuleStore.Revisions));
        item.Remove("digest");
        await server.Client.PutItemAsync(table, item);
        await Assert.ThrowsAsync<RuleStoreException>(async () => await (await OpenLogAsync()).ReadHeadAsync(default));
    }

    [Fact]
    public async Task A_revision_of_before_the_first_release_is_refused_with_advice()
    {
        await AddAsync(await OpenLogAsync(), "10.0.0.0/8");
        var item = Assert.Single(await server.ItemsAsync(table, DynamoDbRuleStore.Revisions));
        item.Remove("root");
        await server.Client.PutItemAsync(table, item);
        var refused = await Assert.ThrowsAsync<RuleStoreException>(async () => await (await OpenLogAsync()).ReadHeadAsync(default));
        Assert.Contains("PUT /api/rule-set", refused.Message, StringComparison.Ordinal);
        Assert.False(refused.IsAway);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "UnrecognizedClientException", false)]
    [InlineData(HttpStatusCode.BadRequest, "AccessDeniedException", false)]
    [InlineData(HttpStatusCode.BadRequest, "ExpiredTokenException", false)]
    [InlineData(HttpStatusCode.BadRequest, "ValidationException", false)]
    [InlineData(HttpStatusCode.BadRequest, "ResourceNotFoundException", false)]
    [InlineData(HttpStatusCode.BadRequest, "ProvisionedThroughputExceededException", true)]
    [InlineData(HttpStatusCode.BadRequest, "ThrottlingException", true)]
    [InlineData(HttpStatusCode.BadRequest, "RequestLimitExceeded", true)]
    [InlineData(HttpStatusCode.InternalServerError, "InternalServerError", true)]
    [InlineData(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable", true)]
    public async Task A_service_that_fails_is_away_and_one_that_refuses_is_not(HttpStatusCode status, string type, bool isAway) =>
        Assert.Equal(isAway, await IsAwayAsync(FaultyProxy.Error(status, type)));

    [Fact]
    public async Task A_service_that_closes_the_connection_is_away()
    {
        Assert.True(await IsAwayAsync(context =>
        {
            context.Abort();
            return Task.FromResult(true);
        }));
        Assert.True(await IsAwayAsync(async context =>
        {
            context.Response.ContentLength = 1_000;
            await context.Response.WriteAsync("{");
            await context.Response.Body.FlushAsync();
            context.Abort();
            return true;
        }));
    }

    [Fact]
    public async Task A_service_that_nobody_answers_for_or_without_credentials_is_away()
    {
        var config = new AmazonDynamoDBConfig { ServiceURL = "http://127.0.0.1:9", AuthenticationRegion = "us-east-1" };
        Assert.True(await IsAwayAsync(config));
        config = new AmazonDynamoDBConfig { ServiceURL = server.Client.Config.ServiceURL, AuthenticationRegion = "us-east-1" };
        config.Profile = new("there-is-no-such-profile");
        Assert.True(await IsAwayAsync(config));
    }

    [Theory]
    [InlineData("<html>hello</html>")]
    [InlineData("""{"Items":"no list"}""")]
    [InlineData("""{"Items":[{"pk":{"S":"revisions"}}],"Count":1}""")]
    [InlineData("""{"Items":[{"pk":{"S":"revisions"},"sk":{},"digest":{"N":"1"}}],"Count":1}""")]
    [InlineData("""{"Items":[{"pk":{"S":"revisions"},"sk":{"S":"1"},"digest":{"S":"x"},"committedAt":{"S":"now"}}],"Count":1}""")]
    public async Task A_service_that_answers_something_else_is_not_away(string answer) => Assert.False(await IsAwayAsync(async context =>
    {
        context.Response.ContentType = "application/x-amz-json-1.0";
        await context.Response.WriteAsync(answer);
        return true;
    }));

    private async Task<bool> IsAwayAsync(Func<HttpContext, Task<bool>> fault)
    {
        await using var proxy = await FaultyProxy.StartAsync(new Uri(server.Client.Config.ServiceURL));
        proxy.Fault = fault;
        return await IsAwayAsync(new AmazonDynamoDBConfig { ServiceURL = proxy.Url, AuthenticationRegion = "us-east-1" });
    }

    private async Task<bool> IsAwayAsync(AmazonDynamoDBConfig config)
    {
        using var away = DynamoDbTable.Existing(table, config);
        return (await Assert.ThrowsAsync<RuleStoreException>(() => new DynamoDbRuleStore(away).FindHeadAsync(default))).IsAway;
    }

    protected override async Task<IRuleStore> OpenAsync() => new DynamoDbRuleStore(await DynamoDbTable.CreateAsync(table, default));

    protected override async Task DamageNodesAsync()
    {
        foreach (var item in await server.ItemsAsync(table, DynamoDbRuleStore.Node))
        {
            item["bytes"] = new() { B = new MemoryStream(new byte[item["bytes"].B.Length]) };
            await server.Client.PutItemAsync(table, item);
        }
    }

    protected override async Task SwapRootsAsync()
    {
        var items = await server.ItemsAsync(table, DynamoDbRuleStore.Revisions);
        (items[0]["root"], items[1]["root"]) = (items[1]["root"], items[0]["root"]);
        foreach (var item in items)
        {
            await server.Client.PutItemAsync(table, item);
        }
    }

    protected override async Task DeleteNodesAsync()
    {
        foreach (var item in await server.ItemsAsync(table, DynamoDbRuleStore.Node))
        {
            await server.Client.DeleteItemAsync(table, new() { ["pk"] = item["pk"], ["sk"] = item["sk"] });
        }
    }

    protected override async Task RewriteAsync(long number, string? field, string? value)
    {
        var revisions = await server.ItemsAsync(table, DynamoDbRuleStore.Revisions);
        var item = revisions.Single(i => i["sk"].S == number.ToString("D19", CultureInfo.InvariantCulture));
        if (field is null)
        {
            await server.Client.DeleteItemAsync(table, new() { ["pk"] = item["pk"], ["sk"] = item["sk"] });
            return;
        }

        item.Remove(field);
        if (value is not null)
        {
            item[field] = new(value);
        }

        await server.Client.PutItemAsync(table, item);
    }

    protected override async Task CutOffCommitAsync(Digest digest, byte[] bytes) =>
        await server.Client.PutItemAsync(
            table,
            new Dictionary<string, AttributeValue>
            {
                ["pk"] = new(DynamoDbRuleStore.Node + digest),
                ["sk"] = new("node"),
                ["bytes"] = new() { B = new MemoryStream(bytes) },
            });
}
