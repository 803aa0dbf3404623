using ClientVpnAdmin.AdminApi.RuleObjects;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Ranges;

public class RangeInputTests
{
    [Fact]
    public void A_CIDR_block_alone_is_an_allow_range_for_everyone_for_ever()
    {
        var range = Check(new() { Cidr = "203.0.113.0/24" });
        Assert.Equal("203.0.113.0/24", $"{range.Cidr}");
        Assert.Equal(RangeAction.Allow, range.Action);
        Assert.Equal("", range.Description);
        Assert.True(range.Enabled);
        Assert.Empty(range.EndpointIds);
        Assert.Null(range.ValidFrom);
        Assert.Null(range.ValidUntil);
        Assert.Equal((Some.Time, "alice", Some.Time, "alice"), (range.CreatedAt, range.CreatedBy, range.UpdatedAt, range.UpdatedBy));
    }

    [Fact]
    public void Everything_given_is_taken_over()
    {
        var range = Check(new()
        {
            Cidr = "2001:db8::7",
            Action = "deny",
            Description = "東京",
            Enabled = false,
            EndpointIds = [Some.Endpoint, Some.OtherEndpoint, Some.Endpoint],
            ValidFrom = "2026-04-01T09:00:00+09:00",
            ValidUntil = "2026-04-01T00:00:00.0000001Z",
            Users = ["alice", "*@example.com"],
            Groups = ["vpn-users", "vpn-users"],
            CommonNames = ["laptop-*"],
            Platforms = ["win"],
            Schedule = new()
            {
                TimeZone = "Asia/Tokyo",
                Windows = [new() { Days = ["sunday", "monday", "monday"], From = "22:00", To = "06:00" }],
            },
        });
        Assert.Equal(["alice", "*@example.com"], range.Users.AsEnumerable());
        Assert.Equal(["vpn-users"], range.Groups.AsEnumerable());
        Assert.Equal(["laptop-*"], range.CommonNames.AsEnumerable());
        Assert.Equal(["win"], range.Platforms.AsEnumerable());
        Assert.Equal(ScheduleTests.Weekly("Asia/Tokyo", "monday,sunday 22:00 06:00"), range.Schedule);
        Assert.Equal("2001:db8::7/128", $"{range.Cidr}");
        Assert.Equal(RangeAction.Deny, range.Action);
        Assert.Equal("東京", range.Description);
        Assert.False(range.Enabled);
        Assert.Equal([Some.Endpoint, Some.OtherEndpoint], range.EndpointIds.AsEnumerable());
        Assert.Equal(Some.Time, range.ValidFrom);
        Assert.Equal(Some.Time.AddTicks(1), range.ValidUntil);
    }

    [Fact]
    public void A_replacement_keeps_how_the_range_began()
    {
        var old = Some.Range("203.0.113.0/24", age: 9);
        var range = Check(new() { Cidr = "203.0.113.0/25" }, old);
        Assert.Equal(
            (old.Id, old.CreatedAt, "admin", Some.Time, "alice"),
            (range.Id, range.CreatedAt, range.CreatedBy, range.UpdatedAt, range.UpdatedBy));
    }

    [Fact]
    public void A_replacement_that_changes_nothing_is_the_range_itself()
    {
        var old = Some.Range("203.0.113.0/24", age: 9) with { EndpointIds = [Some.Endpoint] };
        Assert.Same(old, Check(new() { Cidr = "203.0.113.0/24", EndpointIds = [Some.Endpoint] }, old));
        Assert.NotSame(old, Check(new() { Cidr = "203.0.113.0/24" }, old));
        Assert.NotSame(old, Check(new() { Cidr = "203.0.113.0/24", EndpointIds = [Some.Endpoint], Enabled = false }, old));
    }

    [Theory]
    [InlineData(null, "users[0]: Write a name")]
    [InlineData("", "users[0]: Write a name")]
    [InlineData("a*b", "users[0]: A * stands for any characters only")]
    [InlineData("a\nb", "users[0]: It has U+000A as its character 2")]
    [InlineData("alice\u200B", "users[0]: It has U+200B as its character 6")]
    [InlineData("alice ", "users[0]: It begins or ends with white space")]
    [InlineData("\u3000*", "users[0]: It begins or ends with white space")]
    public void A_name_that_could_never_match_is_an_error(string? name, string expected) =>
        Assert.StartsWith(expected, FirstError(new() { Cidr = "203.0.113.0/24", Users = [name] }), StringComparison.Ordinal);

