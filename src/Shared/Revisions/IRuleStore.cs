using ClientVpnAdmin.Stores;

namespace ClientVpnAdmin.Revisions;

/// <summary>Where revisions and rule-set bodies are kept. Nothing in it is ever changed or removed. Safe for concurrent use.</summary>
public interface IRuleStore
{
    /// <summary>The newest revision, or null before the first commit. Sees every commit that was acknowledged before the call.</summary>
    /// <exception cref="RuleStoreException">The store can't be read.</exception>
    Task<Revision?> FindHeadAsync(CancellationToken cancellationToken);

    /// <summary>One revision; null if there is none with this number.</summary>
    /// <exception cref="RuleStoreException">The store can't be read.</exception>
    Task<Revision?> FindRevisionAsync(long number, CancellationToken cancellationToken);

    /// <summary>At most <paramref name="limit"/> revisions older than number <paramref name="before"/>, newest first.</summary>
    /// <exception cref="RuleStoreException">The store can't be read.</exception>
    Task<IReadOnlyList<Revision>> ListRevisionsAsync(long before, int limit, CancellationToken cancellationToken);

    /// <summary>The bytes stored under a digest, which the caller must check; null if there are none.</summary>
    /// <exception cref="RuleStoreException">The store can't be read.</exception>
    Task<byte[]?> ReadBodyAsync(string digest, CancellationToken cancellationToken);

    /// <summary>Commits a revision and its body. Answers with true only when they would outlive a crash.</summary>
    /// <param name="what">What others are told of it, where the store can tell them.</param>
    /// <returns>False, and the log is unchanged, if there is a revision with this number already.</returns>
    /// <exception cref="RuleStoreException">The store can't be written.</exception>
    Task<bool> TryCommitAsync(Revision revision, RevisionEvent what, byte[] body, CancellationToken cancellationToken);
}
