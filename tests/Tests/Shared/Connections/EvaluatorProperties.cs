using System.Collections.Concurrent;
using System.Globalization;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleSets;
using CsCheck;

namespace ClientVpnAdmin.Connections;

/// <summary>
/// The decision against one made in the plainest way: addresses as strings of ones and zeros, every range looked at. Nothing of the
/// evaluator, the index or the address types takes part in it.
/// </summary>
public class EvaluatorProperties
{
    private static readonly string[] Endpoints = ["", Some.Endpoint, Some.OtherEndpoint];

    // Few different bytes, so that addresses and prefixes meet, nest and repeat often.
    private static readonly Gen<byte> Byte = Gen.OneOf<byte>(0, 0, 1, 127, 128, 255, 255);
    private static readonly Gen<byte[]> IPv4 = Byte.Array[4];
    private static readonly Gen<byte[]> IPv6 = Gen.OneOf(
        Byte.Array[16],
        Byte.Array[4].Select(tail => (byte[])[0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, .. tail]),
        Byte.Array[4].Select(tail => (byte[])[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFE, .. tail]), // next to the mapped ones
        Byte.Array[2].Select(tail => (byte[])[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. tail]))
        .Where(bytes => !IsMapped(bytes));

    private static readonly Gen<(string Text, string Bits)> PublicIp = Gen.OneOf(
        IPv4.Select(b => (DottedQuad(b), Bits(b))),
        IPv4.Select(Gen.Bool, (b, quad) => (quad ? $"::ffff:{DottedQuad(b)}" : Groups([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, .. b]), Bits(b))),
        IPv6.Select(b => (Groups(b), Bits(b))));

    private static readonly Gen<DateTimeOffset?> Moment = Gen.Int[-3, 4].Select(h => h > 3 ? (DateTimeOffset?)null : Some.Time.AddHours(h));

    private static readonly Gen<Rule> AnyRule =
        from address in Gen.OneOf(IPv4, IPv6)
        from short_ in Gen.Int[0, address.Length * 8]
        from long_ in Gen.Int[(address.Length * 8) - 10, address.Length * 8]
        from isLong in Gen.Bool
        from allow in Gen.Int[0, 3]
        from enabled in Gen.Int[0, 4]
        from endpoints in Gen.OneOf(Gen.Const<string[]>([]), Gen.OneOf(Endpoints[1], Endpoints[2]).Array[1, 2])
        from validFrom in Moment
        from validUntil in Moment
        from day in Gen.Int[0, 3]
        from id in Gen.Guid
        where validFrom is null || validUntil is null || validFrom < validUntil
        select new Rule(id, Bits(address)[..(isLong ? long_ : short_)], address.Length * 8, allow > 0, enabled > 0, endpoints, validFrom, validUntil, Some.Time.AddDays(day));

    private static readonly Gen<(Rule[] Rules, (string Text, string Bits) PublicIp, string Endpoint, DateTimeOffset At)> Case =
        Gen.Select(AnyRule.Array[0, 12], PublicIp, Gen.OneOf(Endpoints), Gen.Int[-4, 4].Select(h => Some.Time.AddHours(h)));

    [Fact]
    public void The_indexed_decision_is_the_naive_one() =>
        Case.Where(c => c.Rules.DistinctBy(r => r.Id).Count() == c.Rules.Length).Sample(
            c =>
            {
                var json = Some.EventJson(c.PublicIp.Text);
                json["endpoint-id"] = c.Endpoint;
                var decision = Evaluator.Decide(json.Read(), c.At, new RuleSet(c.Rules.Select(r => r.ToRange()), [], new()), 1);
                var (allowed, reason, rangeIds) = DecideNaively(c.Rules, c.PublicIp.Bits, c.Endpoint, c.At);
                return decision.Allowed == allowed
                    && decision.Response.Allow == allowed
                    && decision.Reason?.ToString() == reason
                    && (decision.RangeId is null ? rangeIds.Length == 0 : rangeIds.Contains(decision.RangeId.Value));
            },
            iter: 100_000);

