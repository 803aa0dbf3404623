using ClientVpnAdmin.AdminApi.Evaluations;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;
using NodaTime;

namespace ClientVpnAdmin.AdminApi.Decisions;

/// <summary>What a summary of decisions is asked for.</summary>
/// <param name="From">From the hour or day of this time (RFC 3339 with an offset). Default: a day before to.</param>
/// <param name="To">Up to the end of the hour or day before this time (RFC 3339 with an offset). Default: now.</param>
/// <param name="By">How long the steps are: hour, or day. Default: hour.</param>
/// <param name="TimeZone">
/// The IANA time zone whose days are counted, such as Asia/Tokyo. An hour belongs to the day in which it begins. Default: UTC.
/// </param>
/// <param name="Outcome">Only this outcome, which also decides who is at the top. Default: all.</param>
/// <param name="Top">How many users, addresses and ranges at most, from 0 to 100. Default: 10.</param>
internal sealed record SummaryQuery(
    [FromQuery(Name = "from")][TextOf(typeof(DateTimeOffset))] string? From,
    [FromQuery(Name = "to")][TextOf(typeof(DateTimeOffset))] string? To,
    [FromQuery(Name = "by")][TextOf(typeof(SummaryStep))] string? By,
    [FromQuery(Name = "timeZone")] string? TimeZone,
    [FromQuery(Name = "outcome")][TextOf(typeof(DecisionOutcome))] string? Outcome,
    [FromQuery(Name = "top")] int? Top)
{
    /// <summary>The longest span of a summary, in days.</summary>
    public const int MaxDays = 31;

    private const int MaxTop = 100;
    private const int DefaultTop = 10;

    /// <summary>Makes the summary; null if something that was given is wrong.</summary>
    /// <param name="now">What to is without being given.</param>
    public async Task<DecisionSummary?> AnswerAsync(
        IDecisionLog log, RevisionLog revisions, DateTimeOffset now, Errors errors, CancellationToken cancellationToken)
    {
        var by = Checks.Word<SummaryStep>(By, SummaryStep.Hour, "by", errors);
        var outcome = Checks.Word<DecisionOutcome>(Outcome, null, "outcome", errors);
        var zone = Checks.TimeZone(TimeZone ?? "UTC", "timeZone", errors);
        var max = Top ?? DefaultTop;
        if (max is < 0 or > MaxTop)
        {
            errors.Add("top", Checks.OutOfBounds(0, MaxTop));
        }

        var to = Checks.Time(To, "to", errors) ?? now;
        var from = Checks.Time(From, "from", errors) ?? to.AddTicks(-Math.Min(to.UtcTicks, TimeSpan.TicksPerDay));
        var isSpan = from < to && to - from <= TimeSpan.FromDays(MaxDays) && from.Year > 1 && to.Year < DateTimeOffset.MaxValue.Year;
        if (!errors.Any && !isSpan)
        {
            errors.Add(
                "from",
                "not-a-span",
                $"This must be before to, and at most {MaxDays} days before it, in the years from 2 to 9998.",
                ("maxDays", MaxDays));
        }

        if (errors.Any)
        {
            return null;
        }

        var steps = Steps(from, to, by == SummaryStep.Day ? zone : null);
        var (first, last) = (DateOnly.FromDateTime(steps[0].Hour.UtcDateTime), DateOnly.FromDateTime(steps[^1].Hour.UtcDateTime));
        var counts = await log.CountAsync(first, last, cancellationToken);
        var numbers =
            from step in steps
            from reason in Enum.GetValues<DenialReason>().Cast<DenialReason?>().Prepend(null)
            let tally = counts.Hours.GetValueOrDefault((step.Hour, reason))
            from kind in Enum.GetValues<DecisionOutcome>()
            where outcome is null || kind == outcome
            group tally.Of(kind) by (step.Start, kind, reason) into numbersOfOne
            let sum = numbersOfOne.Sum()
            where sum > 0
            select new SummaryCount(numbersOfOne.Key.Start, numbersOfOne.Key.kind, numbersOfOne.Key.reason, sum);
        var rules = await revisions.ReadHeadAsync(cancellationToken);
        var ranges = from top in Most(counts.Ranges)
                     let id = Guid.Parse(top.Name)
                     select new TopRange(
                         id,
                         DecidingRange.Find(rules.Rules, id),
                         top.Allowed,
                         top.Reported,
                         top.Denied);
        return new DecisionSummary(
            steps[0].Start,
            steps[^1].Hour.AddHours(1),
            by!.Value,
            zone!.Id,
            [.. numbers],
            new SummaryTop(
                new(first, default, TimeSpan.Zero),
                new(last.AddDays(1), default, TimeSpan.Zero),
                [.. Most(counts.Names)],
                [.. Most(counts.Addresses)],
                [.. ranges]));

        IEnumerable<TopName> Most(IReadOnlyDictionary<string, DecisionTally> tallies) =>
            from top in tallies.Where(t => t.Value.Of(outcome) > 0).OrderByDescending(t => t.Value.Of(outcome))
                .ThenBy(t => t.Key, StringComparer.Ordinal).Take(max)
            select new TopName(top.Key, top.Value.Allowed, top.Value.Reported, top.Value.Denied);
    }

    /// <summary>The hours from one time to another, each with the hour in which its step begins.</summary>
    /// <param name="zone">The time zone whose days are the steps; null for steps of an hour.</param>
    private static List<(DateTimeOffset Hour, DateTimeOffset Start)> Steps(DateTimeOffset from, DateTimeOffset to, DateTimeZone? zone)
    {
        var (first, end) = (from.UtcTicks / TimeSpan.TicksPerHour, ((to.UtcTicks - 1) / TimeSpan.TicksPerHour) + 1);
        while (zone is not null && DayOf(first - 1) == DayOf(first))
        {
            first--;
        }

        while (zone is not null && DayOf(end) == DayOf(end - 1))
        {
            end++;
        }

        var steps = new List<(DateTimeOffset Hour, DateTimeOffset Start)>();
        for (var hour = first; hour < end; hour++)
        {
            var isWithin = steps.Count > 0 && zone is not null && DayOf(hour) == DayOf(hour - 1);
            steps.Add((TimeOf(hour), isWithin ? steps[^1].Start : TimeOf(hour)));
        }

        return steps;

        static DateTimeOffset TimeOf(long hour) => new(hour * TimeSpan.TicksPerHour, TimeSpan.Zero);

        // Of the hour's beginning, as the clock on the wall shows it there.
        long DayOf(long hour) =>
            ((hour * TimeSpan.TicksPerHour) + zone!.GetUtcOffset(Instant.FromDateTimeOffset(TimeOf(hour))).Ticks) / TimeSpan.TicksPerDay;
    }
}
