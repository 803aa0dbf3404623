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

    /// <summary>Null if no decision can have it.</summary>
    internal static DecisionKey? Read(string text) =>
        text.Length > TicksLength
        && long.TryParse(text.AsSpan(0, TicksLength), CultureInfo.InvariantCulture, out var ticks)
        && ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks
        && Guid.TryParseExact(text.AsSpan(TicksLength), "N", out var id)
        && new DecisionKey(ticks, id) is var key && key.ToString() == text // or it would sort elsewhere
            ? key
            : null;

    /// <summary>The least key of a time.</summary>
    internal static DecisionKey First(DateTimeOffset time) => new(time.UtcTicks, Guid.Empty);
}
