using ClientVpnAdmin.RuleSets;
using Microsoft.Extensions.Time.Testing;

namespace ClientVpnAdmin.Revisions;

public sealed class RevisionLogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new(Some.Time);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Before_the_first_change_the_rules_are_empty_and_the_revision_is_0()
    {
        var log = await OpenAsync();
        Assert.Equal(0, (await log.ReadHeadAsync(default)).Revision);
        Assert.Empty((await log.ReadHeadAsync(default)).Rules.Ranges);
        Assert.Equal(0, (await log.ReadAsync(0, default))!.Revision);
        Assert.Null(await log.ReadAsync(1, default));
        Assert.Null(log.LastRead);
    }

    [Fact]
    public async Task A_commit_is_the_next_revision_and_says_who_when_and_what()
    {
        var log = await OpenAsync();
        await AddAsync(log, "10.0.0.0/8");
        time.Advance(TimeSpan.FromHours(1));
        var head = await AddAsync(log, "10.0.0.0/16", "bob");
        Assert.Equal(2, head.Revision);
        var revision = (await log.FindAsync(2, default))!;
        Assert.Equal((2, Some.Time.AddHours(1), "bob", "Added 10.0.0.0/16."), (revision.Number, revision.CommittedAt, revision.CommittedBy, revision.Summary));
        Assert.Equal([2, 1], (await log.ListAsync(long.MaxValue, 10, default)).Select(r => r.Number));
    }

    [Fact]
    public async Task Another_log_on_the_same_store_sees_a_commit_at_its_next_reading()
    {
        var (one, other) = (await OpenAsync(), await OpenAsync());
        await AddAsync(one, "10.0.0.0/8");
        Assert.Single((await other.ReadHeadAsync(default)).Rules.Ranges);
        await AddAsync(one, "10.0.0.0/16");
        Assert.Equal(2, (await other.ReadHeadAsync(default)).Rules.Ranges.Length);
    }

    [Fact]
    public async Task Rules_that_are_known_already_are_not_read_again()
    {
        var log = await OpenAsync();
        await AddAsync(log, "10.0.0.0/8");
        var reader = await OpenAsync();
        var first = await reader.ReadHeadAsync(default);
        Assert.Same(first.Rules, (await reader.ReadHeadAsync(default)).Rules);
        Assert.Same(first.Rules, reader.LastRead);
    }

    [Fact]
    public async Task Older_revisions_stay_as_they_were()
    {
        var log = await OpenAsync();
        await AddAsync(log, "10.0.0.0/8");
        await AddAsync(log, "10.0.0.0/16");
        Assert.Equal(["10.0.0.0/8"], (await log.ReadAsync(1, default))!.Rules.Ranges.Select(r => r.Cidr.ToString()));
        Assert.Equal(2, (await log.ReadHeadAsync(default)).Rules.Ranges.Length);
    }

    [Fact]
    public async Task Nothing_proposed_commits_nothing()
    {
        var log = await OpenAsync();
        Assert.Equal(0, (await log.CommitAsync("alice", _ => null, default)).Revision);
        Assert.Empty(await log.ListAsync(long.MaxValue, 10, default));
    }

    [Fact]
    public async Task A_change_that_lost_a_race_is_proposed_again_on_the_new_head()
    {
        var (one, other) = (await OpenAsync(), await OpenAsync());
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
    public async Task Many_logs_commit_at_once_and_nothing_is_lost()
    {
        const int Logs = 5;
        const int CommitsEach = 20;
        var logs = await Task.WhenAll(Enumerable.Range(0, Logs).Select(_ => OpenAsync()));
        await Task.WhenAll(logs.Select(log => Task.Run(async () =>
        {
            for (var i = 0; i < CommitsEach; i++)
            {
                await AddAsync(log, "10.0.0.0/8");
            }
        })));
        Assert.All(logs, log => Assert.Equal(Logs * CommitsEach, log.ReadHeadAsync(default).GetAwaiter().GetResult().Rules.Ranges.Length));
        Assert.Equal(
            Enumerable.Range(1, Logs * CommitsEach).Select(n => (long)n),
            (await logs[0].ListAsync(long.MaxValue, 1_000, default)).Select(r => r.Number).Reverse());
    }

    [Fact]
    public async Task Ten_thousand_ranges_go_in_and_come_out_again()
    {
        var log = await OpenAsync();
        var ranges = Enumerable.Range(0, RuleSet.MaxRanges).Select(i => Some.Range($"10.{i / 256}.{i % 256}.0/24") with { Description = $"Office {i}" }).ToList();
        await log.CommitAsync("alice", head => new Proposal(head.Rules.With(ranges), "Many."), default);
        Assert.Equal(ranges.OrderBy(r => r.Id).Select(r => r.Description), (await (await OpenAsync()).ReadHeadAsync(default)).Rules.Ranges.Select(r => r.Description));
    }

    [Fact]
    public async Task A_body_that_cannot_be_trusted_is_never_used_and_the_next_good_revision_is()
    {
        var log = await OpenAsync();
        await AddAsync(log, "10.0.0.0/8");
        Sql.Execute(folder["rules.db"], "UPDATE bodies SET body = zeroblob(length(body))");
        var reader = await OpenAsync();
        await Assert.ThrowsAsync<RuleStoreException>(() => reader.ReadHeadAsync(default));
        await Assert.ThrowsAsync<RuleStoreException>(() => reader.ReadAsync(1, default));
        await Assert.ThrowsAsync<RuleStoreException>(() => AddAsync(reader, "10.0.0.0/8"));
        Assert.Null(reader.LastRead);
        await AddAsync(log, "10.0.0.0/16"); // it has revision 1 in memory
        Assert.Equal(2, (await reader.ReadHeadAsync(default)).Rules.Ranges.Length);
    }

    [Fact]
    public async Task A_revision_that_points_to_no_body_is_refused()
    {
        var log = await OpenAsync();
        await AddAsync(log, "10.0.0.0/8");
        Sql.Execute(folder["rules.db"], "PRAGMA foreign_keys = OFF; UPDATE revisions SET digest = zeroblob(32)");
        await Assert.ThrowsAsync<RuleStoreException>(() => log.ReadHeadAsync(default));
    }

    private async Task<RevisionLog> OpenAsync() => new(await SqliteRuleStore.CreateAsync(folder["rules.db"], default), time);

    private static Task<Snapshot> AddAsync(RevisionLog log, string cidr, string who = "alice") =>
        log.CommitAsync(who, head => new Proposal(head.Rules.With(head.Rules.Ranges.Add(Some.Range(cidr))), $"Added {cidr}."), default);
}
