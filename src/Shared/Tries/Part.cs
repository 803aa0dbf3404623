namespace ClientVpnAdmin.Tries;

/// <summary>What a node is made of: an item, or the node below that has all items whose keys begin alike.</summary>
/// <param name="Key">The item's key, or what all keys in the node below begin with, filled up with zeros to whole bytes.</param>
/// <param name="Bits">How many bits of <paramref name="Key"/> count: for an item all of them.</param>
/// <param name="Value">The item's value; null for a node.</param>
/// <param name="Node">The node's digest.</param>
/// <param name="NodeWeight">How heavy the node's own parts are together; 0 for an item.</param>
/// <param name="Height">How many nodes lie on the longest way down, this one counted; 0 for an item.</param>
internal readonly record struct Part(byte[] Key, int Bits, byte[]? Value, Digest Node, int NodeWeight, int Height)
{
    // A digest can't be compressed, as most of an item can. Counted twice, nodes full of them are stored as large as others.
    private const int ReferenceWeight = 4 * Digest.Length;

    public static Part Item(byte[] key, byte[] value) => new(key, key.Length * 8, value, default, 0, 0);

    /// <summary>What it adds to the size of the node that it is in. It hangs on nothing else.</summary>
    public int Weight => 4 + Key.Length + (Value?.Length ?? ReferenceWeight);

    /// <summary>True if a key is this item's, or one that would be in the node below.</summary>
    public bool Has(ReadOnlySpan<byte> key) => CommonBits(Key, key) >= Bits;

    /// <summary>How many bits two keys have in common before they differ.</summary>
    public static int CommonBits(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var bytes = a.CommonPrefixLength(b);
        return (bytes * 8) + (bytes < a.Length && bytes < b.Length ? byte.LeadingZeroCount((byte)(a[bytes] ^ b[bytes])) : 0);
    }
}
