using ClientVpnAdmin.AdminApi.Decisions;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.AdminApi.Sessions;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Validation;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace ClientVpnAdmin.AdminApi.Changes;

/// <summary>Commits edits, or refuses them: those that break rule tests, and those that would lock out people or their author.</summary>
internal sealed partial class RuleEditor(
    RevisionLog log,
    IDecisionLog decisions,
    ReviewAfterChange review,
    TimeProvider time,
    IOptions<JsonOptions> json,
    ILogger<RuleEditor> logger)
{
    // As many as can be read and decided again while somebody waits.
    private const int MaxDecisions = 10_000;
    private const int MaxOwnDecisions = 1_000;

    // Of each kind of difference, as many as people are listed.
    private const int MaxShown = 1_000;

    /// <param name="options">Who asks, and what they say besides.</param>
    /// <param name="edit">Makes the edit on the newest rules; called again when another one gets there first.</param>
    public async Task<Outcome> EditAsync(ChangeOptions options, Func<Snapshot, Edit> edit)
    {
        if (options.IsPreview)
        {
            // It commits nothing, so it needs no turn and takes none.
            return await PreviewAsync(await log.ReadHeadAsync(options.CancellationToken), options, edit);
        }

        Outcome? notCommitted = null;
        var before = RuleSet.Empty;
        var summary = "";
        var unreadable = 0;
        var head = await log.CommitAsync(options.Who, ProposeAsync, options.CancellationToken);
        if (notCommitted is not null)
        {
            return notCommitted;
        }

        LogCommit(options, head, RevisionEvent.Between(before, head.Rules), summary);
        if (Impact.CanDeny(before, head.Rules))
        {
            await review.RunAsync(head.Revision);
        }

        return new Outcome.Committed(head, unreadable);

        async Task<Proposal?> ProposeAsync(Snapshot head)
        {
            (notCommitted, unreadable) = (null, 0);
            switch (edit(head))
            {
                case Edit.Refused refused:
                    notCommitted = new Outcome.Refused(refused.Problem);
                    return null;
                case Edit.To to:
                    if (options.Force != true)
                    {
                        (notCommitted, unreadable) = await RefuseAsync(head.Rules, to.Rules, options);
                    }

                    (before, summary) = (head.Rules, to.Summary);
                    return notCommitted is null ? new(to.Rules, to.Summary, options.Why, to.Near) : null;
                default:
                    notCommitted = new Outcome.Unchanged(head);
                    return null;
            }
        }
    }

    private void LogCommit(ChangeOptions options, Snapshot head, RevisionEvent what, string summary)
    {
        LogCommit(head.Revision, options.Who, options.From, Words.Format(what.Kind), Words.Format(what.Enforcement), summary, head.Chain!);
        if (what.WideRanges.Count > 0)
        {
            LogWideRanges(head.Revision, options.Who, string.Join(", ", what.WideRanges));
        }
    }

    [LoggerMessage(3, LogLevel.Information, "Revision {Revision} by {Who} from {From}, {Kind} ({Enforcement}): {Summary} Chain: {Chain}")]
    private partial void LogCommit(
        long revision, string who, string from, string kind, string enforcement, string summary, string chain);

    [LoggerMessage(4, LogLevel.Warning, "Revision {Revision} by {Who} lets in nearly anybody: {Ranges}")]
    private partial void LogWideRanges(long revision, string who, string ranges);

    private async Task<Outcome> PreviewAsync(Snapshot head, ChangeOptions options, Func<Snapshot, Edit> edit)
    {
        var made = edit(head);
        if (made is Edit.Refused refused)
        {
            return new Outcome.Refused(refused.Problem);
        }

        var rules = made is Edit.To to ? to.Rules : head.Rules;
        var now = time.GetUtcNow();
        var (impact, lost) = await FindAffectedAsync(head.Rules, rules, options);
        return new Outcome.Previewed(new Preview(
            new RuleSetComparison(head, null, rules, json.Value.SerializerOptions).First(MaxShown),
            impact,
            BrokenRuleTest.Between(head.Rules, rules, now),
            lost,
            options is { OwnAddress: { } address, OwnNames: [var name, ..] }
                ? OwnConnection.Decide($"{address}", name, now, head.Rules, rules)
                : null));
    }

    /// <returns>Why it isn't done; null if it may be. And how many decisions could not be read for that.</returns>
    private async Task<(Outcome.Refused? Refusal, int Unreadable)> RefuseAsync(RuleSet before, RuleSet after, ChangeOptions options)
    {
        var broken = BrokenRuleTest.Between(before, after, time.GetUtcNow());
        var (impact, lost) = Impact.CanDeny(before, after) ? await FindAffectedAsync(before, after, options) : (null, []);
        var reasons = new List<string>();
        if (broken.Count > 0)
        {
            var tests = string.Join(", ", broken.Select(t => $"'{t.Description}' ({t.Id})"));
            reasons.Add($"It breaks {broken.Count} rule test{(broken.Count == 1 ? "" : "s")}: {tests}.");
        }

        if (impact is { LocksOut: true })
        {
            reasons.Add(
                $"It denies {impact.LosingCount} of the {impact.AllowedUsers} users who came in during the last {impact.Days} days.");
        }

        if (lost.Count > 0)
        {
            reasons.Add(
                $"It denies you yourself ({options.Caller}) from {lost[0].PublicIp}, where you are now, at "
                + $"{string.Join(", ", lost.Select(l => l.EndpointId))}, which let you in lately.");
        }

        if (reasons.Count > 0 && impact is { Unreadable: > 0 })
        {
            reasons.Add($"Decisions that can't be read, and aren't counted: {impact.Unreadable}.");
        }

        var refusal = reasons.Count == 0
            ? null
            : new Outcome.Refused(Problems.Create(new RefusedChange(
                StatusCodes.Status409Conflict,
                "needs-force",
                $"{string.Join(' ', reasons)} Nothing was changed. Mend the change, or make it all the same with ?force=true.",
                new Dictionary<string, string>())
            {
                BrokenRuleTests = broken,
                LostEndpoints = lost,
                Impact = impact,
            }).WithUnreadable(impact?.Unreadable ?? 0));
        return (refusal, impact?.Unreadable ?? 0);
    }

    /// <returns>Whom the change affects, and which endpoints it shuts its own author out of.</returns>
    private async Task<(Impact Impact, IReadOnlyList<LostEndpoint> Lost)> FindAffectedAsync(
        RuleSet before, RuleSet after, ChangeOptions options)
    {
        var days = options.ImpactDays ?? ChangeOptions.DefaultImpactDays;
        var now = time.GetUtcNow();
        var query = new DecisionQuery { From = now.AddDays(-days), Limit = MaxDecisions, Now = now };
        var (lately, areAll, unreadable) = await decisions.ListAllAsync(query, MaxDecisions, options.CancellationToken);
        logger.WarnOfUnreadable(unreadable);

        // Where others connect so often that not all is looked at, the caller's own is looked up, as far as it is under that very name.
        var own = new List<RecordedDecision>();
        foreach (var name in areAll || options.OwnAddress is null ? [] : options.OwnNames)
        {
            own.AddRange((await decisions.ListAllAsync(
                query with { Username = name }, MaxOwnDecisions, options.CancellationToken)).Items);
        }

        return (
            Impact.Compute(lately, areAll, days, before, after, now) with { Unreadable = unreadable },
            options.OwnAddress is { } address
                ? LostEndpoint.Find(lately.Concat(own), options.OwnNames, address, now, before, after)
                : []);
    }
}
