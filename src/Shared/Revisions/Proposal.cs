using ClientVpnAdmin.RuleSets;

namespace ClientVpnAdmin.Revisions;

/// <summary>New rules to be committed, and what is new about them in a sentence.</summary>
public sealed record Proposal(RuleSet Rules, string Summary);
