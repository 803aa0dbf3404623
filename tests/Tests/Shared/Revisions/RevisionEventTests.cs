using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Settings;

namespace ClientVpnAdmin.Revisions;

public class RevisionEventTests
{
    private static readonly AddressRange Office = Some.Range("203.0.113.0/24");
    private static readonly AddressRange Visitor = Some.Range("198.51.100.7") with { ValidUntil = Some.Time.AddHours(8) };

    [Fact]
    public void Access_with_an_end_is_temporary_access()
    {
        Assert.Equal(RevisionKind.TemporaryAccessGiven, Kind([Office], [Office, Visitor]));
        Assert.Equal(RevisionKind.TemporaryAccessGiven, Kind([], [Visitor, Visitor with { Id = Guid.CreateVersion7() }]));
    }

    [Fact]
    public void Access_without_an_end_a_denial_and_all_that_changes_or_removes_a_range_are_changes_of_the_rules()
    {
        Assert.Equal(RevisionKind.RulesChanged, Kind([Office], [Office with { Enabled = false }, Visitor]));
        Assert.Equal(RevisionKind.RulesChanged, Kind([Office], [Visitor]));
        Assert.Equal(RevisionKind.RulesChanged, Kind([], [Office]));
        Assert.Equal(RevisionKind.RulesChanged, Kind([], [Office, Visitor]));
        Assert.Equal(RevisionKind.RulesChanged, Kind([], [Visitor with { Action = RangeAction.Deny }]));
        Assert.Equal(RevisionKind.RulesChanged, Kind([], [Visitor with { Enabled = false }]));
        Assert.Equal(RevisionKind.RulesChanged, Kind([Visitor], []));
        Assert.Equal(RevisionKind.RulesChanged, Kind([Visitor], [Visitor with { ValidUntil = Some.Time.AddHours(9) }]));
    }

    [Fact]
    public void A_switch_of_the_enforcement_is_told_before_all_else()
    {
        var reportOnly = new RuleSettings { Enforcement = Enforcement.ReportOnly };
        var off = RevisionEvent.Between(RuleSet.Empty, new([Visitor], [], reportOnly));
        Assert.Equal((RevisionKind.EnforcementSwitched, Enforcement.ReportOnly), (off.Kind, off.Enforcement));
        var on = RevisionEvent.Between(new([], [], reportOnly), RuleSet.Empty);
        Assert.Equal((RevisionKind.EnforcementSwitched, Enforcement.Enforce), (on.Kind, on.Enforcement));
    }

    [Fact]
    public void A_wide_range_is_told_once_and_again_when_it_is_another_or_counts_again()
    {
        var wide = Some.Range("0.0.0.0/7");
        Assert.Equal(["0.0.0.0/7"], Wide([], [wide]));
        Assert.Empty(Wide([wide], [wide with { Description = "x" }]));
        Assert.Equal(["2.0.0.0/7"], Wide([wide], [wide with { Cidr = Some.Range("2.0.0.0/7").Cidr }]));
        Assert.Equal(["0.0.0.0/7"], Wide([wide with { Enabled = false }], [wide]));
        Assert.Equal(["0.0.0.0/7"], Wide([wide with { Action = RangeAction.Deny }], [wide]));
        Assert.Empty(Wide([], [Some.Range("0.0.0.0/8"), Some.Range("2000::/16"), wide with { Enabled = false }]));

        static IEnumerable<string> Wide(AddressRange[] before, AddressRange[] after) =>
            RevisionEvent.Between(new(before, [], new()), new(after, [], new())).WideRanges.Select(c => c.ToString());
    }

    private static RevisionKind Kind(AddressRange[] before, AddressRange[] after) =>
        RevisionEvent.Between(new(before, [], new()), new(after, [], new())).Kind;
}
