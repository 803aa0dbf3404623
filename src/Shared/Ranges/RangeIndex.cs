using System.Numerics;
using ClientVpnAdmin.Addresses;

namespace ClientVpnAdmin.Ranges;

/// <summary>Finds the ranges that contain an address: one search and a short walk outwards, at any number of ranges.</summary>
/// <param name="rangeAt">The range at a position that was added. Asked only for what is found.</param>
/// <param name="count">How many will be added at most, for making room at once.</param>
internal sealed class RangeIndex(Func<int, AddressRange> rangeAt, int count)
{
    private readonly PrefixIndex<uint> ipv4 = new(count);
    private readonly PrefixIndex<UInt128> ipv6 = new(0); // mostly a few

    /// <summary>The order in which ranges must be added: outer ones before those inside them, of equal ones the older first.</summary>
    public static int Compare(AddressRange a, AddressRange b)
    {
        var order = a.Cidr.Network.IsIPv6.CompareTo(b.Cidr.Network.IsIPv6);
        order = order != 0 ? order : a.Cidr.Network.Value.CompareTo(b.Cidr.Network.Value);
        order = order != 0 ? order : a.Cidr.PrefixLength.CompareTo(b.Cidr.PrefixLength);
        return order != 0 ? order : AddressRange.CompareByAge(a, b);
    }

    /// <exception cref="ArgumentException">It should have been added before the one that was added last.</exception>
    public void Add(Address network, int prefixLength, int position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prefixLength, network.Width);
        var last = network.Value | Cidr.HostBits(network.Width, prefixLength);
        if (network.IsIPv6)
        {
            ipv6.Add(network.Value, last, position);
        }
        else
        {
            ipv4.Add((uint)network.Value, (uint)last, position);
        }
    }

    /// <summary>The longest prefixes come first, and of equal prefixes the oldest range.</summary>
    public IEnumerable<AddressRange> Containing(Address address) =>
        (address.IsIPv6 ? ipv6.Containing(address.Value) : ipv4.Containing((uint)address.Value)).Select(rangeAt);

    /// <summary>
    /// Prefixes either nest or are disjoint. So, with outer ones sorted before inner ones, whatever contains an address is the last prefix
    /// that begins at or before it, or lies around that one.
    /// </summary>
    private sealed class PrefixIndex<T>(int capacity)
        where T : struct, IBinaryInteger<T>
    {
        private const int None = -1;

        // Ranges with the same prefix are a run.
        private readonly List<Prefix> prefixes = new(capacity);

        public void Add(T first, T last, int position)
        {
            if (prefixes.Count == 0)
            {
                prefixes.Add(new(first, last, None, 0, position));
                return;
            }

            var previous = prefixes[^1];
            if (first == previous.First && last == previous.Last)
            {
                prefixes.Add(previous with { Position = position });
                return;
            }

            if (first < previous.First || (first == previous.First && last > previous.Last))
            {
                throw new ArgumentException("The ranges are out of order.", nameof(first));
            }

            var around = previous.RunStart;
            while (around != None && prefixes[around].Last < first)
            {
                around = prefixes[around].Around;
            }

            prefixes.Add(new(first, last, around, prefixes.Count, position));
        }

        public IEnumerable<int> Containing(T address)
        {
            for (var i = LastFrom(address); i != None; i = prefixes[i].Around)
            {
                var start = prefixes[i].RunStart;
                if (prefixes[start].Last < address)
                {
                    continue;
                }

                for (var same = start; same < prefixes.Count && prefixes[same].RunStart == start; same++)
                {
                    yield return prefixes[same].Position;
                }
            }
        }

        /// <summary>The last prefix that begins at or before the address.</summary>
        private int LastFrom(T address)
        {
            var (low, high) = (0, prefixes.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (prefixes[middle].First <= address)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            return low - 1;
        }

        /// <param name="First">Its lowest address.</param>
        /// <param name="Last">Its highest address.</param>
        /// <param name="Around">The first of the run around this one, or none.</param>
        /// <param name="RunStart">The first of the run that this one belongs to.</param>
        /// <param name="Position">Where the range is.</param>
        private readonly record struct Prefix(T First, T Last, int Around, int RunStart, int Position);
    }
}
