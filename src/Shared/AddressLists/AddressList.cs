using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.RuleObjects;

namespace ClientVpnAdmin.AddressLists;

/// <summary>Several CIDR blocks under one name. Ranges that name it count for all of them.</summary>
public sealed record AddressList : RuleObject
{
    private readonly ImmutableArray<AddressEntry> entries = [];

    /// <summary>No two lists have the same name, in any case.</summary>
    /// <example>Tokyo office</example>
    public required string Name { get; init; }

    /// <summary>For people; it decides nothing.</summary>
    /// <example>All lines of the building</example>
    public string Description { get; init; } = "";

    /// <summary>Where its entries come from.</summary>
    public ListSource Source { get; init; } = new();

    /// <summary>How many entries it has.</summary>
    /// <example>5</example>
    public int EntryCount => Entries.Length;

    /// <summary>Sorted, whatever order they were given in. Nested ones and duplicates are kept.</summary>
    [JsonIgnore]
    public ImmutableArray<AddressEntry> Entries
    {
        get => entries;
        init
        {
            entries = IsSorted(value) ? value : value.Sort();
            WideEntries = [.. entries.Where(entry => Cidr.IsWiderThanUsual(entry.Network, entry.PrefixLength)).Select(e => e.Cidr)];
        }
    }

    /// <summary>Those that let in nearly anybody.</summary>
    [JsonIgnore]
    public ImmutableArray<Cidr> WideEntries { get; private init; } = [];

    public bool Equals(AddressList? other) =>
        base.Equals(other) && Name == other.Name && Description == other.Description && Source == other.Source
        && (Entries == other.Entries || Entries.SequenceEqual(other.Entries));

    public override int GetHashCode() => Id.GetHashCode();

    /// <summary>What one list has and another doesn't, and the reverse. Both are walked once.</summary>
    public static (List<AddressEntry> OnlyBefore, List<AddressEntry> OnlyAfter) Compare(
        ImmutableArray<AddressEntry> before, ImmutableArray<AddressEntry> after)
    {
        var (onlyBefore, onlyAfter) = (new List<AddressEntry>(), new List<AddressEntry>());
        if (before == after)
        {
            return (onlyBefore, onlyAfter);
        }

        var (i, j) = (0, 0);
        while (i < before.Length || j < after.Length)
        {
            var order = i == before.Length ? 1 : j == after.Length ? -1 : before[i].CompareTo(after[j]);
            if (order < 0)
            {
                onlyBefore.Add(before[i++]);
            }
            else if (order > 0)
            {
                onlyAfter.Add(after[j++]);
            }
            else
            {
                (i, j) = (i + 1, j + 1);
            }
        }

        return (onlyBefore, onlyAfter);
    }

    /// <summary>A list's entries without some and with others, all of them sorted. Walked once.</summary>
    /// <exception cref="ArgumentException">One that is to go isn't there.</exception>
    public static ImmutableArray<AddressEntry> Edit(
        ImmutableArray<AddressEntry> present, IReadOnlyList<AddressEntry> gone, IReadOnlyList<AddressEntry> come)
    {
        var edited = ImmutableArray.CreateBuilder<AddressEntry>(Math.Max(0, present.Length - gone.Count) + come.Count);
        var (i, j) = (0, 0);
        foreach (var entry in present)
        {
            if (i < gone.Count && entry == gone[i])
            {
                i++;
                continue;
            }

            for (; j < come.Count && come[j] < entry; j++)
            {
                edited.Add(come[j]);
            }

            edited.Add(entry);
        }

        for (; j < come.Count; j++)
        {
            edited.Add(come[j]);
        }

        return i == gone.Count ? edited.DrainToImmutable() : throw new ArgumentException("There is no such entry.", nameof(gone));
    }

    /// <summary>The entries of a list with the same block as one.</summary>
    public static ReadOnlySpan<AddressEntry> WithBlock(ImmutableArray<AddressEntry> entries, AddressEntry one)
    {
        var (low, high) = (0, entries.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = entries[middle].CompareBlock(one) < 0 ? (middle + 1, high) : (low, middle);
        }

        while (high < entries.Length && entries[high].CompareBlock(one) == 0)
        {
            high++;
        }

        return entries.AsSpan()[low..high];
    }

    private static bool IsSorted(ImmutableArray<AddressEntry> entries)
    {
        for (var i = 1; i < entries.Length; i++)
        {
            if (entries[i - 1] > entries[i])
            {
                return false;
            }
        }

        return true;
    }
}
