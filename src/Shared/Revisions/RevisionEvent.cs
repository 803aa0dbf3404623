using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleObjects;
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
        var (gone, come) = RuleObject.Compare(before.Ranges, after.Ranges);
        var added = come.Where(r => before.FindRange(r.Id) is null).ToList();
        var inChangedLists = RuleObject.Compare(before.AddressLists, after.AddressLists).OnlyAfter.SelectMany(l => after.RangesOf(l.Id));
        var changed = come.Concat(inChangedLists).Select(r => r.Id).ToHashSet();
        return new(
            before.Settings.Enforcement != after.Settings.Enforcement ? RevisionKind.EnforcementSwitched
                : added.Count > 0
                    && added.All(r => r is { Action: RangeAction.Allow, Enabled: true, ValidUntil: not null })
                    && before.AddressLists.SequenceEqual(after.AddressLists)
                    && gone.TrueForAll(r => r == after.FindRange(r.Id)) ? RevisionKind.TemporaryAccessGiven
                : RevisionKind.RulesChanged,
            after.Settings.Enforcement,
            [.. Wide(after, changed).Except(Wide(before, changed)).Select(wide => wide.Cidr).Distinct()]);
    }

    private static IEnumerable<(Guid RangeId, Cidr Cidr)> Wide(RuleSet rules, IEnumerable<Guid> ids)
    {
        var inLists = rules.AddressLists.ToDictionary(list => list.Id, list => list.WideEntries);
        return from range in ids.Select(rules.FindRange)
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
