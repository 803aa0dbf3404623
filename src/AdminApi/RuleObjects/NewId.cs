using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ClientVpnAdmin.AdminApi.RuleObjects;

/// <summary>
/// Ids for new objects: UUIDv7s (RFC 9562, section 5.7) whose random bits are this process's own, counted up with each id. So objects that
/// are added together come back as they were sent, and a stored rule set is much smaller than with bits that are random in each id.
/// </summary>
internal static class NewId
{
    private static readonly ulong Bits = BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    // Of its 62 bits the first is 0 at first: it can't overflow.
    private static long last = BinaryPrimitives.ReadInt64BigEndian(RandomNumberGenerator.GetBytes(sizeof(long))) & (long.MaxValue >> 2);

    public static Guid At(DateTimeOffset time)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(id, ((ulong)time.ToUnixTimeMilliseconds() << 16) | 0x7000 | (Bits & 0x0FFF));
        BinaryPrimitives.WriteUInt64BigEndian(id[8..], (1UL << 63) | (ulong)Interlocked.Increment(ref last));
        return new Guid(id, bigEndian: true);
    }
}