    [Fact]
    public void The_cases_reach_every_outcome()
    {
        // Otherwise the property above could hold because little is ever decided.
        var outcomes = new ConcurrentDictionary<string, int>();
        Case.Sample(
            c =>
            {
                var reason = DecideNaively(c.Rules, c.PublicIp.Bits, c.Endpoint, c.At).Reason;
                outcomes.AddOrUpdate(reason ?? "allowed", 1, (_, n) => n + 1);
            },
            iter: 10_000);
        Assert.All(
            ["allowed", "AddressBlocked", "AddressNotAllowed", "NotInScope", "OutsideValidity"],
            outcome => Assert.True(outcomes.GetValueOrDefault(outcome) > 50, $"{outcome}: {outcomes.GetValueOrDefault(outcome)} of 10,000"));
    }

    /// <summary>design.md, "The decision, exactly", word by word. Any applying deny range may be the one named.</summary>
    private static (bool Allowed, string? Reason, Guid[] RangeIds) DecideNaively(Rule[] rules, string bits, string endpoint, DateTimeOffset at)
    {
        var candidates = rules.Where(r => r.Enabled && r.Width == bits.Length && bits.StartsWith(r.Prefix, StringComparison.Ordinal)).ToList();
        bool InScope(Rule r) => r.Endpoints.Length == 0 || r.Endpoints.Any(e => e == endpoint);
        bool Valid(Rule r) => (r.ValidFrom is null || r.ValidFrom <= at) && (r.ValidUntil is null || at < r.ValidUntil);
        var applying = candidates.Where(r => InScope(r) && Valid(r)).ToList();
        var denying = applying.Where(r => !r.Allow).ToList();
        if (denying.Count > 0)
        {
            return (false, "AddressBlocked", [.. denying.Select(r => r.Id)]);
        }

        if (applying.Count > 0)
        {
            var best = applying.OrderByDescending(r => r.Prefix.Length).ThenBy(r => r.CreatedAt).ThenBy(r => r.Id.ToString(), StringComparer.Ordinal).First();
            return (true, null, [best.Id]);
        }

        var misses = candidates.Where(r => r.Allow).ToList();
        return (false, misses.Count == 0 ? "AddressNotAllowed" : misses.Any(InScope) ? "OutsideValidity" : "NotInScope", []);
    }

    private static bool IsMapped(byte[] bytes) => bytes[..10].All(b => b == 0) && bytes[10] == 255 && bytes[11] == 255;

    private static string Bits(byte[] bytes) => string.Concat(bytes.Select(b => Convert.ToString(b, 2).PadLeft(8, '0')));

    private static byte[] Bytes(string bits) => [.. bits.Chunk(8).Select(c => Convert.ToByte(new string(c), 2))];

    private static string DottedQuad(byte[] bytes) => string.Join('.', bytes);

    private static string Groups(byte[] bytes) =>
        string.Join(':', bytes.Chunk(2).Select(b => ((b[0] * 256) + b[1]).ToString("x", CultureInfo.InvariantCulture)));

    private sealed record Rule(
        Guid Id, string Prefix, int Width, bool Allow, bool Enabled, string[] Endpoints, DateTimeOffset? ValidFrom, DateTimeOffset? ValidUntil, DateTimeOffset CreatedAt)
    {
        public AddressRange ToRange()
        {
            var network = Bytes(Prefix.PadRight(Width, '0'));
            var cidr = Cidr.Read($"{(Width == 32 ? DottedQuad(network) : Groups(network))}/{Prefix.Length}", out var error);
            return new()
            {
                Id = Id,
                Cidr = cidr ?? throw new InvalidOperationException(error),
                Action = Allow ? RangeAction.Allow : RangeAction.Deny,
                Enabled = Enabled,
                EndpointIds = [.. Endpoints],
                ValidFrom = ValidFrom,
                ValidUntil = ValidUntil,
                CreatedAt = CreatedAt,
                CreatedBy = "",
                UpdatedAt = CreatedAt,
                UpdatedBy = "",
            };
        }
    }
}
