using ClientVpnAdmin.Decisions;

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

internal static class RangeConditions
{
    /// <summary>Why an allow range that got no further lets nobody in.</summary>
    public static DenialReason Reason(this RangeCondition condition) => condition switch
    {
        RangeCondition.Enabled => DenialReason.AddressNotAllowed,
        RangeCondition.ValidFrom or RangeCondition.ValidUntil => DenialReason.OutsideValidity,
        RangeCondition.Schedule => DenialReason.OutsideSchedule,
        _ => DenialReason.NotInScope,
    };
}
