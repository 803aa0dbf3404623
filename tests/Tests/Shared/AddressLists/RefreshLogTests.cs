using ClientVpnAdmin.Stores.DynamoDb;
using ClientVpnAdmin.Stores.Sqlite;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AddressLists;

/// <summary>What both stores keep of refreshes.</summary>
[Collection(DynamoDbCollection.Name)]
public sealed class RefreshLogTests(DynamoDbServer server) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("SQLite")]
    [InlineData("DynamoDB")]
    public async Task The_last_refresh_of_each_list_comes_out_as_it_went_in(string store)
    {
        var log = await OpenAsync(store);
        Assert.Empty(await log.ListAsync(default));
        var (one, other) = (Guid.NewGuid(), Guid.NewGuid());
        var failed = new ListRefresh(
            one, Some.Time, Some.Time.AddTicks(1), null, new Fault("feed-status", "東京 said 404.", ("host", "東京"), ("status", 404)));
        await log.RecordAsync(failed, "東京", default);
        await log.RecordAsync(new(other, Some.Time, Some.Time.AddHours(1), Some.Time, null), null, default);
        var read = (await log.ListAsync(default)).ToDictionary(refresh => refresh.AddressListId);
        Assert.Equal(2, read.Count);
        Assert.Equal(failed with { Error = null }, read[one] with { Error = null });
        Assert.Equal((failed.Error!.Code, failed.Error.Message), (read[one].Error!.Code, read[one].Error!.Message));
        Assert.Equal(failed.Error.Values.OrderBy(v => v.Key), read[one].Error!.Values.OrderBy(v => v.Key));

        await log.RecordAsync(failed with { LastSuccess = Some.Time, Error = null }, null, default);
        Assert.Equal(Some.Time, (await log.ListAsync(default)).Single(refresh => refresh.AddressListId == one).LastSuccess);
    }

    private async Task<IRefreshLog> OpenAsync(string store) => store == "SQLite"
        ? new SqliteRefreshLog(await SqliteFile.CreateAsync(folder["rules.db"], default))
        : new DynamoDbRefreshLog(await DynamoDbTable.CreateAsync(await server.CreateTableAsync(), default));
}
