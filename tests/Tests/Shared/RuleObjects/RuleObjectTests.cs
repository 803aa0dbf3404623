using System.Collections.Immutable;
using ClientVpnAdmin.Ranges;
using CsCheck;

namespace ClientVpnAdmin.RuleObjects;

public sealed class RuleObjectTests
{
    // A few objects, some of which say the same.
    private static readonly AddressRange[] Some =
    [
        .. Enumerable.Range(0, 8)
            .Select(i => ClientVpnAdmin.Some.Range("10.0.0.0/8") with { CreatedAt = ClientVpnAdmin.Some.Time.AddHours(i / 2) }),
    ];

    private static readonly Gen<ImmutableArray<AddressRange>> Lists =
        Gen.Shuffle(Some).Select(Gen.Int[0, Some.Length], (all, count) => all.Take(count).ToImmutableArray());

    [Fact]
    public void Two_lists_are_compared_by_the_objects_in_them() => Gen.Select(Lists, Lists).Sample((before, after) =>
    {
        var (onlyBefore, onlyAfter) = RuleObject.Compare(before, after);
        Assert.Equal(before.Where(one => !after.Any(other => ReferenceEquals(one, other))), onlyBefore);
        Assert.Equal(after.Where(one => !before.Any(other => ReferenceEquals(one, other))), onlyAfter);
    });

    [Fact]
    public void An_object_that_says_the_same_is_another_one_all_the_same()
    {
        var again = Some[1] with { };
        var (onlyBefore, onlyAfter) = RuleObject.Compare<AddressRange>([.. Some[..3]], [Some[0], again, Some[2]]);
        Assert.Same(Some[1], Assert.Single(onlyBefore));
        Assert.Same(again, Assert.Single(onlyAfter));
    }

    [Fact]
    public void A_list_is_sorted_beside_any_sorted_one() => Gen.Select(Lists, Lists).Sample((objects, other) =>
    {
        var sorted = other.Sort(RuleObject.CompareByAge);
        Assert.Equal(objects.Sort(RuleObject.CompareByAge).AsEnumerable(), RuleObject.Sort(objects, sorted).AsEnumerable());
        Assert.Equal(sorted.AsEnumerable(), RuleObject.Sort(sorted, sorted).AsEnumerable());
    });
}
