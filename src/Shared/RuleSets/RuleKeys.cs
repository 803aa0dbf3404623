using System.Text;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.DenialMessages;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleTests;
using ClientVpnAdmin.Tries;

namespace ClientVpnAdmin.RuleSets;

/// <summary>
/// The keys under which the objects of a rule set are stored. The first byte says what it is. Then a rule test has its id; a denial message
/// its endpoint, a zero, and its reason; a range its prefix and its id.
/// </summary>
/// <remarks>
/// Each bit of a prefix is written as two: a one, since the prefix goes on, and the bit itself; at its end are zeros up to the next whole
/// byte. So everything that contains an address lies on one way through the trie: it begins like the address, and may end anywhere.
/// </remarks>
internal static class RuleKeys
{
    public const byte OfSettings = 0;
    public const byte OfMessage = 1;
    public const byte OfTest = 2;
    public const byte OfIPv4 = 4;
    public const byte OfIPv6 = 6;

    private const int IdBytes = 16;

    public static byte[] Settings { get; } = [OfSettings];

    public static byte[] Of(AddressRange range) =>
        [.. Prefix(range.Cidr.Network, range.Cidr.PrefixLength, isEnded: true), .. range.Id.ToByteArray(bigEndian: true)];

    public static byte[] Of(RuleTest test) => [OfTest, .. test.Id.ToByteArray(bigEndian: true)];

    // No two messages are for the same endpoint and reason.
    public static byte[] Of(DenialMessage message) =>
        [.. OfMessagesFor(message.EndpointId), (byte)(message.Reason is { } reason ? 1 + (int)reason : 0)];

    /// <summary>What the keys of the messages for an endpoint begin with; null is for those for all endpoints.</summary>
    public static byte[] OfMessagesFor(string? endpointId) => [OfMessage, .. Encoding.UTF8.GetBytes(endpointId ?? ""), 0];

    /// <summary>True for a range that contains an address, and for a node that may have one.</summary>
    /// <param name="way">What <see cref="WayTo"/> says of the address.</param>
    public static bool IsOnWay(Part part, byte[] way)
    {
        var common = Part.CommonBits(part.Key, way);
        return common >= part.Bits // so far it is the address's own
            || (common >= 8 && common % 2 == 0); // it ended where the address goes on, or is all of it
    }

    /// <summary>What the key of a range with all bits of an address begins with.</summary>
    public static byte[] WayTo(Address address) => Prefix(address, address.Width, isEnded: false);

    /// <summary>True for an item whose key begins so, and for a node that may have one.</summary>
    public static bool Begins(Part part, byte[] beginning) =>
        Part.CommonBits(part.Key, beginning) >= Math.Min(part.Bits, beginning.Length * 8);

    /// <exception cref="InvalidDataException">It is no range's.</exception>
    public static (Guid Id, Cidr Cidr) ReadRange(byte[] key)
    {
        var isIPv6 = key[0] == OfIPv6;
        var width = isIPv6 ? 128 : 32;
        var (length, bits) = (0, UInt128.Zero);
        for (; length < width && Symbol(length) is >= 2 and var symbol; length++)
        {
            bits |= (UInt128)(uint)(symbol & 1) << (width - 1 - length);
        }

        try
        {
            return (ReadId(key, PrefixBytes(length, isEnded: true)), new Cidr(new Address(isIPv6, bits), length));
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException("The stored rules are damaged.", e);
        }

        int Symbol(int i) => 1 + (i / 4) < key.Length ? (key[1 + (i / 4)] >> (6 - (2 * (i % 4)))) & 3 : 0;
    }

    /// <exception cref="InvalidDataException">It is no test's.</exception>
    public static Guid ReadTest(byte[] key) => ReadId(key, 1);

    /// <exception cref="InvalidDataException">It is no message's.</exception>
    public static (string? EndpointId, DenialReason? Reason) ReadMessage(byte[] key)
    {
        if (key.Length < 3 || key[^2] != 0)
        {
            throw new InvalidDataException("The stored rules are damaged.");
        }

        return (
            key.Length == 3 ? null : Encoding.UTF8.GetString(key, 1, key.Length - 3),
            key[^1] == 0 ? null : ToEnum<DenialReason>(key[^1] - 1));
    }

    /// <exception cref="InvalidDataException">There is no such word.</exception>
    public static T ToEnum<T>(int value)
        where T : struct, Enum
    {
        var result = (T)Enum.ToObject(typeof(T), value);
        return Enum.IsDefined(result) ? result : throw new InvalidDataException($"{value} is not a {typeof(T).Name}.");
    }

    private static byte[] Prefix(Address network, int length, bool isEnded)
    {
        var key = new byte[PrefixBytes(length, isEnded)];
        key[0] = network.IsIPv6 ? OfIPv6 : OfIPv4;
        for (var i = 0; i < length; i++)
        {
            var symbol = 2 | (int)((network.Value >> (network.Width - 1 - i)) & 1);
            key[1 + (i / 4)] |= (byte)(symbol << (6 - (2 * (i % 4))));
        }

        return key;
    }

    // Four bits of an address are a byte of a key.
    private static int PrefixBytes(int length, bool isEnded) => 1 + ((length + (isEnded ? 1 : 0) + 3) / 4);

    private static Guid ReadId(byte[] key, int start) =>
        key.Length == start + IdBytes
            ? new Guid(key.AsSpan(start), bigEndian: true)
            : throw new InvalidDataException("The stored rules are damaged.");
}
