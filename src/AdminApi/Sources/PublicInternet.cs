using System.Net;
using ClientVpnAdmin.Addresses;

namespace ClientVpnAdmin.AdminApi.Sources;

/// <summary>
/// Which addresses are of the public Internet. Of IPv6 all is special outside of <c>2000::/3</c>, by which IANA gives addresses out.
/// </summary>
internal static class PublicInternet
{
    private static readonly IReadOnlyList<Cidr> Special = Sorted(
        SpecialAddresses.Private,
        SpecialAddresses.Shared,
        Blocks(
            "0.0.0.0/8",
            "192.0.0.0/24", // protocols' own, and a cloud's
            "192.88.99.0/24", // relays of 6to4, which are no more
            "198.18.0.0/15", // benchmarks
            "224.0.0.0/4", // multicast
            "240.0.0.0/4", // reserved, and broadcast
            "::/3",
            "2001::/23", // protocols' own: Teredo, benchmarks, ORCHID
            "2002::/16", // 6to4
            "4000::/2",
            "8000::/1"));

    // The same in numbers, since a database asks for them a million times.
    private static readonly (UInt128 First, UInt128 Last)[] SpecialIPv4 = Spans(isIPv6: false);
    private static readonly (UInt128 First, UInt128 Last)[] SpecialIPv6 = Spans(isIPv6: true);

    // What else nothing is fetched from: examples, and by which Azure's machines reach what is around them.
    private static readonly IReadOnlyList<Cidr> Unreachable = [.. SpecialAddresses.Documentation, .. Blocks("168.63.129.16/32")];

    // An IPv4 address that a network's NAT64 makes reachable by IPv6 (RFC 6052).
    private static readonly Cidr Nat64 = Blocks("64:ff9b::/96")[0];

    /// <summary>The special block that this one has addresses of; null if there is none. Those for examples aren't special here.</summary>
    public static Cidr? FindSpecial(Address network, int prefixLength)
    {
        foreach (var special in Special)
        {
            if (special.Network.IsIPv6 == network.IsIPv6)
            {
                // With 0 bits in common all would be shifted out, which C# takes for a shift by nothing.
                var common = Math.Min(special.PrefixLength, prefixLength);
                if (common == 0 || (special.Network.Value ^ network.Value) >> (network.Width - common) == 0)
                {
                    return special;
                }
            }
        }

        return null;
    }

    /// <summary>What there is of a span beside special blocks.</summary>
    public static IEnumerable<(Address First, Address Last)> Within(Address first, Address last)
    {
        var next = first.Value;
        foreach (var (from, to) in first.IsIPv6 ? SpecialIPv6 : SpecialIPv4)
        {
            if (to < next || from > last.Value)
            {
                continue;
            }

            if (from > next)
            {
                yield return (first with { Value = next }, first with { Value = from - 1 });
            }

            if (to >= last.Value)
            {
                yield break;
            }

            next = to + 1;
        }

        yield return (first with { Value = next }, last);
    }

    /// <summary>Whether something may be fetched from an address.</summary>
    public static bool Reaches(IPAddress address)
    {
        // A zone is of one link, and text with a zone is no address here.
        if (Address.Parse(address.ToString()) is not { } plain)
        {
            return false;
        }

        var real = Nat64.Contains(plain) ? new Address(false, (uint)plain.Value) : plain;
        return FindSpecial(real, real.Width) is null && !Unreachable.Any(block => block.Contains(real));
    }

    private static (UInt128 First, UInt128 Last)[] Spans(bool isIPv6) =>
    [
        .. from block in Special
           where block.Network.IsIPv6 == isIPv6
           select (block.Network.Value, block.Network.Value | Cidr.HostBits(block.Network.Width, block.PrefixLength)),
    ];

    private static Cidr[] Sorted(params IEnumerable<IReadOnlyList<Cidr>> blocks) =>
        [.. blocks.SelectMany(some => some).OrderBy(block => block.Network.Value).ThenBy(block => block.PrefixLength)];

    private static Cidr[] Blocks(params string[] texts) => [.. texts.Select(text => Cidr.Parse(text, out _)!)];
}
