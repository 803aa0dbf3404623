using System.Globalization;
using CsCheck;
using NodaTime.TimeZones;

namespace ClientVpnAdmin.Ranges;

public class ScheduleTests
{
    [Fact]
    public void The_documents_say_which_time_zone_data_counts() => Assert.Contains(
        $"the IANA time zone data {TzdbDateTimeZoneSource.Default.TzdbVersion} that this version brings",
        File.ReadAllText(Some.ProjectPath("docs", "deciding.md")),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("2026-04-05T23:59:59.9999999Z", false)] // Monday, 08:59:59.9999999 in Tokyo
    [InlineData("2026-04-06T00:00:00Z", true)]
    [InlineData("2026-04-06T08:59:59.9999999Z", true)]
    [InlineData("2026-04-06T09:00:00Z", false)]
    [InlineData("2026-04-07T01:00:00Z", false)] // Tuesday
    public void From_is_included_and_to_is_not(string at, bool expected) =>
        Assert.Equal(expected, Contains("Asia/Tokyo", "monday 09:00 18:00", at));

    [Theory]
    [InlineData("2026-04-06T12:59:59Z", false)] // Monday, 21:59:59 in Tokyo
    [InlineData("2026-04-06T13:00:00Z", true)]
    [InlineData("2026-04-06T15:00:00Z", true)] // Tuesday, 00:00
    [InlineData("2026-04-06T20:59:59Z", true)]
    [InlineData("2026-04-06T21:00:00Z", false)]
    [InlineData("2026-04-05T16:00:00Z", false)] // Monday, 01:00: Sunday has no window
    [InlineData("2026-04-07T13:00:00Z", false)] // Tuesday, 22:00
    public void A_window_past_midnight_belongs_to_the_day_it_begins_on(string at, bool expected) =>
        Assert.Equal(expected, Contains("Asia/Tokyo", "monday 22:00 06:00", at));

    [Theory]
    [InlineData("2026-04-12T21:59:59Z", false)] // Sunday, 23:59:59 in Berlin
    [InlineData("2026-04-12T22:00:00Z", true)]
    [InlineData("2026-04-13T21:59:59Z", true)]
    [InlineData("2026-04-13T22:00:00Z", false)]
    public void A_whole_day_is_0_to_24_oclock(string at, bool expected) =>
        Assert.Equal(expected, Contains("Europe/Berlin", "monday 00:00 24:00", at));

    [Fact]
    public void Sunday_night_runs_into_Monday() => Assert.True(Contains("Etc/UTC", "sunday 23:00 01:00", "2026-04-06T00:30:00Z"));

    [Theory]
    [InlineData("2026-03-29T00:59:59Z", true)] // 01:59:59 in Berlin; a second later it is 03:00
    [InlineData("2026-03-29T01:00:00Z", false)]
    [InlineData("2026-03-29T01:30:00Z", false)]
    public void In_Berlin_a_window_that_ends_in_the_skipped_hour_ends_where_that_begins(string at, bool expected) =>
        Assert.Equal(expected, Contains("Europe/Berlin", "sunday 01:00 02:30", at));

    [Theory]
    [InlineData("2026-03-29T00:59:59Z")]
    [InlineData("2026-03-29T01:00:00Z")]
    [InlineData("2026-03-29T01:30:00Z")]
    public void In_Berlin_a_window_inside_the_skipped_hour_does_not_come(string at) =>
        Assert.False(Contains("Europe/Berlin", "sunday 02:00 03:00", at));

    [Theory]
    [InlineData("2026-10-24T23:59:59Z", false)] // 01:59:59 in Berlin, summer time
    [InlineData("2026-10-25T00:00:00Z", true)]
    [InlineData("2026-10-25T00:29:59Z", true)]
    [InlineData("2026-10-25T00:30:00Z", false)]
    [InlineData("2026-10-25T01:00:00Z", true)] // 02:00 again, winter time
    [InlineData("2026-10-25T01:29:59Z", true)]
    [InlineData("2026-10-25T01:30:00Z", false)]
    public void In_Berlin_a_window_in_the_repeated_hour_comes_twice(string at, bool expected) =>
        Assert.Equal(expected, Contains("Europe/Berlin", "sunday 02:00 02:30", at));

    [Theory]
    [InlineData("2026-03-08T06:59:59Z", true)] // 01:59:59 in New York; a second later it is 03:00
    [InlineData("2026-03-08T07:00:00Z", false)]
    public void In_New_York_a_night_that_ends_in_the_skipped_hour_ends_where_that_begins(string at, bool expected) =>
        Assert.Equal(expected, Contains("America/New_York", "saturday 22:00 02:30", at));

    [Theory]
    [InlineData("2026-11-01T05:30:00Z", true)] // 01:30 in New York, summer time
    [InlineData("2026-11-01T06:30:00Z", true)] // 01:30 again, winter time
    [InlineData("2026-11-01T07:00:00Z", false)] // 02:00
    public void In_New_York_a_night_that_ends_after_the_repeated_hour_is_an_hour_longer(string at, bool expected) =>
        Assert.Equal(expected, Contains("America/New_York", "saturday 22:00 02:00", at));

