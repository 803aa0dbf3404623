namespace ClientVpnAdmin.Ranges;

/// <summary>The conditions of a range, named as its members are, in the order in which they are checked.</summary>
public enum RangeCondition
{
    Enabled,
    EndpointIds,
    Users,
    Groups,
    CommonNames,
    Platforms,
    ValidFrom,
    ValidUntil,
    Schedule,
}
