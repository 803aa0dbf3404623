using ClientVpnAdmin.Addresses;

namespace ClientVpnAdmin.AddressLists;

/// <summary>One CIDR block of an address list, and a note about it.</summary>
/// <remarks>A small struct without the block's object: a list may hold a million of them.</remarks>
public readonly record struct AddressEntry
{
    private readonly byte prefixLength;

    public AddressEntry(Cidr cidr, string note = "")
    {
        (Network, prefixLength, Note) = (cidr.Network, (byte)cidr.PrefixLength, note);
    }

    /// <summary>The block's lowest address.</summary>
    public Address Network { get; }

    /// <summary>How many leading bits of it count.</summary>
    public int PrefixLength => prefixLength;

    /// <summary>For people; it decides nothing.</summary>
    public string Note { get; }

    public Cidr Cidr => new(Network, PrefixLength);

    /// <summary>Outer blocks before those inside them, IPv4 before IPv6.</summary>
    public static int Compare(AddressEntry a, AddressEntry b)
    {
        var order = a.Network.IsIPv6.CompareTo(b.Network.IsIPv6);
        order = order != 0 ? order : a.Network.Value.CompareTo(b.Network.Value);
        return order != 0 ? order : a.prefixLength.CompareTo(b.prefixLength);
    }
}
