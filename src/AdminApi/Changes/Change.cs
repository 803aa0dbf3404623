using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClientVpnAdmin.AdminApi.Decisions;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.AdminApi.RuleTests;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace ClientVpnAdmin.AdminApi.Changes;

/// <summary>What every changing call is given, whatever it changes.</summary>
/// <param name="DryRun">True answers what would change and whom that would affect, and changes nothing.</param>
/// <param name="Force">True makes the change though it breaks rule tests, or denies more than half of those who came in lately.</param>
/// <param name="ImpactDays">Of how many days decisions are looked at for whom the change affects, from 1 to 90. Default: 7.</param>
/// <param name="Comment">Why, in at most 500 characters; it is kept with the revision.</param>
/// <param name="Caller">Who asks.</param>
/// <param name="Log">The rules.</param>
/// <param name="Decisions">What the handler decided lately.</param>
/// <param name="Time">The clock.</param>
/// <param name="Json">How things are written.</param>
/// <param name="Logger">Takes what should be looked after.</param>
/// <param name="CancellationToken">Ends the attempts.</param>
internal sealed record Change(
    [FromQuery(Name = "dryRun")] bool? DryRun,
    [FromQuery(Name = "force")] bool? Force,
    [FromQuery(Name = "impactDays")] int? ImpactDays,
    [FromHeader(Name = "X-Comment")] string? Comment,
    ClaimsPrincipal Caller,
    RevisionLog Log,
    IDecisionLog Decisions,
    TimeProvider Time,
    IOptions<JsonOptions> Json,
    ILogger<Change> Logger,
    CancellationToken CancellationToken)
{
    /// <summary>The header that says how many decisions the guard against lock-outs went on without.</summary>
    public const string UnreadableDecisions = "X-Unreadable-Decisions";

    private const int DefaultImpactDays = 7;
    private const int MostImpactDays = 90;
    private const int MaxComment = 500;

    // As many as can be read and decided again while somebody waits.
    private const int MostDecisions = 10_000;

    /// <summary>The name under which the change is recorded.</summary>
    public string Who => Caller.Identity?.Name ?? throw new InvalidOperationException("The caller's token names nobody.");

    /// <summary>Commits and answers; or answers what that would change, or why it isn't done.</summary>
    /// <param name="propose">Makes the outcome on the newest rules; called again when another change gets there first.</param>
    public async Task<IResult> CommitAsync(Func<Snapshot, Outcome> propose)
    {
        var errors = new Errors();
        Checks.Text(Comment ?? "", MaxComment, "X-Comment", errors);
        if (ImpactDays is < 1 or > MostImpactDays)
        {
            errors.Add("impactDays", $"Give a number from 1 to {MostImpactDays}.");
        }

        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var answer = Results.Empty;
        var unreadable = 0;
        if (DryRun == true)
        {
            await ProposeAsync(await Log.ReadHeadAsync(CancellationToken)); // it commits nothing, so it needs no turn and takes none
        }
        else
        {
            await Log.CommitAsync(Who, ProposeAsync, CancellationToken);
        }

        return unreadable == 0 ? answer : answer.WithHeader(UnreadableDecisions, $"{unreadable}");

        async Task<Proposal?> ProposeAsync(Snapshot head)
        {
            (answer, var proposal) = propose(head);
            if (proposal is null)
            {
                return null;
            }

            if (DryRun == true)
            {
                answer = TypedResults.Ok(new DryRun(head, proposal.Rules, Json.Value.SerializerOptions)
                {
                    Impact = await ImpactOfAsync(head.Rules, proposal.Rules),
                    BrokenRuleTests = BrokenRuleTest.Between(head.Rules, proposal.Rules, Time.GetUtcNow()),
                });
                return null;
            }

            if (ReferenceEquals(proposal.Rules, head.Rules))
            {
                return null;
            }

            if (Force != true)
            {
                (var refusal, unreadable) = await RefuseAsync(head.Rules, proposal.Rules);
                if (refusal is not null)
                {
                    answer = refusal;
                    return null;
                }
            }

            return proposal with { Comment = string.IsNullOrEmpty(Comment) ? null : Comment };
        }
    }

    /// <returns>Why it isn't done; null if it may be. And how many decisions could not be read for that.</returns>
    private async Task<(IResult? Refusal, int Unreadable)> RefuseAsync(RuleSet before, RuleSet after)
    {
        var broken = BrokenRuleTest.Between(before, after, Time.GetUtcNow());
        var impact = Impact.CanDeny(before, after) ? await ImpactOfAsync(before, after) : null;
        var reasons = new List<string>();
        if (broken.Count > 0)
        {
            reasons.Add($"It breaks {broken.Count} rule test{(broken.Count == 1 ? "" : "s")}: {string.Join(", ", broken.Select(t => $"'{t.Description}' ({t.Id})"))}.");
        }

        if (impact is { LocksOut: true })
        {
            reasons.Add($"It denies {impact.DeniedUserCount} of the {impact.AllowedUsers} users who came in during the last {impact.Days} days.");
        }

        if (reasons.Count > 0 && impact is { Unreadable: > 0 })
        {
            reasons.Add($"Decisions that can't be read, and aren't counted: {impact.Unreadable}.");
        }

        var refusal = reasons.Count == 0
            ? null
            : Problems.Of(
                StatusCodes.Status409Conflict,
                $"{string.Join(' ', reasons)} Nothing was changed. Mend the change, or make it all the same with ?force=true.",
                new() { ["brokenRuleTests"] = broken, ["impact"] = impact });
        return (refusal, impact?.Unreadable ?? 0);
    }

    private async Task<Impact> ImpactOfAsync(RuleSet before, RuleSet after)
    {
        var days = ImpactDays ?? DefaultImpactDays;
        var now = Time.GetUtcNow();
        var query = new DecisionQuery { From = now.AddDays(-days), Limit = MostDecisions, Now = now };
        var (decisions, areAll, unreadable) = await Decisions.ListAllAsync(query, MostDecisions, CancellationToken);
        Logger.WarnOfUnreadable(unreadable);
        return Impact.Of(decisions, areAll, days, before, after, now) with { Unreadable = unreadable };
    }
}

/// <summary>What becomes of a change that somebody asked for.</summary>
/// <param name="Answer">The answer, once the proposal is committed.</param>
/// <param name="Proposal">What to commit: the present rules themselves if it changes nothing; null if the change is refused.</param>
internal sealed record Outcome(IResult Answer, Proposal? Proposal = null)
{
    public static Outcome Unchanged(IResult answer, Snapshot head) => new(answer, new Proposal(head.Rules, ""));
}

/// <summary>What a change would do.</summary>
internal sealed record DryRun : RuleSetChanges
{
    public DryRun(Snapshot head, RuleSet rules, JsonSerializerOptions json)
        : base(head, null, rules, json)
    {
    }

    /// <summary>Whom it would affect: which of the decisions recorded lately would come out differently.</summary>
    [JsonPropertyOrder(1)]
    public required Impact Impact { get; init; }

    /// <summary>The rule tests that it would break; if there are any, it needs force.</summary>
    [JsonPropertyOrder(2)]
    public required IReadOnlyList<BrokenRuleTest> BrokenRuleTests { get; init; }
}
