using System.Globalization;
using System.Text;
using ClientVpnAdmin.Decisions;

namespace ClientVpnAdmin.Stores.DynamoDb;

[Collection(DynamoDbCollection.Name)]
public sealed class DynamoDbDecisionLogTests(DynamoDbServer server) : DecisionLogTests, IAsyncLifetime
{
    private string table = "";

    public async Task InitializeAsync() => table = await server.CreateTableAsync();

    public Task DisposeAsync() => server.Client.DeleteTableAsync(table);

    [Fact]
    public async Task A_decision_says_in_seconds_when_DynamoDB_may_remove_it()
    {
        var log = await OpenAsync();
        await log.RecordAsync(Decision(Some.Time), Some.Time.AddDays(30), default);
        var item = Assert.Single(await server.ItemsAsync(table, DynamoDbDecisionLog.Decisions));
        Assert.Equal(Some.Time.AddDays(30).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), item["expiresAt"].N);
        Assert.Equal(DynamoDbDecisionLog.Decisions, item["pk"].S);
    }

    [Fact]
    public async Task A_days_counts_expire_with_its_last_decision()
    {
        var log = await OpenAsync();
        await log.RecordAsync(Decision(Some.Time), Some.Time.AddDays(30), default);
        var items = await server.ItemsAsync(table, DynamoDbDecisionLog.Counts + "2026-04-01");
        Assert.Equal(["address#203.0.113.7", "hour#00", "name#alice"], items.Select(i => i["sk"].S));
        var end = Some.Time.AddDays(31).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        Assert.All(items, i => Assert.Equal((end, "1"), (i["expiresAt"].N, i["allowed"].N)));
    }

    [Fact]
    public async Task A_decision_that_cannot_be_counted_is_recorded_and_that_is_said()
    {
        var log = await OpenAsync();
        await server.Client.PutItemAsync(table, new()
        {
            ["pk"] = new(DynamoDbDecisionLog.Counts + "2026-04-01"),
            ["sk"] = new("hour#00"),
            ["allowed"] = new("many"),
        });
        var fault = await Assert.ThrowsAsync<RuleStoreException>(
            () => log.RecordAsync(Decision(Some.Time), Some.Time.AddDays(30), default));
        Assert.StartsWith("The decision is recorded, but the summary may not count it: ", fault.Message, StringComparison.Ordinal);
        Assert.Single((await log.ListAsync(new() { Limit = 10, Now = Some.Time }, default)).Items);
    }

    [Fact]
    public async Task An_item_without_what_a_decision_has_is_listed_as_unreadable()
    {
        var log = await OpenAsync();
        var decision = Decision(Some.Time);
        await server.Client.PutItemAsync(table, new()
        {
            ["pk"] = new(DynamoDbDecisionLog.Decisions),
            ["sk"] = new(decision.Key.ToString()),
            ["expiresAt"] = new() { N = "99999999999" },
        });
        var page = await log.ListAsync(new() { Limit = 10, Now = Some.Time }, default);
        Assert.Equal((decision.Id, true, false, 1), (page.Items[0].Id, page.Items[0].Unreadable, page.Items[0].Allowed, page.Unreadable));
    }

    protected override async Task DamageAsync(RecordedDecision decision, byte[] json)
    {
        var item = (await server.ItemsAsync(table, DynamoDbDecisionLog.Decisions)).Single(i => i["sk"].S == decision.Key.ToString());
        item["decision"] = new(Encoding.UTF8.GetString(json));
        await server.Client.PutItemAsync(table, item);
    }

    protected override Task StoreAsync(string key, byte[] json) => server.Client.PutItemAsync(table, new()
    {
        ["pk"] = new(DynamoDbDecisionLog.Decisions),
        ["sk"] = new(key),
        ["reason"] = new("allowed"),
        ["expiresAt"] = new() { N = "99999999999" },
        ["decision"] = new(Encoding.UTF8.GetString(json)),
    });

    protected override async Task<IDecisionLog> OpenAsync() => new DynamoDbDecisionLog(await DynamoDbTable.CreateAsync(table, default));
}
