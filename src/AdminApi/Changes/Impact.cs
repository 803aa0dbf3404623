using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Settings;

namespace ClientVpnAdmin.AdminApi.Changes;

/// <summary>
/// Which recorded decisions would come out differently by other rules: each is made again, of its recorded event, for its recorded time.
/// What comes out as the present rules would already have it isn't this change's doing, and isn't counted.
/// </summary>
/// <param name="Days" example="7">How many days of decisions were looked at.</param>
/// <param name="Decisions" example="1284">How many decisions were looked at: those whose event is recorded.</param>
/// <param name="IsComplete" example="true">False if there are more in these days than are looked at; then the newest were.</param>
/// <param name="NewlyDenied" example="3">How many that came in would stay out.</param>
/// <param name="NewlyAllowed" example="0">How many that stayed out would come in.</param>
/// <param name="OtherReason" example="0">
/// How many would come in or stay out as before, but with another outcome: allowed, or another reason.
/// </param>
/// <param name="AllowedUsers" example="140">How many users came in.</param>
/// <param name="Losing">
/// Those of them that would have stayed out at least once, or would do so if they connected in the same way now; at most 1,000, those with
/// the most such connections first.
/// </param>
/// <param name="LosingCount" example="2">How many those are.</param>
/// <param name="Gaining">
/// The users that stayed out and would have come in at least once, or would do so if they connected in the same way now; in the same form.
/// </param>
/// <param name="GainingCount" example="1">How many those are.</param>
/// <param name="Examples">
/// Some of the decisions that would come out differently, the newest first, those newly denied before others.
/// </param>
public sealed record Impact(
    int Days,
    int Decisions,
    bool IsComplete,
    int NewlyDenied,
    int NewlyAllowed,
    int OtherReason,
    int AllowedUsers,
    IReadOnlyList<AffectedPerson> Losing,
    int LosingCount,
    IReadOnlyList<AffectedPerson> Gaining,
    int GainingCount,
    IReadOnlyList<ImpactExample> Examples)
{
    private const int MaxExamples = 20;
    private const int MaxPeople = 1_000;

    /// <summary>True when more than half of the users who came in would stay out: such a change needs force.</summary>
    /// <example>false</example>
    public bool LocksOut => LosingCount * 2 > AllowedUsers;

    /// <summary>How many other decisions of these days can't be read, so that they aren't counted.</summary>
    /// <example>0</example>
    public int Unreadable { get; init; }

    /// <summary>False when nobody who came in before can be denied by the new rules, so that no decision needs to be looked at.</summary>
    public static bool CanDeny(RuleSet before, RuleSet after)
    {
        if (before.Settings.Enforcement == Enforcement.ReportOnly && after.Settings.Enforcement == Enforcement.ReportOnly)
        {
            return false;
        }

        var (gone, come) = RuleObject.Compare(before.Ranges, after.Ranges);
        return before.Settings.Enforcement != after.Settings.Enforcement
            || gone.Exists(r => r is { Enabled: true, Action: RangeAction.Allow } && !Counts(r, after))
            || come.Exists(r => r is { Enabled: true, Action: RangeAction.Deny } && !Counts(r, before))
            || EntriesCanDeny();

        // An entry that went from a list by which somebody came in, or one that came to a list that is denied.
        bool EntriesCanDeny()
        {
            var lists = before.AddressLists.ToDictionary(list => list.Id, list => list.Entries);
            return after.AddressLists.Any(list =>
                lists.TryGetValue(list.Id, out var entries)
                && AddressList.Compare(entries, list.Entries) is var (less, more)
                && ((less.Count > 0 && IsUsed(before, list.Id, RangeAction.Allow))
                    || (more.Count > 0 && IsUsed(after, list.Id, RangeAction.Deny))));
        }

        static bool IsUsed(RuleSet rules, Guid listId, RangeAction action) =>
            rules.RangesOf(listId).Any(r => r.Enabled && r.Action == action);

        static bool Counts(AddressRange range, RuleSet rules) =>
            rules.FindRange(range.Id) is { Enabled: true } other && range.SaysTheSameAs(other with { Description = range.Description });
    }

    /// <param name="decisions">What was decided, the newest first.</param>
    /// <param name="isComplete">Whether those are all there are.</param>
    /// <param name="days">Of how many days.</param>
    /// <param name="before">The present rules.</param>
    /// <param name="after">The rules as they would be.</param>
    /// <param name="now">The time: a range that has just expired denied nobody before, but does now.</param>
    public static Impact Compute(
        IEnumerable<RecordedDecision> decisions, bool isComplete, int days, RuleSet before, RuleSet after, DateTimeOffset now)
    {
        var (count, newlyDenied, newlyAllowed, otherReason) = (0, 0, 0, 0);
        var allowedUsers = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var losing = new Dictionary<string, List<RecordedDecision>>(StringComparer.OrdinalIgnoreCase);
        var gaining = new Dictionary<string, List<RecordedDecision>>(StringComparer.OrdinalIgnoreCase);
        var (denied, others) = (new List<ImpactExample>(), new List<ImpactExample>());
        foreach (var decision in decisions)
        {
            if (decision.Event is not { } json)
            {
                continue;
            }

            count++;
            if (decision.LetIn)
            {
                allowedUsers.Add(User(decision));
            }

            var connection = ConnectionEvent.Parse(json);
            var was = new ImpactOutcome(decision.LetIn, decision.Reason);
            var changed = Decide(after, decision.Time);
            var isChanged = changed != was && changed != Decide(before, decision.Time);
            var isOther = isChanged && changed.LetIn != was.LetIn;
            if (isOther || (Decide(before, now).LetIn == was.LetIn && Decide(after, now).LetIn != was.LetIn))
            {
                Add(was.LetIn ? losing : gaining, decision);
            }

            if (!isChanged)
            {
                continue;
            }

            var isDenied = isOther && was.LetIn;
            if (isDenied)
            {
                newlyDenied++;
            }
            else if (isOther)
            {
                newlyAllowed++;
            }
            else
            {
                otherReason++;
            }

            var examples = isDenied ? denied : others;
            if (examples.Count < MaxExamples)
            {
                examples.Add(
                    new(
                        decision.Id,
                        decision.Time,
                        decision.Username,
                        decision.CommonName,
                        decision.PublicIp,
                        decision.EndpointId,
                        was,
                        changed));
            }

            ImpactOutcome Decide(RuleSet rules, DateTimeOffset at) => new(Evaluator.Decide(connection, at, rules, 0));
        }

        return new Impact(
            days,
            count,
            isComplete,
            newlyDenied,
            newlyAllowed,
            otherReason,
            allowedUsers.Count,
            People(losing),
            losing.Count,
            People(gaining),
            gaining.Count,
            [.. denied.Concat(others).Take(MaxExamples)]);
    }

    private static void Add(Dictionary<string, List<RecordedDecision>> people, RecordedDecision decision)
    {
        if (!people.TryGetValue(User(decision), out var connections))
        {
            people.Add(User(decision), connections = []);
        }

        connections.Add(decision);
    }

    private static IReadOnlyList<AffectedPerson> People(Dictionary<string, List<RecordedDecision>> people) =>
    [
        .. people.OrderByDescending(p => p.Value.Count).ThenBy(p => p.Key, StringComparer.Ordinal).Take(MaxPeople)
            .Select(p => AffectedPerson.From(p.Key, p.Value)),
    ];

    private static string User(RecordedDecision decision) =>
        decision.Username.Length > 0 ? decision.Username : decision.CommonName.Length > 0 ? decision.CommonName : decision.PublicIp;
}

