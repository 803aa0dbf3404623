using System.Collections.Immutable;

namespace ClientVpnAdmin.Settings;

/// <summary>The settings of a rule set.</summary>
public sealed record RuleSettings
{
    /// <summary>Whether denials are carried out or only reported.</summary>
    /// <example>enforce</example>
    public Enforcement Enforcement { get; init; }

    /// <summary>Posture compliance statuses that Client VPN logs for allowed connections.</summary>
    /// <example>["compliant"]</example>
    public ImmutableArray<string> AllowedPostureStatuses { get; init; } = ["compliant"];

    /// <summary>Posture compliance statuses that Client VPN logs for denied connections, also for those let in by report-only.</summary>
    /// <example>[]</example>
    public ImmutableArray<string> DeniedPostureStatuses { get; init; } = [];

    public bool SaysTheSameAs(RuleSettings other) =>
        Enforcement == other.Enforcement
        && AllowedPostureStatuses.SequenceEqual(other.AllowedPostureStatuses, StringComparer.Ordinal)
        && DeniedPostureStatuses.SequenceEqual(other.DeniedPostureStatuses, StringComparer.Ordinal);
}
