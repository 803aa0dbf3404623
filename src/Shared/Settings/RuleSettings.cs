using System.Collections.Immutable;
using System.Globalization;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.Settings;

/// <summary>The settings of a rule set.</summary>
public sealed record RuleSettings
{
    /// <summary>How long a posture status can be (AWS Client VPN Administrator Guide, "Connection authorization").</summary>
    internal const int MaxStatus = 255;

    internal static readonly string[] StatusPlaceholders = ["reason", "revision", "range-id"];

    /// <summary>Whether denials are carried out or only reported.</summary>
    /// <example>enforce</example>
    public Enforcement Enforcement { get; init; }

    /// <summary>
    /// Posture compliance statuses that Client VPN logs for allowed connections, with placeholders such as <c>{revision}</c>.
    /// </summary>
    /// <example>["compliant"]</example>
    public ImmutableArray<string> AllowedPostureStatuses { get; init; } = ["compliant"];

    /// <summary>Posture compliance statuses that Client VPN logs for denied connections, also for those let in by report-only.</summary>
    /// <example>[]</example>
    public ImmutableArray<string> DeniedPostureStatuses { get; init; } = [];

    internal ImmutableArray<string> PostureStatuses(DenialReason? reason, Guid? rangeId, long revision) => ImmutableArray.CreateRange(
        reason is null ? AllowedPostureStatuses : DeniedPostureStatuses,
        status => Template.Fill(
            status,
            name => name switch
            {
                "reason" => reason is null ? "allowed" : Words.Format(reason.Value),
                "revision" => revision.ToString(CultureInfo.InvariantCulture),
                "range-id" => rangeId?.ToString() ?? "none",
                _ => null,
            },
            MaxStatus));

    public bool Equals(RuleSettings? other) =>
        other is not null
        && Enforcement == other.Enforcement
        && AllowedPostureStatuses.SequenceEqual(other.AllowedPostureStatuses, StringComparer.Ordinal)
        && DeniedPostureStatuses.SequenceEqual(other.DeniedPostureStatuses, StringComparer.Ordinal);

    public override int GetHashCode() => HashCode.Combine(Enforcement, AllowedPostureStatuses.Length, DeniedPostureStatuses.Length);
}
