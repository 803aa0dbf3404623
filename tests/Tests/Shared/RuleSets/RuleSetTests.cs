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
        Assert.Throws<ArgumentException>(() => new RuleSet(Enumerable.Range(0, RuleSet.MaxRanges + 1).Select(_ => range with { Id = Guid.NewGuid() }), [], new()));
        Assert.Throws<ArgumentException>(() => new RuleSet([], [Some.Message("a"), Some.Message("b")], new()));
        Assert.Throws<ArgumentException>(
            () => new RuleSet([], [Some.Message("a", Some.Endpoint, DenialReason.NotInScope), Some.Message("b", Some.Endpoint, DenialReason.NotInScope)], new()));
    }
}
