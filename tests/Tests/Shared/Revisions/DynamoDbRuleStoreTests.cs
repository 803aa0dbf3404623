using Amazon.DynamoDBv2.Model;
using ClientVpnAdmin.Stores;

namespace ClientVpnAdmin.Revisions;

[Collection(DynamoDbCollection.Name)]
public sealed class DynamoDbRuleStoreTests(DynamoDbServer server) : RuleStoreTests, IAsyncLifetime
{
    private string table = "";

    public async Task InitializeAsync() => table = await server.CreateTableAsync();

    public Task DisposeAsync() => server.Client.DeleteTableAsync(table);

    [Fact]
    public async Task A_body_lacks_a_chunk_and_is_refused()
    {
        var body = new byte[1_000_000];
        new Random(1).NextBytes(body);
        var store = await OpenAsync();
        await store.TryCommitAsync(SomeRevision(1, body), body, default);
        var chunks = await server.ItemsAsync(table, DynamoDbRuleStore.Body);
        Assert.Equal(3, chunks.Count);
        await server.Client.DeleteItemAsync(table, new() { ["pk"] = chunks[0]["pk"], ["sk"] = new("0001") });
        await Assert.ThrowsAsync<RuleStoreException>(() => new RevisionLog(store, TimeProvider.System).ReadHeadAsync(default));
    }

    [Fact]
    public async Task A_table_that_is_missing_is_an_error_that_says_so()
    {
        using var missing = DynamoDbTable.Existing("there-is-no-such-table");
        var store = new DynamoDbRuleStore(missing);
        foreach (var work in new Func<Task>[]
        {
            () => store.FindHeadAsync(default), () => store.FindRevisionAsync(1, default), () => store.ReadBodyAsync(Digest(SomeBody), default),
            () => store.TryCommitAsync(SomeRevision(1, SomeBody), SomeBody, default),
        })
        {
            Assert.Contains("There is no DynamoDB table there-is-no-such-table", (await Assert.ThrowsAsync<RuleStoreException>(work)).Message, StringComparison.Ordinal);
        }
    }

    [DynaliteFact]
    public async Task On_an_endpoint_of_ones_own_a_missing_table_is_made_even_by_two_at_once()
    {
        var name = $"made-{Guid.NewGuid():N}";
        var tables = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => DynamoDbTable.CreateAsync(name, default)));
        Assert.True(await new DynamoDbRuleStore(tables[0]).TryCommitAsync(SomeRevision(1, SomeBody), SomeBody, default));
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

    protected override async Task<IRuleStore> OpenAsync() => new DynamoDbRuleStore(await DynamoDbTable.CreateAsync(table, default));

    protected override async Task DamageBodiesAsync()
    {
        foreach (var item in await server.ItemsAsync(table, DynamoDbRuleStore.Body))
        {
            item["bytes"] = new() { B = new MemoryStream(new byte[item["bytes"].B.Length]) };
            await server.Client.PutItemAsync(table, item);
        }
    }

    protected override async Task SwapBodiesAsync(string one, string other)
    {
        var items = await server.ItemsAsync(table, DynamoDbRuleStore.Body);
        foreach (var item in items)
        {
            item["pk"] = new(DynamoDbRuleStore.Body + (item["pk"].S.EndsWith(one, StringComparison.Ordinal) ? other : one));
            await server.Client.PutItemAsync(table, item);
        }
    }

    protected override async Task DeleteBodiesAsync()
    {
        foreach (var item in await server.ItemsAsync(table, DynamoDbRuleStore.Body))
        {
            await server.Client.DeleteItemAsync(table, new() { ["pk"] = item["pk"], ["sk"] = item["sk"] });
        }
    }

    protected override async Task CutOffCommitAsync(Revision revision, byte[] body) =>
        await server.Client.PutItemAsync(
            table, new Dictionary<string, AttributeValue> { ["pk"] = new(DynamoDbRuleStore.Body + revision.Digest), ["sk"] = new("0000"), ["bytes"] = new() { B = new MemoryStream(body) } });
}
