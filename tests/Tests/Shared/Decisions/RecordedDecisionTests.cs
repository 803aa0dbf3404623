using ClientVpnAdmin.Connections;
using ClientVpnAdmin.RuleSets;

namespace ClientVpnAdmin.Decisions;

public class RecordedDecisionTests
{
    [Theory]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("2026-04-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    public void A_clock_that_is_far_off_keeps_no_decision_from_being_recorded(string time)
    {
        var at = DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture);
        var unread = ConnectionEvent.Unread;
        var decision = RecordedDecision.From(unread, Evaluator.RulesUnavailable(unread, RuleSet.Empty), at, default);
        Assert.Equal((at, 7), (decision.Time, decision.Id.Version));
    }
}
