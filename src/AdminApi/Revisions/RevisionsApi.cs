using System.Globalization;
using ClientVpnAdmin.AdminApi.Changes;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.AdminApi.Ranges;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace ClientVpnAdmin.AdminApi.Revisions;

internal static class RevisionsApi
{
    private const string List = "/api/revisions";

    public static void MapRevisions(this ApiGroup api)
    {
        api.Reading.MapRead("/revisions", ListRevisions).WithTags("Revisions").WithName("ListRevisions")
            .WithSummary("Lists revisions, the newest first: who changed what, and when.")
            .Produces<Page<Revision>>();
        api.Reading.MapRead("/revisions/verify", VerifyAsync).WithTags("Revisions").WithName("VerifyRevisions")
            .WithSummary("Looks whether the history is what was committed, and names the first revision that is not.")
            .WithDescription(
                "Each revision has a digest over itself and the one before. Whoever rewrites, inserts or removes one by other means "
                + "would have to make all after it anew: compare head with the chain that the portal's log has of that commit.")
            .Produces<HistoryCheck>();
        api.Reading.MapRead("/revisions/{number}", Get).WithTags("Revisions").WithName("GetRevision")
            .WithSummary("Shows one revision.")
            .AnswersTagged<Revision>().AnswersProblem(StatusCodes.Status404NotFound);
        api.Reading.MapRead("/revisions/{number}/changes", ListChanges).WithTags("Revisions").WithName("ListChanges")
            .WithSummary("Shows what is different in a revision: added, removed, and changed field by field.")
            .WithDescription(
                "A page has at most limit of each: of what was added, removed and changed among each kind of object, and of each address "
                + "list's entries. The counts are of all of them, and the settings are whole, on every page.")
            .Produces<RuleSetChanges>().AnswersProblem(StatusCodes.Status404NotFound);
        api.MapChange(HttpMethods.Post, "/revisions/{number}/restore", Restore, call => call
            .WithTags("Revisions").WithName("RestoreRevision")
            .WithSummary("Makes the rules what they were in a revision.")
            .WithDescription(
                "The older rules are committed again, as a new revision; what was committed since stays in the history. Objects come "
                + "back with their ids. The rule tests stay as they are now, unless it is told otherwise.")
            .Produces<RestoredRevision>().AnswersProblem(StatusCodes.Status404NotFound));
        api.MapChange(HttpMethods.Post, "/revisions/undo", Undo, call => call.WithTags("Revisions").WithName("UndoRevision")
            .WithSummary("Takes the last change back, or that of one revision alone.")
            .WithDescription(
                "What that revision added is removed, what it removed comes back with its id, and what it changed becomes what it was; "
                + "changes that were made to other things since stay. 409 when what it changed has been changed again since.")
            .Produces<UndoneRevision>().AnswersProblem(StatusCodes.Status404NotFound));
    }

    private static async Task<IResult> VerifyAsync(RevisionLog log, CancellationToken cancellationToken) =>
        TypedResults.Ok(await log.VerifyAsync(cancellationToken));

