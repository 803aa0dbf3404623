using System.Collections.Immutable;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.DenialMessages;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.RuleTests;
using ClientVpnAdmin.Settings;

namespace ClientVpnAdmin.RuleSets;

/// <summary>All ranges, denial messages, settings and rule tests at one moment. Immutable; every change makes another one.</summary>
public sealed class RuleSet : IRules
{
    /// <summary>The most ranges a rule set holds.</summary>
    public const int MaxRanges = 10_000;

    /// <summary>The most rule tests a rule set holds.</summary>
    public const int MaxRuleTests = 1_000;

    /// <summary>The most denial messages a rule set holds.</summary>
    public const int MaxDenialMessages = 1_000;

    private readonly Lazy<RangeIndex> index;

    /// <exception cref="ArgumentException">
    /// Two ranges, messages or tests share an id, two messages are for the same endpoint and reason, a range can never count, or there are
    /// too many.
    /// </exception>
    public RuleSet(
        IEnumerable<AddressRange> ranges,
        IEnumerable<DenialMessage> denialMessages,
        RuleSettings settings,
        IEnumerable<RuleTest>? ruleTests = null)
    {
        var byAge = ranges.ToImmutableArray();
        DenialMessages = [.. denialMessages];
        Settings = settings;
        var tests = (ruleTests ?? []).ToImmutableArray();
        Require(
            byAge.Length <= MaxRanges && DenialMessages.Length <= MaxDenialMessages && tests.Length <= MaxRuleTests,
            "There are too many ranges, denial messages or rule tests.");
        Require(byAge.All(r => !(r.ValidUntil <= r.ValidFrom)), "A range can never count.");
        Require(AreDistinct(byAge.Select(r => r.Id)), "Two ranges share an id.");
        Require(AreDistinct(DenialMessages.Select(m => m.Id)), "Two denial messages share an id.");
        Require(
            AreDistinct(DenialMessages.Select(m => (m.EndpointId, m.Reason))), "Two denial messages are for the same endpoint and reason.");
        Require(AreDistinct(tests.Select(t => t.Id)), "Two rule tests share an id.");
        Ranges = byAge.Sort(RuleObject.CompareByAge);
        DenialMessages = DenialMessages.Sort(RuleObject.CompareByAge);
        RuleTests = tests.Sort(RuleObject.CompareByAge);
        index = new(() => BuildIndex(Ranges));
    }

    /// <summary>The rules before the first change: no ranges, no messages, default settings. It lets nobody in.</summary>
    public static RuleSet Empty { get; } = new([], [], new());

    /// <summary>Oldest first.</summary>
    public ImmutableArray<AddressRange> Ranges { get; }

    /// <summary>Oldest first.</summary>
    public ImmutableArray<DenialMessage> DenialMessages { get; }

    public RuleSettings Settings { get; }

    /// <summary>Oldest first. They decide nothing.</summary>
    public ImmutableArray<RuleTest> RuleTests { get; }

    public bool IsReportOnly => Settings.Enforcement == Enforcement.ReportOnly;

    public IEnumerable<AddressRange> Containing(Address address) => index.Value.Containing(address);

    public string MessageFor(ConnectionEvent connection, DenialReason reason) => DenialText.For(connection, reason, DenialMessages);

    public ImmutableArray<string> PostureStatuses(DenialReason? reason, Guid? rangeId, long revision) =>
        Settings.PostureStatuses(reason, rangeId, revision);

    public RuleSet With(IEnumerable<AddressRange> ranges) => new(ranges, DenialMessages, Settings, RuleTests);

    public RuleSet With(IEnumerable<DenialMessage> denialMessages) => new(Ranges, denialMessages, Settings, RuleTests);

    public RuleSet With(RuleSettings settings) => new(Ranges, DenialMessages, settings, RuleTests);

    public RuleSet With(IEnumerable<RuleTest> ruleTests) => new(Ranges, DenialMessages, Settings, ruleTests);

    private static RangeIndex BuildIndex(ImmutableArray<AddressRange> ranges)
    {
        var sorted = ranges.Sort(RangeIndex.Compare);
        var index = new RangeIndex(position => sorted[position], sorted.Length);
        for (var i = 0; i < sorted.Length; i++)
        {
            if (sorted[i].Enabled)
            {
                index.Add(sorted[i].Cidr.Network, sorted[i].Cidr.PrefixLength, i);
            }
        }

        return index;
    }

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
