using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.RuleTests;

namespace ClientVpnAdmin.AdminApi.Changes;

/// <summary>A rule test that a change breaks.</summary>
/// <param name="Id" example="019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b">The test.</param>
/// <param name="Description" example="Administrators get in from the office">What it is about.</param>
/// <param name="Expected" example="true">What it expects: true for allowed.</param>
/// <param name="Reason" example="address-blocked">Why the rules would deny it; null if they would allow it.</param>
/// <param name="RangeId" example="019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4c">The range that would decide; null when none would.</param>
public sealed record BrokenRuleTest(Guid Id, string Description, bool Expected, DenialReason? Reason, Guid? RangeId)
{
    /// <summary>The tests that fail by the new rules, but for those that the old ones have as well and fail already.</summary>
    public static IReadOnlyList<BrokenRuleTest> Between(RuleSet before, RuleSet after, DateTimeOffset now)
    {
        var old = before.RuleTests.ToDictionary(t => t.Id);
        return
        [
            .. from test in after.RuleTests
               let decision = Fail(test, after, now)
               where decision is not null
               where !(old.TryGetValue(test.Id, out var known) && known.SaysTheSameAs(test) && Fail(known, before, now) is not null)
               select new BrokenRuleTest(test.Id, test.Description, test.Allowed, decision.Reason, decision.RangeId),
        ];
    }

    /// <summary>The decision, if it isn't the one expected; else null.</summary>
    private static Decision? Fail(RuleTest test, RuleSet rules, DateTimeOffset now) =>
        Evaluator.Decide(ConnectionEvent.Parse(test.Event), test.At ?? now, rules, 0) is var decision && decision.Allowed == test.Allowed
            ? null
            : decision;
}
