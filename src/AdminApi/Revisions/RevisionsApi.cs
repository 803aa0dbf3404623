using System.Globalization;
using ClientVpnAdmin.AdminApi.Changes;
using ClientVpnAdmin.AdminApi.Http;
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
        api.Reading.MapGet("/revisions", ListRevisions).WithTags("Revisions").WithName("ListRevisions")
            .WithSummary("Lists revisions, the newest first: who changed what, and when.")
            .Produces<Page<Revision>>();
        api.Reading.MapGet("/revisions/{number}", Get).WithTags("Revisions").WithName("GetRevision")
            .WithSummary("Shows one revision.")
            .AnswersTagged<Revision>().ProducesProblem(StatusCodes.Status404NotFound);
        api.Reading.MapGet("/revisions/{number}/changes", ListChanges).WithTags("Revisions").WithName("ListChanges")
            .WithSummary("Shows what is different in a revision: added, removed, and changed field by field.")
            .Produces<RuleSetChanges>().ProducesProblem(StatusCodes.Status404NotFound);
        api.Editing.MapPost("/revisions/{number}/restore", Restore).WithTags("Revisions").WithName("RestoreRevision")
            .WithSummary("Makes the rules what they were in a revision.")
            .WithDescription(
                "The older rules are committed again, as a new revision; what was committed since stays in the history. Objects come "
                + "back with their ids.")
            .Produces<RestoredRevision>().ProducesProblem(StatusCodes.Status404NotFound).Changes();
    }

    private static async Task<IResult> ListRevisions([AsParameters] Paging paging, RevisionLog log, CancellationToken cancellationToken)
    {
        var errors = new Errors();
        var before = paging.ParseCursor(List, errors) is { } cursor ? -cursor.Major : long.MaxValue;
        var revisions = await log.ListAsync(before, paging.CheckLimit(errors) + 1, cancellationToken);
        return paging.Cut(revisions, List, r => (-r.Number, Guid.Empty), errors) is { } page
            ? TypedResults.Ok(page)
            : Problems.Invalid(errors);
    }

    private static async Task<IResult> Get(long number, RevisionLog log, CancellationToken cancellationToken) =>
        await log.FindAsync(number, cancellationToken) is { } revision
            ? TypedResults.Ok(revision).WithETag(number)
            : NotFound(number);

    private static async Task<IResult> ListChanges(
        long number,
        [FromQuery(Name = "since")] long? since,
        RevisionLog log,
        IOptions<JsonOptions> json,
        CancellationToken cancellationToken)
    {
        if (await log.FindAsync(number, cancellationToken) is null)
        {
            return NotFound(number);
        }

        var before = since ?? number - 1;
        return await log.ReadAsync(before, cancellationToken) is { } old && await log.ReadAsync(number, cancellationToken) is { } @new
            ? TypedResults.Ok(new RuleSetChanges(old, number, @new.Rules, json.Value.SerializerOptions))
            : Problems.Invalid(
                "since", $"There is no revision {before}. GET /api/revisions lists those there are; leave it out for the one before.");
    }

    private static async Task<IResult> Restore(long number, [AsParameters] ChangeOptions options, RevisionLog log, RuleEditor editor)
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

        var stored = RuleSetCodec.Encode(old.Rules);
        var outcome = await editor.EditAsync(options, Restore);
        return outcome.Answer(head => TypedResults.Ok(new RestoredRevision(number, head.Revision)));

        Edit Restore(Snapshot head) => RuleSetCodec.Encode(head.Rules).AsSpan().SequenceEqual(stored)
            ? new Edit.Nothing()
            : new Edit.To(old.Rules, string.Create(CultureInfo.InvariantCulture, $"Restored revision {number}."));
    }

    private static IResult NotFound(long number) => Problems.NotFound(string.Create(CultureInfo.InvariantCulture, $"revision {number}"));
}

/// <summary>What became of a restoration.</summary>
/// <param name="Restored" example="41">The revision whose rules are there again.</param>
/// <param name="Revision" example="43">The revision that has them now.</param>
internal sealed record RestoredRevision(long Restored, long Revision);
