namespace ClientVpnAdmin.Decisions;

/// <summary>Why a connection is denied. On the wire in kebab case: <c>address-not-allowed</c>.</summary>
/// <remarks>
/// <see cref="AddressNotAllowed"/> to <see cref="OutsideSchedule"/> stand in the order in which a range's conditions are checked: the
/// nearest miss is the greatest of them.
/// </remarks>
public enum DenialReason
{
    /// <summary>The event can't be read, or its <c>public-ip</c> is no address.</summary>
    InvalidRequest,

    /// <summary>The rules can't be read at the moment.</summary>
    RulesUnavailable,

    /// <summary>A deny range applies.</summary>
    AddressBlocked,

    /// <summary>No allow range contains the address.</summary>
    AddressNotAllowed,

    /// <summary>Allow ranges contain the address, but none of them is for this endpoint, user, group, common name and platform.</summary>
    NotInScope,

    /// <summary>An allow range would apply, but before or after this time.</summary>
    OutsideValidity,

    /// <summary>An allow range would apply, but not at this time of the week.</summary>
    OutsideSchedule,
}
