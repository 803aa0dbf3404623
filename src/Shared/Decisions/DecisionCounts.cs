using System.Globalization;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.Decisions;

/// <summary>
/// How many decisions there were on some UTC days: a store counts each one when it is recorded, so that nobody needs to read through them.
/// </summary>
public sealed class DecisionCounts
{
    private const string HourKind = "hour";
    private const string NameKind = "name";
    private const string AddressKind = "address";
    private const string RangeKind = "range";

    // DynamoDB takes 1,024 bytes of a sort key, and UTF-8 has up to 3 for a UTF-16 code unit.
    private const int MaxKey = 250;

    private readonly Dictionary<(DateTimeOffset Hour, DenialReason? Reason), DecisionTally> hours = [];
    private readonly Dictionary<string, DecisionTally> names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DecisionTally> addresses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DecisionTally> ranges = new(StringComparer.Ordinal);

    /// <summary>By the UTC hour in which they were made, and the reason of those that weren't allowed.</summary>
    public IReadOnlyDictionary<(DateTimeOffset Hour, DenialReason? Reason), DecisionTally> Hours => hours;

    /// <summary>By user name, or common name where there is no user name; the first 250 characters count.</summary>
    public IReadOnlyDictionary<string, DecisionTally> Names => names;

    /// <summary>By address, or by the first 250 characters of what was in its place.</summary>
    public IReadOnlyDictionary<string, DecisionTally> Addresses => addresses;

    /// <summary>By the id of the range that decided.</summary>
    public IReadOnlyDictionary<string, DecisionTally> Ranges => ranges;

    /// <summary>The day under which a decision is counted.</summary>
    internal static string DayOf(DateTimeOffset time) => DayText(DateOnly.FromDateTime(time.UtcDateTime));

    /// <summary>A day as stores write it: such texts sort as the days do.</summary>
    internal static string DayText(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>What a decision is counted by on its day.</summary>
    internal static IEnumerable<(string Kind, string Key)> KeysOf(RecordedDecision decision)
    {
        var reason = decision.Reason is { } denial ? Words.Format(denial) : "";
        yield return (HourKind, $"{decision.Time.UtcDateTime.Hour:D2}{reason}");
        foreach (var (kind, text) in new[]
        {
            (NameKind, decision.Username.Length > 0 ? decision.Username : decision.CommonName),
            (AddressKind, decision.PublicIp),
            (RangeKind, decision.RangeId?.ToString() ?? ""),
        })
        {
            if (text.Length > 0)
            {
                yield return (kind, RecordedDecision.Cut(text, MaxKey));
            }
        }
    }

    /// <summary>Adds what a store has counted of one day. What it can't have written is passed over.</summary>
    internal void Add(string day, string kind, string key, DecisionTally tally)
    {
        switch (kind)
        {
            case HourKind when DateTimeOffset.TryParseExact(
                    $"{day}T{key.AsSpan(0, Math.Min(2, key.Length))}:00:00Z", "yyyy-MM-ddTHH:mm:ssK", CultureInfo.InvariantCulture,
                    DateTimeStyles.None, out var hour):
                var reason = key.Length > 2 ? Words.Parse<DenialReason>(key[2..]) : null;
                Add(hours, (hour, reason), tally);
                break;
            case NameKind:
                Add(names, key, tally);
                break;
            case AddressKind:
                Add(addresses, key, tally);
                break;
            case RangeKind:
                Add(ranges, key, tally);
                break;
        }
    }

    private static void Add<TKey>(Dictionary<TKey, DecisionTally> tallies, TKey key, DecisionTally more)
        where TKey : notnull
    {
        var tally = tallies.GetValueOrDefault(key);
        tallies[key] = new(tally.Allowed + more.Allowed, tally.Reported + more.Reported, tally.Denied + more.Denied);
    }
}

/// <summary>A number of decisions, by what came of the connections.</summary>
public readonly record struct DecisionTally(long Allowed, long Reported, long Denied)
{
    /// <summary>One decision.</summary>
    internal static DecisionTally One(DecisionOutcome outcome) => outcome switch
    {
        DecisionOutcome.Allowed => new(1, 0, 0),
        DecisionOutcome.Reported => new(0, 1, 0),
        _ => new(0, 0, 1),
    };

    /// <summary>How many with this outcome; of all outcomes for null.</summary>
    public long Of(DecisionOutcome? outcome) => outcome switch
    {
        DecisionOutcome.Allowed => Allowed,
        DecisionOutcome.Reported => Reported,
        DecisionOutcome.Denied => Denied,
        _ => Allowed + Reported + Denied,
    };
}
