using ClientVpnAdmin.Stores;
using ClientVpnAdmin.Tries;

namespace ClientVpnAdmin.Revisions;

/// <summary>
/// Where revisions and the nodes of their rules are kept. Nothing in it is ever changed or removed. Safe for concurrent use.
/// </summary>
public interface IRuleStore
{
    /// <summary>The newest revision, or null before the first commit. Sees every commit that was acknowledged before the call.</summary>
    /// <exception cref="RuleStoreException">The store can't be read.</exception>
    Task<Commit?> FindHeadAsync(CancellationToken cancellationToken);

    /// <summary>One revision; null if there is none with this number.</summary>
    /// <exception cref="RuleStoreException">The store can't be read.</exception>
    Task<Commit?> FindRevisionAsync(long number, CancellationToken cancellationToken);

    /// <summary>At most <paramref name="limit"/> revisions older than number <paramref name="before"/>, newest first.</summary>
    /// <exception cref="RuleStoreException">The store can't be read.</exception>
    Task<IReadOnlyList<Revision>> ListRevisionsAsync(long before, int limit, CancellationToken cancellationToken);

    /// <summary>The bytes stored under some digests, which the caller must check. Those that are missing are left out.</summary>
    /// <exception cref="RuleStoreException">The store can't be read.</exception>
    Task<IReadOnlyDictionary<Digest, byte[]>> ReadNodesAsync(IReadOnlyCollection<Digest> digests, CancellationToken cancellationToken);

    /// <summary>Commits a revision with new nodes. Answers with true only when they would outlive a crash.</summary>
    /// <param name="commit">The revision, and the root of its rules.</param>
    /// <param name="what">What others are told of it, where the store can tell them.</param>
    /// <param name="nodes">The nodes below the root that aren't stored yet; or are, which changes nothing.</param>
    /// <returns>False, and the log is unchanged, if there is a revision with this number already.</returns>
    /// <exception cref="RuleStoreException">The store can't be written.</exception>
    Task<bool> TryCommitAsync(
        Commit commit, RevisionEvent what, IReadOnlyDictionary<Digest, byte[]> nodes, CancellationToken cancellationToken);
}
