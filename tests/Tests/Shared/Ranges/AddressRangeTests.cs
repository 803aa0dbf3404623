namespace ClientVpnAdmin.Ranges;

public class AddressRangeTests
{
    private static readonly AddressRange Range = Some.Range("203.0.113.0/24");

    public static TheoryData<string, AddressRange> Conditions => new()
    {
        { "endpointIds", Range with { EndpointIds = [Some.Endpoint] } },
        { "users", Range with { Users = ["alice"] } },
        { "groups", Range with { Groups = ["vpn"] } },
        { "commonNames", Range with { CommonNames = ["laptop"] } },
        { "platforms", Range with { Platforms = ["win"] } },
        { "validFrom", Range with { ValidFrom = Some.Time } },
        { "validUntil", Range with { ValidUntil = Some.Time } },
        { "schedule", Range with { Schedule = ScheduleTests.Weekly("UTC", "monday 09:00 18:00") } },
    };

    [Theory]
    [MemberData(nameof(Conditions))]
    public void Each_condition_alone_is_one(string condition, AddressRange range)
    {
        Assert.False(range.HasNoConditions, condition);
        Assert.NotEqual(Range, range);
        Assert.False(range.SaysTheSameAs(Range), condition);
        Assert.False(Range.SaysTheSameAs(range), condition);
    }

    [Fact]
    public void A_range_without_conditions_has_none_whatever_else_it_says()
    {
        Assert.True(Range.HasNoConditions);
        Assert.True((Range with { Action = RangeAction.Deny, Enabled = false, Description = "x" }).HasNoConditions);
    }

    [Fact]
    public void Ranges_are_equal_when_they_say_the_same_and_by_the_same_people()
    {
        var all = Range with
        {
            EndpointIds = [Some.Endpoint],
            Users = ["alice"],
            Groups = ["vpn"],
            CommonNames = ["laptop"],
            Platforms = ["win"],
            ValidFrom = Some.Time,
            ValidUntil = Some.Time.AddDays(1),
            Schedule = ScheduleTests.Weekly("UTC", "monday 09:00 18:00"),
        };
        var same = all with
        {
            EndpointIds = [Some.Endpoint],
            Users = ["alice"],
            Groups = ["vpn"],
            CommonNames = ["laptop"],
            Platforms = ["win"],
            Schedule = ScheduleTests.Weekly("UTC", "monday 09:00 18:00"),
        };
        Assert.Equal(all, same);
        Assert.Equal(all.GetHashCode(), same.GetHashCode());
        Assert.Equal(all.Schedule!.GetHashCode(), same.Schedule!.GetHashCode());
        AddressRange[] others =
        [
            all with { Id = Guid.NewGuid() }, all with { Cidr = Some.Range("203.0.113.0/25").Cidr }, all with { Action = RangeAction.Deny },
            all with { Description = "x" }, all with { Enabled = false }, all with { CreatedBy = "x" }, all with { CreatedAt = default },
        ];
        Assert.All(others, other => Assert.False(all.SaysTheSameAs(other)));
        AddressRange[] touched = [all with { UpdatedBy = "x" }, all with { UpdatedAt = default }];
        Assert.All(touched, other => Assert.True(all != other && all.SaysTheSameAs(other)));
    }
}
