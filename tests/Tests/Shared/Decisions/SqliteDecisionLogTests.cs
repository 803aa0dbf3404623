using ClientVpnAdmin.Stores;

namespace ClientVpnAdmin.Decisions;

public sealed class SqliteDecisionLogTests : DecisionLogTests, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_has_expired_is_removed_when_something_new_comes()
    {
        var log = await OpenAsync();
        await log.RecordAsync(Decision(Some.Time), Some.Time.AddDays(30), default);
        await log.RecordAsync(Decision(Some.Time.AddDays(30)), Some.Time.AddDays(60), default);
        Assert.Equal(2L, Sql.Execute(folder["rules.db"], "SELECT count(*) FROM decisions"));
        await log.RecordAsync(Decision(Some.Time.AddDays(30).AddSeconds(1)), Some.Time.AddDays(60), default);
        Assert.Equal(2L, Sql.Execute(folder["rules.db"], "SELECT count(*) FROM decisions"));
    }

    [Fact]
    public async Task Of_many_that_have_expired_some_are_removed_each_time()
    {
        var log = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 250).Select(i => log.RecordAsync(Decision(Some.Time), Some.Time.AddDays(30), default)));
        foreach (var left in new[] { 151L, 52L, 3L, 4L })
        {
            await log.RecordAsync(Decision(Some.Time.AddDays(31)), Some.Time.AddDays(61), default);
            Assert.Equal(left, Sql.Execute(folder["rules.db"], "SELECT count(*) FROM decisions"));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("allowed = 0")]
    [InlineData("reason = 'address-blocked'")]
    [InlineData("username = 'alice'")]
    [InlineData("public_ip = '203.0.113.7'")]
    [InlineData("endpoint_id = 'x'")]
    [InlineData("key >= '1'")]
    [InlineData("key < '1'")]
    public async Task No_filter_reads_or_sorts_the_whole_log(string filter)
    {
        await OpenAsync();
        using var connection = Sql.Open(folder["rules.db"]);
        using var command = connection.CreateCommand();
        command.CommandText = $"EXPLAIN QUERY PLAN SELECT decision FROM decisions WHERE expires_at >= 1 {(filter.Length > 0 ? "AND" : "")} {filter} ORDER BY key DESC LIMIT 101";
        using var reader = command.ExecuteReader();
        Assert.True(reader.Read());
        Assert.Matches(filter is "" ? "^SCAN decisions$" : "^SEARCH decisions USING", reader.GetString(3)); // without a filter it stops after a page
        Assert.False(reader.Read(), "There is a second step, such as sorting.");
    }

    protected override async Task<IDecisionLog> OpenAsync() => new SqliteDecisionLog(await SqliteFile.CreateAsync(folder["rules.db"], default));
}
