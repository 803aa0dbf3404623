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
    private const int MinIPv4PrefixLength = 8;
    private const int MinIPv6PrefixLength = 16;

    /// <summary>Tells by the rules before and after it.</summary>
    public static RevisionEvent Between(RuleSet before, RuleSet after)
    {
        var added = after.Ranges.ExceptBy(before.Ranges.Select(r => r.Id), r => r.Id).ToList();
        return new(
            before.Settings.Enforcement != after.Settings.Enforcement ? RevisionKind.EnforcementSwitched
                : added.Count > 0
                    && added.All(r => r is { Action: RangeAction.Allow, Enabled: true, ValidUntil: not null })
                    && after.Ranges.ToHashSet().IsSupersetOf(before.Ranges) ? RevisionKind.TemporaryAccessGiven
                : RevisionKind.RulesChanged,
            after.Settings.Enforcement,
            [.. Wide(after).ExceptBy(Wide(before).Select(r => (r.Id, r.Cidr)), r => (r.Id, r.Cidr)).Select(r => r.Cidr)]);
    }

    private static IEnumerable<AddressRange> Wide(RuleSet rules) => rules.Ranges.Where(r =>
        r is { Action: RangeAction.Allow, Enabled: true }
        && r.Cidr.PrefixLength < (r.Cidr.Network.IsIPv6 ? MinIPv6PrefixLength : MinIPv4PrefixLength));
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
