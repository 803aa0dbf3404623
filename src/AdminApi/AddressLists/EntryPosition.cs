using System.Collections.Immutable;
using System.Globalization;
using ClientVpnAdmin.AddressLists;

namespace ClientVpnAdmin.AdminApi.AddressLists;

/// <summary>Where an entry stands in its list, as a text for a cursor: its block, and which it is of those with the same block.</summary>
internal static class EntryPosition
{
    public static string Of(ImmutableArray<AddressEntry> entries, int index)
    {
        var same = 0;
        while (same < index && entries[index - same - 1].CompareBlock(entries[index]) == 0)
        {
            same++;
        }

        var entry = entries[index];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(entry.Network.IsIPv6 ? 6 : 4)}{entry.Network.Value:X32}{entry.PrefixLength:D3}{same:D7}");
    }

    /// <summary>The first entry behind a position, which may not be there any more.</summary>
    public static int After(ImmutableArray<AddressEntry> entries, string position)
    {
        var (low, high) = (0, entries.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = string.CompareOrdinal(Of(entries, middle), position) <= 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
