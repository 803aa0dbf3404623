using System.ComponentModel.DataAnnotations;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Ranges;

/// <summary>What an administrator gives for a schedule, not yet checked.</summary>
public sealed record ScheduleInput
{
    /// <summary>The IANA time zone in whose wall-clock time the windows are.</summary>
    /// <example>Asia/Tokyo</example>
    [Required]
    public string? TimeZone { get; init; }

    /// <summary>1 to 50 windows; the range counts during any of them.</summary>
    [Required]
    public IReadOnlyList<ScheduleWindowInput?>? Windows { get; init; }

    private const int MaxWindows = 50;

    private static readonly Fault NotAnObject = new("not-an-object", "Write a window, in braces.");

    /// <returns>Null if there was an error.</returns>
    internal Schedule? Check(Errors errors)
    {
        Checks.TimeZone(TimeZone, "timeZone", errors);
        if (Windows is not { Count: >= 1 and <= MaxWindows })
        {
            errors.Add(
                "windows",
                "out-of-bounds",
                $"Give from 1 to {MaxWindows} windows; without a schedule the range counts at all times.",
                ("min", 1),
                ("max", MaxWindows));
            return null;
        }

        var windows = new List<ScheduleWindow>();
        for (var i = 0; i < Windows.Count; i++)
        {
            var found = new Errors();
            if (Windows[i] is null)
            {
                found.Add("", NotAnObject);
            }
            else if (Windows[i]!.Check(found) is { } window)
            {
                windows.Add(window);
            }

            errors.AddAll($"windows[{i}]", found);
        }

        return errors.Any ? null : new Schedule { TimeZone = TimeZone!, Windows = [.. windows] };
    }
}

/// <summary>What an administrator gives for one window of a schedule, not yet checked.</summary>
public sealed record ScheduleWindowInput
{
    /// <summary>The days on which it begins: monday, tuesday and so on.</summary>
    /// <example>["monday", "tuesday"]</example>
    [Required]
    [TextOf(typeof(DayOfWeek))]
    public IReadOnlyList<string?>? Days { get; init; }

    /// <summary>From this time on, as HH:mm.</summary>
    /// <example>09:00</example>
    [Required]
    [TextOf(typeof(WallTime))]
    public string? From { get; init; }

    /// <summary>Until just before this time, as HH:mm, at most 24:00. A time before <c>from</c> is one on the next day.</summary>
    /// <example>18:00</example>
    [Required]
    [TextOf(typeof(WallTime))]
    public string? To { get; init; }

    /// <returns>Null if there was an error.</returns>
    internal ScheduleWindow? Check(Errors errors)
    {
        var days = new List<DayOfWeek>();
        if (Days is not { Count: >= 1 and <= 7 })
        {
            errors.Add("days", "out-of-bounds", "Give from 1 to 7 days, such as monday.", ("min", 1), ("max", 7));
        }
        else
        {
            for (var i = 0; i < Days.Count; i++)
            {
                // Null is what Word takes for absent.
                if (Checks.Word<DayOfWeek>(Days[i] ?? "", null, $"days[{i}]", errors) is { } day)
                {
                    days.Add(day);
                }
            }
        }

        var from = ParseTime(From, "from", errors);
        var to = ParseTime(To, "to", errors);
        if (from is not null && from == to)
        {
            errors.Add(
                "to", "empty-window", "The window would be empty. Give another time than from; for a whole day write 00:00 to 24:00.");
        }

        return errors.Any
            ? null
            : new ScheduleWindow { Days = [.. days.Distinct().OrderBy(d => ((int)d + 6) % 7)], From = from!.Value, To = to!.Value };
    }

    private static WallTime? ParseTime(string? text, string field, Errors errors)
    {
        var time = WallTime.Parse(text);
        if (time is null || (field == "from" && time.Value.ToString() == "24:00"))
        {
            errors.Add(
                field,
                "not-a-time-of-day",
                $"{Errors.Quote(text ?? "")} is not a time of day. Write hours and minutes, from 00:00 to "
                + $"{(field == "from" ? "23:59" : "24:00")}.",
                ("given", Errors.Shown(text ?? "")),
                ("max", field == "from" ? "23:59" : "24:00"));
            return null;
        }

        return time;
    }
}
