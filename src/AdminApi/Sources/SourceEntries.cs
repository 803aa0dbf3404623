using ClientVpnAdmin.AddressLists;

namespace ClientVpnAdmin.AdminApi.Sources;

/// <summary>What every source's entries must keep to.</summary>
internal static class SourceEntries
{
    public const int MaxEntries = 1_000_000;

    /// <summary>A feed's note is cut where an administrator's would be refused: nobody here can shorten it.</summary>
    private const int MaxNote = 200;

    /// <summary>The widest that an entry may be. Nobody has more; it would let in or keep out a good part of the Internet.</summary>
    public static int ShortestPrefix(bool isIPv6) => isIPv6 ? 16 : 8;

    /// <summary>Sorted, and each block once.</summary>
    /// <exception cref="SourceException">An entry is special or too wide, or there are too many.</exception>
    public static List<AddressEntry> Checked(IEnumerable<AddressEntry> entries)
    {
        var all = new List<AddressEntry>();
        foreach (var entry in entries)
        {
            Check(entry);
            if (all.Count == MaxEntries)
            {
                throw new SourceException(new(
                    "too-many",
                    $"The source has more than {MaxEntries} entries, and at most so many are taken: choose less of it.",
                    ("max", MaxEntries)));
            }

            all.Add(entry);
        }

        // Of equal blocks the first note is kept, so that a source in another order reads the same.
        all.Sort();
        var kept = 0;
        for (var i = 0; i < all.Count; i++)
        {
            if (i == 0 || all[kept - 1].CompareBlock(all[i]) != 0)
            {
                all[kept++] = all[i];
            }
        }

        all.RemoveRange(kept, all.Count - kept);
        return all;
    }

    /// <summary>A note in the form in which notes are kept: one line, and not too long.</summary>
    public static string Note(string text)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        return line.Length <= MaxNote ? line : line[..(char.IsHighSurrogate(line[MaxNote - 1]) ? MaxNote - 1 : MaxNote)];
    }

    private static void Check(AddressEntry entry)
    {
        var block = $"{entry.Network}/{entry.PrefixLength}";
        var shortest = ShortestPrefix(entry.Network.IsIPv6);
        if (entry.PrefixLength < shortest)
        {
            throw new SourceException(new(
                "too-wide",
                $"{block} is wider than /{shortest}, more than anybody has of their own: nothing was taken over. Have the source mended, "
                + "or choose another one.",
                ("cidr", block),
                ("prefixLength", shortest)));
        }

        if (PublicInternet.FindSpecial(entry.Network, entry.PrefixLength) is { } special)
        {
            throw new SourceException(new(
                "special-address",
                $"{block} has addresses by which nobody comes over the Internet ({special}): nothing was taken over. Have the source "
                + "mended, or choose another one.",
                ("cidr", block),
                ("special", special)));
        }
    }
}
