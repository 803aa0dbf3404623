using System.Text;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.DenialMessages;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleTests;
using ClientVpnAdmin.Tries;

namespace ClientVpnAdmin.RuleSets;

/// <summary>
/// The keys under which the objects of a rule set are stored. The first byte says what it is. Then a rule test has its id; a denial message
/// its endpoint, a zero, and its reason; a range with a block its prefix and its id; an entry its prefix and its list's id; an address list
/// its id and a zero; a range with a list that list's id, a one, and its own id. So a list and what names it are side by side.
/// </summary>
/// <remarks>
/// Each bit of a prefix is written as two: a one, since the prefix goes on, and the bit itself. At its end are two zeros for a range, a
/// zero and a one for an entry, and zeros up to the next whole byte. So everything that contains an address lies on one way through the
/// trie: it begins like the address, and may end anywhere.
/// </remarks>
internal static class RuleKeys
{
    public const byte OfSettings = 0;
    public const byte OfMessage = 1;
    public const byte OfTest = 2;
    public const byte OfList = 3;
    public const byte OfIPv4 = 4;
    public const byte OfIPv6 = 6;

    private const int IdBytes = 16;

    // What a prefix ends with, in the place of another bit.
    private const int OfRange = 0;
    private const int OfEntry = 1;

    public static byte[] Settings { get; } = [OfSettings];

    /// <summary>What the keys of all lists, and of the ranges that name one, begin with.</summary>
    public static byte[] Lists { get; } = [OfList];

    public static byte[] Of(AddressRange range) => range.Cidr is { } cidr
        ? [.. Prefix(cidr.Network, cidr.PrefixLength, OfRange), .. Bytes(range.Id)]
        : [.. OfListAnd(range.AddressListId!.Value), 1, .. Bytes(range.Id)];

    public static byte[] Of(AddressList list) => [.. OfListAnd(list.Id), 0];

    public static byte[] Of(Guid listId, AddressEntry entry) =>
        [.. Prefix(entry.Network, entry.PrefixLength, OfEntry), .. Bytes(listId)];

    /// <summary>What the keys of a list, and of all ranges that name it, begin with.</summary>
    public static byte[] OfListAnd(Guid listId) => [OfList, .. Bytes(listId)];

    public static byte[] Of(RuleTest test) => [OfTest, .. Bytes(test.Id)];

    // No two messages are for the same endpoint and reason.
    public static byte[] Of(DenialMessage message) =>
        [.. OfMessagesFor(message.EndpointId), (byte)(message.Reason is { } reason ? 1 + (int)reason : 0)];

    /// <summary>What the keys of the messages for an endpoint begin with; null is for those for all endpoints.</summary>
    public static byte[] OfMessagesFor(string? endpointId) => [OfMessage, .. Encoding.UTF8.GetBytes(endpointId ?? ""), 0];

    /// <summary>True for a range or an entry that contains an address, and for a node that may have one.</summary>
    /// <param name="way">What <see cref="WayTo"/> says of the address.</param>
    public static bool IsOnWay(Part part, byte[] way)
    {
        var common = Part.CommonBits(part.Key, way);
        return common >= part.Bits // so far it is the address's own
            || (common >= 8 && common % 2 == 0); // it ended where the address goes on, or is all of it
    }

    /// <summary>What the key of a range or an entry with all bits of an address begins with.</summary>
    public static byte[] WayTo(Address address) => Prefix(address, address.Width, end: null);

    /// <summary>True for an item whose key begins so, and for a node that may have one.</summary>
    public static bool Begins(Part part, byte[] beginning) =>
        Part.CommonBits(part.Key, beginning) >= Math.Min(part.Bits, beginning.Length * 8);

    /// <summary>Reads the id of a list, and of a range that names it; null for the list itself.</summary>
    /// <exception cref="InvalidDataException">It is neither's.</exception>
    public static (Guid ListId, Guid? RangeId) ReadList(byte[] key) =>
        key.Length < 2 + IdBytes || key[1 + IdBytes] > 1 ? throw new InvalidDataException("The stored rules are damaged.")
        : key[1 + IdBytes] == 0 ? (ReadId(key[..^1], 1), null)
        : (ReadId(key[..(1 + IdBytes)], 1), ReadId(key, 2 + IdBytes));

    /// <summary>Reads a block, and the id of its range, or of the list that it is an entry of.</summary>
    /// <exception cref="InvalidDataException">It is neither's.</exception>
    public static (Guid Id, Cidr Cidr, bool IsEntry) ReadBlock(byte[] key)
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
            return (
                ReadId(key, PrefixBytes(length, isEnded: true)), new Cidr(new Address(isIPv6, bits), length), Symbol(length) == OfEntry);
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

    private static byte[] Prefix(Address network, int length, int? end)
    {
        var key = new byte[PrefixBytes(length, end is not null)];
        key[0] = network.IsIPv6 ? OfIPv6 : OfIPv4;
        for (var i = 0; i < length; i++)
        {
            Write(i, 2 | (int)((network.Value >> (network.Width - 1 - i)) & 1));
        }

        if (end is { } symbol)
        {
            Write(length, symbol);
        }

        return key;

        void Write(int i, int symbol) => key[1 + (i / 4)] |= (byte)(symbol << (6 - (2 * (i % 4))));
    }

    // Four bits of an address are a byte of a key.
    private static int PrefixBytes(int length, bool isEnded) => 1 + ((length + (isEnded ? 1 : 0) + 3) / 4);

    private static byte[] Bytes(Guid id) => id.ToByteArray(bigEndian: true);

    private static Guid ReadId(byte[] key, int start) =>
        key.Length == start + IdBytes
            ? new Guid(key.AsSpan(start), bigEndian: true)
            : throw new InvalidDataException("The stored rules are damaged.");
}
