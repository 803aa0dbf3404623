using System.Text.Json.Serialization;
using ClientVpnAdmin.Addresses;

namespace ClientVpnAdmin.AddressLists;

/// <summary>One CIDR block of an address list, and a note about it.</summary>
/// <remarks>Small, and without an object for its block: a list may hold a million of them.</remarks>
public readonly record struct AddressEntry : IComparable<AddressEntry>
{
    private readonly UInt128 value;
    private readonly bool isIPv6;
    private readonly byte prefixLength;

    public AddressEntry(Cidr cidr, string note = "")
    {
        (value, isIPv6, prefixLength, Note) = (cidr.Network.Value, cidr.Network.IsIPv6, (byte)cidr.PrefixLength, note);
    }

    /// <summary>The block's lowest address.</summary>
    [JsonIgnore]
    public Address Network => new(isIPv6, value);

    /// <summary>How many leading bits of it count.</summary>
    [JsonIgnore]
    public int PrefixLength => prefixLength;

    /// <summary>The block.</summary>
    /// <example>203.0.113.0/28</example>
    public Cidr Cidr => new(Network, PrefixLength);

    /// <summary>For people; it decides nothing.</summary>
    /// <example>second line</example>
    public string Note { get; }

    public bool Contains(Address address) =>
        address.IsIPv6 == isIPv6 && (address.Value & ~Cidr.HostBits(address.Width, prefixLength)) == value;

    public static bool operator <(AddressEntry left, AddressEntry right) => left.CompareTo(right) < 0;

    public static bool operator <=(AddressEntry left, AddressEntry right) => left.CompareTo(right) <= 0;

    public static bool operator >(AddressEntry left, AddressEntry right) => left.CompareTo(right) > 0;

    public static bool operator >=(AddressEntry left, AddressEntry right) => left.CompareTo(right) >= 0;

    /// <summary>IPv4 before IPv6, lower blocks before higher ones, outer ones before those inside them; then by the note.</summary>
    public int CompareTo(AddressEntry other) =>
        CompareBlock(other) is not 0 and var order ? order : string.CompareOrdinal(Note, other.Note);

    /// <summary>As <see cref="CompareTo"/>, without the note.</summary>
    public int CompareBlock(AddressEntry other)
    {
        var order = isIPv6.CompareTo(other.isIPv6);
        order = order != 0 ? order : value.CompareTo(other.value);
        return order != 0 ? order : prefixLength.CompareTo(other.prefixLength);
    }
}
