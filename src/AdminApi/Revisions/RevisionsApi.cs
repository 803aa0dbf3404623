using System.Globalization;
using ClientVpnAdmin.Http;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.Revisions;

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
    }

    private static async Task<IResult> ListRevisions([AsParameters] Paging paging, RevisionLog log, CancellationToken cancellationToken)
    {
        var errors = new Errors();
        var before = paging.ReadCursor(List, errors) is { } cursor ? -cursor.Major : long.MaxValue;
        var revisions = await log.ListAsync(before, paging.ReadLimit(errors) + 1, cancellationToken);
        return paging.Cut(revisions, List, r => (-r.Number, Guid.Empty), errors) is { } page ? TypedResults.Ok(page) : Problems.Invalid(errors);
    }

    private static async Task<IResult> Get(long number, RevisionLog log, CancellationToken cancellationToken) =>
        await log.FindAsync(number, cancellationToken) is { } revision
            ? TypedResults.Ok(revision).WithETag(number.ToString(CultureInfo.InvariantCulture))
            : Problems.NotFound(string.Create(CultureInfo.InvariantCulture, $"revision {number}"));
}
