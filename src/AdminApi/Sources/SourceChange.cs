using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Sources;

/// <summary>What a refresh would change about a list's blocks. A changed note alone is no such change.</summary>
/// <param name="Added">What came.</param>
/// <param name="Removed">What went.</param>
/// <param name="Refusal">Why a person has to look at it first; null if it may be done by itself.</param>
internal sealed record SourceChange(IReadOnlyList<AddressEntry> Added, IReadOnlyList<AddressEntry> Removed, Fault? Refusal)
{
    public static SourceChange Between(
        IReadOnlyList<AddressEntry> oldEntries, IReadOnlyList<AddressEntry> newEntries, ListSource source)
    {
        var (added, removed) = (Without(newEntries, oldEntries), Without(oldEntries, newEntries));
        return new(added, removed, FindRefusal(oldEntries.Count, newEntries.Count, added.Count, removed.Count, source.MaxChange));
    }

    private static List<AddressEntry> Without(IReadOnlyList<AddressEntry> entries, IReadOnlyList<AddressEntry> others)
    {
        var blocks = others.Select(Block).ToHashSet();
        return [.. entries.Where(entry => !blocks.Contains(Block(entry)))];

        static (Address Network, int PrefixLength) Block(AddressEntry entry) => (entry.Network, entry.PrefixLength);
    }

    private static Fault? FindRefusal(int oldCount, int newCount, int added, int removed, int maxChange)
    {
        if (newCount == 0)
        {
            return new(
                "source-empty",
                $"The source is empty now. The list keeps its {Words.Count(oldCount, "block")}: see whether the source is still the right "
                + "one, and refresh again.",
                ("old", oldCount));
        }

        var max = Math.Max(ListSource.AlwaysAllowedChange, (long)oldCount * maxChange / 100);
        return oldCount == 0 || added + removed <= max
            ? null
            : new(
                "source-changed-much",
                $"{added} of {Words.Count(newCount, "block")} are new, and {removed} of {oldCount} are gone: more than the {max} that may "
                + $"change by themselves ({maxChange} %). The list stays as it is: look at the change, and make it if it is right.",
                ("added", added),
                ("removed", removed),
                ("old", oldCount),
                ("new", newCount),
                ("max", max),
                ("maxChange", maxChange));
    }
}
