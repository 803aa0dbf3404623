using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleSets;
using CsCheck;

namespace ClientVpnAdmin.Decisions;

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
        IPv4.Select(
            Gen.Bool, (b, quad) => (quad ? $"::ffff:{DottedQuad(b)}" : Groups([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, .. b]), Bits(b))),
        IPv6.Select(b => (Groups(b), Bits(b))));

    private static readonly Gen<DateTimeOffset?> Moment = Gen.Int[-3, 4].Select(h => h > 3 ? (DateTimeOffset?)null : Some.Time.AddHours(h));

    // Each with what it is in form C and loosely, by hand: the model has no normalization of its own.
    private static readonly Text[] Names =
    [
        new(""), new("alice"), new("ALICE"), new("alice@example.com"), new("bob@example.com"), new("CORP\\alice"), new("josé"), new("JOSÉ"),
        new("alice ", Loose: "alice"), new("\u3000alice", Loose: "alice"), new("al\u200Bice", Loose: "alice"),
        new("alice\0", Loose: "alice"),
        new("ａｌｉｃｅ", Loose: "alice"), new("jose\u0301", FormC: "josé"), new("JOSE\u0301\u00AD", FormC: "JOSÉ\u00AD", Loose: "josé"),
        new("bob@example.com\u200B", Loose: "bob@example.com"), new("\u200B ", Loose: ""),
    ];

    private static readonly Text[] Patterns =
    [
        new("alice"), new("Alice@example.com"), new("*@EXAMPLE.com"), new("al*"), new("*li*"), new("nobody"), new("josé"),
        new("jose\u0301", FormC: "josé"), new("jose*"), new("*"), new("**"),
    ];

    private static readonly Gen<Scope> AnyScope = Gen.Select(
        Few(Patterns),
        Few("g1", "G1", "g2", "g1,g2", "CN=g,OU=x"),
        Few(Patterns),
        Few("win", "MAC"),
        (u, g, c, p) => new Scope(u, g, c, p));

    private static readonly Gen<Grouping> AnyGrouping =
        from names in Gen.OneOf("g1", "G1", "g2", "g3", "cn=g,ou=x").Array[0, 2]
        from separator in names.Any(n => n.Contains(',', StringComparison.Ordinal)) ? Gen.Const(";") : Gen.OneOf(",", ";", " , ")
        from form in Gen.Int[0, 4]
        let joined = string.Join(separator, names)
        select form switch
        {
            0 => new Grouping(joined, [joined], [joined, .. names]),
            1 => new(new JsonArray(joined), [joined], [joined, .. names]),
            2 => new(new JsonArray([.. names.Select(n => JsonValue.Create(n))]).ToJsonString(), [], names),
            _ => new Grouping(new JsonArray([.. names.Select(n => JsonValue.Create(n))]), names, names),
        };

    private static readonly Gen<Person> AnyPerson = Gen.Select(
        Gen.OneOf(Names), AnyGrouping, Gen.OneOf(Names), Gen.OneOf("win", "Mac", "linux", ""), (u, g, c, p) => new Person(u, g, c, p));

    private static readonly Gen<Weekly?> AnyWeekly = Gen.Select(
        Gen.OneOf("Asia/Tokyo", "Europe/Berlin", "America/New_York"),
        Gen.Int[1, 127],
        Gen.Int[0, 1439],
        Gen.Int[1, 1440],
        (zone, days, from, to) => (Weekly?)new Weekly(zone, days, from, to))
        .Where(w => w!.From != w.To);

    // Around the changes of the clocks in Berlin and New York as well.
    private static readonly Gen<DateTimeOffset> AnyTime = Gen.Select(
        Gen.OneOf(
            Some.Time,
            Some.Time,
            new(2026, 3, 29, 1, 0, 0, TimeSpan.Zero),
            new(2026, 10, 25, 1, 0, 0, TimeSpan.Zero),
            new(2026, 3, 8, 7, 0, 0, TimeSpan.Zero),
            new(2026, 11, 1, 6, 0, 0, TimeSpan.Zero)),
        Gen.Int[-240, 240],
        (time, minutes) => time.AddMinutes(minutes));

    private static readonly Gen<Rule> AnyRule =
        from address in Gen.OneOf(IPv4, IPv6)
        from short_ in Gen.Int[0, address.Length * 8]
        from long_ in Gen.Int[(address.Length * 8) - 10, address.Length * 8]
        from isLong in Gen.Bool
        from others in Gen.Frequency(
            (2, Gen.Const<(byte[], int)[]>([])), (1, Gen.Select(Gen.OneOf(IPv4, IPv6), Gen.Int[0, 128]).Array[0, 4]))
        from isList in Gen.Int[0, 2]
        from allow in Gen.Int[0, 3]
        from enabled in Gen.Int[0, 4]
        from endpoints in Gen.OneOf(Gen.Const<string[]>([]), Gen.OneOf(Endpoints[1], Endpoints[2]).Array[1, 2])
        from scope in Gen.Frequency((3, Gen.Const(new Scope([], [], [], []))), (1, AnyScope))
        from weekly in Gen.Frequency((3, AnyWeekly.Select(_ => (Weekly?)null)), (1, AnyWeekly))
        from validFrom in Moment
        from validUntil in Moment
        from day in Gen.Int[0, 3]
        from id in Gen.Guid
        where validFrom is null || validUntil is null || validFrom < validUntil
        select new Rule(
            id,
            [
                (Bits(address)[..(isLong ? long_ : short_)], address.Length * 8),
                .. others.Select(other => (Bits(other.Item1)[..(other.Item2 * other.Item1.Length / 16)], other.Item1.Length * 8)),
            ],
            isList == 0 || others.Length > 0,
            allow > 0,
            enabled > 0,
            endpoints,
            scope,
            weekly,
            validFrom,
            validUntil,
            Some.Time.AddDays(day));

    private static readonly Gen<(
        Rule[] Rules, (string Text, string Bits) PublicIp, string Endpoint, Person Person, DateTimeOffset At)> Case =
        Gen.Select(
            AnyRule.Array[0, 12],
            PublicIp,
            Gen.OneOf(Endpoints),
            AnyPerson,
            Gen.Frequency((1, AnyTime), (3, Gen.Int[-4, 4].Select(h => Some.Time.AddHours(h)))));

    [Fact]
    public void The_indexed_decision_is_the_naive_one() =>
        Case.Where(c => c.Rules.DistinctBy(r => r.Id).Count() == c.Rules.Length).Sample(
            c =>
            {
                var json = Some.EventJson(c.PublicIp.Text);
                json["endpoint-id"] = c.Endpoint;
                json["username"] = c.Person.Username.Given;
                json["common-name"] = c.Person.CommonName.Given;
                json["platform"] = c.Person.Platform;
                json["groups"] = c.Person.Groups.Given.DeepClone();
                var lists = c.Rules.Where(r => r.IsList).ToDictionary(r => r.Id, r => r.ToList());
                var ranges = c.Rules.Select(r => r.ToRange(lists.GetValueOrDefault(r.Id)?.Id)).ToList();
                var decision = Evaluator.Decide(json.Read(), c.At, new RuleSet(ranges, [], new(), [], lists.Values), 1);
                var (allowed, reason, rangeIds) = DecideNaively(c.Rules, c.PublicIp.Bits, c.Endpoint, c.Person, c.At);

                // The same without lists: a range for each entry.
                var single = ranges.Where(r => r.Cidr is not null).Concat(
                    from range in ranges
                    where range.AddressListId is not null
                    from entry in lists[range.Id].Entries
                    select range with { Id = Guid.NewGuid(), AddressListId = null, Cidr = entry.Cidr });
                var singly = Evaluator.Decide(json.Read(), c.At, new RuleSet(single, [], new()), 1);
                var deciding = ranges.Find(r => r.Id == decision.RangeId);
                return singly.Allowed == allowed
                    && singly.Reason == decision.Reason
                    && decision.Entry is not null == deciding?.AddressListId is not null
                    && decision.Entry?.AddressListId == deciding?.AddressListId
                    && decision.Allowed == allowed
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
                var reason = DecideNaively(c.Rules, c.PublicIp.Bits, c.Endpoint, c.Person, c.At).Reason;
                outcomes.AddOrUpdate(reason ?? "allowed", 1, (_, n) => n + 1);
            },
            iter: 30_000);
        Assert.All(
            ["allowed", "AddressBlocked", "AddressNotAllowed", "NotInScope", "OutsideValidity", "OutsideSchedule"],
            outcome => Assert.True(
                outcomes.GetValueOrDefault(outcome) > 50, $"{outcome}: {outcomes.GetValueOrDefault(outcome)} of 30,000"));
    }

    /// <summary>docs/deciding.md, word by word. Any applying deny range may be the one named.</summary>
    private static (bool Allowed, string? Reason, Guid[] RangeIds) DecideNaively(
        Rule[] rules, string bits, string endpoint, Person person, DateTimeOffset at)
    {
        var candidates = rules
            .Where(r => r.Enabled && r.Longest(bits) is not null)
            .ToList();
        // In doubt a deny range applies and an allow range doesn't.
        bool InScope(Rule r) => r.Allow
            ? (r.Endpoints.Length == 0 || r.Endpoints.Any(e => e == endpoint))
                && (r.Scope.Users.Length == 0 || IsNamed(person.Username, r.Scope.Users))
                && (r.Scope.Groups.Length == 0 || r.Scope.Groups.Any(g => person.Groups.Exact.Any(p => p == g)))
                && (r.Scope.CommonNames.Length == 0 || IsNamed(person.CommonName, r.Scope.CommonNames))
                && (r.Scope.Platforms.Length == 0 || r.Scope.Platforms.Any(p => Same(p, person.Platform)))
            : (r.Endpoints.Length == 0 || endpoint.Length == 0 || r.Endpoints.Any(e => e == endpoint))
                && (r.Scope.Users.Length == 0 || IsPerhapsNamed(person.Username, r.Scope.Users))
                && (r.Scope.Groups.Length == 0
                    || person.Groups.Possible.All(p => p.Length == 0)
                    || r.Scope.Groups.Any(g => person.Groups.Possible.Any(p => Same(p, g))))
                && (r.Scope.CommonNames.Length == 0 || IsPerhapsNamed(person.CommonName, r.Scope.CommonNames))
                && (r.Scope.Platforms.Length == 0 || person.Platform.Length == 0 || r.Scope.Platforms.Any(p => Same(p, person.Platform)));
        bool Valid(Rule r) => (r.ValidFrom is null || r.ValidFrom <= at) && (r.ValidUntil is null || at < r.ValidUntil);
        bool OnTime(Rule r) => r.Weekly is null || r.Weekly.Contains(at);
        var applying = candidates.Where(r => InScope(r) && Valid(r) && OnTime(r)).ToList();
        var denying = applying.Where(r => !r.Allow).ToList();
        if (denying.Count > 0)
        {
            return (false, "AddressBlocked", [.. denying.Select(r => r.Id)]);
        }

        if (applying.Count > 0)
        {
            var best = applying.OrderByDescending(r => r.Longest(bits))
                .ThenBy(r => r.CreatedAt)
                .ThenBy(r => r.Id.ToString(), StringComparer.Ordinal)
                .First();
            return (true, null, [best.Id]);
        }

        var misses = candidates.Where(r => r.Allow).ToList();
        return (
            false,
            misses.Count == 0 ? "AddressNotAllowed"
            : misses.Any(r => InScope(r) && Valid(r)) ? "OutsideSchedule"
            : misses.Any(InScope) ? "OutsideValidity"
            : "NotInScope",
            []);
    }

    private static Gen<T[]> Few<T>(params T[] names) => Gen.OneOf(Gen.Const<T[]>([]), Gen.Const<T[]>([]), Gen.OneOf(names).Array[1, 2]);

    private static bool IsNamed(Text name, Text[] patterns) =>
        name.Loosely.Length > 0 && patterns.Any(p => IsLike(name.InFormC, p.InFormC));

    private static bool IsPerhapsNamed(Text name, Text[] patterns) =>
        name.Loosely.Length == 0 || patterns.Any(p => IsLike(name.Loosely, p.Loosely));

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    private static bool IsLike(string name, string pattern) => Regex.IsMatch(
        name,
        $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline);

    private static bool IsMapped(byte[] bytes) => bytes[..10].All(b => b == 0) && bytes[10] == 255 && bytes[11] == 255;

    private static string Bits(byte[] bytes) => string.Concat(bytes.Select(b => Convert.ToString(b, 2).PadLeft(8, '0')));

    private static byte[] Bytes(string bits) => [.. bits.Chunk(8).Select(c => Convert.ToByte(new string(c), 2))];

    private static string DottedQuad(byte[] bytes) => string.Join('.', bytes);

    private static string Groups(byte[] bytes) =>
        string.Join(':', bytes.Chunk(2).Select(b => ((b[0] * 256) + b[1]).ToString("x", CultureInfo.InvariantCulture)));

    /// <param name="Given">As it is sent or saved.</param>
    /// <param name="FormC">In Unicode's form C; null for the same.</param>
    /// <param name="Loose">What a deny range makes of it, but for the case; null for the same as in form C.</param>
    private sealed record Text(string Given, string? FormC = null, string? Loose = null)
    {
        public string InFormC => FormC ?? Given;

        public string Loosely => Loose ?? InFormC;
    }

    private sealed record Scope(Text[] Users, string[] Groups, Text[] CommonNames, string[] Platforms);

    /// <param name="Given">As it is sent.</param>
    /// <param name="Exact">What an allow range takes it for.</param>
    /// <param name="Possible">What it could mean to a deny range, as far as rules here ask for it.</param>
    private sealed record Grouping(JsonNode Given, string[] Exact, string[] Possible);

    private sealed record Person(Text Username, Grouping Groups, Text CommonName, string Platform);

    /// <param name="Zone">The time zone.</param>
    /// <param name="Days">Bit 0 is Sunday.</param>
    /// <param name="From">In minutes since midnight.</param>
    /// <param name="To">In minutes since midnight.</param>
    private sealed record Weekly(string Zone, int Days, int From, int To)
    {
        public bool Contains(DateTimeOffset at)
        {
            var wall = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(Zone)).DateTime; // the operating system's zones
            return Enumerable.Range(-1, 2).Select(d => wall.Date.AddDays(d)).Any(day =>
                (Days & (1 << (int)day.DayOfWeek)) != 0
                && day.AddMinutes(From) <= wall
                && wall < day.AddMinutes(To < From ? To + 1440 : To));
        }

        public Schedule ToSchedule() => new()
        {
            TimeZone = Zone,
            Windows =
            [
                new() { Days = [.. Enum.GetValues<DayOfWeek>().Where(d => (Days & (1 << (int)d)) != 0)], From = new(From), To = new(To) },
            ],
        };
    }

    private sealed record Rule(
        Guid Id,
        (string Prefix, int Width)[] Blocks,
        bool IsList,
        bool Allow,
        bool Enabled,
        string[] Endpoints,
        Scope Scope,
        Weekly? Weekly,
        DateTimeOffset? ValidFrom,
        DateTimeOffset? ValidUntil,
        DateTimeOffset CreatedAt)
    {
        /// <summary>How long the longest prefix is that an address has; null if it has none.</summary>
        public int? Longest(string bits) => Blocks
            .Where(b => b.Width == bits.Length && bits.StartsWith(b.Prefix, StringComparison.Ordinal))
            .Max(b => (int?)b.Prefix.Length);

        public AddressList ToList() =>
            Some.List($"{Id}") with { Entries = [.. Blocks.Select(b => new AddressEntry(ToCidr(b.Prefix, b.Width)))] };

        private static Cidr ToCidr(string prefix, int width)
        {
            var network = Bytes(prefix.PadRight(width, '0'));
            return Cidr.Parse($"{(width == 32 ? DottedQuad(network) : Groups(network))}/{prefix.Length}", out var error)
                ?? throw new InvalidOperationException(error?.Message);
        }

        public AddressRange ToRange(Guid? listId)
        {
            return new()
            {
                Id = Id,
                Cidr = listId is null ? ToCidr(Blocks[0].Prefix, Blocks[0].Width) : null,
                AddressListId = listId,
                Action = Allow ? RangeAction.Allow : RangeAction.Deny,
                Enabled = Enabled,
                EndpointIds = [.. Endpoints],
                Users = [.. Scope.Users.Select(u => u.Given)],
                Groups = [.. Scope.Groups],
                CommonNames = [.. Scope.CommonNames.Select(n => n.Given)],
                Platforms = [.. Scope.Platforms],
                Schedule = Weekly?.ToSchedule(),
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