    [Fact]
    public void Groups_and_common_names_are_checked_as_users_are()
    {
        Assert.StartsWith(
            "groups[0]: It has U+00AD",
            FirstError(new() { Cidr = "203.0.113.0/24", Groups = ["vpn\u00ADusers"] }),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "commonNames[0]: It has U+0000",
            FirstError(new() { Cidr = "203.0.113.0/24", CommonNames = ["laptop\0"] }),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("windows")]
    [InlineData("macos")]
    [InlineData("win ")]
    [InlineData("")]
    [InlineData(null)]
    public void A_platform_that_OpenVPN_never_sends_is_an_error_that_names_those_it_does(string? platform) => Assert.Equal(
        $"platforms[0]: '{platform}' is nothing that OpenVPN sends. Write one of: android, freebsd, ios, linux, mac, netbsd, openbsd, "
        + "solaris, uwp, win.",
        FirstError(new() { Cidr = "203.0.113.0/24", Platforms = [platform] }));

    [Fact]
    public void A_platform_is_taken_in_any_case_and_kept_once_in_lower_case() => Assert.Equal(
        ["win", "mac"], (IEnumerable<string>)Check(new() { Cidr = "203.0.113.0/24", Platforms = ["Win", "mac", "WIN"] }).Platforms);

    [Fact]
    public void Names_are_at_most_100_of_at_most_255_characters()
    {
        Assert.StartsWith(
            "groups: At most 100",
            FirstError(new() { Cidr = "203.0.113.0/24", Groups = [.. Enumerable.Range(0, 101).Select(i => $"g{i}")] }),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "groups[0]: This is 256 characters long",
            FirstError(new() { Cidr = "203.0.113.0/24", Groups = [new('x', 256)] }),
            StringComparison.Ordinal);
        Assert.Equal(255, Check(new() { Cidr = "203.0.113.0/24", CommonNames = [new('x', 255)] }).CommonNames[0].Length);
    }

    [Theory]
    [InlineData("Tokyo", "monday", "09:00", "18:00", "schedule.timeZone: 'Tokyo' is not an IANA time zone")]
    [InlineData("asia/tokyo", "monday", "09:00", "18:00", "schedule.timeZone: 'asia/tokyo' is not")]
    [InlineData(null, "monday", "09:00", "18:00", "schedule.timeZone: '' is not")]
    [InlineData(
        "Asia/Tokyo",
        "Monday",
        "09:00",
        "18:00",
        "schedule.windows[0].days[0]: 'Monday' is not allowed here. Write one of: sunday, monday")]
    [InlineData("Asia/Tokyo", null, "09:00", "18:00", "schedule.windows[0].days[0]: '' is not allowed here")]
    [InlineData("Asia/Tokyo", "monday", "9:00", "18:00", "schedule.windows[0].from: '9:00' is not a time of day")]
    [InlineData("Asia/Tokyo", "monday", "09:60", "18:00", "schedule.windows[0].from: '09:60' is not a time of day")]
    [InlineData(
        "Asia/Tokyo",
        "monday",
        "24:00",
        "18:00",
        "schedule.windows[0].from: '24:00' is not a time of day. Write hours and minutes, from 00:00 to 23:59.")]
    [InlineData(
        "Asia/Tokyo",
        "monday",
        "09:00",
        "24:01",
        "schedule.windows[0].to: '24:01' is not a time of day. Write hours and minutes, from 00:00 to 24:00.")]
    [InlineData("Asia/Tokyo", "monday", "09:00", null, "schedule.windows[0].to: '' is not a time of day")]
    [InlineData("Asia/Tokyo", "monday", "09:00", "09:00", "schedule.windows[0].to: The window would be empty")]
    public void A_schedule_that_says_nothing_clear_is_an_error(
        string? zone, string? day, string from, string? to, string expected) => Assert.StartsWith(
        expected,
        FirstError(
            new()
            {
                Cidr = "203.0.113.0/24",
                Schedule = new() { TimeZone = zone, Windows = [new() { Days = [day], From = from, To = to }] },
            }),
        StringComparison.Ordinal);

    [Fact]
    public void A_schedule_has_windows_and_a_window_has_days()
    {
        string Error(params ScheduleWindowInput?[]? windows) =>
            FirstError(new() { Cidr = "203.0.113.0/24", Schedule = new() { TimeZone = "Etc/UTC", Windows = windows } });
        Assert.StartsWith("schedule.windows: Give from 1 to 50", Error(), StringComparison.Ordinal);
        Assert.StartsWith("schedule.windows: Give from 1 to 50", Error(null), StringComparison.Ordinal);
        Assert.StartsWith(
            "schedule.windows[1]: Write a window",
            Error(new ScheduleWindowInput { Days = ["monday"], From = "00:00", To = "24:00" }, null),
            StringComparison.Ordinal);
        Assert.StartsWith(
            "schedule.windows[0].days: Give from 1 to 7",
            Error(new ScheduleWindowInput { Days = [], From = "00:00", To = "24:00" }),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Allow")]
    [InlineData("permit")]
    [InlineData("")]
    [InlineData("0")]
    public void Any_other_action_is_an_error(string action) =>
        Assert.Equal(
            [$"'{action}' is not allowed here. Write one of: allow, deny."],
            Errors(new() { Cidr = "203.0.113.0/24", Action = action })["action"]);

    [Theory]
    [InlineData("2026-04-01")]
    [InlineData("2026-04-01T09:00:00")]
    [InlineData("2026-04-01 09:00:00Z")]
    [InlineData("2026-13-01T09:00:00Z")]
    [InlineData("2026-02-29T09:00:00Z")]
    [InlineData("2026-04-01T24:00:00Z")]
    [InlineData("2026-04-01T09:00:00+25:00")]
    [InlineData("0001-01-01T00:00:00+09:00")]
    [InlineData("2026-04-01T09:00:00Z ")]
    [InlineData("2026-04-01T09:00Z")]
    [InlineData("01/04/2026 09:00:00 Z")]
    [InlineData("tomorrow")]
    [InlineData("")]
    public void A_time_is_RFC_3339_with_an_offset(string time)
    {
        var errors = Errors(new() { Cidr = "203.0.113.0/24", ValidFrom = time, ValidUntil = time });
        Assert.Equal([$"'{time}' is not a time. Write RFC 3339 with an offset, such as 2026-04-01T09:00:00Z."], errors["validFrom"]);
        Assert.Equal(errors["validFrom"], errors["validUntil"]);
    }

    [Theory]
    [InlineData("2026-04-01T00:00:00Z", "2026-04-01T00:00:00Z")]
    [InlineData("2026-04-01T00:00:00Z", "2026-04-01T08:59:59+09:00")]
    public void A_range_ends_after_it_begins(string from, string until) => Assert.Equal(
        ["The range would never count: give a time after validFrom, or leave one of them out."],
        Errors(new() { Cidr = "203.0.113.0/24", ValidFrom = from, ValidUntil = until })["validUntil"]);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("vpn")]
    [InlineData("cvpn-endpoint-")]
    [InlineData("cvpn-endpoint-0f13\n")]
    [InlineData("cvpn-endpoint-*")]
    public void An_endpoint_is_an_endpoint_id(string? id) => Assert.StartsWith(
        $"'{id?.Replace('\n', '?')}' is not a Client VPN endpoint id.",
        Errors(new() { Cidr = "203.0.113.0/24", EndpointIds = [Some.Endpoint, id] })["endpointIds[1]"].Single(),
        StringComparison.Ordinal);

    [Fact]
    public void Lengths_have_limits()
    {
        Check(
            new()
            {
                Cidr = "203.0.113.0/24",
                Description = new string('x', 500),
                EndpointIds = [.. Enumerable.Repeat(Some.Endpoint, 100)],
            });
        var errors = Errors(
            new()
            {
                Cidr = "203.0.113.0/24",
                Description = new string('x', 501),
                EndpointIds = [.. Enumerable.Repeat(Some.Endpoint, 101)],
            });
        Assert.Equal(["description", "endpointIds"], errors.Keys.Order());
    }

    [Fact]
    public void Every_error_is_reported_at_once()
    {
        var errors = Errors(
            new() { Cidr = "1", Action = "x", Description = "a\nb", EndpointIds = ["x"], ValidFrom = "x", ValidUntil = "y" });
        Assert.Equal(
            ["action", "cidr", "description", "endpointIds[0]", "validFrom", "validUntil"], errors.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("alice", true)]
    [InlineData("CORP\\alice", true)]
    [InlineData("", false)]
    [InlineData("*", false)]
    [InlineData("al*ice", false)]
    [InlineData("alice ", false)]
    [InlineData("alice\u200B", false)]
    public void A_range_can_be_for_just_one_name(string name, bool can) => Assert.Equal(can, RangeInput.CanName(name));

    [Fact]
    public void A_schedule_has_fifty_windows_and_a_window_seven_days_at_most()
    {
        string[] week = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        var window = new ScheduleWindowInput { Days = week, From = "09:00", To = "18:00" };
        var schedule = new ScheduleInput { TimeZone = "UTC", Windows = [.. Enumerable.Repeat(window, 50)] };
        var range = Check(new() { Cidr = "203.0.113.0/24", Schedule = schedule });
        Assert.Equal((50, 7), (range.Schedule!.Windows.Length, range.Schedule.Windows[0].Days.Length));
        var longer = schedule with { Windows = [.. Enumerable.Repeat(window, 51)] };
        Assert.Equal(["schedule.windows"], Errors(new() { Cidr = "203.0.113.0/24", Schedule = longer }).Keys);
        var fuller = schedule with { Windows = [window with { Days = [.. week, "monday"] }] };
        Assert.Equal(["schedule.windows[0].days"], Errors(new() { Cidr = "203.0.113.0/24", Schedule = fuller }).Keys);
    }

    private static AddressRange Check(RangeInput input, AddressRange? replaced = null)
    {
        var errors = new Errors();
        var range = input.Check(errors, "alice", Some.Time);
        Assert.Empty(errors.ToDictionary());
        return replaced is null ? range! : range!.InPlaceOf(replaced, Some.Time);
    }

    private static Dictionary<string, string[]> Errors(RangeInput input)
    {
        var errors = new Errors();
        Assert.Null(input.Check(errors, "alice", Some.Time));
        return errors.ToDictionary();
    }

    private static string FirstError(RangeInput input) => Errors(input).First() is var error ? $"{error.Key}: {error.Value[0]}" : "";
}
