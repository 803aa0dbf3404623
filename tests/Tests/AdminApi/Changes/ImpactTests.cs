using System.Text;
using System.Text.Json;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Settings;
using CsCheck;

namespace ClientVpnAdmin.AdminApi.Changes;

public class ImpactTests
{
    private const int Now = 20; // hours, when a range that expires at 12 has expired

    private static readonly string[] Users = ["", "alice", "bob"];
    private static readonly string[] Addresses = ["203.0.113.7", "203.0.113.200", "198.51.100.7", "2001:db8::7"];
    private static readonly string[] Cidrs = ["0.0.0.0/0", "::/0", "203.0.113.0/24", "203.0.113.128/25", "198.51.100.7/32"];

    // A few ranges with ids in common, so that changes add, remove and change some.
    private static readonly Gen<RuleSet> AnyRules = Gen.Select(
        Gen.Select(Gen.Int[1, 4], Gen.OneOf(Cidrs), Gen.Int[0, 3], Gen.Int[0, 4], Gen.OneOf(Users), Gen.Int[0, 3], Gen.OneOf("", "x"))
            .Array[0, 5],
        Gen.Int[0, 4],
        (ranges, enforcement) => new RuleSet(
            ranges.DistinctBy(r => r.Item1).Select(r => Some.Range(r.Item2) with
            {
                Id = new Guid(r.Item1, 0, 0, new byte[8]),
                Action = r.Item3 == 0 ? RangeAction.Deny : RangeAction.Allow,
                Enabled = r.Item4 > 0,
                Users = r.Item5.Length == 0 ? [] : [r.Item5],
                ValidUntil = r.Item6 == 0 ? Some.Time.AddHours(12) : null,
                Description = r.Item7,
            }),
            [],
            new() { Enforcement = enforcement == 0 ? Enforcement.ReportOnly : Enforcement.Enforce }));

    private static readonly Gen<Connection[]> AnyConnections = Gen.Select(
        Gen.OneOf(Users), Gen.OneOf(Addresses), Gen.Int[0, 23], (user, address, hour) => new Connection(user, address, hour))
        .Array[0, 12];

    [Fact]
    public void Counts_what_comes_out_differently_than_recorded_and_than_by_the_present_rules() =>
        Gen.Select(AnyRules, AnyRules, AnyRules, AnyConnections).Sample((recordedBy, before, after, connections) =>
        {
            var decisions = connections.Select(c => Decide(recordedBy, c)).ToList();
            var impact = Impact.Compute(decisions, true, 7, before, after, Some.Time.AddHours(Now));

            // By hand, decision by decision.
            var (denied, allowed, other) = (0, 0, 0);
            var users = new HashSet<string>();
            var (losing, gaining) = (new List<(string User, string Address)>(), new List<(string User, string Address)>());
            foreach (var (decision, connection) in decisions.Zip(connections))
            {
                var user = connection.User.Length > 0 ? connection.User : "laptop-17.example.co.jp";
                var (now, then) = (Outcome(before, connection), Outcome(after, connection));
                var (nowStill, nowThen) = (Outcome(before, connection with { Hour = Now }), Outcome(after, connection with { Hour = Now }));
                var isOther = then != (decision.LetIn, decision.Reason) && then != now;
                if (decision.LetIn)
                {
                    users.Add(user);
                    if ((isOther && !then.LetIn) || (nowStill.LetIn && !nowThen.LetIn))
                    {
                        losing.Add((user, connection.Address));
                    }
                }
                else if ((isOther && then.LetIn) || (!nowStill.LetIn && nowThen.LetIn))
                {
                    gaining.Add((user, connection.Address));
                }

                denied += isOther && decision.LetIn && !then.LetIn ? 1 : 0;
                allowed += isOther && !decision.LetIn && then.LetIn ? 1 : 0;
                other += isOther && decision.LetIn == then.LetIn ? 1 : 0;
            }

            return impact.Decisions == decisions.Count
                && (impact.NewlyDenied, impact.NewlyAllowed, impact.OtherReason) == (denied, allowed, other)
                && impact.AllowedUsers == users.Count
                && impact.LosingCount == impact.Losing.Count
                && impact.GainingCount == impact.Gaining.Count
                && AreThese(losing, impact.Losing)
                && AreThese(gaining, impact.Gaining)
                && impact.LocksOut == (losing.Select(l => l.User).Distinct().Count() * 2 > users.Count)
                && impact.Examples.Count == Math.Min(20, denied + allowed + other);
        },
        iter: 20_000);

