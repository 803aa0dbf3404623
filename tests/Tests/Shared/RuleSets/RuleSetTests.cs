using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.Decisions;
using CsCheck;

namespace ClientVpnAdmin.RuleSets;

public class RuleSetTests
{
    private static readonly Gen<string> Prefix = Gen.Select(Gen.UInt[0, 1 << 26], Gen.Int[0, 32]).Select((value, length) =>
        $"{new Address(false, value & (length == 0 ? 0 : uint.MaxValue << (32 - length)))}/{length}");

    [Fact]
    public void Keeps_ranges_and_messages_oldest_first()
    {
        var ranges = new[] { Some.Range("10.0.0.0/8", age: 1), Some.Range("10.0.0.0/8", age: 3), Some.Range("10.0.0.0/8", age: 2) };
        Assert.Equal(ranges.OrderBy(r => r.CreatedAt), new RuleSet(ranges, [], new()).Ranges.AsEnumerable());
    }

    [Fact]
    public void Refuses_what_the_portal_would_refuse()
    {
        var range = Some.Range("10.0.0.0/8");
        Assert.Throws<ArgumentException>(() => new RuleSet([range, range], [], new()));
        Assert.Throws<ArgumentException>(() => new RuleSet([range with { ValidFrom = Some.Time, ValidUntil = Some.Time }], [], new()));
        Assert.Throws<ArgumentException>(
            () => new RuleSet(Enumerable.Range(0, RuleSet.MaxRanges + 1).Select(_ => range with { Id = Guid.NewGuid() }), [], new()));
        Assert.Throws<ArgumentException>(() => new RuleSet([], [Some.Message("a"), Some.Message("b")], new()));
        Assert.Throws<ArgumentException>(
            () => new RuleSet(
                [],
                [Some.Message("a", Some.Endpoint, DenialReason.NotInScope), Some.Message("b", Some.Endpoint, DenialReason.NotInScope)],
                new()));
    }

    [Fact]
    public void Takes_as_many_as_it_holds_and_no_more()
    {
        var range = Some.Range("10.0.0.0/8");
        var rules = new RuleSet(Enumerable.Range(0, RuleSet.MaxRanges).Select(_ => range with { Id = Guid.NewGuid() }), [], new());
        Assert.Equal(RuleSet.MaxRanges, rules.Ranges.Length);

        var half = Some.List("half", [.. Enumerable.Range(0, RuleSet.MaxEntries / 2).Select(i => $"10.{i % 256}.0.0/16")]);
        var others = new[] { half, half with { Id = Guid.NewGuid(), Name = "other half" } };
        Assert.Equal(RuleSet.MaxEntries, new RuleSet([], [], new(), [], others).AddressLists.Sum(list => list.EntryCount));
        Assert.Throws<ArgumentException>(() => new RuleSet([], [], new(), [], [.. others, Some.List("one more", "10.0.0.0/8")]));

        var messages = Enumerable.Range(0, RuleSet.MaxDenialMessages + 1).Select(i => Some.Message("x", $"cvpn-endpoint-{i}")).ToList();
        Assert.Equal(RuleSet.MaxDenialMessages, new RuleSet([], messages[1..], new()).DenialMessages.Length);
        Assert.Throws<ArgumentException>(() => new RuleSet([], messages, new()));

        var tests = Enumerable.Range(0, RuleSet.MaxRuleTests + 1)
            .Select(_ => Some.RuleTest("x", "{}", allowed: true) with { Id = Guid.NewGuid() });
        Assert.Equal(RuleSet.MaxRuleTests, new RuleSet([], [], new(), tests.Skip(1)).RuleTests.Length);
        Assert.Throws<ArgumentException>(() => new RuleSet([], [], new(), tests));
    }

    [Fact]
    public void A_range_has_a_block_or_a_list_that_is_there_and_no_two_lists_share_an_id_or_a_name()
    {
        var list = Some.List("office", "10.0.0.0/8");
        Assert.Single(new RuleSet([Some.RangeOf(list)], [], new(), [], [list]).Ranges);
        Assert.Throws<ArgumentException>(() => new RuleSet([Some.RangeOf(list)], [], new()));
        Assert.Throws<ArgumentException>(() => new RuleSet([Some.RangeOf(list)], [], new(), [], [list]).With(Array.Empty<AddressList>()));
        Assert.Throws<ArgumentException>(
            () => new RuleSet([Some.Range("10.0.0.0/8") with { AddressListId = list.Id }], [], new(), [], [list]));
        Assert.Throws<ArgumentException>(() => new RuleSet([Some.Range("10.0.0.0/8") with { Cidr = null }], [], new(), [], [list]));
        Assert.Throws<ArgumentException>(() => new RuleSet([], [], new(), [], [list, list with { Name = "other" }]));
        Assert.Throws<ArgumentException>(() => new RuleSet([], [], new(), [], [list, list with { Id = Guid.NewGuid(), Name = "OFFICE" }]));
    }

