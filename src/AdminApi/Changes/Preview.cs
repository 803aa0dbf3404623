namespace ClientVpnAdmin.AdminApi.Changes;

/// <summary>What a change would do.</summary>
/// <param name="Changes">What would be different.</param>
/// <param name="Impact">Whom it would affect: which of the decisions recorded lately would come out differently.</param>
/// <param name="BrokenRuleTests">The rule tests that it would break.</param>
internal sealed record Preview(RuleSetChanges Changes, Impact Impact, IReadOnlyList<BrokenRuleTest> BrokenRuleTests)
{
    /// <summary>True when the change breaks rule tests or locks people out, so that it is made with force only.</summary>
    /// <example>false</example>
    public bool NeedsForce => BrokenRuleTests.Count > 0 || Impact.LocksOut;
}
