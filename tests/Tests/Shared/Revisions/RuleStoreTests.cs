using System.Security.Cryptography;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Stores;
using ClientVpnAdmin.Tries;
using Microsoft.Extensions.Time.Testing;

namespace ClientVpnAdmin.Revisions;

/// <summary>
/// What every rule store does, alone and under the log of revisions.
/// Each store has a class of its own that runs these against the real thing.
/// </summary>
public abstract class RuleStoreTests
{
    private const int Many = 10_000;

    protected static readonly byte[] SomeBody = [1, 2, 3];

    protected static readonly Dictionary<Digest, byte[]> NoNodes = [];

    private readonly FakeTimeProvider time = new(Some.Time);

    [Fact]
    public async Task A_new_store_is_empty()
    {
        var store = await OpenAsync();
        Assert.Null(await store.FindHeadAsync(default));
        Assert.Null(await store.FindRevisionAsync(1, default));
        Assert.Empty(await store.ListRevisionsAsync(long.MaxValue, 10, default));
        Assert.Empty(await store.ReadNodesAsync([Digest.Of(SomeBody)], default));
    }

    [Fact]
    public async Task A_committed_revision_is_the_head_and_is_there_when_the_store_is_opened_again()
    {
        var store = await OpenAsync();
        var revision = SomeRevision(1, SomeBody);
        Assert.True(await store.TryCommitAsync(new(revision, SomeBody), Some.RulesChanged, NoNodes, default));
        foreach (var again in new[] { store, await OpenAsync() })
        {
            foreach (var found in new[] { await again.FindHeadAsync(default), await again.FindRevisionAsync(1, default) })
            {
                Assert.Equal(revision, found!.Revision);
                Assert.Equal(SomeBody, found.Root.ToArray());
            }
        }
    }

    [Fact]
    public async Task Only_the_first_of_two_revisions_with_the_same_number_is_committed()
    {
        var store = await OpenAsync();
        var first = SomeRevision(1, SomeBody);
        Assert.True(await store.TryCommitAsync(new(first, SomeBody), Some.RulesChanged, NoNodes, default));
        Assert.False(await TryCommitAsync(store, 1, [9]));
        Assert.False(await store.TryCommitAsync(new(first, SomeBody), Some.RulesChanged, NoNodes, default));
        Assert.Equal(first, (await store.FindHeadAsync(default))!.Revision);
        Assert.Null(await store.FindRevisionAsync(2, default));
    }

