using System.Collections.Immutable;
using System.Numerics;
using ClientVpnAdmin.Addresses;

namespace ClientVpnAdmin.Ranges;

/// <summary>Finds the enabled ranges that contain an address: one search and a short walk outwards, at any number of ranges.</summary>
internal sealed class RangeIndex(ImmutableArray<AddressRange> ranges)
{
    private readonly PrefixIndex<uint> ipv4 = new([.. ranges.Where(r => r.Enabled && !r.Cidr.Network.IsIPv6)]);
    private readonly PrefixIndex<UInt128> ipv6 = new([.. ranges.Where(r => r.Enabled && r.Cidr.Network.IsIPv6)]);

    /// <summary>The longest prefixes come first, and of equal prefixes the oldest range.</summary>
    public IEnumerable<AddressRange> Containing(Address address) =>
        address.IsIPv6 ? ipv6.Containing(address.Value) : ipv4.Containing((uint)address.Value);

    /// <summary>
    /// Prefixes either nest or are disjoint. So sweeping over them in order cuts the address space into disjoint intervals that each
    /// have one innermost prefix, and each prefix has one prefix around it.
    /// </summary>
    private sealed class PrefixIndex<T>
        where T : struct, IBinaryInteger<T>
    {
        private const int None = -1;

        // Sorted outermost first. Ranges with the same prefix are a run, of which the prefix's number is the first one's place.
        private readonly AddressRange[] sorted;
        private readonly int[] enclosing;

        // Interval i reaches from starts[i] to just before starts[i + 1].
        private readonly T[] starts;
        private readonly int[] innermost;

        public PrefixIndex(AddressRange[] ranges)
        {
            Array.Sort(ranges, CompareOutermostFirst);
            sorted = ranges;
            enclosing = new int[ranges.Length];
            var intervals = new List<(T Start, int Innermost)>(1 + (2 * ranges.Length)) { (T.Zero, None) };
            var open = None;
            for (var i = 0; i < ranges.Length; i++)
            {
                if (i > 0 && ranges[i].Cidr == ranges[i - 1].Cidr)
                {
                    continue;
                }

                while (open != None && ranges[open].Cidr.Last < ranges[i].Cidr.Network.Value)
                {
                    Close();
                }

                enclosing[i] = open;
                open = i;
                Begin(T.CreateTruncating(ranges[i].Cidr.Network.Value));
            }

            while (open != None)
            {
                Close();
            }

            starts = [.. intervals.Select(i => i.Start)];
            innermost = [.. intervals.Select(i => i.Innermost)];

            void Close()
            {
                var last = T.CreateTruncating(ranges[open].Cidr.Last);
                open = enclosing[open];
                if (last != T.AllBitsSet)
                {
                    Begin(last + T.One);
                }
            }

            void Begin(T start)
            {
                if (intervals[^1].Start == start)
                {
                    intervals.RemoveAt(intervals.Count - 1);
                }

                intervals.Add((start, open));
            }
        }

        public IEnumerable<AddressRange> Containing(T address)
        {
            var found = Array.BinarySearch(starts, address);
            for (var prefix = innermost[found >= 0 ? found : ~found - 1]; prefix != None; prefix = enclosing[prefix])
            {
                for (var i = prefix; i < sorted.Length && (i == prefix || sorted[i].Cidr == sorted[prefix].Cidr); i++)
                {
                    yield return sorted[i];
                }
            }
        }

        private static int CompareOutermostFirst(AddressRange a, AddressRange b)
        {
            var order = a.Cidr.Network.Value.CompareTo(b.Cidr.Network.Value);
            order = order != 0 ? order : a.Cidr.PrefixLength.CompareTo(b.Cidr.PrefixLength);
            return order != 0 ? order : AddressRange.CompareByAge(a, b);
        }
    }
}
