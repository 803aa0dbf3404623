using System.Security.Cryptography;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Stores;
using ClientVpnAdmin.Tries;

namespace ClientVpnAdmin.Revisions;

/// <summary>
/// The log of revisions in a store: reads rule sets, keeps the newest in memory, and commits changes. Safe for concurrent use.
/// </summary>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for holds nothing to dispose of.
public sealed class RevisionLog(IRuleStore store, TimeProvider time)
#pragma warning restore CA1001
{
    // So long at most after the first lost race, about as long as a commit to DynamoDB takes, and twice as long after each more.
    private const int FirstWaitMs = 25;
    private const int MaxWaitMs = 400;

    private const int VerifiedAtOnce = 1_000;

    private readonly SemaphoreSlim turn = new(1);

    private readonly NodeCache nodes = new(store);

    private volatile Cached? lastRead;
    private volatile Opened? lastFound;

    /// <summary>
    /// Reads the newest revision's number from the store every time, and its rules only when they are others than last time.
    /// </summary>
    /// <exception cref="RuleStoreException">The store can't be read.</exception>
    public async Task<Snapshot> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var head = await FindNewestAsync(cancellationToken);
        if (head.Revision == 0)
        {
            return Snapshot.Initial;
        }

        var cached = lastRead;
        if (cached?.Digest != head.Digest)
        {
            lastRead = cached = new Cached(head.Digest, head.Root, await ReadRulesAsync(head, cached, cancellationToken));
        }

        return new Snapshot(head.Revision, cached.Rules) { Root = head.Root };
    }

    /// <summary>Finds the newest revision, without its rules.</summary>
    /// <exception cref="RuleStoreException">The store can't be read.</exception>
    public async Task<StoredRevision> FindNewestAsync(CancellationToken cancellationToken)
    {
        if (await store.FindHeadAsync(cancellationToken) is not { } commit)
        {
            return StoredRevision.Initial;
        }

        // Mostly it is the one found before, to the last byte: then it is opened already.
        var found = lastFound;
        if (found?.Commit.Revision != commit.Revision || !found.Commit.Root.Span.SequenceEqual(commit.Root.Span))
        {
            lastFound = found = new Opened(commit, Open(commit));
        }

        return found.Revision;
    }

    /// <summary>Reads of a revision's rules what one connection needs: few nodes, however many there are.</summary>
    /// <exception cref="RuleStoreException">The store can't be read.</exception>
    public Task<ConnectionRules> ReadForAsync(
        StoredRevision revision, ConnectionEvent connection, CancellationToken cancellationToken) =>
        UsingAsync(revision.Revision, () => ConnectionRules.ReadAsync(revision.Root, connection, nodes, cancellationToken));

    /// <summary>As <see cref="ReadForAsync"/>, but asks the store for nothing.</summary>
    /// <exception cref="RuleStoreException">Something of it isn't in memory.</exception>
    public Task<ConnectionRules> ReadFromMemoryAsync(StoredRevision revision, ConnectionEvent connection) =>
        UsingAsync(revision.Revision, () => ConnectionRules.ReadAsync(revision.Root, connection, nodes.InMemory, default));

    /// <summary>Reads all nodes of a revision's rules into memory, as far as there is room.</summary>
    /// <exception cref="RuleStoreException">The store can't be read.</exception>
    public Task ReadAheadAsync(StoredRevision revision, CancellationToken cancellationToken) =>
        UsingAsync(revision.Revision, async () =>
        {
            await nodes.FillAsync(revision.Root, cancellationToken);
            return true;
        });

    /// <summary>
    /// Reads one revision's rules; null if there is no such revision. Number 0 is the empty rule set before the first change.
    /// </summary>
    /// <param name="near">Another one with much in common, which is not read again. Default: the one last read as the newest.</param>
    /// <exception cref="RuleStoreException">The store can't be read.</exception>
    public async Task<Snapshot?> ReadAsync(long number, CancellationToken cancellationToken, Snapshot? near = null)
    {
        if (number == 0)
        {
            return Snapshot.Initial;
        }

        if (await store.FindRevisionAsync(number, cancellationToken) is not { } commit)
        {
            return null;
        }

        var found = Open(commit);
        var known = near is null ? lastRead : new Cached(default, near.Root, near.Rules);
        return new Snapshot(number, await ReadRulesAsync(found, known, cancellationToken)) { Root = found.Root };
    }

    /// <summary>One revision, and whether it is intact; null if there is none.</summary>
    /// <exception cref="RuleStoreException">The store can't be read.</exception>
    public async Task<Revision?> FindAsync(long number, CancellationToken cancellationToken) =>
        number < long.MaxValue && (await ListAsync(number + 1, 1, cancellationToken)) is [var found] && found.Number == number
            ? found
            : null;

    /// <summary>Revisions, the newest first, and whether they are intact.</summary>
    /// <param name="before">Only those with smaller numbers.</param>
    /// <param name="limit">So many at most.</param>
    /// <exception cref="RuleStoreException">The store can't be read.</exception>
    public async Task<IReadOnlyList<Revision>> ListAsync(long before, int limit, CancellationToken cancellationToken)
    {
        var found = await store.ListRevisionsAsync(before, limit + 1, cancellationToken);
        return [.. RevisionChain.Check([.. found.Take(limit)], found.ElementAtOrDefault(limit))];
    }

    /// <summary>Looks whether all revisions are what was committed. It reads all of them, without their rules.</summary>
    /// <exception cref="RuleStoreException">The store can't be read.</exception>
    public async Task<HistoryCheck> VerifyAsync(CancellationToken cancellationToken)
    {
        await store.FindHeadAsync(cancellationToken); // fails when a store has recorded another one
        var check = new HistoryCheck(null, 0, null, null);
        var before = long.MaxValue;
        while (await ListAsync(before, VerifiedAtOnce, cancellationToken) is { Count: > 0 } page)
        {
            before = page[^1].Number;
            var chained = page.Where(r => r.Intact is not null).ToList();
            check = new(
                page.LastOrDefault(r => r.Intact == false)?.Number ?? check.FirstBroken,
                check.Checked + chained.Count,
                page.LastOrDefault(r => r.Chain is not null)?.Number ?? check.Since,
                check.Head ?? page[0]);
        }

        return check;
    }

    /// <summary>
    /// Commits a change as the next revision. When another one gets there first, the change is proposed again on top of that.
    /// </summary>
    /// <remarks>
    /// The changes of one process take turns, since a race that is lost costs all the work of a commit. After one that is lost to another
    /// process a change waits for a random time, longer each time, so that the two don't meet again.
    /// </remarks>
    /// <param name="propose">
    /// Makes the new rules out of the newest ones; null to commit nothing. Called as often as needed, so it must not have effects of its
    /// own.
    /// </param>
    /// <param name="cancellationToken">Ends the attempts; a write that is under way is waited for.</param>
    /// <returns>The new head, or the present one if nothing was committed.</returns>
    /// <exception cref="RuleStoreException">The store can't be used.</exception>
    public async Task<Snapshot> CommitAsync(string who, Func<Snapshot, Task<Proposal?>> propose, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            for (var maxWait = FirstWaitMs; ; maxWait = Math.Min(2 * maxWait, MaxWaitMs))
            {
                var head = await ReadHeadAsync(cancellationToken);
                if (await propose(head) is not { } proposal)
                {
                    return head;
                }

                var made = new Dictionary<Digest, Node>();
                var near = await IsIntactAsync(head, proposal.Near, cancellationToken) ? proposal.Near! : head;
                var root = NodeFormat.Encode(await EditAsync(near, proposal.Rules, made, cancellationToken));
                var revision = new Revision
                {
                    Number = head.Revision + 1,
                    Digest = root.Digest.ToString(),
                    CommittedAt = time.GetUtcNow(),
                    CommittedBy = who,
                    Summary = proposal.Summary,
                    Comment = proposal.Comment,
                };
                revision = revision with
                {
                    Chain = RevisionChain.DigestOf(revision, (await FindAsync(head.Revision, cancellationToken))?.Chain),
                };
                cancellationToken.ThrowIfCancellationRequested();

                // From here on to its end, so that what is committed is known to be: a write that is broken off may have been done.
                if (await store.TryCommitAsync(
                    new(revision, root.Bytes),
                    RevisionEvent.Between(head.Rules, proposal.Rules),
                    made.ToDictionary(node => node.Key, node => node.Value.Bytes),
                    CancellationToken.None))
                {
                    foreach (var node in made.Values)
                    {
                        nodes.Keep(node.Digest, node.Parts);
                    }

                    lastRead = new Cached(root.Digest, root.Parts, proposal.Rules);
                    return new Snapshot(revision.Number, proposal.Rules, revision.Chain) { Root = root.Parts };
                }

                // In real time: this clock is no rule's.
                await Task.Delay(RandomNumberGenerator.GetInt32(maxWait + 1), cancellationToken);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Whether the store has all nodes of a revision that the newest doesn't have: they may be in memory only by now.</summary>
    private async Task<bool> IsIntactAsync(Snapshot head, Snapshot? near, CancellationToken cancellationToken)
    {
        try
        {
            return near is not null
                && await Trie.CompareAsync(head.Root, near.Root, new NodeCache(store), cancellationToken) is { OnlyAfter: not null };
        }
        catch (InvalidDataException)
        {
            return false; // then they are made again
        }
    }

    /// <summary>Makes the root of new rules out of stored ones: what both have is stored already, and isn't made.</summary>
    /// <param name="made">Takes the nodes that must be stored.</param>
    private async Task<Part[]> EditAsync(
        Snapshot near, RuleSet rules, Dictionary<Digest, Node> made, CancellationToken cancellationToken)
    {
        var edits = RuleItems.Between(near.Rules, rules);
        return await UsingAsync(
            near.Revision, () => Trie.EditAsync(near.Root, edits, nodes, node => made[node.Digest] = node, cancellationToken));
    }

    /// <param name="near">What is known already: only nodes that are different are read.</param>
    private async Task<RuleSet> ReadRulesAsync(StoredRevision revision, Cached? near, CancellationToken cancellationToken)
    {
        if (near is not null)
        {
            try
            {
                var (gone, come) = await Trie.CompareAsync(near.Root, revision.Root, nodes, cancellationToken);
                return RuleItems.Apply(near.Rules, gone, come);
            }
            catch (InvalidDataException)
            {
                // Perhaps what it was compared with is damaged by now, and not the revision itself.
            }
        }

        return await UsingAsync(
            revision.Revision, () => RuleItems.ReadAsync(Trie.ReadAllAsync(revision.Root, nodes, cancellationToken)));
    }

    private static StoredRevision Open(Commit commit)
    {
        var number = commit.Revision.Number;
        try
        {
            var digest = Digest.Parse(commit.Revision.Digest);
            return new(number, digest) { Root = NodeFormat.Decode(digest, commit.Root.ToArray()) };
        }
        catch (InvalidDataException e)
        {
            throw Unusable(number, e);
        }
    }

    private static async Task<T> UsingAsync<T>(long revision, Func<Task<T>> use)
    {
        try
        {
            return await use();
        }
        catch (InvalidDataException e)
        {
            throw Unusable(revision, e);
        }
    }

    private static RuleStoreException Unusable(long revision, InvalidDataException why) =>
        new($"Revision {revision} can't be used: {why.Message}", why);

    private sealed record Opened(Commit Commit, StoredRevision Revision);

    private sealed record Cached(Digest Digest, Part[] Root, RuleSet Rules);
}
