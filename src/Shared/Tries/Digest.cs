using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ClientVpnAdmin.Tries;

/// <summary>A SHA-256 digest: the name under which something is stored that never changes.</summary>
/// <param name="High">Its first 16 bytes.</param>
/// <param name="Low">Its last 16 bytes.</param>
public readonly record struct Digest(UInt128 High, UInt128 Low)
{
    /// <summary>How many bytes it has.</summary>
    public const int Length = SHA256.HashSizeInBytes;

    public static Digest Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[Length];
        SHA256.HashData(bytes, digest);
        return Read(digest);
    }

    public static Digest Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..Length]));

    /// <summary>Reads hexadecimal, as <see cref="ToString"/> writes it.</summary>
    /// <exception cref="InvalidDataException">It is no digest.</exception>
    public static Digest Parse(string text)
    {
        try
        {
            return Convert.FromHexString(text) is { Length: Length } bytes
                ? Read(bytes)
                : throw new InvalidDataException("A digest has another length.");
        }
        catch (FormatException e)
        {
            throw new InvalidDataException("A digest is not hexadecimal.", e);
        }
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(16), Low);
        return bytes;
    }

    /// <summary>In hexadecimal, lower case.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToBytes());
}
