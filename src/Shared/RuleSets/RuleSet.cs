using System.Collections.Immutable;
using ClientVpnAdmin.DenialMessages;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Settings;

namespace ClientVpnAdmin.RuleSets;

/// <summary>All ranges, denial messages and settings at one moment. Immutable; every change makes another one.</summary>
public sealed class RuleSet
{
    /// <summary>The most ranges a rule set holds.</summary>
    public const int MaxRanges = 10_000;

    /// <summary>The most denial messages a rule set holds.</summary>
    public const int MaxDenialMessages = 1_000;

    private readonly Lazy<RangeIndex> index;

    /// <exception cref="ArgumentException">
    /// Two ranges or two messages share an id, two messages are for the same endpoint and reason, a range can never count, or there are too many.
    /// </exception>
    public RuleSet(IEnumerable<AddressRange> ranges, IEnumerable<DenialMessage> denialMessages, RuleSettings settings)
    {
        Ranges = [.. ranges];
        DenialMessages = [.. denialMessages];
        Settings = settings;
        Require(Ranges.Length <= MaxRanges && DenialMessages.Length <= MaxDenialMessages, "There are too many ranges or denial messages.");
        Require(Ranges.All(r => !(r.ValidUntil <= r.ValidFrom)), "A range can never count.");
        Require(AreDistinct(Ranges.Select(r => r.Id)), "Two ranges share an id.");
        Require(AreDistinct(DenialMessages.Select(m => m.Id)), "Two denial messages share an id.");
        Require(AreDistinct(DenialMessages.Select(m => (m.EndpointId, m.Reason))), "Two denial messages are for the same endpoint and reason.");
        Ranges = Ranges.Sort(RuleObject.CompareByAge);
        DenialMessages = DenialMessages.Sort(RuleObject.CompareByAge);
        index = new(() => new RangeIndex(Ranges));
    }

    /// <summary>The rules before the first change: no ranges, no messages, default settings. It lets nobody in.</summary>
    public static RuleSet Empty { get; } = new([], [], new());

    /// <summary>Oldest first.</summary>
    public ImmutableArray<AddressRange> Ranges { get; }

    /// <summary>Oldest first.</summary>
    public ImmutableArray<DenialMessage> DenialMessages { get; }

    public RuleSettings Settings { get; }

    internal RangeIndex Index => index.Value;

    public RuleSet With(IEnumerable<AddressRange> ranges) => new(ranges, DenialMessages, Settings);

    public RuleSet With(IEnumerable<DenialMessage> denialMessages) => new(Ranges, denialMessages, Settings);

    public RuleSet With(RuleSettings settings) => new(Ranges, DenialMessages, settings);

    private static bool AreDistinct<T>(IEnumerable<T> values)
    {
        var seen = new HashSet<T>();
        return values.All(seen.Add);
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException(otherwise);
        }
    }
}
