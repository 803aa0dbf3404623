using System.Globalization;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Decisions;

/// <summary>Decisions as CSV, without their events.</summary>
internal static class DecisionsCsv
{
    private static readonly (string Name, Func<RecordedDecision, string> Write)[] Columns =
    [
        ("time", d => d.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture)),
        ("id", d => d.Id.ToString()),
        ("allowed", d => Write(d.Allowed)),
        ("letIn", d => Write(d.LetIn)),
        ("reason", d => d.Reason is { } reason ? Words.Format(reason) : ""),
        ("rangeId", d => d.RangeId?.ToString() ?? ""),
        ("revision", d => d.Revision?.ToString(CultureInfo.InvariantCulture) ?? ""),
        ("durationMs", d => d.DurationMs.ToString(CultureInfo.InvariantCulture)),
        ("connectionId", d => Harmless(d.ConnectionId)),
        ("endpointId", d => Harmless(d.EndpointId)),
        ("commonName", d => Harmless(d.CommonName)),
        ("username", d => Harmless(d.Username)),
        ("publicIp", d => Harmless(d.PublicIp)),
        ("message", d => Harmless(d.Message ?? "")),
        ("unreadable", d => Write(d.Unreadable)),
    ];

    public static string Write(IEnumerable<RecordedDecision> decisions) => Csv.Write(decisions, Columns);

    private static string Write(bool value) => value ? "true" : "false";

    /// <summary>
    /// Strangers choose these texts, and a spreadsheet would take some for formulas: those have an apostrophe before them (OWASP, "CSV
    /// Injection").
    /// </summary>
    private static string Harmless(string text) => text is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n', ..] ? $"'{text}" : text;
}
