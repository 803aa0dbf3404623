using ClientVpnAdmin.Addresses;

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

    /// <summary>The addresses of which one must have been given. No index has them: decisions are looked through for it.</summary>
    public Cidr? Network { get; init; }

    /// <summary>A part of the user name or the common name, in any case. No index has it: decisions are looked through for it.</summary>
    public string? NamePart { get; init; }

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

    /// <summary>How many decisions to look at for a page, at most: a page may come out short, but never late.</summary>
    internal int MaxExamined => Network is null && NamePart is null ? Limit : Math.Max(Limit, 5_000);

    /// <summary>Whether a decision is what no index tells.</summary>
    internal bool Matches(RecordedDecision decision) =>
        (Network is null || (Address.Parse(decision.PublicIp) is { } address && Network.Contains(address)))
        && (NamePart is null
            || decision.Username.Contains(NamePart, StringComparison.OrdinalIgnoreCase)
            || decision.CommonName.Contains(NamePart, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Decisions, the newest first.</summary>
/// <param name="Items">At most as many as were asked for; fewer, or none, doesn't mean that there are no more.</param>
/// <param name="Next">Where the next page begins; null on the last one.</param>
/// <param name="Unreadable">How many can't be read: those marked so, and those that aren't listed as even their key can't be.</param>
public sealed record DecisionPage(IReadOnlyList<RecordedDecision> Items, DecisionKey? Next, int Unreadable)
{
    /// <summary>Makes a page of what a store holds.</summary>
    /// <param name="stored">The newest first.</param>
    /// <param name="query">What is asked for.</param>
    /// <param name="next">Where the next page begins if there are no more of these.</param>
    internal static async Task<DecisionPage> TakeAsync(IAsyncEnumerable<StoredDecision> stored, DecisionQuery query, DecisionKey? next)
    {
        var items = new List<RecordedDecision>();
        var (unreadable, skipped, examined) = (0, 0, 0);
        var last = default(DecisionKey);
        await foreach (var decision in stored)
        {
            if (DecisionKey.Parse(decision.Key) is not { } key)
            {
                skipped++;
                continue;
            }

            if (items.Count == query.Limit || examined == query.MaxExamined)
            {
                return new(items, last, unreadable); // what was skipped meanwhile is the next page's
            }

            var read = decision.ToDecision(key);
            if (query.Matches(read))
            {
                items.Add(read);
                unreadable += read.Unreadable ? 1 : 0;
            }

            unreadable += skipped;
            (skipped, examined, last) = (0, examined + 1, key);
        }

        return new(items, next, unreadable + skipped);
    }
}