    private static async Task<IResult> ListRevisions(
        [AsParameters] Paging paging, RevisionLog log, IOptions<JsonOptions> json, CancellationToken cancellationToken)
    {
        var errors = new Errors();
        var before = paging.ParseNumberCursor(List, errors)?.Number ?? long.MaxValue;
        var limit = paging.CheckLimit(errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var revisions = await log.ListAsync(before, limit + 1, cancellationToken);
        var page = paging.Cut(
            revisions, List, r => (Paging.KeyOf(r.Number), Guid.Empty), json.Value.SerializerOptions, errors, isDescending: true);
        return TypedResults.Ok(page);
    }

    private static async Task<IResult> Get(long number, RevisionLog log, CancellationToken cancellationToken) =>
        await log.FindAsync(number, cancellationToken) is { } revision
            ? TypedResults.Ok(revision).WithETag(number)
            : NotFound(number);

    private static async Task<IResult> ListChanges(
        long number,
        [FromQuery(Name = "since")] long? since,
        [AsParameters] Paging paging,
        RevisionLog log,
        IOptions<JsonOptions> json,
        CancellationToken cancellationToken)
    {
        var before = since ?? number - 1;
        var list = string.Create(CultureInfo.InvariantCulture, $"{List}/{number}/changes since {before}");
        var errors = new Errors();
        var limit = paging.CheckLimit(errors);
        var start = (int)Math.Clamp(paging.ParseNumberCursor(list, errors)?.Number ?? 0, 0, int.MaxValue - limit);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        if (await log.FindAsync(number, cancellationToken) is null)
        {
            return NotFound(number);
        }

        return await log.ReadAsync(before, cancellationToken) is { } old && await log.ReadAsync(number, cancellationToken) is { } @new
            ? TypedResults.Ok(new RuleSetComparison(old, number, @new.Rules, json.Value.SerializerOptions)
                .Page(start, limit, next => Paging.WriteCursor(list, Paging.KeyOf(next), Guid.Empty)))
            : Problems.Invalid("since", new(
                "no-such-revision",
                $"There is no revision {before}. GET /api/revisions lists those there are; leave it out for the one before.",
                ("given", before)));
    }

    private static async Task<IResult> Restore(
        long number,
        [FromQuery(Name = "restoreRuleTests")] bool? restoreRuleTests,
        [AsParameters] ChangeOptions options,
        RevisionLog log,
        RuleEditor editor)
    {
        var errors = new Errors();
        options.Check(errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        if (await log.ReadAsync(number, options.CancellationToken) is not { } old)
        {
            return NotFound(number);
        }

        var outcome = await editor.EditAsync(options, Restore);
        return outcome.Answer(head => TypedResults.Ok(new RestoredRevision(number, head.Revision)));

        Edit Restore(Snapshot head)
        {
            var rules = restoreRuleTests == true ? old.Rules : old.Rules.With(head.Rules.RuleTests);
            return RuleItems.AreEqual(head.Rules, rules)
                ? new Edit.Nothing()
                : new Edit.To(rules, string.Create(CultureInfo.InvariantCulture, $"Restored revision {number}."), old);
        }
    }

    private static async Task<IResult> Undo(
        [FromQuery(Name = "revision")] long? revision,
        [AsParameters] ChangeOptions options,
        RevisionLog log,
        RuleEditor editor,
        TimeProvider time)
    {
        var errors = new Errors();
        options.Check(errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var number = revision ?? (await log.ReadHeadAsync(options.CancellationToken)).Revision;
        if (await log.FindAsync(number, options.CancellationToken) is not { } made
            || await log.ReadAsync(number - 1, options.CancellationToken) is not { } before
            || await log.ReadAsync(number, options.CancellationToken) is not { } after)
        {
            return NotFound(number);
        }

        var outcome = await editor.EditAsync(options, Undo);
        return outcome.Answer(head => TypedResults.Ok(new UndoneRevision(number, head.Revision)));

        Edit Undo(Snapshot head)
        {
            // Without a number the last change is meant that the caller could see, not one that another makes at the same time.
            if (revision is null && head.Revision != number)
            {
                return new Edit.Refused(Problems.Create(
                    StatusCodes.Status409Conflict,
                    "changed-meanwhile",
                    "Somebody else has changed the rules at this moment; nothing was undone. Look at GET /api/revisions, and name the "
                    + "revision that you mean with ?revision=."));
            }

            var undo = new Inverse(before.Rules, after.Rules, options.Who, time.GetUtcNow());
            var present = head.Rules.Ranges.ToDictionary(r => r.Id);
            return undo.On(head.Rules) is not { } rules ? new Edit.Refused(Problems.Create(
                    StatusCodes.Status409Conflict,
                    "changed-since",
                    $"What revision {number} changed has been changed again since: {undo.Collision}. Nothing was undone. Undo that "
                    + "change first, or make yours by hand.",
                    ("revision", number),
                    ("collision", undo.Collision!)))
                : RuleItems.AreEqual(head.Rules, rules) ? new Edit.Nothing()
                : RangesApi.FindTwice(rules.Ranges.Where(IsElsewhere), rules.Ranges, options) is { } twice ? new Edit.Refused(twice)
                : new Edit.To(
                    rules,
                    string.Create(CultureInfo.InvariantCulture, $"Undid revision {number}: {made.Summary}"),
                    head.Revision == number ? before : null);

            bool IsElsewhere(AddressRange range) => RangesApi.IsElsewhere(present.GetValueOrDefault(range.Id), range);
        }
    }

    private static IResult NotFound(long number) => Problems.NotFound("revision", number);
}

/// <summary>What became of an undo.</summary>
/// <param name="Undone" example="42">The revision whose change was taken back.</param>
/// <param name="Revision" example="43">The revision that has the rules without it.</param>
internal sealed record UndoneRevision(long Undone, long Revision);

/// <summary>What became of a restoration.</summary>
/// <param name="Restored" example="41">The revision whose rules are there again.</param>
/// <param name="Revision" example="43">The revision that has them now.</param>
internal sealed record RestoredRevision(long Restored, long Revision);