    [Fact]
    public void A_range_and_a_list_with_the_same_id_and_block_both_count()
    {
        var list = Some.List("list", "10.0.0.0/8");
        var own = Some.Range("10.0.0.0/8") with { Id = list.Id };
        var rules = new RuleSet([own, Some.RangeOf(list)], [], new(), [], [list]);
        Assert.Equal(2, rules.Containing(Address.Parse("10.1.2.3")!.Value).Count);
        Assert.Single(rules.With([rules.Ranges.Single(r => r.Cidr is null)]).Containing(Address.Parse("10.1.2.3")!.Value));
    }

    [Fact]
    public void An_edited_rule_set_finds_what_one_that_is_made_anew_finds() =>
        Gen.Select(Prefix.Array[0, 30], Prefix.Array[0, 30], Gen.Int[1, 3_000].Array[1, 6], Gen.Int).Sample(
            (first, entries, edits, seed) =>
            {
                var random = new Random(seed);
                var list = Some.List("list", entries);
                var rules = new RuleSet([.. first.Select(cidr => Some.Range(cidr)), Some.RangeOf(list)], [], new(), [], [list]);
                foreach (var edit in edits)
                {
                    if (random.Next(2) == 0)
                    {
                        _ = rules.Containing(default); // so that it has an index, of which the next one is made
                    }

                    var some = Enumerable.Range(0, edit).Select(_ => $"{random.Next(2)}.{random.Next(4)}.{random.Next(256)}.0/24").ToList();
                    rules = random.Next(3) switch
                    {
                        0 => rules.With(rules.Ranges.Where(_ => random.Next(4) > 0).Concat(some.Select(cidr => Some.Range(cidr)))
                            .Append(Some.RangeOf(list))),
                        1 => rules.With(rules.Ranges.Select(r => random.Next(2) == 0 ? r with { Enabled = !r.Enabled } : r)),
                        _ => rules.With([list = list with
                        {
                            Entries =
                            [
                                .. list.Entries.Where(_ => random.Next(4) > 0),
                                .. some.Select(cidr => new AddressEntry(Cidr.Parse(cidr, out _)!, $"{random.Next(2)}")),
                            ],
                        }]),
                    };
                }

                var anew = new RuleSet(rules.Ranges, [], new(), [], rules.AddressLists);
                return Enumerable.Range(0, 50).All(_ =>
                {
                    var address = new Address(false, (UInt128)random.Next(1 << 26));
                    return anew.Containing(address, isEnabledOnly: false).SequenceEqual(rules.Containing(address, isEnabledOnly: false));
                });
            },
            iter: 300);

    [Fact]
    public void No_two_messages_and_no_two_tests_share_an_id()
    {
        var message = Some.Message("x");
        Assert.Throws<ArgumentException>(() => new RuleSet([], [message, message with { EndpointId = Some.Endpoint }], new()));
        var test = Some.RuleTest("x", "{}", allowed: true);
        Assert.Throws<ArgumentException>(() => new RuleSet([], [], new(), [test, test with { Description = "y" }]));
    }

    [Fact]
    public void Rule_tests_and_settings_are_equal_when_they_say_the_same()
    {
        var test = Some.RuleTest("x", """{ "a": 1 }""", allowed: true);
        Assert.Equal(test, test with { Event = System.Text.Json.JsonElement.Parse("""{ "a": 1 }""") });
        ClientVpnAdmin.RuleTests.RuleTest[] others =
        [
            test with { Id = Guid.NewGuid() },
            test with { Description = "y" },
            test with { Event = System.Text.Json.JsonElement.Parse("{}") },
            test with { At = Some.Time },
            test with { Allowed = false },
        ];
        Assert.All(others, other => Assert.NotEqual(test, other));

        var settings = new ClientVpnAdmin.Settings.RuleSettings { DeniedPostureStatuses = ["x"] };
        Assert.Equal(settings, settings with { AllowedPostureStatuses = ["compliant"], DeniedPostureStatuses = ["x"] });
        Assert.NotEqual(settings, settings with { Enforcement = ClientVpnAdmin.Settings.Enforcement.ReportOnly });
        Assert.NotEqual(settings, settings with { AllowedPostureStatuses = [] });
        Assert.NotEqual(settings, settings with { DeniedPostureStatuses = ["X"] });
    }
}
