using System.Text;
using System.Text.Json;
using ClientVpnAdmin.AdminApi.Decisions;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.RuleSets;

namespace ClientVpnAdmin.Decisions;

/// <summary>What every decision log does. Each store has a class of its own that runs these against the real thing.</summary>
public abstract class DecisionLogTests
{
    private static readonly DateTimeOffset Never = Some.Time.AddYears(100);

    [Fact]
    public async Task A_decision_comes_out_as_it_went_in()
    {
        var log = await OpenAsync();
        var json = Encoding.UTF8.GetBytes(Some.EventJson("::ffff:203.0.113.7").ToJsonString());
        var rangeId = Guid.NewGuid();
        var entry = new MatchedEntry(Guid.NewGuid(), "東京", Addresses.Cidr.Parse("203.0.113.0/28", out _)!);
        var response = new ConnectionResponse(true, "", ["x"], SchemaVersion.V3);
        var allowed = RecordedDecision.From(
            ConnectionEvent.Parse(json), new Decision(true, null, rangeId, entry, null, 7, response), Some.Time,
                TimeSpan.FromMilliseconds(1.5));
        var denied = RecordedDecision.From(
            ConnectionEvent.Parse(json),
            new Decision(false, DenialReason.OutsideValidity, null, null, "東京 😀", null, response),
            Some.Time.AddTicks(1),
            default);
        await log.RecordAsync(allowed, Never, default);
        await log.RecordAsync(denied, Never, default);
        var page = await ListAsync(log, new() { Limit = 10, Now = Some.Time });
        Assert.Null(page.Next);
        Assert.Equal([denied with { Event = null }, allowed with { Event = null }], page.Items.Select(i => i with { Event = null }));
        Assert.All(page.Items, i => Assert.Equal(Encoding.UTF8.GetString(json), i.Event!.Value.GetRawText()));
        Assert.Equal(
            ("203.0.113.7", "alice", "laptop-17.example.co.jp", Some.Endpoint, 1.5),
            (allowed.PublicIp, allowed.Username, allowed.CommonName, allowed.EndpointId, allowed.DurationMs));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not JSON")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{ "public-ip": "", "username": "" }""")]
    [InlineData("""{ "public-ip": "hello", "username": "a\u0000b", "x": "\ud83d\ude00" }""")]
    public async Task Whatever_was_decided_about_can_be_recorded(string text)
    {
        var log = await OpenAsync();
        var json = Encoding.UTF8.GetBytes(text);
        var connection = ConnectionEvent.Parse(json);
        await log.RecordAsync(
            RecordedDecision.From(connection, Evaluator.RulesUnavailable(connection, RuleSet.Empty), Some.Time, default), Never, default);
        var found = Assert.Single((await ListAsync(log, new() { Limit = 10, Now = Some.Time })).Items);
        Assert.Equal(connection.IsEvent, found.Event is not null);
        Assert.Equal((connection.Username, connection.PublicIp), (found.Username, found.PublicIp));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(1_000)]
    public async Task Addresses_in_a_block_and_parts_of_names_are_found_page_by_page_each_once(int limit)
    {
        var log = await OpenAsync();
        var expected = new List<Guid>();
        for (var i = 0; i < 60; i++)
        {
            var json = Some.EventJson(i % 3 == 0 ? $"203.0.113.{i}" : i % 3 == 1 ? $"198.51.100.{i}" : "hello");
            json["username"] = i % 2 == 0 ? $"Alice-{i}" : "bob";
            json["common-name"] = i % 5 == 0 ? "laptop-ALICE" : "";
            var connection = json.Read();
            var made = Evaluator.Decide(connection, Some.Time, RuleSet.Empty, 0);
            var decision = RecordedDecision.From(connection, made, Some.Time.AddSeconds(i), default);
            await log.RecordAsync(decision, Never, default);
            if (i % 3 == 0 && (i % 2 == 0 || i % 5 == 0))
            {
                expected.Insert(0, decision.Id);
            }
        }

        var query = new DecisionQuery
        {
            Network = Addresses.Cidr.Parse("203.0.113.0/24", out _),
            NamePart = "aLiCe",
            Limit = limit,
            Now = Some.Time,
        };
        var found = new List<Guid>();
        DecisionKey? after = null;
        do
        {
            var page = await log.ListAsync(query with { After = after }, default);
            Assert.InRange(page.Items.Count, 0, limit);
            found.AddRange(page.Items.Select(d => d.Id));
            after = page.Next;
        }
        while (after is not null);
        Assert.Equal(expected, found);
    }

    [Fact]
    public async Task Longer_texts_than_anything_real_are_cut_and_longer_events_left_out()
    {
        var log = await OpenAsync();
        var json = Some.EventJson(new string('1', 5_000));
        json["username"] = new string('あ', 499) + "😀";
        json["common-name"] = new string('x', 200_000);
        var bytes = Encoding.UTF8.GetBytes(json.ToJsonString());
        var connection = ConnectionEvent.Parse(bytes);
        await log.RecordAsync(
            RecordedDecision.From(connection, Evaluator.RulesUnavailable(connection, RuleSet.Empty), Some.Time, default), Never, default);
        var found = Assert.Single((await ListAsync(log, new() { Limit = 10, Now = Some.Time })).Items);
        Assert.Equal((500, 499, 500), (found.PublicIp.Length, found.Username.Length, found.CommonName.Length));
        Assert.Null(found.Event);
        Assert.Single((await ListAsync(log, new() { Limit = 10, Now = Some.Time, Username = new string('あ', 499) })).Items);
    }

    [Fact]
    public async Task An_event_that_could_not_be_written_into_an_answer_is_left_out()
    {
        var log = await OpenAsync();
        string[] kept = [Nested(32), "{\"x\":\"\\ud83d\\ude00\"}", $"{{\"x\":\"{new string('\u007f', 99_000)}\"}}", "{\"x\":1e999999}"];
        var @long = $"{{\"x\":\"{new string('x', 100_000)}\"}}";
        string[] leftOut = [Nested(33), Nested(62), Nested(64), "{\"x\":\"\\ud800\"}", "{\"x\":{\"\\ud800\":1}}", @long];
        foreach (var bytes in kept.Concat(leftOut).Select(Encoding.UTF8.GetBytes).Append([.. "{\"x\":\""u8, 0xFF, .. "\"}"u8]))
        {
            var connection = ConnectionEvent.Parse(bytes);
            Assert.True(connection.IsEvent);
            var decision = Evaluator.RulesUnavailable(connection, RuleSet.Empty);
            await log.RecordAsync(RecordedDecision.From(connection, decision, Some.Time, default), Never, default);
        }

        var page = await ListAsync(log, new() { Limit = 100, Now = Some.Time });
        Assert.Equal((kept.Length + leftOut.Length + 1, 0), (page.Items.Count, page.Items.Count(i => i.Unreadable)));
        var events = page.Items.Where(i => i.Event is not null).Select(i => i.Event!.Value.GetRawText());
        Assert.Equal(kept.Order(StringComparer.Ordinal), events.Order(StringComparer.Ordinal));
        JsonSerializer.Serialize(page, JsonSerializerOptions.Web);

        static string Nested(int levels) => string.Concat(Enumerable.Repeat("{\"x\":", levels - 1)) + "{}" + new string('}', levels - 1);
    }

    [Fact]
    public async Task A_stored_decision_that_cannot_be_read_is_listed_by_what_it_is_found_by_and_keeps_nothing_from_being_read()
    {
        var log = await OpenAsync();
        var good = Encoding.UTF8.GetString(DecisionJson.Write(Decision(Some.Time)));
        var deep = new string('[', 63) + new string(']', 63);
        string[] damages =
        [
            "", "hello", "null", "[]", "{}", good[..^1],
            With("\"alice\"", "null"), With("\"alice\"", "\"\\ud800\""), With("\"id\":", "\"other\":"), With("Ms\":1", "Ms\":1e999"),
            With("\"reason\":null", "\"reason\":\"Because\""), With("\"reason\":null", "\"reason\":99"),
            With("\"win\"", "\"\\ud800\""), With("\"win\"", deep), With("\"win\"", new string('[', 100_000)),
            good, // another one's
        ];
        var stored = damages.Select((_, i) => Decision(
            Some.Time.AddMinutes(i), i % 2 == 0 ? null : DenialReason.NotInScope, $"user{i}", $"203.0.113.{i}")).ToList();
        foreach (var (decision, damage) in stored.Zip(damages))
        {
            await log.RecordAsync(decision, Never, default);
            await DamageAsync(decision, Encoding.UTF8.GetBytes(damage));
        }

        var fine = Decision(Some.Time.AddMinutes(1.5), username: "fine");
        await log.RecordAsync(fine, Never, default);
        foreach (var limit in new[] { 1, 3, 100 })
        {
            var items = new List<RecordedDecision>();
            var (unreadable, after) = (0, (DecisionKey?)null);
            do
            {
                var page = await log.ListAsync(new() { Limit = limit, Now = Some.Time, After = after }, default);
                items.AddRange(page.Items);
                unreadable += page.Unreadable;
                after = page.Next;
            }
            while (after is not null);
            Assert.Equal(damages.Length, unreadable);
            Assert.Equal(stored.Append(fine).OrderByDescending(d => d.Time).Select(Seen), items.Select(Seen));
            Assert.Equal(["fine"], items.Where(i => !i.Unreadable).Select(i => i.Username));
            Assert.All(
                items.Where(i => i.Unreadable),
                i => Assert.Equal((null, "", "", i.Allowed), (i.Event, i.ConnectionId, i.CommonName, i.LetIn)));
        }

        var ofUser3 = await ListAsync(log, new() { Limit = 10, Now = Some.Time, Username = "user3" });
        Assert.Equal(stored[3].Id, Assert.Single(ofUser3.Items).Id);
        Assert.True((await log.FindAsync(stored[3].Id, Some.Time, default))!.Unreadable);
        Assert.Equal(damages.Length, (await log.ListAllAsync(new() { Limit = 1, Now = Some.Time }, 1_000, default)).Unreadable);

        string With(string part, string damaged)
        {
            Assert.Contains(part, good, StringComparison.Ordinal);
            return good.Replace(part, damaged, StringComparison.Ordinal);
        }

        static (Guid, DateTimeOffset, bool, DenialReason?, string, string, string) Seen(RecordedDecision d) =>
            (d.Id, d.Time, d.Allowed, d.Reason, d.Username, d.PublicIp, d.EndpointId);
    }

    [Fact]
    public async Task A_decision_whose_key_cannot_be_read_is_counted_once_and_passed_over()
    {
        var log = await OpenAsync();
        var decisions = Enumerable.Range(0, 6).Select(i => Decision(Some.Time.AddMinutes(i)) with { Id = EndsIn("0af"[i % 3]) }).ToList();
        foreach (var decision in decisions)
        {
            await log.RecordAsync(decision, Never, default);
        }

        // At the end of a page, the next one begins right before the key: what sorts between two possible keys must not be lost there.
        static Guid EndsIn(char digit) => Guid.ParseExact(Guid.NewGuid().ToString("N")[..^1] + digit, "N");

        var keys = decisions.ConvertAll(d => d.Key.ToString());
        string[] unreadable =
        [
            keys[0] + "x",
            keys[1][..19] + new string('A', 32),
            keys[2][..^1], keys[2] + "0",
            keys[3][..19] + "z", keys[3][..^1],
            keys[4][..^1] + "Z",
            keys[5] + "é",
        ];
        foreach (var key in unreadable)
        {
            await StoreAsync(key, [.. "{}"u8]);
        }

        foreach (var limit in new[] { 1, 2, 3, 6, 100 })
        {
            var (ids, count, after) = (new List<Guid>(), 0, (DecisionKey?)null);
            do
            {
                var page = await log.ListAsync(new() { Limit = limit, Now = Some.Time, After = after }, default);
                ids.AddRange(page.Items.Select(i => i.Id));
                count += page.Unreadable;
                after = page.Next;
            }
            while (after is not null);
            Assert.Equal(decisions.OrderByDescending(d => d.Time).Select(d => d.Id), ids);
            Assert.Equal(unreadable.Length, count);
        }
    }

    [Fact]
    public void Whatever_is_stored_reading_it_never_fails()
    {
        var good = DecisionJson.Write(Decision(Some.Time));
        var (random, readable) = (new Random(1), 0);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = good.ToArray();
            for (var edits = random.Next(1, 4); edits > 0; edits--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : random.GetItems("\"\\{}[],:0u"u8, 1)[0];
            }

            if (DecisionJson.Parse(bytes) is { } decision)
            {
                readable++;
                JsonSerializer.Serialize(decision, JsonSerializerOptions.Web);
            }
        }

        Assert.InRange(readable, 100, 19_000); // or nothing would be tried
    }

    [Fact]
    public async Task Every_filter_and_every_two_of_them_find_what_they_should_page_by_page()
    {
        var log = await OpenAsync();
        var random = new Random(1);
        var all = new List<RecordedDecision>();
        for (var i = 0; i < 300; i++)
        {
            DenialReason? reason = random.Next(2) == 0 ? null : random.GetItems(Enum.GetValues<DenialReason>(), 1)[0];
            all.Add(
                Decision(
                    Some.Time.AddSeconds(i / 2),
                    reason,
                    $"user{random.Next(4)}",
                    $"203.0.113.{random.Next(4)}",
                    random.Next(3) switch { 0 => Some.Endpoint, 1 => Some.OtherEndpoint, _ => "" }));
        }

        await Task.WhenAll(all.Select(d => log.RecordAsync(d, Never, default)));
        var some = new DecisionQuery { Limit = 7, Now = Some.Time };
        DecisionQuery[] single =
        [
            some with { Allowed = true }, some with { Allowed = false },
            some with { Reason = DenialReason.AddressBlocked },
            some with { Username = "user1" }, some with { Username = "nobody" },
            some with { PublicIp = "203.0.113.2" },
            some with { EndpointId = Some.Endpoint }, some with { EndpointId = "" },
            some with { From = Some.Time.AddSeconds(50) }, some with { To = Some.Time.AddSeconds(100) },
            some with { From = Some.Time.AddSeconds(100), To = Some.Time.AddSeconds(50) },
        ];
        foreach (var one in single.Prepend(some))
        {
            foreach (var other in single)
            {
                var query = some with
                {
                    Allowed = one.Allowed ?? other.Allowed,
                    Reason = one.Reason ?? other.Reason,
                    Username = one.Username ?? other.Username,
                    PublicIp = one.PublicIp ?? other.PublicIp,
                    EndpointId = one.EndpointId ?? other.EndpointId,
                    From = one.From ?? other.From,
                    To = one.To ?? other.To,
                };
                var expected = all.Where(d =>
                    (query.Allowed is null || d.Allowed == query.Allowed)
                    && (query.Reason is null || d.Reason == query.Reason)
                    && (query.Username is null || d.Username == query.Username)
                    && (query.PublicIp is null || d.PublicIp == query.PublicIp)
                    && (query.EndpointId is null || d.EndpointId == query.EndpointId)
                    && (query.From is null || d.Time >= query.From)
                    && (query.To is null || d.Time < query.To))
                    .OrderByDescending(d => d.Time).ThenByDescending(d => d.Id.ToString(), StringComparer.Ordinal).Select(d => d.Id);
                var found = new List<Guid>();
                DecisionKey? after = null;
                do
                {
                    var page = await log.ListAsync(query with { After = after }, default);
                    Assert.InRange(page.Items.Count, 0, 7);
                    found.AddRange(page.Items.Select(i => i.Id));
                    after = page.Next;
                }
                while (after is not null);
                Assert.Equal(expected, found);
            }
        }
    }

    [Fact]
    public async Task An_expired_decision_is_not_shown()
    {
        var log = await OpenAsync();
        await log.RecordAsync(Decision(Some.Time), Some.Time.AddDays(30), default);
        Assert.Single((await ListAsync(log, new() { Limit = 10, Now = Some.Time.AddDays(30) })).Items);
        Assert.Empty((await ListAsync(log, new() { Limit = 10, Now = Some.Time.AddDays(30).AddSeconds(1) })).Items);
    }

    [Fact]
    public async Task Decisions_after_the_first_page_are_found_however_many_are_not_asked_for()
    {
        var log = await OpenAsync();
        for (var i = 0; i < 30; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(j =>
            {
                var endpoint = i == 0 && j == 0 ? Some.OtherEndpoint : Some.Endpoint;
                var decision = Decision(Some.Time.AddSeconds((i * 50) + j), username: "many", endpointId: endpoint);
                return log.RecordAsync(decision, Never, default);
            }));
        }

        var query = new DecisionQuery { Limit = 1, Now = Some.Time, Username = "many", EndpointId = Some.OtherEndpoint };
        Assert.Equal(Some.Time, Assert.Single((await ListAsync(log, query)).Items).Time);
    }

    [Fact]
    public async Task One_decision_is_found_by_its_id()
    {
        var log = await OpenAsync();
        var decisions = Enumerable.Range(0, 20)
            .Select(i => Decision(Some.Time.AddTicks(i * 1_000))) // several in each millisecond
            .ToList();
        await Task.WhenAll(decisions.Select(d => log.RecordAsync(d, Some.Time.AddDays(30), default)));
        foreach (var decision in decisions)
        {
            Assert.Equal(decision.Time, (await log.FindAsync(decision.Id, Some.Time, default))!.Time);
        }

        Assert.Null(await log.FindAsync(Guid.CreateVersion7(Some.Time), Some.Time, default));
        Assert.Null(await log.FindAsync(Guid.Parse("ffffffff-ffff-7fff-bfff-ffffffffffff"), Some.Time, default));
        Assert.Null(await log.FindAsync(decisions[0].Id, Some.Time.AddDays(31), default)); // expired
    }

    [Fact]
    public async Task All_decisions_are_listed_or_as_many_as_are_enough()
    {
        var log = await OpenAsync();
        await Task.WhenAll(Enumerable.Range(0, 1_500).Select(i => log.RecordAsync(Decision(Some.Time.AddSeconds(i)), Never, default)));
        var query = new DecisionQuery { From = Some.Time.AddSeconds(1), Limit = 1, Now = Some.Time };
        var (all, areAll, _) = await log.ListAllAsync(query, 10_000, default);
        Assert.Equal((1_499, true), (all.Count, areAll));
        Assert.Equal(all.OrderByDescending(d => d.Time).Select(d => d.Id), all.Select(d => d.Id));
        Assert.False((await log.ListAllAsync(query, 1_000, default)).AreAll);
    }

    [Fact]
    public async Task Decisions_are_counted_as_somebody_who_reads_them_all_would()
    {
        var log = await OpenAsync();
        var random = new Random(1);
        var all = new List<RecordedDecision>();
        for (var i = 0; i < 300; i++)
        {
            DenialReason? reason = random.Next(2) == 0 ? null : random.GetItems(Enum.GetValues<DenialReason>(), 1)[0];
            all.Add(Decision(Some.Time.AddMinutes(20 * i), reason, $"user#{random.Next(4)}", $"2001:db8::{random.Next(4)}") with
            {
                LetIn = reason is null || random.Next(2) == 0,
                RangeId = reason is null or DenialReason.AddressBlocked ? new Guid(random.Next(3), 0, 0, new byte[8]) : null,
            });
        }

        await Task.WhenAll(all.Select(d => log.RecordAsync(d, Never, default)));
        var day = DateOnly.FromDateTime(Some.Time.UtcDateTime);
        foreach (var (first, last) in new[] { (-1, 9), (0, 0), (1, 3), (6, 6) })
        {
            var days = all.Where(d => (int)(d.Time - Some.Time).TotalDays is var n && n >= first && n <= last).ToList();
            var counts = await log.CountAsync(day.AddDays(first), day.AddDays(last), default);
            Assert.Equal(
                Recount(days, d => (d.Time.AddTicks(-(d.Time.Ticks % TimeSpan.TicksPerHour)), d.Reason)).Order(),
                counts.Hours.Select(h => (h.Key, h.Value.Allowed, h.Value.Reported, h.Value.Denied)).Order());
            Assert.Equal(Recount(days, d => d.Username), Sorted(counts.Names));
            Assert.Equal(Recount(days, d => d.PublicIp), Sorted(counts.Addresses));
            Assert.Equal(Recount(days.Where(d => d.RangeId is not null), d => $"{d.RangeId}"), Sorted(counts.Ranges));
        }

        static IEnumerable<(TKey, long, long, long)> Recount<TKey>(
            IEnumerable<RecordedDecision> decisions, Func<RecordedDecision, TKey> by) =>
            decisions.GroupBy(by).OrderBy(g => g.Key).Select(g =>
                (g.Key, (long)g.Count(d => d.Allowed), (long)g.Count(d => !d.Allowed && d.LetIn), (long)g.Count(d => !d.LetIn)));

        static IEnumerable<(string, long, long, long)> Sorted(IReadOnlyDictionary<string, DecisionTally> tallies) =>
            tallies.Select(t => (t.Key, t.Value.Allowed, t.Value.Reported, t.Value.Denied)).Order();
    }

    [Fact]
    public async Task Whoever_has_no_user_name_is_counted_by_the_common_name_and_any_name_by_its_beginning()
    {
        var log = await OpenAsync();
        var @long = new string('あ', 249) + "😀";
        foreach (var (username, commonName) in new[] { ("", "laptop-17"), ("", ""), (@long, "x"), (@long + "y", "x") })
        {
            await log.RecordAsync(Decision(Some.Time, username: username) with { CommonName = commonName }, Never, default);
        }

        var day = DateOnly.FromDateTime(Some.Time.UtcDateTime);
        var counts = await log.CountAsync(day, day, default);
        Assert.Equal(
            [("laptop-17", 1), (new string('あ', 249), 2)],
            counts.Names.Select(n => (n.Key, n.Value.Allowed)).OrderBy(n => n.Allowed));
        Assert.Equal(4, counts.Hours.Single().Value.Allowed);
    }

    /// <summary>Replaces what is stored of a decision, and leaves what it is found by.</summary>
    protected abstract Task DamageAsync(RecordedDecision decision, byte[] json);

    /// <summary>Stores something under a key, allowed and of nobody in particular.</summary>
    protected abstract Task StoreAsync(string key, byte[] json);

    /// <summary>Opens the test's own log.</summary>
    protected abstract Task<IDecisionLog> OpenAsync();

    protected static RecordedDecision Decision(
        DateTimeOffset time,
        DenialReason? reason = null,
        string username = "alice",
        string publicIp = "203.0.113.7",
        string endpointId = Some.Endpoint)
    {
        var json = Some.EventJson(publicIp);
        json["username"] = username;
        json["endpoint-id"] = endpointId;
        var bytes = Encoding.UTF8.GetBytes(json.ToJsonString());
        var response = new ConnectionResponse(reason is null, "", [], SchemaVersion.V3);
        return RecordedDecision.From(
            ConnectionEvent.Parse(bytes),
            new Decision(reason is null, reason, null, null, null, 1, response),
            time,
            TimeSpan.FromMilliseconds(1));
    }

    /// <summary>All pages of a list as one.</summary>
    private static async Task<DecisionPage> ListAsync(IDecisionLog log, DecisionQuery query)
    {
        var items = new List<RecordedDecision>();
        DecisionPage page;
        do
        {
            page = await log.ListAsync(query, default);
            items.AddRange(page.Items);
            query = query with { After = page.Next };
        }
        while (page.Next is not null);
        return page with { Items = items };
    }
}