    [Theory]
    [InlineData("2026-03-28T16:59:59Z", false)] // 01:59:59 in Tokyo, on the days when Berlin changes its clocks
    [InlineData("2026-03-28T17:00:00Z", true)]
    [InlineData("2026-03-28T18:00:00Z", false)]
    [InlineData("2026-10-24T17:00:00Z", true)]
    [InlineData("2026-10-24T18:00:00Z", false)]
    public void In_Tokyo_the_clocks_never_change(string at, bool expected) =>
        Assert.Equal(expected, Contains("Asia/Tokyo", "sunday 02:00 03:00", at));

    [Fact]
    public void The_first_and_the_last_moment_there_are_can_be_asked_about()
    {
        Assert.True(Contains("America/New_York", "sunday 00:00 24:00", "0001-01-01T00:00:00Z"));
        Assert.True(Contains("Asia/Tokyo", "saturday 00:00 24:00", "9999-12-31T23:59:59.9999999Z"));
    }

    [Fact]
    public void Around_changes_of_the_clocks_it_is_what_the_clock_on_the_wall_says()
    {
        // Against .NET's own time zones, which come from the operating system, minute by minute.
        var zones = new[] { "Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo" };
        Assert.All(zones, z => Assert.NotEmpty(TimeZoneInfo.FindSystemTimeZoneById(z).Id));
        var changes = new[]
        {
            "2026-03-29T01:00Z",
            "2026-10-25T01:00Z",
            "2026-03-08T07:00Z",
            "2026-11-01T06:00Z",
            "2026-04-04T15:00Z",
            "2026-10-03T15:30Z",
            "2026-12-31T15:00Z",
        };
        var time = Gen.Int[0, 1440];
        Gen.Select(Gen.OneOf(zones), Gen.OneOf(changes), Gen.Int[-1500, 1500], Gen.Int[1, 127], time, time)
            .Where((_, _, _, _, from, to) => from < 1440 && from != to)
            .Sample(
                (zone, change, minutes, days, from, to) =>
                {
                    var at = DateTimeOffset.Parse(change, CultureInfo.InvariantCulture).AddMinutes(minutes);
                    var week = Enum.GetValues<DayOfWeek>().Where(d => (days & (1 << (int)d)) != 0).ToArray();
                    var schedule = new Schedule { TimeZone = zone, Windows = [new() { Days = [.. week], From = new(from), To = new(to) }] };
                    var wall = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(zone)).DateTime;
                    var begins = from < to ? [wall.Date] : new[] { wall.Date, wall.Date.AddDays(-1) };
                    var expected = begins.Any(day => week.Contains(day.DayOfWeek)
                        && wall >= day.AddMinutes(from) && wall < day.AddMinutes(from < to ? to : to + 1440));
                    return schedule.Contains(at) == expected;
                },
                iter: 50_000);
    }

    [Fact]
    public void One_of_several_windows_is_enough()
    {
        var schedule = Weekly("UTC", "monday 09:00 12:00", "monday 13:00 18:00");
        Assert.True(schedule.Contains(new DateTimeOffset(2026, 4, 6, 9, 0, 0, TimeSpan.Zero)));
        Assert.False(schedule.Contains(new DateTimeOffset(2026, 4, 6, 12, 0, 0, TimeSpan.Zero)));
        Assert.True(schedule.Contains(new DateTimeOffset(2026, 4, 6, 13, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void Schedules_are_equal_when_all_of_them_is()
    {
        var schedule = Weekly("UTC", "monday 09:00 12:00", "friday 22:00 06:00");
        Assert.Equal(schedule, Weekly("UTC", "monday 09:00 12:00", "friday 22:00 06:00"));
        Schedule[] others =
        [
            Weekly("Asia/Tokyo", "monday 09:00 12:00", "friday 22:00 06:00"), Weekly("UTC", "monday 09:00 12:00"),
            Weekly("UTC", "tuesday 09:00 12:00", "friday 22:00 06:00"), Weekly("UTC", "monday 09:01 12:00", "friday 22:00 06:00"),
            Weekly("UTC", "monday 09:00 12:01", "friday 22:00 06:00"), Weekly("UTC", "monday 09:00 12:00", "friday 22:00 06:01"),
            Weekly("UTC", "friday 22:00 06:00", "monday 09:00 12:00"),
        ];
        Assert.All(others, other => Assert.NotEqual(schedule, other));
    }

    [Fact]
    public void A_time_zone_that_is_not_known_is_an_error_and_not_a_guess() =>
        Assert.Throws<InvalidDataException>(() => Contains("Mars/Olympus_Mons", "monday 00:00 24:00", "2026-04-06T00:00:00Z"));

    /// <param name="timeZone">Its time zone.</param>
    /// <param name="windows">For example <c>monday 09:00 18:00</c>.</param>
    internal static Schedule Weekly(string timeZone, params string[] windows) => new()
    {
        TimeZone = timeZone,
        Windows =
        [
            .. windows.Select(w => w.Split(' ')).Select(w => new ScheduleWindow
            {
                Days = [.. w[0].Split(',').Select(d => Enum.Parse<DayOfWeek>(d, ignoreCase: true))],
                From = WallTime.Parse(w[1])!.Value,
                To = WallTime.Parse(w[2])!.Value,
            }),
        ],
    };

    private static bool Contains(string timeZone, string window, string at) =>
        Weekly(timeZone, window).Contains(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture));
}
