using ClientVpnAdmin.AdminApi.Decisions;
using ClientVpnAdmin.Decisions;

namespace ClientVpnAdmin.Stores.Sqlite;

public sealed class SqliteDecisionLogTests : DecisionLogTests, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task What_has_expired_is_removed_once_a_hundred_newer_decisions_are_past_its_expiry()
    {
        var log = await OpenAsync();
        await log.RecordAsync(Decision(Some.Time), Some.Time.AddDays(30), default);
        await RecordAsync(log, 100, Some.Time.AddDays(30));
        await RecordAsync(log, 100, Some.Time.AddDays(30).AddSeconds(1));
        Assert.Equal(201L, Count());
        await RecordAsync(log, 1, Some.Time.AddDays(30).AddSeconds(1));
        Assert.Equal(201L, Count());
    }

    [Fact]
    public async Task Of_many_that_have_expired_some_are_removed_each_time()
    {
        var log = await OpenAsync();
        await RecordAsync(log, 250, Some.Time);
        await RecordAsync(log, 100, Some.Time.AddDays(31));
        Assert.Equal(350L, Count());
        foreach (var left in new[] { 251L, 152L, 103L, 104L })
        {
            await RecordAsync(log, 1, Some.Time.AddDays(31));
            Assert.Equal(left, Count());
        }
    }

    [Fact]
    public async Task Counts_of_days_that_are_over_go_once_no_decision_of_theirs_is_left()
    {
        var log = await OpenAsync();
        await RecordAsync(log, 1, Some.Time);
        await RecordAsync(log, 1, Some.Time.AddDays(1));
        await RecordAsync(log, 101, Some.Time.AddDays(40));
        await RecordAsync(log, 1, Some.Time.AddDays(40));
        Assert.Equal(102L, Count());
        Assert.Equal("2026-05-11", Sql.Execute(folder["rules.db"], "SELECT group_concat(DISTINCT day) FROM counts"));
    }

    [Fact]
    public async Task A_file_of_a_build_that_did_not_count_gets_its_table_of_counts_by_whoever_writes_first()
    {
        await OpenAsync();
        Sql.Execute(folder["rules.db"], "DROP TABLE counts");
        var handlers = new SqliteDecisionLog(SqliteFile.Existing(folder["rules.db"]));
        await handlers.RecordAsync(Decision(Some.Time), Some.Time.AddDays(30), default);
        Assert.Equal(3L, Sql.Execute(folder["rules.db"], "SELECT count(*) FROM counts"));
        Sql.Execute(folder["rules.db"], "DROP TABLE counts");
        var day = DateOnly.FromDateTime(Some.Time.UtcDateTime);
        Assert.Empty((await (await OpenAsync()).CountAsync(day, day, default)).Hours);
    }

    [Fact]
    public async Task A_clock_that_jumps_a_year_ahead_removes_nothing_and_hides_nothing_from_others()
    {
        var log = await OpenAsync();
        await RecordAsync(log, 300, Some.Time);
        await RecordAsync(log, 50, Some.Time.AddYears(1));
        await RecordAsync(log, 50, Some.Time.AddMinutes(1));
        Assert.Equal(400L, Count());
        var query = new DecisionQuery { To = Some.Time.AddSeconds(1), Limit = 1, Now = Some.Time.AddMinutes(1) };
        Assert.Equal(300, (await log.ListAllAsync(query, 1_000, default)).Items.Count);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_removes_nothing_either()
    {
        var log = await OpenAsync();
        await RecordAsync(log, 200, Some.Time.AddYears(1));
        await RecordAsync(log, 200, Some.Time);
        Assert.Equal(400L, Count());
    }

    [Fact]
    public async Task What_expires_is_found_without_reading_the_whole_log()
    {
        await OpenAsync();
        using var connection = Sql.Open(folder["rules.db"]);
        using var command = connection.CreateCommand();
        command.CommandText = $"EXPLAIN QUERY PLAN {SqliteDecisionLog.RemoveExpired}";
        command.Parameters.AddWithValue("$now", 1);
        using var reader = command.ExecuteReader();
        var plan = new List<string>();
        while (reader.Read())
        {
            plan.Add(reader.GetString(3));
        }

        Assert.Contains(plan, step => step.StartsWith("SEARCH decisions USING COVERING INDEX decisions_expires", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
        Assert.Single(plan, step => step.StartsWith("SCAN", StringComparison.Ordinal)); // it stops after a hundred, the newest
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
        var and = filter.Length > 0 ? "AND" : "";
        command.CommandText = $"EXPLAIN QUERY PLAN SELECT decision FROM decisions WHERE +expires_at >= 1 {and} {filter} ORDER BY key DESC";
        using var reader = command.ExecuteReader();
        Assert.True(reader.Read());
        // A scan without a filter stops after a page.
        Assert.Matches(filter is "" ? "^SCAN decisions$" : "^SEARCH decisions USING", reader.GetString(3));
        Assert.False(reader.Read(), "There is a second step, such as sorting.");
    }

    private static async Task RecordAsync(IDecisionLog log, int count, DateTimeOffset time)
    {
        for (var i = 0; i < count; i++)
        {
            await log.RecordAsync(Decision(time), time.AddDays(30), default);
        }
    }

    private object? Count() => Sql.Execute(folder["rules.db"], "SELECT count(*) FROM decisions");

    protected override Task DamageAsync(RecordedDecision decision, byte[] json)
    {
        Sql.Execute(folder["rules.db"], $"UPDATE decisions SET decision = x'{Convert.ToHexString(json)}' WHERE key = '{decision.Key}'");
        return Task.CompletedTask;
    }

    protected override Task StoreAsync(string key, byte[] json)
    {
        var sql = $"INSERT INTO decisions VALUES ('{key}', 1, NULL, '', '', '', 99999999999, x'{Convert.ToHexString(json)}')";
        Sql.Execute(folder["rules.db"], sql);
        return Task.CompletedTask;
    }

    protected override async Task<IDecisionLog> OpenAsync() =>
        new SqliteDecisionLog(await SqliteFile.CreateAsync(folder["rules.db"], default));
}
