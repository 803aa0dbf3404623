using System.Text.Json;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.Tries;

namespace ClientVpnAdmin.Stores.Sqlite;

public sealed class SqliteRuleStoreTests : RuleStoreTests, IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string File => folder["rules.db"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_store_of_another_version_is_refused_with_advice()
    {
        var store = new SqliteRuleStore(await SqliteFile.CreateAsync(File, default));
        Sql.Execute(File, "PRAGMA user_version = 6");
        var created = await Assert.ThrowsAsync<RuleStoreException>(() => SqliteFile.CreateAsync(File, default));
        Assert.Contains("Update it", created.Message, StringComparison.Ordinal);
        Sql.Execute(File, "PRAGMA user_version = 4");
        Assert.Contains(
            "PUT /api/rule-set",
            (await Assert.ThrowsAsync<RuleStoreException>(() => store.FindHeadAsync(default))).Message,
            StringComparison.Ordinal);
        await Assert.ThrowsAsync<RuleStoreException>(
            () => store.TryCommitAsync(new(SomeRevision(1, SomeBody), SomeBody), Some.RulesChanged, NoNodes, default));
    }

    [Fact]
    public async Task A_store_that_must_exist_is_not_made()
    {
        var store = new SqliteRuleStore(SqliteFile.Existing(File));
        await Assert.ThrowsAsync<RuleStoreException>(() => store.FindHeadAsync(default));
        Assert.False(System.IO.File.Exists(File));
        System.IO.File.WriteAllText(File, "");
        await Assert.ThrowsAsync<RuleStoreException>(() => store.FindHeadAsync(default));
    }

    [Theory]
    [InlineData("This is no database, however long one looks at it, and it never was one.")]
    [InlineData("SQLite format 3\0and then nothing of the kind")]
    public async Task A_file_that_is_no_database_is_refused_and_left_as_it_is(string text)
    {
        folder.Write("rules.db", text);
        var e = await Assert.ThrowsAsync<RuleStoreException>(() => SqliteFile.CreateAsync(File, default));
        Assert.Contains(File, e.Message, StringComparison.Ordinal);
        Assert.Equal(text, await System.IO.File.ReadAllTextAsync(File));
    }

    [Fact]
    public async Task A_folder_in_the_place_of_the_file_is_refused()
    {
        Directory.CreateDirectory(File);
        await Assert.ThrowsAsync<RuleStoreException>(() => SqliteFile.CreateAsync(File, default));
        await Assert.ThrowsAsync<RuleStoreException>(() => new SqliteRuleStore(SqliteFile.Existing(File)).FindHeadAsync(default));
    }

    [Fact]
    public async Task Readers_go_on_while_somebody_writes_and_a_second_writer_gives_up_in_time()
    {
        var store = new SqliteRuleStore(await SqliteFile.CreateAsync(File, default));
        await store.TryCommitAsync(new(SomeRevision(1, SomeBody), SomeBody), Some.RulesChanged, NoNodes, default);
        using var other = Sql.Open(File);
        using var transaction = other.BeginTransaction();
        other.Execute("DELETE FROM revisions");
        Assert.Equal(1, (await store.FindHeadAsync(default))!.Revision.Number);
        await Assert.ThrowsAsync<RuleStoreException>(
            () => store.TryCommitAsync(new(SomeRevision(2, SomeBody), SomeBody), Some.RulesChanged, NoNodes, default));
        transaction.Rollback();
        Assert.True(await store.TryCommitAsync(new(SomeRevision(2, SomeBody), SomeBody), Some.RulesChanged, NoNodes, default));
    }

    [Theory]
    [InlineData("DELETE FROM head")]
    [InlineData("INSERT INTO head SELECT * FROM head")]
    [InlineData("UPDATE head SET number = 1")]
    [InlineData("UPDATE head SET digest = zeroblob(32)")]
    [InlineData("DELETE FROM revisions WHERE number = 2")]
    [InlineData("DELETE FROM revisions")]
    [InlineData("UPDATE revisions SET digest = (SELECT digest FROM revisions WHERE number = 1)")]
    public async Task A_newest_revision_that_is_another_than_the_one_recorded_is_damage(string damage)
    {
        var store = new SqliteRuleStore(await SqliteFile.CreateAsync(File, default));
        await store.TryCommitAsync(new(SomeRevision(1, SomeBody), SomeBody), Some.RulesChanged, NoNodes, default);
        await store.TryCommitAsync(new(SomeRevision(2, [9]), new byte[] { 9 }), Some.RulesChanged, NoNodes, default);
        Sql.Execute(File, damage);
        Assert.False((await Assert.ThrowsAsync<RuleStoreException>(() => store.FindHeadAsync(default))).IsAway);
    }

    [Fact]
    public async Task A_new_file_whose_record_of_the_newest_revision_is_missing_is_damage()
    {
        var store = new SqliteRuleStore(await SqliteFile.CreateAsync(File, default));
        Sql.Execute(File, "DELETE FROM head");
        Assert.False((await Assert.ThrowsAsync<RuleStoreException>(() => store.FindHeadAsync(default))).IsAway);
    }

    [Fact]
    public async Task Only_its_owner_can_read_the_file()
    {
        var store = new SqliteRuleStore(await SqliteFile.CreateAsync(folder["new/folder/rules.db"], default));
        await store.TryCommitAsync(new(SomeRevision(1, SomeBody), SomeBody), Some.RulesChanged, NoNodes, default);
        Assert.All(Directory.EnumerateFiles(folder["new/folder"]), f => Assert.True(TemporaryFolder.IsPrivate(f), f));
        Assert.True(TemporaryFolder.IsPrivate(folder["new/folder"]));
    }

    protected override async Task<IRuleStore> OpenAsync() => new SqliteRuleStore(await SqliteFile.CreateAsync(File, default));

    protected override Task DamageNodesAsync() => Task.FromResult(Sql.Execute(File, "UPDATE nodes SET bytes = zeroblob(length(bytes))"));

    protected override Task SwapRootsAsync() => Task.FromResult(Sql.Execute(
        File,
        """
        CREATE TEMP TABLE before AS SELECT * FROM revisions;
        UPDATE revisions SET root = (SELECT root FROM before WHERE before.number = 3 - revisions.number);
        """));

    protected override Task DeleteNodesAsync() => Task.FromResult(Sql.Execute(File, "DELETE FROM nodes"));

    protected override Task RewriteAsync(long number, string? field, string? value) => Task.FromResult(Sql.Execute(
        File,
        field is null
            ? $"DELETE FROM revisions WHERE number = {number}"
            : $"UPDATE revisions SET {JsonNamingPolicy.SnakeCaseLower.ConvertName(field)} = {(value is null ? "NULL" : $"'{value}'")} "
                + $"WHERE number = {number}"));

    protected override Task CutOffCommitAsync(Digest digest, byte[] bytes) => Task.FromResult(
        Sql.Execute(File, $"INSERT INTO nodes (digest, bytes) VALUES (x'{digest}', x'{Convert.ToHexString(bytes)}')"));
}
