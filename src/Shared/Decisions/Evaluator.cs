using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleObjects;

namespace ClientVpnAdmin.Decisions;

/// <summary>Decides connections: pure functions of an event, a time and a rule set.</summary>
public static class Evaluator
{
    /// <summary>Decides about one connection.</summary>
    /// <param name="connection">What Client VPN said.</param>
    /// <param name="at">The time to decide for.</param>
    /// <param name="rules">The rules to decide by. An empty rule set lets nobody in.</param>
    /// <param name="revision">Their revision, to be named in the decision.</param>
    public static Decision Decide(ConnectionEvent connection, DateTimeOffset at, IRules rules, long revision)
    {
        if (connection.Problem is not null || connection.Address is not { } address)
        {
            return Deny(DenialReason.InvalidRequest);
        }

        var scope = new Scope(connection);
        Candidate? allowing = null;
        var nearestMiss = DenialReason.AddressNotAllowed;
        foreach (var candidate in rules.Containing(address))
        {
            var miss = candidate.Range.FirstMiss(scope, at);
            if (candidate.Range.Action == RangeAction.Deny)
            {
                if (miss is null)
                {
                    return Deny(DenialReason.AddressBlocked, candidate);
                }
            }
            else if (miss is null)
            {
                allowing ??= candidate; // the longest prefix comes first, and the older of two
            }
            else if (ReasonFor(miss.Value) is var reason && reason > nearestMiss)
            {
                nearestMiss = reason;
            }
        }

        return allowing is null ? Deny(nearestMiss) : Allow(allowing.Value);

        Decision Allow(Candidate by) => new(
            true,
            null,
            by.Range.Id,
            by.Entry,
            null,
            revision,
            new ConnectionResponse(true, "", rules.PostureStatuses(null, by.Range.Id, revision), connection.SchemaVersion));

        Decision Deny(DenialReason reason, Candidate? by = null)
        {
            var rangeId = by?.Range.Id;
            var message = rules.MessageFor(connection, reason);
            var letIn = connection.IsEvent && rules.IsReportOnly;
            var statuses = rules.PostureStatuses(reason, rangeId, revision);
            var response = new ConnectionResponse(letIn, letIn ? "" : message, statuses, connection.SchemaVersion);
            return new(false, reason, rangeId, by?.Entry, message, revision, response);
        }
    }

    /// <summary>Of the ranges that contain the address those that don't apply, each with the first condition that isn't met.</summary>
    /// <param name="candidates">Those ranges, disabled ones among them.</param>
    public static IEnumerable<NearMiss> NearMisses(ConnectionEvent connection, DateTimeOffset at, IEnumerable<Candidate> candidates)
    {
        var scope = new Scope(connection);
        return from candidate in candidates.OrderBy(c => c.Range, Comparer<AddressRange>.Create(RuleObject.CompareByAge))
               where connection.Problem is null
               let range = candidate.Range
               let failed = range.Enabled ? range.FirstMiss(scope, at) : RangeCondition.Enabled
               where failed is not null
               select new NearMiss(range.Id, candidate.Cidr, candidate.Entry, range.Action, range.Description, failed.Value);
    }

    /// <summary>The decision when the rules can't be read: denied, whatever the last known rules say.</summary>
    /// <param name="connection">What Client VPN said.</param>
    /// <param name="lastKnown">The last rules read, for their denial messages only; the empty rule set if there were none.</param>
    public static Decision RulesUnavailable(ConnectionEvent connection, IRules lastKnown)
    {
        var message = lastKnown.MessageFor(connection, DenialReason.RulesUnavailable);
        var response = new ConnectionResponse(false, message, [], connection.SchemaVersion);
        return new(false, DenialReason.RulesUnavailable, null, null, message, null, response);
    }

    /// <summary>Why an allow range that got no further lets nobody in.</summary>
    private static DenialReason ReasonFor(RangeCondition miss) => miss switch
    {
        RangeCondition.Enabled => DenialReason.AddressNotAllowed,
        RangeCondition.ValidFrom or RangeCondition.ValidUntil => DenialReason.OutsideValidity,
        RangeCondition.Schedule => DenialReason.OutsideSchedule,
        _ => DenialReason.NotInScope,
    };
}
