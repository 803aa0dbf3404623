using System.Collections.Immutable;
using NodaTime;

namespace ClientVpnAdmin.Ranges;

/// <summary>The times of the week at which a range counts.</summary>
public sealed record Schedule
{
    /// <summary>The IANA time zone in whose wall-clock time the windows are.</summary>
    /// <example>Asia/Tokyo</example>
    public required string TimeZone { get; init; }

    /// <summary>The range counts during any of them.</summary>
    public required ImmutableArray<ScheduleWindow> Windows { get; init; }

    /// <remarks>
    /// By the clock on the wall: an hour that the clocks skip is in no window, and one that they repeat is in its window both times.
    /// NodaTime brings the time zones along, since Lambda's operating system may have none.
    /// </remarks>
    /// <exception cref="InvalidDataException">This program doesn't know the time zone.</exception>
    internal bool Contains(DateTimeOffset at)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(TimeZone)
            ?? throw new InvalidDataException($"The time zone {TimeZone} of a range's schedule isn't known to this program. Update it.");

        // Ticks count from a Monday, 0001-01-01; a week more leaves room for zones in which it is still the day before.
        var local = at.UtcTicks + zone.GetUtcOffset(Instant.FromDateTimeOffset(at)).Ticks + (7 * TimeSpan.TicksPerDay);
        var today = (DayOfWeek)(((local / TimeSpan.TicksPerDay) + 1) % 7);
        var yesterday = (DayOfWeek)(((int)today + 6) % 7);
        var time = local % TimeSpan.TicksPerDay;
        return Windows.Any(w => w.From.Ticks < w.To.Ticks
            ? w.Days.Contains(today) && w.From.Ticks <= time && time < w.To.Ticks
            : (w.Days.Contains(today) && w.From.Ticks <= time) || (w.Days.Contains(yesterday) && time < w.To.Ticks));
    }

    public bool Equals(Schedule? other) => other is not null && TimeZone == other.TimeZone && Windows.SequenceEqual(other.Windows);

    public override int GetHashCode() => HashCode.Combine(TimeZone, Windows.Length);
}

/// <summary>
/// A time of the day on some days of the week. One whose end is before its beginning runs past midnight, and belongs to the day it begins
/// on.
/// </summary>
public sealed record ScheduleWindow
{
    /// <summary>The days, Monday first.</summary>
    /// <example>["monday", "tuesday"]</example>
    public required ImmutableArray<DayOfWeek> Days { get; init; }

    /// <summary>From this time on.</summary>
    /// <example>09:00</example>
    public required WallTime From { get; init; }

    /// <summary>Until just before this time; 24:00 is the end of the day.</summary>
    /// <example>18:00</example>
    public required WallTime To { get; init; }

    public bool Equals(ScheduleWindow? other) =>
        other is not null && From == other.From && To == other.To && Days.SequenceEqual(other.Days);

    public override int GetHashCode() => HashCode.Combine(From, To);
}
