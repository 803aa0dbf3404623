using ClientVpnAdmin.Http;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.Decisions;

internal static class DecisionsApi
{
    private const string List = "/api/decisions";

    public static void MapDecisions(this ApiGroup api) =>
        api.Reading.MapGet("/decisions", ListDecisions).WithTags("Decisions").WithName("ListDecisions")
            .WithSummary("Lists what the handler decided lately, the newest first.")
            .WithDescription("A page may hold fewer than limit, even none, though there are more: go on until nextCursor is null.")
            .Produces<Page<RecordedDecision>>();

    private static async Task<IResult> ListDecisions(
        [AsParameters] Paging paging, [AsParameters] DecisionFilter filter, IDecisionLog log, TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new Errors();
        var query = filter.Read(paging.ReadLimit(errors), paging.ReadCursor(List, errors), time.GetUtcNow(), errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var page = await log.ListAsync(query, cancellationToken);
        return TypedResults.Ok(new Page<RecordedDecision>(page.Items, page.Next is { } next ? Paging.WriteCursor(List, next.Ticks, next.Id) : null));
    }
}
