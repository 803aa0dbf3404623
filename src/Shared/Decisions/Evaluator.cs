using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Ranges;

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
        AddressRange? allowing = null;
        var nearestMiss = DenialReason.AddressNotAllowed;
        foreach (var candidate in rules.Containing(address))
        {
            var miss = candidate.FirstMiss(scope, at);
            if (candidate.Action == RangeAction.Deny)
            {
                if (miss is null)
                {
                    return Deny(DenialReason.AddressBlocked, candidate.Id);
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

        return allowing is null ? Deny(nearestMiss) : Allow(allowing.Id);

        Decision Allow(Guid rangeId) => new(
            true,
            null,
            rangeId,
            null,
            revision,
            new ConnectionResponse(true, "", rules.PostureStatuses(null, rangeId, revision), connection.SchemaVersion));

        Decision Deny(DenialReason reason, Guid? rangeId = null)
        {
            var message = rules.MessageFor(connection, reason);
            var letIn = connection.IsEvent && rules.IsReportOnly;
            var statuses = rules.PostureStatuses(reason, rangeId, revision);
            var response = new ConnectionResponse(letIn, letIn ? "" : message, statuses, connection.SchemaVersion);
            return new(false, reason, rangeId, message, revision, response);
        }
    }

    /// <summary>
    /// The ranges that contain the connection's address and don't apply to it, disabled ones among them, each with the first condition
    /// that isn't met.
    /// </summary>
    public static IEnumerable<NearMiss> NearMisses(ConnectionEvent connection, DateTimeOffset at, IEnumerable<AddressRange> ranges)
    {
        var scope = new Scope(connection);
        return from range in ranges
               where connection.Problem is null && connection.Address is { } address && range.Cidr.Contains(address)
               let failed = range.Enabled ? range.FirstMiss(scope, at) : RangeCondition.Enabled
               where failed is not null
               select new NearMiss(range.Id, range.Cidr, range.Action, range.Description, failed.Value);
    }

    /// <summary>The decision when the rules can't be read: denied, whatever the last known rules say.</summary>
    /// <param name="connection">What Client VPN said.</param>
    /// <param name="lastKnown">The last rules read, for their denial messages only; the empty rule set if there were none.</param>
    public static Decision RulesUnavailable(ConnectionEvent connection, IRules lastKnown)
    {
        var message = lastKnown.MessageFor(connection, DenialReason.RulesUnavailable);
        var response = new ConnectionResponse(false, message, [], connection.SchemaVersion);
        return new(false, DenialReason.RulesUnavailable, null, message, null, response);
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
