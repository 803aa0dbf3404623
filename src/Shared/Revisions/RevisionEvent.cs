using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Settings;

namespace ClientVpnAdmin.Revisions;

/// <summary>What others are told of a revision.</summary>
/// <param name="Kind">What kind of change it is.</param>
/// <param name="Enforcement">The enforcement since then.</param>
/// <param name="WideRanges">What it allows anew that is wider than /8 (IPv4) or /16 (IPv6).</param>
public sealed record RevisionEvent(RevisionKind Kind, Enforcement Enforcement, IReadOnlyList<Cidr> WideRanges)
{
    /// <summary>Tells by the rules before and after it.</summary>
    public static RevisionEvent Between(RuleSet before, RuleSet after)
    {
        var added = after.Ranges.ExceptBy(before.Ranges.Select(r => r.Id), r => r.Id).ToList();
        return new(
            before.Settings.Enforcement != after.Settings.Enforcement ? RevisionKind.EnforcementSwitched
                : added.Count > 0
                    && added.All(r => r is { Action: RangeAction.Allow, Enabled: true, ValidUntil: not null })
                    && before.AddressLists.SequenceEqual(after.AddressLists)
                    && after.Ranges.ToHashSet().IsSupersetOf(before.Ranges) ? RevisionKind.TemporaryAccessGiven
                : RevisionKind.RulesChanged,
            after.Settings.Enforcement,
            [.. Wide(after).Except(Wide(before)).Select(wide => wide.Cidr).Distinct()]);
    }

    private static IEnumerable<(Guid RangeId, Cidr Cidr)> Wide(RuleSet rules)
    {
        var inLists = rules.AddressLists.ToDictionary(list => list.Id, list => list.WideEntries);
        return from range in rules.Ranges
               where range is { Action: RangeAction.Allow, Enabled: true }
               from cidr in range.Cidr is { } own ? [own] : inLists[range.AddressListId!.Value]
               where cidr.IsWide
               select (range.Id, cidr);
    }
}

/// <summary>The kinds of changes that others may want to hear of.</summary>
public enum RevisionKind
{
    /// <summary>Any other change.</summary>
    RulesChanged,

    /// <summary>Enabled allow ranges that have an end were added, and no range was changed otherwise.</summary>
    TemporaryAccessGiven,

    /// <summary>The enforcement was switched, whatever else was changed.</summary>
    EnforcementSwitched,
}
