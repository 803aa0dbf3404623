using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace ClientVpnAdmin.RuleObjects;

/// <summary>Something in a rule set that has an id and an author.</summary>
public abstract record RuleObject
{
    /// <summary>A UUIDv7.</summary>
    /// <example>019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b</example>
    [JsonPropertyOrder(-1)]
    public required Guid Id { get; init; }

    /// <summary>When it was added.</summary>
    /// <example>2026-04-01T00:00:00Z</example>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Who added it.</summary>
    /// <example>admin</example>
    public required string CreatedBy { get; init; }

    /// <summary>When it was last changed.</summary>
    /// <example>2026-04-01T00:00:00Z</example>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Who last changed it.</summary>
    /// <example>admin</example>
    public required string UpdatedBy { get; init; }

    /// <summary>Oldest first: by <see cref="CreatedAt"/>, then by <see cref="Id"/>.</summary>
    public static int CompareByAge(RuleObject a, RuleObject b) =>
        a.CreatedAt.CompareTo(b.CreatedAt) is not 0 and var order ? order : a.Id.CompareTo(b.Id);

    /// <summary>
    /// What one list has and another doesn't, and the reverse, by the objects themselves and not by what they say. What both have at their
    /// ends costs next to nothing.
    /// </summary>
    public static (List<T> OnlyBefore, List<T> OnlyAfter) Compare<T>(ImmutableArray<T> before, ImmutableArray<T> after)
        where T : RuleObject
    {
        var (start, end) = CountSameAtEnds(before, after);
        var (gone, come) = (before[start..^end], after[start..^end]);
        var (were, are) = (gone.ToHashSet<T>(ReferenceEqualityComparer.Instance), come.ToHashSet<T>(ReferenceEqualityComparer.Instance));
        return ([.. gone.Where(one => !are.Contains(one))], [.. come.Where(one => !were.Contains(one))]);
    }

    /// <summary>Objects, the oldest first.</summary>
    /// <param name="sorted">Others in that order, which they are compared with: what both have at their ends is not looked at.</param>
    public static ImmutableArray<T> Sort<T>(ImmutableArray<T> objects, ImmutableArray<T> sorted)
        where T : RuleObject
    {
        var (start, end) = CountSameAtEnds(sorted, objects);
        for (var i = Math.Max(start, 1); i < Math.Min(objects.Length - end + 1, objects.Length); i++)
        {
            if (CompareByAge(objects[i - 1], objects[i]) > 0)
            {
                return objects.Sort(CompareByAge);
            }
        }

        return objects;
    }

    private static (int Start, int End) CountSameAtEnds<T>(ImmutableArray<T> before, ImmutableArray<T> after)
        where T : RuleObject
    {
        var most = Math.Min(before.Length, after.Length);
        var (start, end) = (0, 0);
        while (start < most && ReferenceEquals(before[start], after[start]))
        {
            start++;
        }

        while (end < most - start && ReferenceEquals(before[^(end + 1)], after[^(end + 1)]))
        {
            end++;
        }

        return (start, end);
    }

    /// <summary>True when they differ in nothing but when and by whom they were last changed.</summary>
    public bool SaysTheSameAs(RuleObject other) =>
        ReferenceEquals(this, other) || Equals(other with { UpdatedAt = UpdatedAt, UpdatedBy = UpdatedBy });
}
