using System.Globalization;

namespace ClientVpnAdmin.Handler;

/// <summary>What the handler's configuration says besides where the store is.</summary>
/// <param name="DecisionRetention">How long decisions are kept.</param>
/// <param name="RulesMaxStale">For how long the last rules may be used while the store is away; zero for not at all.</param>
/// <param name="FunctionName">The Lambda function whose metrics the log lines carry; null elsewhere, where they carry none.</param>
public sealed record HandlerSettings(TimeSpan DecisionRetention, TimeSpan RulesMaxStale, string? FunctionName = null)
{
    private const int DefaultDays = 30;
    private const int MaxDays = 3_650;
    private const int MaxSeconds = 86_400;

    /// <summary>
    /// Reads <c>DECISION_RETENTION_DAYS</c> (1 to 3,650, default 30) and <c>RULES_MAX_STALE</c> (seconds, 0 to 86,400, default 0).
    /// Anything else counts as the default: nobody is locked out over a log, nor let in by old rules that weren't asked for.
    /// </summary>
    public static HandlerSettings Read(Func<string, string?> variable) => new(
        TimeSpan.FromDays(Number(variable("DECISION_RETENTION_DAYS"), 1, MaxDays) ?? DefaultDays),
        TimeSpan.FromSeconds(Number(variable("RULES_MAX_STALE"), 0, MaxSeconds) ?? 0),
        variable("AWS_LAMBDA_FUNCTION_NAME") is { Length: > 0 } name ? name : null);

    private static int? Number(string? text, int min, int max) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= min
            && number <= max
                ? number
                : null;
}
