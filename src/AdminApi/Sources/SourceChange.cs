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
        return new(
            added,
            removed,
            FindRefusal(oldEntries.Count, newEntries.Count, added.Count, removed.Count, source.MaxChange)
                ?? FindWide(oldEntries, newEntries, source));
    }

    private static List<AddressEntry> Without(IReadOnlyList<AddressEntry> entries, IReadOnlyList<AddressEntry> others)
    {
        var blocks = others.Select(Block).ToHashSet();
        return [.. entries.Where(entry => !blocks.Contains(Block(entry)))];

        static (Address Network, int PrefixLength) Block(AddressEntry entry) => (entry.Network, entry.PrefixLength);
    }

    /// <summary>
    /// Few blocks may have many addresses, and an empty list has nothing to compare with: so the addresses may not become many more
    /// either. Of countries they are: somebody has named those, and brought the database.
    /// </summary>
    private static Fault? FindWide(IReadOnlyList<AddressEntry> oldEntries, IReadOnlyList<AddressEntry> newEntries, ListSource source)
    {
        foreach (var isIPv6 in source.Kind == SourceKind.Countries ? Array.Empty<bool>() : [false, true])
        {
            var shortest = SourceEntries.ShortestPrefix(isIPv6);
            var max = Math.Max(Math.ScaleB(1, -shortest), ShareOf(oldEntries, isIPv6) * (1 + (source.MaxChange / 100.0)));
            if (ShareOf(newEntries, isIPv6) > max)
            {
                var family = isIPv6 ? "IPv6" : "IPv4";
                return new(
                    "source-wide",
                    $"The {Words.Count(newEntries.Count, "block")} have more {family} addresses together than a /{shortest}, and many more "
                    + "than the list has. The list stays as it is: look at the change, and make it if it is right.",
                    ("new", newEntries.Count),
                    ("family", family),
                    ("prefixLength", shortest));
            }
        }

        return null;

        // Of all addresses. What is nested counts twice, which errs on the safe side.
        static double ShareOf(IEnumerable<AddressEntry> entries, bool isIPv6) =>
            entries.Where(entry => entry.Network.IsIPv6 == isIPv6).Sum(entry => Math.ScaleB(1, -entry.PrefixLength));
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
