using System.Text.Json.Serialization;

namespace ClientVpnAdmin.RuleSets;

/// <summary>Something in a rule set that has an id and an author.</summary>
public abstract record RuleObject
{
    /// <summary>A UUIDv7.</summary>
    [JsonPropertyOrder(-1)]
    public required Guid Id { get; init; }

    /// <summary>When it was added.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who added it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Who last changed it.</summary>
    public required string UpdatedBy { get; init; }

    /// <summary>Oldest first: by <see cref="CreatedAt"/>, then by <see cref="Id"/>.</summary>
    public static int CompareByAge(RuleObject a, RuleObject b) =>
        a.CreatedAt.CompareTo(b.CreatedAt) is not 0 and var order ? order : a.Id.CompareTo(b.Id);
}
