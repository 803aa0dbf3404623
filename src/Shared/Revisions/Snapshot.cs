using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Tries;

namespace ClientVpnAdmin.Revisions;

/// <summary>The rules of one revision.</summary>
/// <param name="Revision">Its number; 0 before the first change.</param>
/// <param name="Rules">Its rules.</param>
/// <param name="Chain">Its digest in the chain, if it has just been committed.</param>
public sealed record Snapshot(long Revision, RuleSet Rules, string? Chain = null)
{
    /// <summary>The root under which the rules are stored.</summary>
    internal Part[] Root { get; init; } = [];

    internal static Snapshot Initial { get; } = new(0, RuleSet.Empty);
}
