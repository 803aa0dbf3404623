using System.Buffers.Binary;
using System.Globalization;

namespace ClientVpnAdmin.Decisions;

/// <summary>Where a decision stands among all: by time, then by id.</summary>
/// <param name="Ticks">The time, in UTC ticks (100 ns).</param>
/// <param name="Id">The decision's id.</param>
public readonly record struct DecisionKey(long Ticks, Guid Id)
{
    private const int TicksLength = 19;

    /// <summary>A text that sorts as the keys do.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Ticks:D19}{Id:N}");

    /// <summary>The greatest key before this one.</summary>
    internal DecisionKey Previous()
    {
        var id = BinaryPrimitives.ReadUInt128BigEndian(Id.ToByteArray(bigEndian: true));
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, unchecked(id - 1));
        return new(id == 0 ? Ticks - 1 : Ticks, new Guid(bytes, bigEndian: true));
    }

    internal static DecisionKey Read(string text) =>
        new(long.Parse(text.AsSpan(0, TicksLength), CultureInfo.InvariantCulture), Guid.ParseExact(text.AsSpan(TicksLength), "N"));

    /// <summary>The least key of a time.</summary>
    internal static DecisionKey First(DateTimeOffset time) => new(time.UtcTicks, Guid.Empty);
}
