namespace ClientVpnAdmin.Ranges;

/// <summary>What a range that applies says of a connection. Deny beats allow.</summary>
public enum RangeAction
{
    Allow,
    Deny,
}
