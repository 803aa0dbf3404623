using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleSets;

namespace ClientVpnAdmin.AdminApi.Ranges;

public class FindingTests
{
    [Theory]
    [InlineData("8.8.8.0/24", "")]
    [InlineData("9.0.0.0/8", "")]
    [InlineData("8.0.0.0/7", "VeryWide")]
    [InlineData("0.0.0.0/0", "VeryWide")]
    [InlineData("2600::/19", "")]
    [InlineData("2600::/18", "VeryWide")]
    [InlineData("100.64.0.0/10", "SharedAddressSpace")]
    [InlineData("100.127.255.255", "SharedAddressSpace")]
    [InlineData("100.0.0.0/9", "")]
    [InlineData("192.0.2.0/23", "")] // begins with documentation addresses, but has others
    [InlineData("10.0.0.0/7", "VeryWide")]
    [InlineData("10.1.0.0/16", "PrivateAddress")]
    [InlineData("172.31.0.0/16", "PrivateAddress")]
    [InlineData("172.32.0.0/16", "")]
    [InlineData("fd12:3456::/32", "PrivateAddress")]
    [InlineData("127.0.0.1", "PrivateAddress")]
    [InlineData("203.0.113.0/24", "DocumentationAddress")]
    [InlineData("2001:db8:1::/48", "DocumentationAddress")]
    public void Addresses_that_nobody_or_nearly_anybody_has_are_found(string cidr, string kinds) => Assert.Equal(kinds, Kinds(Some.Range(cidr)));

    [Fact]
    public void A_wide_deny_range_is_as_it_should_be() => Assert.Equal("", Kinds(Some.Range("0.0.0.0/0") with { Action = RangeAction.Deny }));

    [Fact]
    public void An_expired_range_is_found()
    {
        Assert.Equal("Expired", Kinds(Some.Range("8.8.8.8") with { ValidUntil = Some.Time }));
        Assert.Equal("", Kinds(Some.Range("8.8.8.8") with { ValidUntil = Some.Time.AddTicks(1) }));
    }

    [Fact]
    public void A_range_inside_another_with_the_same_conditions_is_found_with_the_nearest_one_around_it()
    {
        var outer = Some.Range("8.8.0.0/16", age: 1) with { Users = ["alice"], Schedule = ScheduleTests.Weekly("Asia/Tokyo", "monday 09:00 18:00") };
        var inner = outer with { Id = Guid.NewGuid(), Cidr = Some.Range("8.8.8.0/24").Cidr, Description = "inner" };
        var finding = Assert.Single(Finding.FindAll(new RuleSet([outer with { Id = Guid.NewGuid(), Cidr = Some.Range("8.0.0.0/8").Cidr, Enabled = false }, outer, inner], [], new()), Some.Time, null));
        Assert.Equal((inner.Id, FindingKind.InsideAnother, outer.Id), (finding.RangeId, finding.Kind, finding.OtherRangeId));

        Assert.Equal("", Kinds(outer, inner with { Users = ["alice", "bob"] }));
        Assert.Equal("", Kinds(outer, inner with { Action = RangeAction.Deny }));
        Assert.Equal("", Kinds(outer, inner with { Enabled = false }));
        Assert.Equal("", Kinds(outer, inner with { ValidUntil = Some.Time.AddDays(1) }));
        Assert.Equal("", Kinds(outer, inner with { Schedule = null }));
    }

    [Fact]
    public void Of_two_equal_ranges_the_newer_is_found()
    {
        var older = Some.Range("8.8.8.0/24", age: 2);
        var newer = Some.Range("8.8.8.0/24", age: 1);
        var finding = Assert.Single(Finding.FindAll(new RuleSet([older, newer], [], new()), Some.Time, null));
        Assert.Equal((newer.Id, older.Id), (finding.RangeId, finding.OtherRangeId));
    }

    [Fact]
    public void A_range_that_decided_nothing_since_90_days_is_found_if_that_is_known()
    {
        var range = Some.Range("8.8.8.8");
        var rules = new RuleSet([range], [], new());
        Assert.Equal(FindingKind.Unused, Assert.Single(Finding.FindAll(rules, Some.Time.AddDays(90), [])).Kind);
        Assert.Empty(Finding.FindAll(rules, Some.Time.AddDays(90).AddTicks(-1), []));
        Assert.Empty(Finding.FindAll(rules, Some.Time.AddDays(90), [Decided("8.8.8.8", rules)]));
        Assert.Empty(Finding.FindAll(rules, Some.Time.AddDays(90), null));
    }

