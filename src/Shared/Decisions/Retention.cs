using System.Globalization;

namespace ClientVpnAdmin.Decisions;

/// <summary>How long decisions are kept, as <c>DECISION_RETENTION_DAYS</c> says it.</summary>
public static class Retention
{
    public const string Variable = "DECISION_RETENTION_DAYS";

    private const int MostDays = 3_650;
    private static readonly TimeSpan Default = TimeSpan.FromDays(30);

    /// <param name="value">Days, from 1 to 3,650. Anything else means the default, 30: nobody is locked out over a log.</param>
    public static TimeSpan Read(string? value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= MostDays ? TimeSpan.FromDays(days) : Default;
}
