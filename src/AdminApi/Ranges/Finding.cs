using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Ranges;

/// <summary>Something about a range that is worth a look. It changes no decision.</summary>
/// <param name="RangeId" example="019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b">The range.</param>
/// <param name="Cidr" example="203.0.113.0/25">Its addresses; null with an address list.</param>
/// <param name="AddressListId" example="null">Its address list; null with a block of its own.</param>
/// <param name="Description" example="Tokyo office">Its description.</param>
/// <param name="Kind" example="inside-another">What was found.</param>
/// <param name="Message" example="All of it is in 203.0.113.0/24, which has the same conditions: one of them is enough.">
/// What that means, and what to do about it.
/// </param>
/// <param name="Values" example='{ "other": "203.0.113.0/24" }'>What the message says of this case alone, by name.</param>
/// <param name="OtherRangeId" example="019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4c">
/// The range that it is inside of; null for other findings.
/// </param>
public sealed record Finding(
    Guid RangeId,
    Cidr? Cidr,
    Guid? AddressListId,
    string Description,
    FindingKind Kind,
    string Message,
    IReadOnlyDictionary<string, string> Values,
    Guid? OtherRangeId)
{
    private const int MinIPv4PrefixLength = 8;
    private const int MinIPv6PrefixLength = 19;

    /// <summary>How long a range must be unused to be worth a look.</summary>
    public static readonly TimeSpan UnusedFor = TimeSpan.FromDays(90);

    // IANA's registries of special-purpose addresses.
    private static readonly (FindingKind Kind, string Message, IReadOnlyList<Cidr> Blocks)[] Special =
    [
        (
            FindingKind.SharedAddressSpace,
            "These addresses are shared by a provider's customers (RFC 6598): Client VPN never sees them as public ones, and anybody "
            + "could have them.",
            SpecialAddresses.Shared),
        (
            FindingKind.PrivateAddress,
            "Client VPN sees public addresses, and these are private or local ones: nobody connects from there. Give the public "
            + "addresses of that network.",
            SpecialAddresses.Private),
        (
            FindingKind.DocumentationAddress,
            "These addresses are for examples in documents (RFC 5737, RFC 3849, RFC 9637): nobody connects from there.",
            SpecialAddresses.Documentation),
    ];

    /// <param name="lately">What was decided lately; null if not all of that is known.</param>
    public static IEnumerable<Finding> FindAll(RuleSet rules, DateTimeOffset now, IReadOnlyCollection<RecordedDecision>? lately)
    {
        var used = lately?.Select(d => d.RangeId).OfType<Guid>().ToHashSet();
        var asksForNames = rules.Ranges.Any(r => r.Enabled && !(r.Users.IsEmpty && r.Groups.IsEmpty && r.CommonNames.IsEmpty));
        var names = asksForNames && lately is not null ? NamesIn(lately) : [];
        foreach (var range in rules.Ranges)
        {
            if (range.Enabled && Around(range, rules) is { } outer)
            {
                yield return Found(
                    range,
                    FindingKind.InsideAnother,
                    $"All of it is in {outer.Cidr}, which has the same action and conditions: one of them is enough.",
                    outer.Id,
                    ("other", outer.Cidr!));
            }

            if (range.ValidUntil <= now)
            {
                yield return Found(range, FindingKind.Expired, "It will never count again: delete it, or give it a later validUntil.");
            }

            foreach (var finding in range.Cidr is { } cidr ? FindIn(range, cidr) : [])
            {
                yield return finding;
            }

            if (used is not null
                && range.Enabled
                && !(range.ValidUntil <= now)
                && now - range.UpdatedAt >= UnusedFor
                && !used.Contains(range.Id))
            {
                yield return Found(
                    range,
                    FindingKind.Unused,
                    $"It has decided nothing in {UnusedFor.TotalDays} days, as far as decisions are kept and can be read, "
                    + "nor was it changed: perhaps it isn't needed any more.",
                    null,
                    ("days", UnusedFor.TotalDays));
            }

            foreach (var (kind, message, values) in range.Enabled && !(range.ValidUntil <= now) ? names.SelectMany(n => n.Find(range)) : [])
            {
                yield return Found(range, kind, message, null, values);
            }
        }
    }

    private static IEnumerable<Finding> FindIn(AddressRange range, Cidr cidr)
    {
        var minPrefixLength = cidr.Network.IsIPv6 ? MinIPv6PrefixLength : MinIPv4PrefixLength;
        if (range.Action == RangeAction.Allow && cidr.PrefixLength < minPrefixLength)
        {
            yield return Found(
                range,
                FindingKind.VeryWide,
                $"It is wider than /{minPrefixLength}, more than anybody has of their own: it lets in nearly anybody who meets its "
                + "conditions.",
                null,
                ("prefixLength", minPrefixLength));
        }

        foreach (var (kind, message, blocks) in Special)
        {
            if (blocks.Any(b => b.PrefixLength <= cidr.PrefixLength && b.Contains(cidr.Network)))
            {
                yield return Found(range, kind, message);
            }
        }
    }

    private static RecordedNames[] NamesIn(IEnumerable<RecordedDecision> decisions)
    {
        var connections = decisions.Where(d => d.Event is not null).Select(d => ConnectionEvent.Parse(d.Event!.Value))
            .Where(c => c.Problem is null).ToList();
        return
        [
            new("user name", connections, r => r.Users, c => [c.Username], arePatterns: true),
            new("group", connections, r => r.Groups, c => c.Groups, arePatterns: false),
            new("common name", connections, r => r.CommonNames, c => [c.CommonName], arePatterns: true),
        ];
    }

    /// <summary>
    /// The longest other range around this one that says the same; of two with equal addresses, the newer is inside the older.
    /// </summary>
    private static AddressRange? Around(AddressRange range, RuleSet rules) => range.Cidr is not { } cidr ? null
        : rules.Containing(cidr.Network).Select(candidate => candidate.Range).FirstOrDefault(outer =>
            outer.Cidr is { } around
            && (around.PrefixLength < cidr.PrefixLength || (around == cidr && AddressRange.CompareByAge(outer, range) < 0))
            && outer.Action == range.Action && outer.HasTheConditionsOf(range));

    private static Finding Found(
        AddressRange range,
        FindingKind kind,
        string message,
        Guid? other = null,
        params ReadOnlySpan<(string Name, object Value)> values) =>
        new(range.Id, range.Cidr, range.AddressListId, range.Description, kind, message, Fault.ToDictionary(values), other);
}

/// <summary>What can be found about a range.</summary>
public enum FindingKind
{
    InsideAnother,
    Expired,
    VeryWide,
    SharedAddressSpace,
    PrivateAddress,
    DocumentationAddress,
    Unused,
    NameNotSeen,
    NameNotCarried,
}
