using ClientVpnAdmin.Decisions;

namespace ClientVpnAdmin.RuleSets;

public class RuleSetTests
{
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

        var messages = Enumerable.Range(0, RuleSet.MaxDenialMessages + 1).Select(i => Some.Message("x", $"cvpn-endpoint-{i}")).ToList();
        Assert.Equal(RuleSet.MaxDenialMessages, new RuleSet([], messages[1..], new()).DenialMessages.Length);
        Assert.Throws<ArgumentException>(() => new RuleSet([], messages, new()));

        var tests = Enumerable.Range(0, RuleSet.MaxRuleTests + 1)
            .Select(_ => Some.RuleTest("x", "{}", allowed: true) with { Id = Guid.NewGuid() });
        Assert.Equal(RuleSet.MaxRuleTests, new RuleSet([], [], new(), tests.Skip(1)).RuleTests.Length);
        Assert.Throws<ArgumentException>(() => new RuleSet([], [], new(), tests));
    }

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
