using System.Buffers.Binary;
using System.IO.Compression;

namespace ClientVpnAdmin.Tries;

public sealed class NodeFormatTests
{
    private static readonly Part[] Parts =
    [
        Part.Item([1, 2, 3], [4, 5]),
        Part.Item([1, 2, 4], []),
        new([1, 128], 9, null, Digest.Of([1]), 5_000, 2),
        Part.Item([2], new byte[200]),
    ];

    [Fact]
    public void What_was_encoded_is_decoded()
    {
        var (digest, _, bytes) = NodeFormat.Encode(Parts);
        var decoded = NodeFormat.Decode(digest, bytes);
        Assert.Equal(Parts.Length, decoded.Length);
        Assert.All(Parts.Zip(decoded), pair =>
        {
            Assert.Equal(pair.First.Key, pair.Second.Key);
            Assert.Equal(pair.First.Value, pair.Second.Value);
            Assert.Equal(pair.First with { Key = pair.Second.Key, Value = pair.Second.Value }, pair.Second);
        });
        (digest, _, bytes) = NodeFormat.Encode([]);
        Assert.Empty(NodeFormat.Decode(digest, bytes));
    }

    [Fact]
    public void The_stored_form_does_not_change_unawares() =>
        // A store written by an earlier build must stay readable: when this fails, the old form must be read as well.
        Assert.Equal(
            "3387ecbf5d88abf7a8bfd82d699d97657cda109040f7edd0fafe2a2fd13f3ddb", $"{NodeFormat.Encode(Parts).Digest}");

    [Fact]
    public void Damage_in_any_byte_is_found()
    {
        var (digest, _, bytes) = NodeFormat.Encode(Parts);
        for (var i = 0; i < bytes.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var damaged = bytes.ToArray();
                damaged[i] ^= (byte)(1 << bit);
                Refuse(digest, damaged, $"byte {i}, bit {bit}");
            }

            Refuse(digest, bytes[..i], $"only {i} bytes");
        }

        Refuse(digest, [.. bytes, 0], "a byte more");
        Refuse(Digest.Of(bytes), bytes, "another digest");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void A_node_that_says_it_is_longer_than_it_could_be_is_refused_without_making_room_for_it(int length)
    {
        using var damaged = new MemoryStream();
        using var writer = new BinaryWriter(damaged);
        writer.Write7BitEncodedInt(length);
        writer.Write(new byte[100]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => NodeFormat.Decode(default, damaged.ToArray()));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Theory]
    [InlineData(3, "Update it")]
    [InlineData(1, "PUT /api/rule-set")]
    public void Another_format_is_refused_with_advice(byte format, string advice)
    {
        byte[] content = [format, 0]; // and no parts
        using var stored = new MemoryStream();
        stored.WriteByte((byte)content.Length);
        using (var deflate = new DeflateStream(stored, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(content);
        }

        Assert.Contains(
            advice,
            Assert.Throws<InvalidDataException>(() => NodeFormat.Decode(Digest.Of(content), stored.ToArray())).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ba7816")]
    [InlineData("x")]
    [InlineData("za7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    public void What_is_no_digest_is_refused(string text) => Assert.Throws<InvalidDataException>(() => Digest.Parse(text));

    [Fact]
    public void A_digest_is_that_of_SHA_256()
    {
        var digest = Digest.Of("abc"u8);
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", digest.ToString());
        Assert.Equal(digest, Digest.Parse(digest.ToString()));
        Assert.Equal(digest, Digest.Read(digest.ToBytes()));
        Assert.Equal(0xba7816bfu, BinaryPrimitives.ReadUInt32BigEndian(digest.ToBytes()));
    }

    private static void Refuse(Digest digest, byte[] bytes, string what)
    {
        try
        {
            // Deflate has bits that say nothing.
            Assert.True(NodeFormat.Encode(NodeFormat.Decode(digest, bytes)).Digest == digest && bytes.Length > 40, what);
        }
        catch (InvalidDataException)
        {
            // As it should be.
        }
    }
}
