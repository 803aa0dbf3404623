namespace ClientVpnAdmin.Decisions;

/// <summary>Which decisions are asked for; all that is given must hold.</summary>
public sealed record DecisionQuery
{
    public bool? Allowed { get; init; }

    public DenialReason? Reason { get; init; }

    /// <summary>Exactly as in the event.</summary>
    public string? Username { get; init; }

    /// <summary>An address in its canonical text, or exactly what the event had in its place.</summary>
    public string? PublicIp { get; init; }

    /// <summary>Exactly as in the event.</summary>
    public string? EndpointId { get; init; }

    /// <summary>This time or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only decisions that come after this one in the list; null for the beginning.</summary>
    public DecisionKey? After { get; init; }

    /// <summary>How many at most.</summary>
    public required int Limit { get; init; }

    /// <summary>Expired decisions aren't shown, even while they are still there.</summary>
    public required DateTimeOffset Now { get; init; }
}

/// <summary>Decisions, the newest first.</summary>
/// <param name="Items">At most as many as were asked for; fewer, or none, doesn't mean that there are no more.</param>
/// <param name="Next">Where the next page begins; null on the last one.</param>
/// <param name="Unreadable">How many can't be read: those marked so, and those that aren't listed as even their key can't be.</param>
public sealed record DecisionPage(IReadOnlyList<RecordedDecision> Items, DecisionKey? Next, int Unreadable)
{
    /// <summary>Makes a page of what a store holds.</summary>
    /// <param name="stored">The newest first.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="next">Where the next page begins if there are no more of these.</param>
    internal static async Task<DecisionPage> TakeAsync(IAsyncEnumerable<StoredDecision> stored, int limit, DecisionKey? next)
    {
        var items = new List<RecordedDecision>();
        var (unreadable, skipped) = (0, 0);
        await foreach (var decision in stored)
        {
            if (DecisionKey.Parse(decision.Key) is not { } key)
            {
                skipped++;
                continue;
            }

            if (items.Count == limit)
            {
                return new(items, items[^1].Key, unreadable); // what was skipped meanwhile is the next page's
            }

            items.Add(decision.ToDecision(key));
            unreadable += skipped + (items[^1].Unreadable ? 1 : 0);
            skipped = 0;
        }

        return new(items, next, unreadable + skipped);
    }
}
