using System.Text.Json.Serialization;

namespace ClientVpnAdmin.RuleObjects;

/// <summary>Something in a rule set that has an id and an author.</summary>
public abstract record RuleObject
{
    /// <summary>A UUIDv7.</summary>
    /// <example>019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b</example>
    [JsonPropertyOrder(-1)]
    public required Guid Id { get; init; }

    /// <summary>When it was added.</summary>
    /// <example>2026-04-01T00:00:00Z</example>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who added it.</summary>
    /// <example>admin</example>
    public required string CreatedBy { get; init; }

    /// <summary>When it was last changed.</summary>
    /// <example>2026-04-01T00:00:00Z</example>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Who last changed it.</summary>
    /// <example>admin</example>
    public required string UpdatedBy { get; init; }

    /// <summary>Oldest first: by <see cref="CreatedAt"/>, then by <see cref="Id"/>.</summary>
    public static int CompareByAge(RuleObject a, RuleObject b) =>
        a.CreatedAt.CompareTo(b.CreatedAt) is not 0 and var order ? order : a.Id.CompareTo(b.Id);

    /// <summary>True when they differ in nothing but when and by whom they were last changed.</summary>
    public bool SaysTheSameAs(RuleObject other) =>
        ReferenceEquals(this, other) || Equals(other with { UpdatedAt = UpdatedAt, UpdatedBy = UpdatedBy });
}
