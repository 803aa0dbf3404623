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

    /// <summary>
    /// What sorts after every text before this key, and before the key: damaged keys are looked for as well as good ones.
    /// </summary>
    internal string Before()
    {
        var text = ToString();
        return $"{text[..^1]}{(char)(text[^1] - 1)}\U0010FFFF";
    }

    /// <summary>Null if no decision can have it.</summary>
    internal static DecisionKey? Parse(string text) =>
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
