using System.Security.Cryptography;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Stores;
using Microsoft.Extensions.Time.Testing;

namespace ClientVpnAdmin.Revisions;

/// <summary>
/// What every rule store does, alone and under the log of revisions.
/// Each store has a class of its own that runs these against the real thing.
/// </summary>
public abstract class RuleStoreTests
{
    protected static readonly byte[] SomeBody = [1, 2, 3];

    private readonly FakeTimeProvider time = new(Some.Time);

    [Fact]
    public async Task A_new_store_is_empty()
    {
        var store = await OpenAsync();
        Assert.Null(await store.FindHeadAsync(default));
        Assert.Null(await store.FindRevisionAsync(1, default));
        Assert.Empty(await store.ListRevisionsAsync(long.MaxValue, 10, default));
        Assert.Null(await store.ReadBodyAsync(Digest(SomeBody), default));
    }

    [Fact]
    public async Task A_committed_revision_is_the_head_and_is_there_when_the_store_is_opened_again()
    {
        var store = await OpenAsync();
        var revision = SomeRevision(1, SomeBody);
        Assert.True(await store.TryCommitAsync(revision, Some.RulesChanged, SomeBody, default));
        foreach (var again in new[] { store, await OpenAsync() })
        {
            Assert.Equal(revision, await again.FindHeadAsync(default));
            Assert.Equal(revision, await again.FindRevisionAsync(1, default));
            Assert.Equal(SomeBody, await again.ReadBodyAsync(revision.Digest, default));
        }
    }

    [Fact]
    public async Task Only_the_first_of_two_revisions_with_the_same_number_is_committed()
    {
        var store = await OpenAsync();
        var first = SomeRevision(1, SomeBody);
        Assert.True(await store.TryCommitAsync(first, Some.RulesChanged, SomeBody, default));
        Assert.False(await store.TryCommitAsync(SomeRevision(1, [9]), Some.RulesChanged, [9], default));
        Assert.False(await store.TryCommitAsync(first, Some.RulesChanged, SomeBody, default));
        Assert.Equal(first, await store.FindHeadAsync(default));
        Assert.Null(await store.FindRevisionAsync(2, default));
    }

