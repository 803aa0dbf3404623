using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Decisions;

internal static class DecisionsApi
{
    private const string List = "/api/decisions";

    public static void MapDecisions(this ApiGroup api)
    {
        api.Reading.MapRead("/decisions", ListDecisions).WithTags("Decisions").WithName("ListDecisions")
            .WithSummary("Lists what the handler decided lately, the newest first.")
            .WithDescription(
                "A page may hold fewer than limit, even none, though there are more: go on until nextCursor is null. "
                + "A decision that can't be read is listed by what the store finds it by, and marked as unreadable; "
                + "one whose key can't be read either is only counted.")
            .Produces<PageOfDecisions<ShownDecision>>();
    }

    private static async Task<IResult> ListDecisions(
        [AsParameters] Paging paging,
        [AsParameters] DecisionFilter filter,
        IDecisionLog log,
        TimeProvider time,
        ILogger<RecordedDecision> logger,
        CancellationToken cancellationToken)
    {
        var errors = new Errors();
        var query = filter.ToQuery(paging.CheckLimit(errors), paging.ParseNumberCursor(List, errors), time.GetUtcNow(), errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var page = await log.ListAsync(query, cancellationToken);
        logger.WarnOfUnreadable(page.Unreadable);
        return TypedResults.Ok(new PageOfDecisions<ShownDecision>(
            [.. page.Items.Select(d => new ShownDecision(d))],
            page.Next is { } next ? Paging.WriteCursor(List, Paging.KeyOf(next.Ticks), next.Id) : null,
            page.Unreadable));
    }
}