    [Fact]
    public async Task Of_twenty_racing_commits_of_one_number_one_wins()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => OpenAsync()));
        for (var number = 1; number <= 5; number++)
        {
            var wins = await Task.WhenAll(stores.Select((store, i) => Task.Run(
                () => TryCommitAsync(store, number, [(byte)i]))));
            Assert.Equal(1, wins.Count(w => w));
            Assert.Equal([(byte)Array.IndexOf(wins, true)], (await stores[0].FindHeadAsync(default))!.Root.ToArray());
        }
    }

    [Fact]
    public async Task A_thousand_revisions_are_listed_newest_first_in_pages()
    {
        var store = await OpenAsync();
        for (var n = 1; n <= 1_000; n++)
        {
            Assert.True(await TryCommitAsync(store, n, SomeBody));
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
    [InlineData(99)]
    [InlineData(1_234)]
    public async Task So_many_nodes_come_out_as_they_went_in_and_those_that_are_missing_are_left_out(int count)
    {
        var random = new Random(count);
        var nodes = Enumerable.Range(0, count).Select(_ => Bytes(random.Next(1, 20_000))).ToDictionary(bytes => Digest.Of(bytes));
        var store = await OpenAsync();
        Assert.True(await store.TryCommitAsync(new(SomeRevision(1, SomeBody), SomeBody), Some.RulesChanged, nodes, default));
        var read = await (await OpenAsync()).ReadNodesAsync([Digest.Of(SomeBody), .. nodes.Keys], default);
        Assert.Equal(count, read.Count);
        Assert.All(nodes, node => Assert.Equal(node.Value, read[node.Key]));
        Assert.True(await store.TryCommitAsync(new(SomeRevision(2, SomeBody), SomeBody), Some.RulesChanged, nodes, default)); // once more

        byte[] Bytes(int length)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            return bytes;
        }
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
        Assert.Equal(["10.0.0.0/8"], (await log.ReadAsync(1, default))!.Rules.Ranges.Select(r => $"{r.Cidr}"));
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
        var ranges = Enumerable.Range(0, Many)
            .Select(i => Some.Range($"10.{i / 256}.{i % 256}.0/24") with { Description = $"Office {i}" })
            .ToList();
        await log.CommitAsync("alice", head => new Proposal(head.Rules.With(ranges), "Many."), default);
        Assert.Equal(
            ranges.OrderBy(r => r.Id).Select(r => r.Description),
            (await (await OpenLogAsync()).ReadHeadAsync(default)).Rules.Ranges.Select(r => r.Description));
    }

    [Fact]
    public async Task An_edit_of_many_ranges_writes_little_and_so_does_taking_it_back()
    {
        var store = new Counting(await OpenAsync());
        var log = new RevisionLog(store, time);
        var ranges = Enumerable.Range(0, Many)
            .Select(i => Some.Range($"10.{i / 256}.{i % 256}.0/24") with { Description = $"Office {i}" })
            .ToList();
        await log.CommitAsync("alice", head => new Proposal(head.Rules.With(ranges), "Many."), default);
        Assert.True(store.NodesWritten > 50, $"There are only {store.NodesWritten} nodes.");
        var (nodes, bytes) = (store.NodesWritten, store.BytesWritten);
        await log.CommitAsync(
            "alice", head => new Proposal(head.Rules.With(head.Rules.Ranges.RemoveAt(5_000)), "One less."), default);
        Assert.InRange(store.NodesWritten - nodes, 1, 3);
        Assert.InRange(store.BytesWritten - bytes, 1, 32_000);

        // As it was before: what is needed for it is stored.
        var before = (await log.ReadAsync(1, default))!.Rules;
        var stored = store.Digests.Count;
        await log.CommitAsync("alice", _ => new Proposal(before, "As before."), default);
        Assert.Equal(stored, store.Digests.Count);
        Assert.Equal((await log.FindAsync(1, default))!.Digest, (await log.FindAsync(3, default))!.Digest);
    }

    [Fact]
    public async Task What_one_connection_needs_of_many_ranges_is_read_with_few_requests()
    {
        var ranges = Enumerable.Range(0, Many).Select(i => Some.Range($"10.{i / 256}.{i % 256}.0/24")).ToList();
        await (await OpenLogAsync()).CommitAsync("alice", head => new Proposal(head.Rules.With(ranges), "Many."), default);
        var store = new Counting(await OpenAsync());
        var log = new RevisionLog(store, time);
        var connection = Some.EventJson("10.20.30.7").Read();
        var newest = await log.FindNewestAsync(default);
        var rules = await log.ReadForAsync(newest, connection, default);
        Assert.Equal("10.20.30.0/24", Assert.Single(rules.Containing(connection.Address!.Value)).Cidr.ToString());
        Assert.InRange(store.Reads, 2, 4);
        Assert.InRange(store.BytesRead, 1, 64 * 1024);

        // And after that nothing but what has changed.
        var reads = store.Reads;
        var again = await log.FindNewestAsync(default);
        await log.ReadForAsync(again, connection, default);
        Assert.Equal(1, store.Reads - reads);
        Assert.Same(newest, again); // its root is not decoded again
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_one_connection_needs_of_many_entries_is_read_with_few_requests(bool areClustered)
    {
        var random = new Random(1);
        var lists = Enumerable.Range(0, 20).Select(i => Some.List($"List {i}") with { Entries = [.. SomeEntries(random, areClustered)] })
            .ToList();
        var rules = new RuleSet(lists.Select(list => Some.RangeOf(list)), [], new(), [], lists);
        await (await OpenLogAsync()).CommitAsync("alice", _ => new Proposal(rules, "Many."), default);
        foreach (var list in lists)
        {
            var store = new Counting(await OpenAsync());
            var log = new RevisionLog(store, time);
            var connection = Some.EventJson($"{list.Entries[random.Next(list.Entries.Length)].Network}").Read();
            var found = await log.ReadForAsync(await log.FindNewestAsync(default), connection, default);
            Assert.NotEmpty(found.Containing(connection.Address!.Value));
            Assert.InRange(store.Reads, 2, 3);
            Assert.InRange(store.BytesRead, 1, 64 * 1024);
        }
    }

    /// <summary>5,000 blocks of all sizes, from anywhere, or all from the same few.</summary>
    private static IEnumerable<AddressEntry> SomeEntries(Random random, bool areClustered)
    {
        for (var i = 0; i < 5_000; i++)
        {
            var length = random.Next(16, 33);
            var network = areClustered
                ? 0x0A000000u | (uint)(random.Next(4) << 20) | (uint)random.Next(1 << 16)
                : (uint)random.NextInt64(1L << 32);
            yield return new(new(new(false, network & ~(uint)Cidr.HostBits(32, length)), length));
        }
    }

    [Fact]
    public async Task A_commit_that_is_cut_off_after_the_nodes_and_before_the_revision_never_happened()
    {
        var log = await OpenLogAsync();
        await AddAsync(log, "10.0.0.0/8");
        await CutOffCommitAsync(Digest.Of(SomeBody), SomeBody);
        Assert.Equal(1, (await (await OpenLogAsync()).ReadHeadAsync(default)).Revision);
        Assert.Equal(2, (await AddAsync(log, "10.0.0.0/16")).Revision);
        Assert.Equal(2, (await (await OpenLogAsync()).ReadHeadAsync(default)).Rules.Ranges.Length);
    }

    [Fact]
    public async Task A_root_that_is_another_revisions_has_the_wrong_digest_and_is_refused()
    {
        var log = await OpenLogAsync();
        await AddAsync(log, "10.0.0.0/8");
        await AddAsync(log, "0.0.0.0/0");
        await SwapRootsAsync();
        var reader = await OpenLogAsync();
        foreach (var number in new[] { 1, 2 })
        {
            Assert.Contains(
                "damaged",
                (await Assert.ThrowsAsync<RuleStoreException>(() => reader.ReadAsync(number, default))).Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Damaged_nodes_are_never_used_and_the_next_good_revision_is()
    {
        var log = await OpenLogAsync();
        await AddManyAsync(log);
        await DamageNodesAsync();
        var reader = await OpenLogAsync();
        Assert.False((await Assert.ThrowsAsync<RuleStoreException>(() => reader.ReadHeadAsync(default))).IsAway);
        await Assert.ThrowsAsync<RuleStoreException>(() => reader.ReadAsync(1, default));
        await Assert.ThrowsAsync<RuleStoreException>(() => AddAsync(reader, "10.0.0.0/8"));
        await log.CommitAsync("alice", _ => new Proposal(RuleSet.Empty, "Nothing."), default);
        Assert.Empty((await reader.ReadHeadAsync(default)).Rules.Ranges);
    }

    [Fact]
    public async Task A_revision_of_which_nodes_are_missing_is_restored_with_them_by_whoever_has_them_in_memory()
    {
        var log = await OpenLogAsync();
        await AddManyAsync(log);
        var many = await log.ReadHeadAsync(default);
        await log.CommitAsync("alice", _ => new Proposal(RuleSet.Empty, "Nothing."), default);
        await DeleteNodesAsync();
        await log.CommitAsync("alice", _ => new Proposal(many.Rules, "All of it again.", Near: many), default);
        var read = await (await OpenLogAsync()).ReadHeadAsync(default);
        Assert.True(RuleItems.AreEqual(many.Rules, read.Rules));
    }

    [Fact]
    public async Task A_revision_of_which_nodes_are_missing_is_refused()
    {
        await AddManyAsync(await OpenLogAsync());
        await DeleteNodesAsync();
        var reader = await OpenLogAsync();
        Assert.Contains(
            "missing",
            (await Assert.ThrowsAsync<RuleStoreException>(() => reader.ReadHeadAsync(default))).Message,
            StringComparison.Ordinal);
    }

    private static Task<Snapshot> AddManyAsync(RevisionLog log) => log.CommitAsync(
        "alice",
        head => new Proposal(head.Rules.With(Enumerable.Range(0, 1_000).Select(i => Some.Range($"10.{i / 256}.{i % 256}.0/24"))), "Many."),
        default);

    private static Task<bool> TryCommitAsync(IRuleStore store, long number, byte[] root) =>
        store.TryCommitAsync(new(SomeRevision(number, root), root), Some.RulesChanged, NoNodes, default);

    protected static string Hex(byte[] body) => Convert.ToHexStringLower(SHA256.HashData(body));

    protected static Revision SomeRevision(long number, byte[] body) => new()
    {
        Number = number,
        Digest = Hex(body),
        CommittedAt = Some.Time.AddTicks(number),
        CommittedBy = "alice",
        Summary = "東京",
    };

    protected static Task<Snapshot> AddAsync(RevisionLog log, string cidr, string who = "alice") =>
        log.CommitAsync(who, head => new Proposal(head.Rules.With(head.Rules.Ranges.Add(Some.Range(cidr))), $"Added {cidr}."), default);

    /// <summary>Opens the test's own store once more.</summary>
    protected abstract Task<IRuleStore> OpenAsync();

    /// <summary>Changes something in every stored node.</summary>
    protected abstract Task DamageNodesAsync();

    /// <summary>Gives each of revisions 1 and 2 the other's root.</summary>
    protected abstract Task SwapRootsAsync();

    /// <summary>Rewrites a field of a revision by other means, in the words of the API; null removes it, or the whole revision.</summary>
    protected abstract Task RewriteAsync(long number, string? field, string? value);

    /// <summary>Removes every stored node.</summary>
    protected abstract Task DeleteNodesAsync();

    /// <summary>Commits as far as a node and not the revision, as a program would that crashes in between.</summary>
    protected abstract Task CutOffCommitAsync(Digest digest, byte[] bytes);

    protected async Task<RevisionLog> OpenLogAsync() => new(await OpenAsync(), time);

    /// <summary>A real store, whose caller hangs up when a write begins.</summary>
    private sealed class HangingUp(IRuleStore store, CancellationTokenSource caller) : Counting(store)
    {
        public override async Task<bool> TryCommitAsync(
            Commit commit, RevisionEvent what, IReadOnlyDictionary<Digest, byte[]> nodes, CancellationToken cancellationToken)
        {
            await caller.CancelAsync();
            return await base.TryCommitAsync(commit, what, nodes, cancellationToken);
        }
    }

    /// <summary>A real store, and what is asked of it.</summary>
    private class Counting(IRuleStore store) : IRuleStore
    {
        public int Reads { get; private set; }

        public long BytesRead { get; private set; }

        public int NodesWritten { get; private set; }

        public long BytesWritten { get; private set; }

        public HashSet<Digest> Digests { get; } = [];

        public async Task<Commit?> FindHeadAsync(CancellationToken cancellationToken)
        {
            Reads++;
            var commit = await store.FindHeadAsync(cancellationToken);
            BytesRead += commit?.Root.Length ?? 0;
            return commit;
        }

        public Task<Commit?> FindRevisionAsync(long number, CancellationToken cancellationToken) =>
            store.FindRevisionAsync(number, cancellationToken);

        public Task<IReadOnlyList<Revision>> ListRevisionsAsync(long before, int limit, CancellationToken cancellationToken) =>
            store.ListRevisionsAsync(before, limit, cancellationToken);

        public async Task<IReadOnlyDictionary<Digest, byte[]>> ReadNodesAsync(
            IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken)
        {
            Reads++;
            var nodes = await store.ReadNodesAsync(digests, cancellationToken);
            BytesRead += nodes.Values.Sum(bytes => bytes.Length);
            return nodes;
        }

        public virtual Task<bool> TryCommitAsync(
            Commit commit, RevisionEvent what, IReadOnlyDictionary<Digest, byte[]> nodes, CancellationToken cancellationToken)
        {
            NodesWritten += nodes.Count;
            Digests.UnionWith(nodes.Keys);
            BytesWritten += commit.Root.Length + nodes.Values.Sum(bytes => bytes.Length);
            return store.TryCommitAsync(commit, what, nodes, cancellationToken);
        }
    }
}