/// <summary>A recorded decision that would come out differently.</summary>
/// <param name="DecisionId" example="019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b">The decision.</param>
/// <param name="Time" example="2026-04-01T00:00:00Z">When it was made.</param>
/// <param name="Username" example="alice">Who.</param>
/// <param name="CommonName" example="laptop-17.example.co.jp">With which certificate.</param>
/// <param name="PublicIp" example="203.0.113.7">From where.</param>
/// <param name="EndpointId" example="cvpn-endpoint-0f13eab7f860433cc">To which endpoint.</param>
/// <param name="From">What was decided.</param>
/// <param name="To">What would be decided.</param>
public sealed record ImpactExample(
    Guid DecisionId,
    DateTimeOffset Time,
    string Username,
    string CommonName,
    string PublicIp,
    string EndpointId,
    ImpactOutcome From,
    ImpactOutcome To);

/// <summary>What became, or would become, of a connection.</summary>
/// <param name="LetIn" example="true">Whether it came in: when allowed, or in report-only mode.</param>
/// <param name="Reason" example="null">Why the rules deny it; null when they allow it.</param>
public sealed record ImpactOutcome(bool LetIn, DenialReason? Reason)
{
    internal ImpactOutcome(Decision decision)
        : this(decision.Response.Allow, decision.Reason)
    {
    }
}
