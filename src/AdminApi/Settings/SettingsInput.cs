using System.Collections.Immutable;
using ClientVpnAdmin.Settings;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Settings;

/// <summary>What an administrator gives for the settings, not yet checked. What is left out takes its default.</summary>
public sealed record SettingsInput
{
    /// <summary>
    /// <c>enforce</c> (the default), or <c>report-only</c>: the same decisions are made and recorded, but every connection is let in.
    /// </summary>
    /// <example>enforce</example>
    [TextOf(typeof(Enforcement))]
    public string? Enforcement { get; init; }

    /// <summary>
    /// At most 10 names of 1 to 255 characters, which Client VPN logs for allowed connections. These are filled in, so that its log shows
    /// what decided: {reason} (<c>allowed</c>), {revision}, {range-id}. Default: compliant.
    /// </summary>
    /// <example>["compliant"]</example>
    public IReadOnlyList<string?>? AllowedPostureStatuses { get; init; }

    /// <summary>
    /// At most 10 names of 1 to 255 characters, which Client VPN logs for denied connections, filled in like the others; {range-id} is
    /// <c>none</c> where no range decided. Default: none.
    /// </summary>
    /// <example>["{reason}", "revision-{revision}"]</example>
    public IReadOnlyList<string?>? DeniedPostureStatuses { get; init; }

    // AWS Client VPN Administrator Guide, "Connection authorization".
    private const int MaxStatuses = 10;

    /// <summary>Checks every field and reports every error.</summary>
    /// <returns>Null if there was an error.</returns>
    public RuleSettings? Check(Errors errors)
    {
        var defaults = new RuleSettings();
        var enforcement = Checks.Word<Enforcement>(Enforcement, defaults.Enforcement, "enforcement", errors);
        var allowed = CheckStatuses(AllowedPostureStatuses, defaults.AllowedPostureStatuses, "allowedPostureStatuses", errors);
        var denied = CheckStatuses(DeniedPostureStatuses, defaults.DeniedPostureStatuses, "deniedPostureStatuses", errors);
        return errors.Any
            ? null
            : new RuleSettings { Enforcement = enforcement!.Value, AllowedPostureStatuses = allowed, DeniedPostureStatuses = denied };
    }

    private static ImmutableArray<string> CheckStatuses(
        IReadOnlyList<string?>? statuses, ImmutableArray<string> absent, string field, Errors errors)
    {
        if (statuses is null)
        {
            return absent;
        }

        if (statuses.Count > MaxStatuses)
        {
            errors.Add(
                field,
                "too-many",
                $"At most {MaxStatuses} posture statuses are allowed: leave some out.",
                ("count", statuses.Count),
                ("max", MaxStatuses));
            return absent;
        }

        for (var i = 0; i < statuses.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(statuses[i]))
            {
                errors.Add($"{field}[{i}]", "missing", "Give the status a name, or leave it out.");
            }
            else
            {
                Checks.Text(statuses[i]!, RuleSettings.MaxStatus, $"{field}[{i}]", errors);
                Template.Check(statuses[i]!, RuleSettings.StatusPlaceholders, $"{field}[{i}]", errors);
            }
        }

        return Checks.Distinct(statuses);
    }
}
