using System.Numerics;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Ranges;

/// <summary>Addresses as people write them in lists: CIDR blocks, networks with a netmask, and spans from one address to another.</summary>
internal static class AddressBlocks
{
    // The dashes and tildes that spreadsheets and Japanese keyboards put between two addresses.
    private const string Dashes = "‐‑‒–—―−ー〜~";

    /// <summary>The blocks that hold just these addresses, as few as can be.</summary>
    /// <param name="fault">Null, or why this is no such text.</param>
    /// <returns>Texts of CIDR blocks; what is neither network with a netmask nor span is given back as it is, to be checked.</returns>
    public static IReadOnlyList<string> Parse(string text, out Fault? fault)
    {
        fault = null;
        var plain = Plain(text);
        return plain.Split('-', StringSplitOptions.TrimEntries) is [var from, var to] ? ParseSpan(from, to, out fault)
            : plain.Split('/', StringSplitOptions.TrimEntries) is [var network, var mask] && mask.Contains('.', StringComparison.Ordinal)
                ? ParseNetmask(network, mask, out fault)
            : [plain];
    }

    /// <summary>The fewest blocks that hold just the addresses from the first to the last.</summary>
    /// <param name="shortest">None has a shorter prefix than this.</param>
    public static IEnumerable<(Address Network, int PrefixLength)> Between(Address first, Address last, int shortest = 0)
    {
        for (var next = first.Value; ;)
        {
            // The longest run of zeros that the block may vary, and that doesn't reach beyond the last address.
            var zeros = Math.Min(next == 0 ? first.Width : (int)UInt128.TrailingZeroCount(next), first.Width - shortest);
            while (zeros > 0 && (zeros == 128 ? UInt128.MaxValue : (UInt128.One << zeros) - 1) > last.Value - next)
            {
                zeros--;
            }

            yield return (first with { Value = next }, first.Width - zeros);
            var end = next + (zeros == 128 ? UInt128.MaxValue : (UInt128.One << zeros) - 1);
            if (end == last.Value)
            {
                yield break;
            }

            next = end + 1;
        }
    }

    /// <summary>Letters and digits as wide as a kanji are the usual ones.</summary>
    private static string Plain(string text) => string.Concat(text.Select(c => c switch
    {
        >= '\uFF01' and <= '\uFF5E' => (char)(c - '\uFF01' + '!'),
        '\u3000' => ' ',
        _ => c,
    }).Select(c => Dashes.Contains(c, StringComparison.Ordinal) ? '-' : c)).Trim();

    private static IReadOnlyList<string> ParseNetmask(string network, string mask, out Fault? fault)
    {
        fault = null;
        if (Address.Parse(mask) is not { IsIPv6: false } address)
        {
            fault = new(
                "not-a-netmask", $"{Errors.Quote(mask)} is not a netmask. Write one such as 255.255.255.0.", ("given", Errors.Shown(mask)));
            return [];
        }

        var bits = (uint)address.Value;
        var prefixLength = BitOperations.LeadingZeroCount(~bits);
        if (bits != (uint)(0xFFFF_FFFFUL << (32 - prefixLength)))
        {
            var isInverted = ((ulong)bits & ((ulong)bits + 1)) == 0;
            var meant = new Address(false, ~bits);
            fault = new(
                "not-a-netmask",
                $"{Errors.Quote(mask)} is not a netmask: its ones must come before its zeros. "
                + (isInverted ? $"If it is the inverse of one, write {meant}." : "Write one such as 255.255.255.0."),
                ("given", Errors.Shown(mask)));
            return [];
        }

        return [$"{network}/{prefixLength}"];
    }

    private static List<string> ParseSpan(string from, string to, out Fault? fault)
    {
        fault = null;
        foreach (var text in new[] { from, to })
        {
            if (Address.Parse(text) is null)
            {
                fault = new(
                    "not-an-address",
                    $"{Errors.Quote(text)} is not an IP address. Write a span as 203.0.113.5-203.0.113.20, both addresses in full.",
                    ("given", Errors.Shown(text)));
                return [];
            }
        }

        var (first, last) = (Address.Parse(from)!.Value, Address.Parse(to)!.Value);
        if (first.IsIPv6 != last.IsIPv6 || first.Value > last.Value)
        {
            fault = new(
                "not-a-span",
                $"From {first} to {last} there is no span: give the lower address first, and two of the same kind, IPv4 or IPv6.",
                ("from", first),
                ("to", last));
            return [];
        }

        return [.. Between(first, last).Select(b => $"{b.Network}/{b.PrefixLength}")];
    }
}
