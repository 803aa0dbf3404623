using ClientVpnAdmin.Stores;

namespace ClientVpnAdmin.Decisions;

/// <summary>What the handler decided lately. Safe for concurrent use.</summary>
public interface IDecisionLog
{
    /// <summary>Keeps a decision until a time, when it may be removed, and counts it.</summary>
    /// <exception cref="RuleStoreException">The store can't be written.</exception>
    Task RecordAsync(RecordedDecision decision, DateTimeOffset expiresAt, CancellationToken cancellationToken);

    /// <summary>Finds decisions, the newest first, without reading through those that aren't asked for.</summary>
    /// <exception cref="RuleStoreException">The store can't be read.</exception>
    Task<DecisionPage> ListAsync(DecisionQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// How many decisions were recorded that were made on some UTC days, from the first to the last. A day's counts go, at the earliest,
    /// when its last decision may be removed.
    /// </summary>
    /// <exception cref="RuleStoreException">The store can't be read.</exception>
    Task<DecisionCounts> CountAsync(DateOnly first, DateOnly last, CancellationToken cancellationToken);
}
