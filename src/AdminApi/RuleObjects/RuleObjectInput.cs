using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.RuleObjects;

/// <summary>What an administrator gives for one object, not yet checked. An answer can be sent back as it came.</summary>
public abstract record RuleObjectInput<T>
    where T : RuleObject
{
    /// <summary>The portal gives new objects their ids. In a replacement, the id of what is replaced may be repeated.</summary>
    /// <example>null</example>
    [TextOf(typeof(Guid))]
    public string? Id { get; init; }

    /// <summary>Set by the portal; what is given here is ignored.</summary>
    /// <example>null</example>
    [TextOf(typeof(DateTimeOffset))]
    public string? CreatedAt { get; init; }

    /// <summary>Set by the portal; what is given here is ignored.</summary>
    /// <example>null</example>
    public string? CreatedBy { get; init; }

    /// <summary>Set by the portal; what is given here is ignored.</summary>
    /// <example>null</example>
    [TextOf(typeof(DateTimeOffset))]
    public string? UpdatedAt { get; init; }

    /// <summary>Set by the portal; what is given here is ignored.</summary>
    /// <example>null</example>
    public string? UpdatedBy { get; init; }

    /// <summary>Checks every field, reports every error, and makes a new object.</summary>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="at">The time of the change.</param>
    /// <returns>Null if there is an error, an earlier one included.</returns>
    public abstract T? Check(Errors errors, string who, DateTimeOffset at);
}
