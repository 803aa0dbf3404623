using System.Globalization;
using ClientVpnAdmin.Stores;

namespace ClientVpnAdmin.Decisions;

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

    protected override async Task<IDecisionLog> OpenAsync() => new DynamoDbDecisionLog(await DynamoDbTable.CreateAsync(table, default));
}