    [Fact]
    public void A_change_that_is_said_to_deny_nobody_denies_nobody()
    {
        var (harmless, all) = (0, 0);
        Gen.Select(AnyRules, AnyRules, Gen.Bool, AnyConnections).Sample(
            (before, other, isAddition, connections) =>
            {
                // Random rules rarely deny nobody, so half of the changes only add to what there is.
                var present = before.Ranges.Select(r => r.Id).ToHashSet();
                var after = isAddition ? before.With(before.Ranges.AddRange(other.Ranges.Where(r => !present.Contains(r.Id)))) : other;
                Interlocked.Increment(ref all);
                if (Impact.CanDeny(before, after))
                {
                    return true;
                }

                Interlocked.Increment(ref harmless);
                return connections.All(c => !Outcome(before, c).LetIn || Outcome(after, c).LetIn);
            },
            iter: 20_000);
        Assert.InRange(harmless, all / 10, all * 9 / 10); // or the property could hold because little is ever said
    }

    [Fact]
    public void A_decision_without_its_event_is_passed_over()
    {
        var decision = Decide(new RuleSet([Some.Range("0.0.0.0/0")], [], new()), new("alice", "203.0.113.7", 1)) with { Event = null };
        Assert.Equal(
            (0, 0),
            (
                Impact.Compute([decision], true, 7, RuleSet.Empty, RuleSet.Empty, Some.Time).Decisions,
                Impact.Compute([decision], true, 7, RuleSet.Empty, RuleSet.Empty, Some.Time).AllowedUsers));
    }

    [Fact]
    public void Of_many_people_the_thousand_with_the_most_connections_are_named_with_a_few_of_their_addresses()
    {
        var office = new RuleSet([Some.Range("203.0.113.0/24")], [], new());
        var decisions = Enumerable.Range(1, 1_001).Select(i => Decide(office, new($"user{i}", $"203.0.113.{i % 250}", 1)))
            .Concat(Enumerable.Range(1, 7).Select(i => Decide(office, new("USER1001", $"203.0.113.{i}", 0))));
        var impact = Impact.Compute(decisions, true, 7, office, RuleSet.Empty, Some.Time);
        Assert.Equal((1_001, 1_000, 0), (impact.LosingCount, impact.Losing.Count, impact.GainingCount));
        var first = impact.Losing[0];
        Assert.Equal(("user1001", 8, Some.Time.AddHours(1)), (first.Name, first.Connections, first.LastTime));
        Assert.Equal(["203.0.113.1", "203.0.113.2", "203.0.113.3", "203.0.113.4", "203.0.113.5"], first.Addresses);
        Assert.Equal([Some.Endpoint], first.EndpointIds);
    }

    /// <summary>The people of these connections, those with the most first.</summary>
    private static bool AreThese(List<(string User, string Address)> connections, IReadOnlyList<AffectedPerson> people) =>
        connections.GroupBy(c => c.User).OrderByDescending(p => p.Count()).ThenBy(p => p.Key, StringComparer.Ordinal)
            .Select(p => (p.Key, p.Count(), string.Join(' ', p.Select(c => c.Address).Distinct().Take(5))))
            .SequenceEqual(people.Select(p => (p.Name, p.Connections, string.Join(' ', p.Addresses))));

    private static RecordedDecision Decide(RuleSet rules, Connection connection)
    {
        var (json, at) = Event(connection);
        var read = ConnectionEvent.Parse(json);
        return RecordedDecision.From(read, Evaluator.Decide(read, at, rules, 1), at, TimeSpan.Zero);
    }

    private static (bool LetIn, DenialReason? Reason) Outcome(RuleSet rules, Connection connection)
    {
        var (json, at) = Event(connection);
        var decision = Evaluator.Decide(ConnectionEvent.Parse(JsonElement.Parse(json)), at, rules, 1);
        return (decision.Response.Allow, decision.Reason);
    }

    private static (byte[] Json, DateTimeOffset At) Event(Connection connection)
    {
        var json = Some.EventJson(connection.Address);
        json["username"] = connection.User;
        return (Encoding.UTF8.GetBytes(json.ToJsonString()), Some.Time.AddHours(connection.Hour));
    }

    private sealed record Connection(string User, string Address, int Hour);
}
