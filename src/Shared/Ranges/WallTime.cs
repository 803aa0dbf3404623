using System.Globalization;
using System.Text.RegularExpressions;

namespace ClientVpnAdmin.Ranges;

/// <summary>A time as the clock on the wall shows it, to the minute, from 00:00 to 24:00.</summary>
/// <param name="Minutes">Since midnight, from 0 to 1,440.</param>
public readonly partial record struct WallTime(int Minutes)
{
    private const int MinutesPerDay = 24 * 60;

    internal long Ticks => Minutes * TimeSpan.TicksPerMinute;

    /// <summary>Reads <c>HH:mm</c>; null for anything else.</summary>
    public static WallTime? Parse(string? text) =>
        text is not null && Pattern().Match(text) is { Success: true } match
            && (Number(match.Groups["hour"]) * 60) + Number(match.Groups["minute"]) is var minutes && minutes <= MinutesPerDay
            ? new WallTime(minutes)
            : null;

    /// <exception cref="FormatException">There is no such time.</exception>
    internal static WallTime FromMinutes(int minutes) =>
        minutes is >= 0 and <= MinutesPerDay ? new(minutes) : throw new FormatException($"{minutes} is no time of a day.");

    /// <summary>As <c>HH:mm</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Minutes / 60:D2}:{Minutes % 60:D2}");

    private static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<hour>[0-9]{2}):(?<minute>[0-5][0-9])\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
