namespace ClientVpnAdmin.Settings;

/// <summary>What becomes of a denial.</summary>
public enum Enforcement
{
    /// <summary>The connection is denied.</summary>
    Enforce,

    /// <summary>The decision is made and recorded all the same, but the connection is let in.</summary>
    ReportOnly,
}