    [Theory]
    [InlineData("CORP\\alice")]
    [InlineData("alice@example.com")]
    [InlineData("ALICE ")]
    [InlineData("al ice")]
    public void A_name_that_nobody_had_is_found_with_the_one_that_was_meant(string recorded)
    {
        var rules = new RuleSet([Some.Range("8.8.8.8") with { Users = ["bob", "alice", "*x"], CommonNames = ["laptop-17.example.co.jp"] }], [], new());
        var finding = Assert.Single(Finding.FindAll(rules, Some.Time, [Decided("8.8.8.8", rules, recorded)]));
        Assert.Equal(FindingKind.NameNotSeen, finding.Kind);
        Assert.StartsWith(
            $"No recorded connection had the user name 'alice', though this one was there: '{recorded}'.", finding.Message, StringComparison.Ordinal);
        Assert.Empty(Finding.FindAll(rules, Some.Time, [Decided("8.8.8.8", rules, recorded), Decided("8.8.8.8", rules, "Alice")]));
        Assert.Empty(Finding.FindAll(rules, Some.Time, [Decided("8.8.8.8", rules, "carol")]));
        Assert.Empty(Finding.FindAll(rules, Some.Time, null));
    }

    [Fact]
    public void A_name_that_a_deny_range_takes_loosely_is_seen_where_an_allow_range_would_not_see_it()
    {
        var range = Some.Range("8.8.8.8") with { Groups = ["contractors"] };
        var allow = new RuleSet([range], [], new());
        var deny = new RuleSet([range with { Action = RangeAction.Deny }], [], new());
        Assert.Equal(FindingKind.NameNotSeen, Assert.Single(Finding.FindAll(allow, Some.Time, [Decided("8.8.8.8", allow, groups: "vpn,Contractors")])).Kind);
        Assert.Empty(Finding.FindAll(deny, Some.Time, [Decided("8.8.8.8", deny, groups: "vpn,Contractors")]));
    }

    [Fact]
    public void A_deny_range_by_a_name_that_the_connections_of_an_endpoint_never_carry_is_found()
    {
        var range = Some.Range("8.8.8.8") with { Action = RangeAction.Deny, Users = ["alice"] };
        var rules = new RuleSet([range], [], new());
        var finding = Assert.Single(Finding.FindAll(rules, Some.Time, [Decided("8.8.8.8", rules, ""), Decided("8.8.8.8", rules, "\u200B")]));
        Assert.Equal(FindingKind.NameNotCarried, finding.Kind);
        Assert.StartsWith($"No recorded connection of {Some.Endpoint} had a user name, so this range denies whoever", finding.Message, StringComparison.Ordinal);
        Assert.Empty(Finding.FindAll(rules, Some.Time, [Decided("8.8.8.8", rules, ""), Decided("8.8.8.8", rules, "bob")]));
        Assert.Empty(Finding.FindAll(new RuleSet([range with { EndpointIds = [Some.OtherEndpoint] }], [], new()), Some.Time, [Decided("8.8.8.8", rules, "")]));
        Assert.Empty(Finding.FindAll(new RuleSet([range with { Action = RangeAction.Allow }], [], new()), Some.Time, [Decided("8.8.8.8", rules, "")]));
        Assert.Empty(Finding.FindAll(rules, Some.Time, []));
    }

    private static RecordedDecision Decided(string publicIp, RuleSet rules, string username = "alice", string groups = "")
    {
        var json = Some.EventJson(publicIp);
        (json["username"], json["groups"]) = (username, groups);
        var connection = json.Read();
        return RecordedDecision.From(connection, Evaluator.Decide(connection, Some.Time, rules, 1), Some.Time, TimeSpan.Zero);
    }

    private static string Kinds(params AddressRange[] ranges) => string.Join(',', Finding.FindAll(new RuleSet(ranges, [], new()), Some.Time, null).Select(f => f.Kind));
}
