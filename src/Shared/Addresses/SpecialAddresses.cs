namespace ClientVpnAdmin.Addresses;

/// <summary>Addresses by which nobody comes over the Internet, as IANA's registries of special-purpose addresses have them.</summary>
public static class SpecialAddresses
{
    /// <summary>Of private networks, of one link, and of the machine itself.</summary>
    public static IReadOnlyList<Cidr> Private { get; } = Blocks(
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "fc00::/7", "fe80::/10", "::1/128");

    /// <summary>Shared by a provider's customers (RFC 6598).</summary>
    public static IReadOnlyList<Cidr> Shared { get; } = Blocks("100.64.0.0/10");

    /// <summary>For examples in documents (RFC 5737, RFC 3849, RFC 9637).</summary>
    public static IReadOnlyList<Cidr> Documentation { get; } =
        Blocks("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20");

    private static readonly Cidr[] NotPublic = [.. Private, .. Shared, .. Blocks("0.0.0.0/8", "::/128")];

    /// <summary>Whether somebody could come by an address. Those of documents count, or there could be no examples.</summary>
    public static bool IsPublic(Address address)
    {
        // A list may ask for each of a million.
        foreach (var block in NotPublic)
        {
            if (block.Contains(address))
            {
                return false;
            }
        }

        return true;
    }

    private static Cidr[] Blocks(params string[] texts) => [.. texts.Select(text => Cidr.Parse(text, out _)!)];
}
