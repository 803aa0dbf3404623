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
    public void Addresses_that_nobody_or_nearly_anybody_has_are_found(string cidr, string kinds) =>
        Assert.Equal(kinds, Kinds(Some.Range(cidr)));

    [Fact]
    public void A_wide_deny_range_is_as_it_should_be() =>
        Assert.Equal("", Kinds(Some.Range("0.0.0.0/0") with { Action = RangeAction.Deny }));

    [Fact]
    public void An_expired_range_is_found()
    {
        Assert.Equal("Expired", Kinds(Some.Range("8.8.8.8") with { ValidUntil = Some.Time }));
        Assert.Equal("", Kinds(Some.Range("8.8.8.8") with { ValidUntil = Some.Time.AddTicks(1) }));
    }

    [Fact]
    public void A_range_inside_another_with_the_same_conditions_is_found_with_the_nearest_one_around_it()
    {
        var outer = Some.Range("8.8.0.0/16", age: 1) with
        {
            Users = ["alice"],
            Schedule = ScheduleTests.Weekly("Asia/Tokyo", "monday 09:00 18:00"),
        };
        var inner = outer with { Id = Guid.NewGuid(), Cidr = Some.Range("8.8.8.0/24").Cidr, Description = "inner" };
        var finding = Assert.Single(
            Finding.FindAll(
                new RuleSet(
                    [outer with { Id = Guid.NewGuid(), Cidr = Some.Range("8.0.0.0/8").Cidr, Enabled = false }, outer, inner], [], new()),
                Some.Time,
                null));
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
        var rules = new RuleSet(
            [Some.Range("8.8.8.8") with { Users = ["bob", "alice", "*x"], CommonNames = ["laptop-17.example.co.jp"] }], [], new());
        var finding = Assert.Single(Finding.FindAll(rules, Some.Time, [Decided("8.8.8.8", rules, recorded)]));
        Assert.Equal(FindingKind.NameNotSeen, finding.Kind);
        Assert.StartsWith(
            $"No recorded connection had the user name 'alice', though this one was there: '{recorded}'.",
            finding.Message,
            StringComparison.Ordinal);
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
        Assert.Equal(
            FindingKind.NameNotSeen,
            Assert.Single(Finding.FindAll(allow, Some.Time, [Decided("8.8.8.8", allow, groups: "vpn,Contractors")])).Kind);
        Assert.Empty(Finding.FindAll(deny, Some.Time, [Decided("8.8.8.8", deny, groups: "vpn,Contractors")]));
    }

    [Fact]
    public void A_deny_range_by_a_name_that_the_connections_of_an_endpoint_never_carry_is_found()
    {
        var range = Some.Range("8.8.8.8") with { Action = RangeAction.Deny, Users = ["alice"] };
        var rules = new RuleSet([range], [], new());
        var finding = Assert.Single(
            Finding.FindAll(rules, Some.Time, [Decided("8.8.8.8", rules, ""), Decided("8.8.8.8", rules, "\u200B")]));
        Assert.Equal(FindingKind.NameNotCarried, finding.Kind);
        Assert.StartsWith(
            $"No recorded connection of {Some.Endpoint} had a user name, so this range denies whoever",
            finding.Message,
            StringComparison.Ordinal);
        Assert.Empty(Finding.FindAll(rules, Some.Time, [Decided("8.8.8.8", rules, ""), Decided("8.8.8.8", rules, "bob")]));
        Assert.Empty(
            Finding.FindAll(
                new RuleSet([range with { EndpointIds = [Some.OtherEndpoint] }], [], new()), Some.Time, [Decided("8.8.8.8", rules, "")]));
        Assert.Empty(
            Finding.FindAll(
                new RuleSet([range with { Action = RangeAction.Allow }], [], new()), Some.Time, [Decided("8.8.8.8", rules, "")]));
        Assert.Empty(Finding.FindAll(rules, Some.Time, []));
    }

    [Theory]
    [InlineData("9.0.0.0/18", "")]
    [InlineData("2600::/9", "VeryWide")]
    public void What_is_very_wide_is_another_thing_for_each_kind_of_address(string cidr, string kinds) =>
        Assert.Equal(kinds, Kinds(Some.Range(cidr)));

    [Fact]
    public void A_range_that_is_disabled_or_has_ended_is_neither_unused_nor_looked_at_for_its_names()
    {
        var range = Some.Range("8.8.8.8") with { Users = ["alice"] };
        var now = Some.Time.AddDays(90);
        var lately = new[] { Decided("8.8.8.8", RuleSet.Empty, "CORP\\alice") };
        Assert.Equal([FindingKind.Unused, FindingKind.NameNotSeen], KindsOf(range with { ValidUntil = now.AddTicks(1) }));
        Assert.Equal([FindingKind.Expired], KindsOf(range with { ValidUntil = now }));
        Assert.Equal([], KindsOf(range with { Enabled = false }));

        IEnumerable<FindingKind> KindsOf(AddressRange one) =>
            Finding.FindAll(new RuleSet([one], [], new()), now, lately).Select(f => f.Kind);
    }

    [Fact]
    public void Names_are_looked_at_though_other_ranges_ask_for_none()
    {
        var rules = new RuleSet([Some.Range("8.8.8.8") with { Users = ["alice"] }, Some.Range("9.9.9.9")], [], new());
        var lately = new[] { Decided("8.8.8.8", rules, "CORP\\alice") };
        Assert.Equal([FindingKind.NameNotSeen], Finding.FindAll(rules, Some.Time, lately).Select(f => f.Kind));
    }

    [Theory]
    [InlineData("Jose\u0301", "jos\u00e9", true)] // an accent of its own
    [InlineData("JOS\u00c9", "jos\u00e9", true)]
    public void A_user_name_is_seen_in_any_case_and_form(string recorded, string asked, bool isSeen)
    {
        var rules = new RuleSet([Some.Range("8.8.8.8") with { Users = [asked] }], [], new());
        Assert.Equal(isSeen, !Finding.FindAll(rules, Some.Time, [Decided("8.8.8.8", rules, recorded)]).Any());
    }

    [Theory]
    [InlineData("VPN", "vpn", false)]
    [InlineData("vpn", "vpn", true)]
    public void A_group_is_seen_by_an_allow_range_exactly_as_it_is(string recorded, string asked, bool isSeen)
    {
        var rules = new RuleSet([Some.Range("8.8.8.8") with { Groups = [asked] }], [], new());
        Assert.Equal(isSeen, !Finding.FindAll(rules, Some.Time, [Decided("8.8.8.8", rules, groups: recorded)]).Any());
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void Of_many_endpoints_without_names_three_are_named(int endpoints, bool areMore)
    {
        var rules = new RuleSet([Some.Range("8.8.8.8") with { Action = RangeAction.Deny, Users = ["alice"] }], [], new());
        var lately = Enumerable.Range(1, endpoints).Select(i => Decided("8.8.8.8", rules, "", endpointId: $"cvpn-endpoint-{i}")).ToList();
        var message = Assert.Single(Finding.FindAll(rules, Some.Time, lately)).Message;
        Assert.StartsWith("No recorded connection of cvpn-endpoint-1, cvpn-endpoint-2, cvpn-endpoint-3", message, StringComparison.Ordinal);
        Assert.Equal(areMore, message.Contains(" and others ", StringComparison.Ordinal));
    }

    private static RecordedDecision Decided(
        string publicIp, RuleSet rules, string username = "alice", string groups = "", string endpointId = Some.Endpoint)
    {
        var json = Some.EventJson(publicIp);
        (json["username"], json["groups"], json["endpoint-id"]) = (username, groups, endpointId);
        var connection = json.Read();
        return RecordedDecision.From(connection, Evaluator.Decide(connection, Some.Time, rules, 1), Some.Time, TimeSpan.Zero);
    }

    private static string Kinds(params AddressRange[] ranges) =>
        string.Join(',', Finding.FindAll(new RuleSet(ranges, [], new()), Some.Time, null).Select(f => f.Kind));
}
