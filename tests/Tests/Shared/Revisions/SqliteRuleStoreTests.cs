using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace ClientVpnAdmin.Revisions;

public sealed class SqliteRuleStoreTests : IDisposable
{
    private static readonly byte[] Body = [1, 2, 3];
    private readonly TemporaryFolder folder = new();

    private string File => folder["rules.db"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_new_store_is_empty()
    {
        var store = await SqliteRuleStore.CreateAsync(File, default);
        Assert.Null(await store.FindHeadAsync(default));
        Assert.Null(await store.FindRevisionAsync(1, default));
        Assert.Empty(await store.ListRevisionsAsync(long.MaxValue, 10, default));
    }

    [Fact]
    public async Task A_committed_revision_is_the_head_and_is_there_when_the_store_is_opened_again()
    {
        var store = await SqliteRuleStore.CreateAsync(File, default);
        var revision = Revision(1, Body);
        Assert.True(await store.TryCommitAsync(revision, Body, default));
        SqliteConnection.ClearAllPools();
        foreach (var again in new[] { store, await SqliteRuleStore.CreateAsync(File, default), SqliteRuleStore.Existing(File) })
        {
            Assert.Equal(revision, await again.FindHeadAsync(default));
            Assert.Equal(revision, await again.FindRevisionAsync(1, default));
            Assert.Equal(Body, await again.ReadBodyAsync(revision.Digest, default));
        }
    }

    [Fact]
    public async Task Only_the_first_of_two_revisions_with_the_same_number_is_committed_and_nothing_of_the_second()
    {
        var store = await SqliteRuleStore.CreateAsync(File, default);
        var (first, second) = (Revision(1, Body), Revision(1, [9]));
        Assert.True(await store.TryCommitAsync(first, Body, default));
        Assert.False(await store.TryCommitAsync(second, [9], default));
        Assert.Equal(first, await store.FindHeadAsync(default));
        await Assert.ThrowsAsync<RuleStoreException>(() => store.ReadBodyAsync(second.Digest, default));
    }

    [Fact]
    public async Task Of_many_racing_commits_of_one_number_one_wins()
    {
        await SqliteRuleStore.CreateAsync(File, default);
        var wins = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(
            () => SqliteRuleStore.Existing(File).TryCommitAsync(Revision(1, [(byte)i]), [(byte)i], default))));
        Assert.Equal(1, wins.Count(w => w));
    }

    [Fact]
    public async Task Equal_bodies_are_stored_once()
    {
        var store = await SqliteRuleStore.CreateAsync(File, default);
        await store.TryCommitAsync(Revision(1, Body), Body, default);
        await store.TryCommitAsync(Revision(2, [9]), [9], default);
        await store.TryCommitAsync(Revision(3, Body), Body, default);
        Assert.Equal(2L, Sql.Execute(File, "SELECT count(*) FROM bodies"));
        Assert.Equal(Body, await store.ReadBodyAsync((await store.FindHeadAsync(default))!.Digest, default));
    }

    [Fact]
    public async Task Revisions_are_listed_newest_first_in_pages()
    {
        var store = await SqliteRuleStore.CreateAsync(File, default);
        for (var n = 1; n <= 25; n++)
        {
            await store.TryCommitAsync(Revision(n, Body), Body, default);
        }

        Assert.Equal([25, 24, 23], (await store.ListRevisionsAsync(long.MaxValue, 3, default)).Select(r => r.Number));
        Assert.Equal([2, 1], (await store.ListRevisionsAsync(3, 10, default)).Select(r => r.Number));
        Assert.Empty(await store.ListRevisionsAsync(1, 10, default));
    }

    [Fact]
    public async Task A_body_whose_digest_does_not_match_is_refused()
    {
        var store = await SqliteRuleStore.CreateAsync(File, default);
        await store.TryCommitAsync(Revision(1, Body), Body, default);
        Sql.Execute(File, "UPDATE bodies SET body = x'010204'");
        Assert.Contains("damaged", (await Assert.ThrowsAsync<RuleStoreException>(() => store.ReadBodyAsync(Digest(Body), default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_body_is_refused()
    {
        var store = await SqliteRuleStore.CreateAsync(File, default);
        await store.TryCommitAsync(Revision(1, Body), Body, default);
        Sql.Execute(File, "PRAGMA foreign_keys = OFF; DELETE FROM bodies");
        Assert.Contains("missing", (await Assert.ThrowsAsync<RuleStoreException>(() => store.ReadBodyAsync(Digest(Body), default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_of_a_newer_version_is_refused_with_the_advice_to_update()
    {
        var store = await SqliteRuleStore.CreateAsync(File, default);
        Sql.Execute(File, "PRAGMA user_version = 2");
        var created = await Assert.ThrowsAsync<RuleStoreException>(() => SqliteRuleStore.CreateAsync(File, default));
        Assert.Contains("Update it", created.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RuleStoreException>(() => store.FindHeadAsync(default));
        await Assert.ThrowsAsync<RuleStoreException>(() => store.TryCommitAsync(Revision(1, Body), Body, default));
    }

    [Fact]
    public async Task A_store_that_must_exist_is_not_made()
    {
        var store = SqliteRuleStore.Existing(File);
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
        var e = await Assert.ThrowsAsync<RuleStoreException>(() => SqliteRuleStore.CreateAsync(File, default));
        Assert.Contains(File, e.Message, StringComparison.Ordinal);
        Assert.Equal(text, await System.IO.File.ReadAllTextAsync(File));
    }

    [Fact]
    public async Task A_folder_in_the_place_of_the_file_is_refused()
    {
        Directory.CreateDirectory(File);
        await Assert.ThrowsAsync<RuleStoreException>(() => SqliteRuleStore.CreateAsync(File, default));
        await Assert.ThrowsAsync<RuleStoreException>(() => SqliteRuleStore.Existing(File).FindHeadAsync(default));
    }

    [Fact]
    public async Task Readers_go_on_while_somebody_writes_and_a_second_writer_gives_up_in_time()
    {
        var store = await SqliteRuleStore.CreateAsync(File, default);
        await store.TryCommitAsync(Revision(1, Body), Body, default);
        using var other = Sql.Open(File);
        using var transaction = other.BeginTransaction();
        other.Execute("DELETE FROM revisions");
        Assert.Equal(1, (await store.FindHeadAsync(default))!.Number);
        await Assert.ThrowsAsync<RuleStoreException>(() => store.TryCommitAsync(Revision(2, Body), Body, default));
        transaction.Rollback();
        Assert.True(await store.TryCommitAsync(Revision(2, Body), Body, default));
    }

    [Fact]
    public async Task Only_its_owner_can_read_the_file()
    {
        var store = await SqliteRuleStore.CreateAsync(folder["new/folder/rules.db"], default);
        await store.TryCommitAsync(Revision(1, Body), Body, default);
        Assert.All(Directory.EnumerateFiles(folder["new/folder"]), f => Assert.True(TemporaryFolder.IsPrivate(f), f));
        Assert.True(TemporaryFolder.IsPrivate(folder["new/folder"]));
    }

    private static string Digest(byte[] body) => Convert.ToHexStringLower(SHA256.HashData(body));

    private static Revision Revision(long number, byte[] body) => new()
    {
        Number = number,
        Digest = Digest(body),
        CommittedAt = Some.Time.AddTicks(number),
        CommittedBy = "alice",
        Summary = "東京",
    };
}
