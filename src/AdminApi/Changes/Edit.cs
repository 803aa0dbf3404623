using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;

namespace ClientVpnAdmin.AdminApi.Changes;

/// <summary>What an edit would make of the newest rules.</summary>
internal abstract record Edit
{
    /// <summary>Other rules.</summary>
    /// <param name="Summary">What is new about them, in a sentence.</param>
    /// <param name="Near">An older revision that they are as, or nearly; null for none.</param>
    internal sealed record To(RuleSet Rules, string Summary, Snapshot? Near = null) : Edit;

    /// <summary>Nothing: they say it already.</summary>
    internal sealed record Nothing : Edit;

    /// <summary>It can't be made of them.</summary>
    /// <param name="Problem">Says why.</param>
    internal sealed record Refused(IResult Problem) : Edit;
}
