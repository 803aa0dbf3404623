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
        Assert.Equal(
            new(RevisionKind.EnforcementSwitched, Enforcement.ReportOnly),
            RevisionEvent.Between(RuleSet.Empty, new([Visitor], [], reportOnly)));
        Assert.Equal(
            new(RevisionKind.EnforcementSwitched, Enforcement.Enforce),
            RevisionEvent.Between(new([], [], reportOnly), RuleSet.Empty));
    }

    private static RevisionKind Kind(AddressRange[] before, AddressRange[] after) =>
        RevisionEvent.Between(new(before, [], new()), new(after, [], new())).Kind;
}
