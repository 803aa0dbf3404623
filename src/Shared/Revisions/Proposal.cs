using ClientVpnAdmin.RuleSets;

namespace ClientVpnAdmin.Revisions;

/// <summary>New rules to be committed, and what is new about them in a sentence.</summary>
/// <param name="Rules">The new rules.</param>
/// <param name="Summary">What is new about them.</param>
/// <param name="Comment">What the administrator says about it; null for nothing.</param>
/// <param name="Near">A stored revision that has more in common with the new rules than the newest one; null for none.</param>
public sealed record Proposal(RuleSet Rules, string Summary, string? Comment = null, Snapshot? Near = null);
