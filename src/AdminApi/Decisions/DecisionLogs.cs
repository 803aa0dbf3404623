using ClientVpnAdmin.Decisions;

namespace ClientVpnAdmin.AdminApi.Decisions;

/// <summary>Reading more than a page of decisions.</summary>
public static class DecisionLogs
{
    private const int PerPage = 1_000;

    /// <summary>Finds decisions, the newest first, until there are no more or enough.</summary>
    /// <param name="query">What is asked for; its limit and its beginning don't matter.</param>
    /// <param name="max">How many are enough.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The decisions, whether those are all, and how many can't be read.</returns>
    public static async Task<(IReadOnlyList<RecordedDecision> Items, bool AreAll, int Unreadable)> ListAllAsync(
        this IDecisionLog log, DecisionQuery query, int max, CancellationToken cancellationToken)
    {
        var found = new List<RecordedDecision>();
        DecisionKey? next = null;
        var unreadable = 0;
        do
        {
            var page = await log.ListAsync(query with { After = next, Limit = PerPage }, cancellationToken);
            found.AddRange(page.Items);
            next = page.Next;
            unreadable += page.Unreadable;
        }
        while (next is not null && found.Count < max);

        return (found, next is null, unreadable);
    }

    /// <summary>One decision; null if there is none with this id, or not any more.</summary>
    public static async Task<RecordedDecision?> FindAsync(
        this IDecisionLog log, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // A UUIDv7 begins with its time in milliseconds, by which decisions are sorted.
        var milliseconds = Convert.ToInt64(id.ToString("N")[..12], 16);
        if (milliseconds >= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            return null;
        }

        var from = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        var query = new DecisionQuery { From = from, To = from.AddMilliseconds(1), Limit = PerPage, Now = now };
        var (items, _, _) = await log.ListAllAsync(query, PerPage, cancellationToken);
        return items.FirstOrDefault(d => d.Id == id);
    }
}
