using System.IO.Compression;

namespace ClientVpnAdmin.Tries;

/// <summary>
/// The stored form of a node: how long it is, and then, compressed, a format number and its parts. Each part has how many bytes of its key
/// are those of the part before, the rest of the key, and its value or its node. The digest is of what is compressed: the same parts have
/// the same one whatever compressed them.
/// </summary>
internal static class NodeFormat
{
    /// <summary>What to do with rules in a form of before the first release.</summary>
    internal const string HowToMove =
        "Let the program that stored it write its rules to a file (GET /api/rule-set), name a new store in RULE_STORE, and give that "
        + "one the file (PUT /api/rule-set?force=true).";

    /// <summary>What the keys and values mean. Whoever reads other numbers as well may raise it: programs of before refuse them.</summary>
    private const byte Format = 2;

    // Deflate makes no more of a byte: a damaged length can't ask for more memory than there could be.
    private const int MaxRatio = 1032;

    public static Node Encode(ReadOnlySpan<Part> parts)
    {
        var content = Write(parts);
        using var compressed = new MemoryStream();
        using (var writer = new BinaryWriter(compressed, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            writer.Write7BitEncodedInt(content.Length);
        }

        using (var deflate = new DeflateStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(content);
        }

        return new(Digest.Of(content), parts.ToArray(), compressed.ToArray());
    }

    /// <param name="bytes">What is stored under the digest.</param>
    /// <exception cref="InvalidDataException">These are not the bytes of that node.</exception>
    public static Part[] Decode(Digest digest, byte[] bytes)
    {
        var content = Decompress(bytes);
        return Digest.Of(content) == digest ? Read(content) : throw Damaged();
    }

    private static byte[] Write(ReadOnlySpan<Part> parts)
    {
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content);
        writer.Write(Format);
        writer.Write7BitEncodedInt(parts.Length);
        ReadOnlySpan<byte> before = [];
        foreach (var part in parts)
        {
            var shared = part.Key.AsSpan().CommonPrefixLength(before);
            writer.Write7BitEncodedInt(shared);
            writer.Write7BitEncodedInt(part.Key.Length - shared);
            writer.Write(part.Key.AsSpan(shared));
            if (part.Value is { } value)
            {
                writer.Write7BitEncodedInt(1 + value.Length);
                writer.Write(value);
            }
            else
            {
                writer.Write7BitEncodedInt(0);
                writer.Write7BitEncodedInt(part.Bits);
                writer.Write7BitEncodedInt(part.NodeWeight);
                writer.Write7BitEncodedInt(part.Height);
                writer.Write(part.Node.ToBytes());
            }

            before = part.Key;
        }

        return content.ToArray();
    }

    private static Part[] Read(byte[] content)
    {
        try
        {
            using var stream = new MemoryStream(content);
            using var reader = new BinaryReader(stream);
            if (reader.ReadByte() is not Format and var format)
            {
                throw new InvalidDataException(
                    $"They are stored in format {format}; this program reads format {Format}. "
                    + (format > Format ? "Update it." : $"That was before the first release. {HowToMove}"));
            }

            var parts = new Part[reader.Read7BitEncodedInt()];
            byte[] before = [];
            for (var i = 0; i < parts.Length; i++)
            {
                var shared = reader.Read7BitEncodedInt();
                byte[] key = [.. before.AsSpan(0, shared), .. reader.ReadBytes(reader.Read7BitEncodedInt())];
                parts[i] = reader.Read7BitEncodedInt() is > 0 and var length
                    ? Part.Item(key, reader.ReadBytes(length - 1))
                    : new Part(key, reader.Read7BitEncodedInt(), null, default, reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt())
                    {
                        Node = Digest.Read(reader.ReadBytes(Digest.Length)),
                    };
                before = key;
            }

            return stream.Position == content.Length ? parts : throw Damaged();
        }
        catch (Exception e) when (e is IOException or ArgumentException or FormatException or OverflowException)
        {
            throw Damaged(e);
        }
    }

    private static byte[] Decompress(byte[] bytes)
    {
        try
        {
            using var compressed = new LastByteApart(bytes);
            using var reader = new BinaryReader(compressed);
            var length = reader.Read7BitEncodedInt();
            if (length < 0 || length > (long)bytes.Length * MaxRatio)
            {
                throw Damaged();
            }

            var content = new byte[length];
            using var deflate = new DeflateStream(compressed, CompressionMode.Decompress);
            deflate.ReadExactly(content);
            return deflate.ReadByte() == -1 && compressed.Position == bytes.Length ? content : throw Damaged();
        }
        catch (Exception e) when (e is IOException or FormatException or InvalidDataException)
        {
            throw Damaged(e);
        }
    }

    /// <summary>Bytes whose last one is given alone: a decompressor, which reads ahead, asks for it only if its end isn't before.</summary>
    private sealed class LastByteApart(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            base.Read(buffer, offset, Math.Min(count, Math.Max(1, (int)(Length - Position) - 1)));
    }

    private static InvalidDataException Damaged(Exception? e = null) => new("The stored rules are damaged.", e);
}