    [Fact]
    public async Task Of_twenty_racing_commits_of_one_number_one_wins()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => OpenAsync()));
        for (var number = 1; number <= 5; number++)
        {
            var wins = await Task.WhenAll(stores.Select((store, i) => Task.Run(
                () => store.TryCommitAsync(SomeRevision(number, [(byte)i]), Some.RulesChanged, [(byte)i], default))));
            Assert.Equal(1, wins.Count(w => w));
            Assert.Equal(Digest([(byte)Array.IndexOf(wins, true)]), (await stores[0].FindHeadAsync(default))!.Digest);
        }
    }

    [Fact]
    public async Task A_thousand_revisions_are_listed_newest_first_in_pages()
    {
        var store = await OpenAsync();
        for (var n = 1; n <= 1_000; n++)
        {
            Assert.True(await store.TryCommitAsync(SomeRevision(n, SomeBody), Some.RulesChanged, SomeBody, default));
        }

        Assert.Equal([1000, 999, 998], (await store.ListRevisionsAsync(long.MaxValue, 3, default)).Select(r => r.Number));
        Assert.Equal([2, 1], (await store.ListRevisionsAsync(3, 10, default)).Select(r => r.Number));
        Assert.Empty(await store.ListRevisionsAsync(1, 10, default));
        Assert.Equal(
            Enumerable.Range(1, 1_000).Reverse().Select(n => SomeRevision(n, SomeBody)),
            await store.ListRevisionsAsync(long.MaxValue, 1_001, default));
        var seen = new List<long>();
        while (await store.ListRevisionsAsync(seen.Count == 0 ? long.MaxValue : seen[^1], 77, default) is { Count: > 0 } page)
        {
            seen.AddRange(page.Select(r => r.Number));
        }

        Assert.Equal(Enumerable.Range(1, 1_000).Reverse().Select(n => (long)n), seen);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(350 * 1024)]
    [InlineData((350 * 1024) + 1)]
    [InlineData(3_000_000)]
    public async Task A_body_of_any_size_comes_out_as_it_went_in(int size)
    {
        var body = new byte[size];
        new Random(size).NextBytes(body);
        var store = await OpenAsync();
        Assert.True(await store.TryCommitAsync(SomeRevision(1, body), Some.RulesChanged, body, default));
        Assert.Equal(body, await (await OpenAsync()).ReadBodyAsync(Digest(body), default));
    }

    [Fact]
    public async Task Before_the_first_change_the_rules_are_empty_and_the_revision_is_0()
    {
        var log = await OpenLogAsync();
        Assert.Equal(0, (await log.ReadHeadAsync(default)).Revision);
        Assert.Empty((await log.ReadHeadAsync(default)).Rules.Ranges);
        Assert.Equal(0, (await log.ReadAsync(0, default))!.Revision);
        Assert.Null(await log.ReadAsync(1, default));
    }

    [Fact]
    public async Task A_commit_is_the_next_revision_and_says_who_when_and_what()
    {
        var log = await OpenLogAsync();
        await AddAsync(log, "10.0.0.0/8");
        time.Advance(TimeSpan.FromHours(1));
        var head = await AddAsync(log, "10.0.0.0/16", "bob");
        Assert.Equal(2, head.Revision);
        var revision = (await log.FindAsync(2, default))!;
        Assert.Equal(
            (2, Some.Time.AddHours(1), "bob", "Added 10.0.0.0/16."),
            (revision.Number, revision.CommittedAt, revision.CommittedBy, revision.Summary));
        Assert.Equal([2, 1], (await log.ListAsync(long.MaxValue, 10, default)).Select(r => r.Number));
    }

    [Fact]
    public async Task A_history_that_nobody_has_touched_is_intact()
    {
        var log = await OpenLogAsync();
        Assert.Equal(new HistoryCheck(null, 0, null, null), await log.VerifyAsync(default));
        var heads = await AddSomeAsync(log);
        var check = await log.VerifyAsync(default);
        Assert.Equal((null, 4, 1), (check.FirstBroken, check.Checked, check.Since));
        Assert.Equal((4, heads[^1].Chain), (check.Head!.Number, check.Head.Chain));
        Assert.All(await log.ListAsync(long.MaxValue, 3, default), r => Assert.True(r.Intact));
        Assert.True((await log.FindAsync(1, default))!.Intact);
    }

    [Theory]
    [InlineData("committedBy", "mallory", 2)]
    [InlineData("committedAt", "2020-01-01T00:00:00.0000000+00:00", 2)]
    [InlineData("summary", "Added nothing.", 2)]
    [InlineData("comment", "x", 2)]
    [InlineData("chain", "c3ab8ff13720e8ad9047dd39466b3c8974e592c2fa383d4a3960714caef0c4f2", 2)]
    [InlineData("chain", null, 2)]
    [InlineData(null, null, 3)] // it is removed
    public async Task A_revision_that_was_rewritten_is_found(string? field, string? value, long broken)
    {
        var log = await OpenLogAsync();
        await AddSomeAsync(log);
        await RewriteAsync(2, field, value);
        Assert.Equal(broken, (await log.VerifyAsync(default)).FirstBroken);
        Assert.Contains(await log.ListAsync(long.MaxValue, 10, default), r => r.Number == broken && r.Intact == false);
        Assert.False((await log.FindAsync(broken, default))!.Intact);
    }

    [Fact]
    public async Task A_revision_that_was_rewritten_with_its_digest_breaks_the_next_one()
    {
        var log = await OpenLogAsync();
        await AddSomeAsync(log);
        var (first, second) = ((await log.FindAsync(1, default))!, (await log.FindAsync(2, default))!);
        await RewriteAsync(2, "committedBy", "mallory");
        await RewriteAsync(2, "chain", RevisionChain.DigestOf(second with { CommittedBy = "mallory" }, first.Chain));
        Assert.Equal(3, (await log.VerifyAsync(default)).FirstBroken);
    }

    [Fact]
    public async Task In_a_store_from_before_the_chain_it_begins_with_the_next_revision()
    {
        var log = await OpenLogAsync();
        await AddSomeAsync(log);
        for (var number = 1; number <= 4; number++)
        {
            await RewriteAsync(number, "chain", null);
        }

        Assert.Equal((null, 0, null), (await log.VerifyAsync(default)) is var old ? (old.FirstBroken, old.Checked, old.Since) : default);
        Assert.Null((await log.FindAsync(4, default))!.Intact);
        await AddAsync(log, "172.16.0.0/12");
        Assert.Equal((null, 1, 5), (await log.VerifyAsync(default)) is var now ? (now.FirstBroken, now.Checked, now.Since) : default);
        await RewriteAsync(5, "summary", "x");
        Assert.Equal(5, (await log.VerifyAsync(default)).FirstBroken);
    }

    [Fact]
    public async Task Another_log_on_the_same_store_sees_a_commit_at_its_next_reading()
    {
        var (one, other) = (await OpenLogAsync(), await OpenLogAsync());
        await AddAsync(one, "10.0.0.0/8");
        Assert.Single((await other.ReadHeadAsync(default)).Rules.Ranges);
        await AddAsync(one, "10.0.0.0/16");
        Assert.Equal(2, (await other.ReadHeadAsync(default)).Rules.Ranges.Length);
    }

    [Fact]
    public async Task Rules_that_are_known_already_are_not_read_again()
    {
        await AddAsync(await OpenLogAsync(), "10.0.0.0/8");
        var reader = await OpenLogAsync();
        var first = await reader.ReadHeadAsync(default);
        Assert.Same(first.Rules, (await reader.ReadHeadAsync(default)).Rules);
    }

    [Fact]
    public async Task Older_revisions_stay_as_they_were()
    {
        var log = await OpenLogAsync();
        await AddAsync(log, "10.0.0.0/8");
        await AddAsync(log, "10.0.0.0/16");
        Assert.Equal(["10.0.0.0/8"], (await log.ReadAsync(1, default))!.Rules.Ranges.Select(r => r.Cidr.ToString()));
        Assert.Equal(2, (await log.ReadHeadAsync(default)).Rules.Ranges.Length);
    }

    [Fact]
    public async Task Nothing_proposed_commits_nothing()
    {
        var log = await OpenLogAsync();
        Assert.Equal(0, (await log.CommitAsync("alice", _ => Task.FromResult<Proposal?>(null), default)).Revision);
        Assert.Empty(await log.ListAsync(long.MaxValue, 10, default));
    }

    [Fact]
    public async Task A_caller_who_hangs_up_while_the_change_is_written_breaks_nothing_off()
    {
        using var caller = new CancellationTokenSource();
        var log = new RevisionLog(new HangingUp(await OpenAsync(), caller), time);
        var head = await log.CommitAsync("alice", head => Add(head, "10.0.0.0/8"), caller.Token);
        Assert.True(caller.IsCancellationRequested);
        Assert.Equal(1, head.Revision);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => log.CommitAsync("alice", head => Add(head, "10.0.0.0/16"), caller.Token));
        Assert.Single(await log.ListAsync(long.MaxValue, 10, default));

        static Proposal Add(Snapshot head, string cidr) => new(head.Rules.With(head.Rules.Ranges.Add(Some.Range(cidr))), "Added.");
    }

    private static async Task<List<Snapshot>> AddSomeAsync(RevisionLog log)
    {
        var heads = new List<Snapshot>();
        foreach (var cidr in new[] { "10.0.0.0/8", "10.0.0.0/16", "10.0.0.0/24", "192.168.0.0/16" })
        {
            heads.Add(await AddAsync(log, cidr));
        }

        return heads;
    }

    [Fact]
    public async Task A_change_that_lost_a_race_is_proposed_again_on_the_new_head()
    {
        var (one, other) = (await OpenLogAsync(), await OpenLogAsync());
        var seen = new List<long>();
        var head = await one.CommitAsync("alice", head =>
        {
            seen.Add(head.Revision);
            if (seen.Count == 1)
            {
                AddAsync(other, "10.0.0.0/8", "bob").GetAwaiter().GetResult();
            }

            return new Proposal(head.Rules.With(head.Rules.Ranges.Add(Some.Range("10.0.0.0/16"))), "Added.");
        }, default);
        Assert.Equal([0, 1], seen);
        Assert.Equal(2, head.Revision);
        Assert.Equal(2, (await other.ReadHeadAsync(default)).Rules.Ranges.Length);
    }

    [Fact]
    public async Task Twenty_editors_commit_at_once_and_nothing_is_lost_nor_proposed_too_often()
    {
        const int Editors = 20;
        const int CommitsEach = 5;
        var proposals = 0;
        var logs = await Task.WhenAll(Enumerable.Range(0, Editors).Select(_ => OpenLogAsync()));
        await Task.WhenAll(logs.Select(log => Task.Run(async () =>
        {
            for (var i = 0; i < CommitsEach; i++)
            {
                await log.CommitAsync("alice", head =>
                {
                    Interlocked.Increment(ref proposals);
                    return new Proposal(head.Rules.With(head.Rules.Ranges.Add(Some.Range("10.0.0.0/8"))), "Added.");
                }, default);
            }
        })));
        foreach (var log in logs)
        {
            Assert.Equal(Editors * CommitsEach, (await log.ReadHeadAsync(default)).Rules.Ranges.Length);
        }

        Assert.Equal(
            Enumerable.Range(1, Editors * CommitsEach).Select(n => (long)n),
            (await logs[0].ListAsync(long.MaxValue, 1_000, default)).Select(r => r.Number).Reverse());
        Assert.True(proposals <= 5 * Editors * CommitsEach, $"{proposals} proposals."); // in DynamoDB 2.5 for each, 8 without waiting
    }

    [Fact]
    public async Task Editors_of_one_log_take_turns_so_that_none_loses_a_race()
    {
        const int Editors = 50;
        var log = await OpenLogAsync();
        var proposals = 0;
        await Task.WhenAll(Enumerable.Range(0, Editors).Select(_ => Task.Run(() => log.CommitAsync("alice", head =>
        {
            Interlocked.Increment(ref proposals);
            return new Proposal(head.Rules.With(head.Rules.Ranges.Add(Some.Range("10.0.0.0/8"))), "Added.");
        }, default))));
        Assert.Equal(Editors, (await log.ReadHeadAsync(default)).Rules.Ranges.Length);
        Assert.Equal(Editors, proposals);
    }

    [Fact]
    public async Task Whoever_waits_for_a_turn_can_give_up_and_a_change_that_fails_passes_the_turn_on()
    {
        var log = await OpenLogAsync();
        var goesOn = new TaskCompletionSource<Proposal?>();
        var first = log.CommitAsync("alice", _ => goesOn.Task, default);
        using var impatience = new CancellationTokenSource();
        var second = log.CommitAsync("bob", _ => throw new InvalidOperationException("It isn't bob's turn."), impatience.Token);
        Assert.False(second.IsCompleted);
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        goesOn.SetException(new NotSupportedException());
        await Assert.ThrowsAsync<NotSupportedException>(() => first);
        Assert.Equal(1, (await AddAsync(log, "10.0.0.0/8")).Revision);
    }

    [Fact]
    public async Task A_change_that_waits_to_be_proposed_again_can_be_given_up()
    {
        var (one, other) = (await OpenLogAsync(), await OpenLogAsync());
        using var patience = new CancellationTokenSource();
        var proposals = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one.CommitAsync("alice", async head =>
        {
            await AddAsync(other, "10.0.0.0/8", "bob");
            if (++proposals == 3)
            {
                await patience.CancelAsync();
            }

            return new Proposal(head.Rules.With(head.Rules.Ranges.Clear()), "Removed.");
        }, patience.Token));
        Assert.Equal(3, (await AddAsync(other, "10.0.0.0/16")).Revision - 1);
    }

    [Fact]
    public async Task Ten_thousand_ranges_go_in_and_come_out_again()
    {
        var log = await OpenLogAsync();
        var ranges = Enumerable.Range(0, RuleSet.MaxRanges)
            .Select(i => Some.Range($"10.{i / 256}.{i % 256}.0/24") with { Description = $"Office {i}" })
            .ToList();
        await log.CommitAsync("alice", head => new Proposal(head.Rules.With(ranges), "Many."), default);
        Assert.Equal(
            ranges.OrderBy(r => r.Id).Select(r => r.Description),
            (await (await OpenLogAsync()).ReadHeadAsync(default)).Rules.Ranges.Select(r => r.Description));
    }

    [Fact]
    public async Task A_commit_that_is_cut_off_after_the_body_and_before_the_revision_never_happened()
    {
        var log = await OpenLogAsync();
        await AddAsync(log, "10.0.0.0/8");
        var lost = RuleSetCodec.Encode(RuleSet.Empty);
        await CutOffCommitAsync(SomeRevision(2, lost), lost);
        Assert.Equal(1, (await (await OpenLogAsync()).ReadHeadAsync(default)).Revision);
        Assert.Equal(2, (await AddAsync(log, "10.0.0.0/16")).Revision);
        Assert.Equal(3, (await log.CommitAsync("alice", _ => new Proposal(RuleSet.Empty, "The body that was cut off."), default)).Revision);
        Assert.Empty((await (await OpenLogAsync()).ReadHeadAsync(default)).Rules.Ranges);
    }

    [Fact]
    public async Task A_body_that_is_another_revisions_has_the_wrong_digest_and_is_refused()
    {
        var log = await OpenLogAsync();
        await AddAsync(log, "10.0.0.0/8");
        await AddAsync(log, "0.0.0.0/0");
        await SwapBodiesAsync((await log.FindAsync(1, default))!.Digest, (await log.FindAsync(2, default))!.Digest);
        var reader = await OpenLogAsync();
        foreach (var number in new[] { 1, 2 })
        {
            Assert.Contains(
                "digest",
                (await Assert.ThrowsAsync<RuleStoreException>(() => reader.ReadAsync(number, default))).Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_damaged_body_is_never_used_and_the_next_good_revision_is()
    {
        var log = await OpenLogAsync();
        await AddAsync(log, "10.0.0.0/8");
        await DamageBodiesAsync();
        var reader = await OpenLogAsync();
        Assert.False((await Assert.ThrowsAsync<RuleStoreException>(() => reader.ReadHeadAsync(default))).IsAway);
        await Assert.ThrowsAsync<RuleStoreException>(() => reader.ReadAsync(1, default));
        await Assert.ThrowsAsync<RuleStoreException>(() => AddAsync(reader, "10.0.0.0/8"));
        await AddAsync(log, "10.0.0.0/16"); // it has revision 1 in memory
        Assert.Equal(2, (await reader.ReadHeadAsync(default)).Rules.Ranges.Length);
    }

    [Fact]
    public async Task A_revision_whose_body_is_missing_is_refused()
    {
        await AddAsync(await OpenLogAsync(), "10.0.0.0/8");
        await DeleteBodiesAsync();
        var reader = await OpenLogAsync();
        Assert.Contains(
            "missing",
            (await Assert.ThrowsAsync<RuleStoreException>(() => reader.ReadHeadAsync(default))).Message,
            StringComparison.Ordinal);
    }

    protected static string Digest(byte[] body) => Convert.ToHexStringLower(SHA256.HashData(body));

    protected static Revision SomeRevision(long number, byte[] body) => new()
    {
        Number = number,
        Digest = Digest(body),
        CommittedAt = Some.Time.AddTicks(number),
        CommittedBy = "alice",
        Summary = "東京",
    };

    protected static Task<Snapshot> AddAsync(RevisionLog log, string cidr, string who = "alice") =>
        log.CommitAsync(who, head => new Proposal(head.Rules.With(head.Rules.Ranges.Add(Some.Range(cidr))), $"Added {cidr}."), default);

    /// <summary>Opens the test's own store once more.</summary>
    protected abstract Task<IRuleStore> OpenAsync();

    /// <summary>Changes something in every stored body.</summary>
    protected abstract Task DamageBodiesAsync();

    /// <summary>Stores each of two bodies under the other's digest.</summary>
    protected abstract Task SwapBodiesAsync(string one, string other);

    /// <summary>Rewrites a field of a revision by other means, in the words of the API; null removes it, or the whole revision.</summary>
    protected abstract Task RewriteAsync(long number, string? field, string? value);

    /// <summary>Removes every stored body.</summary>
    protected abstract Task DeleteBodiesAsync();

    /// <summary>Commits as far as the body and not the revision, as a program would that crashes in between.</summary>
    protected abstract Task CutOffCommitAsync(Revision revision, byte[] body);

    protected async Task<RevisionLog> OpenLogAsync() => new(await OpenAsync(), time);

    /// <summary>A real store, whose caller hangs up when a write begins.</summary>
    private sealed class HangingUp(IRuleStore store, CancellationTokenSource caller) : IRuleStore
    {
        public Task<Revision?> FindHeadAsync(CancellationToken cancellationToken) => store.FindHeadAsync(cancellationToken);

        public Task<Revision?> FindRevisionAsync(long number, CancellationToken cancellationToken) =>
            store.FindRevisionAsync(number, cancellationToken);

        public Task<IReadOnlyList<Revision>> ListRevisionsAsync(long before, int limit, CancellationToken cancellationToken) =>
            store.ListRevisionsAsync(before, limit, cancellationToken);

        public Task<byte[]?> ReadBodyAsync(string digest, CancellationToken cancellationToken) =>
            store.ReadBodyAsync(digest, cancellationToken);

        public async Task<bool> TryCommitAsync(Revision revision, RevisionEvent what, byte[] body, CancellationToken cancellationToken)
        {
            await caller.CancelAsync();
            return await store.TryCommitAsync(revision, what, body, cancellationToken);
        }
    }
}
