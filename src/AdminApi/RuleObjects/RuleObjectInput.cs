namespace ClientVpnAdmin.AdminApi.RuleObjects;

/// <summary>What an administrator may send along with any object, so that an answer can be sent back as it came.</summary>
public abstract record RuleObjectInput
{
    /// <summary>The portal gives new objects their ids. In a replacement, the id of what is replaced may be repeated.</summary>
    /// <example>null</example>
    public string? Id { get; init; }

    /// <summary>Set by the portal; what is given here is ignored.</summary>
    /// <example>null</example>
    public string? CreatedAt { get; init; }

    /// <summary>Set by the portal; what is given here is ignored.</summary>
    /// <example>null</example>
    public string? CreatedBy { get; init; }

    /// <summary>Set by the portal; what is given here is ignored.</summary>
    /// <example>null</example>
    public string? UpdatedAt { get; init; }

    /// <summary>Set by the portal; what is given here is ignored.</summary>
    /// <example>null</example>
    public string? UpdatedBy { get; init; }
}
