using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace ClientVpnAdmin.Addresses;

/// <summary>An IPv4 or IPv6 address, read strictly. An IPv4-mapped IPv6 address is its IPv4 address.</summary>
/// <param name="IsIPv6">Which family <paramref name="Value"/> belongs to: 128 bits when true, else 32.</param>
/// <param name="Value">The address as a number, most significant bit first.</param>
public readonly record struct Address(bool IsIPv6, UInt128 Value)
{
    private const int MaxText = 45; // eight groups, the last two as a dotted quad
    private static readonly SearchValues<char> IPv6Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>The number of bits in an address of this family: 32 or 128.</summary>
    public int Width => IsIPv6 ? 128 : 32;

    /// <summary>
    /// Reads dotted-quad IPv4 (four decimal parts from 0 to 255 without leading zeros) or RFC 4291 IPv6 without a zone.
    /// </summary>
    /// <returns>Null for anything else. There is no default address to mistake a failure for.</returns>
    public static Address? Parse(string? text) => ParseUnmapped(text) is { } address ? address.Unmap() : null;

    /// <summary>As <see cref="Parse"/>, but an IPv4-mapped IPv6 address stays IPv6.</summary>
    internal static Address? ParseUnmapped(string? text)
    {
        if (text is null || text.Length > MaxText)
        {
            return null;
        }

        return text.Contains(':', StringComparison.Ordinal) ? ParseIPv6(text) : ParseIPv4(text);
    }

    /// <summary>True for <c>::ffff:0:0/96</c>: an IPv4 address written as IPv6.</summary>
    internal bool IsIPv4Mapped => IsIPv6 && Value >> 32 == 0xFFFF;

    internal Address Unmap() => IsIPv4Mapped ? new Address(false, (uint)Value) : this;

    /// <summary>The canonical text: dotted quad, or RFC 5952.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        return new IPAddress(IsIPv6 ? bytes : bytes[12..]).ToString();
    }

    private static Address? ParseIPv4(string text)
    {
        // IPAddress alone takes "1", "0x7f.1" and reads "010.0.0.1" as octal; none of these is its own canonical form.
        Span<char> canonical = stackalloc char[MaxText];
        if (!IPAddress.TryParse(text, out var parsed)
            || parsed.AddressFamily != AddressFamily.InterNetwork
            || !parsed.TryFormat(canonical, out var length)
            || !canonical[..length].SequenceEqual(text))
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[4];
        parsed.TryWriteBytes(bytes, out _);
        return new Address(false, BinaryPrimitives.ReadUInt32BigEndian(bytes));
    }

    private static Address? ParseIPv6(string text)
    {
        // IPAddress alone takes zones, brackets, ports and prefixes, and is loose about an embedded dotted quad.
        if (text.AsSpan().ContainsAnyExcept(IPv6Characters))
        {
            return null;
        }

        var tail = text.LastIndexOf(':') + 1;
        var firstDot = text.IndexOf('.', StringComparison.Ordinal);
        if (firstDot >= 0 && (firstDot < tail || ParseIPv4(text[tail..]) is null))
        {
            return null;
        }

        if (!IPAddress.TryParse(text, out var parsed) || parsed.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[16];
        parsed.TryWriteBytes(bytes, out _);
        return new Address(true, BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }
}
