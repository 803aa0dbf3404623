namespace ClientVpnAdmin.Decisions;

/// <summary>What came of a connection.</summary>
public enum DecisionOutcome
{
    /// <summary>The rules allowed it.</summary>
    Allowed,

    /// <summary>The rules denied it, and it was let in: the enforcement is report-only.</summary>
    Reported,

    /// <summary>It was denied.</summary>
    Denied,
}
