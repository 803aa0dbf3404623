using ClientVpnAdmin.AdminApi.Changes;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.AdminApi.Ranges;
using ClientVpnAdmin.AdminApi.RuleObjects;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Decisions;

internal static class DecisionsApi
{
    private const string List = "/api/decisions";

    public static void MapDecisions(this ApiGroup api)
    {
        api.Reading.MapGet("/decisions", ListDecisions).WithTags("Decisions").WithName("ListDecisions")
            .WithSummary("Lists what the handler decided lately, the newest first.")
            .WithDescription(
                "A page may hold fewer than limit, even none, though there are more: go on until nextCursor is null. "
                + "A decision that can't be read is listed by what the store finds it by, and marked as unreadable; "
                + "one whose key can't be read either is only counted.")
            .Produces<PageOfDecisions<RecordedDecision>>();
        api.Editing.MapPost("/decisions/{id}/allow", Allow).WithTags("Decisions").WithName("AllowDecision")
            .WithSummary("Lets the address of a denied connection in, for that user, for a while.")
            .WithDescription(
                "Adds a range for that address, endpoint, user name and common name, as far as the event has them. It expires.")
            .AnswersTagged<AddressRange>(StatusCodes.Status201Created)
            .TakesJson("""{ "duration": "PT8H", "reason": "Alice works from a hotel, ticket 4711" }""")
            .ProducesProblem(StatusCodes.Status404NotFound).Changes();
    }

    private static async Task<IResult> Allow(string id, TemporaryAccess access, [AsParameters] Change change)
    {
        if (Kind<AddressRange>.ReadId(id) is not { } key)
        {
            return Kind<AddressRange>.InvalidId(id);
        }

        return await change.Decisions.FindAsync(key, change.Time.GetUtcNow(), change.CancellationToken) is { } decision
            ? await access.AllowAsync(decision, change)
            : Problems.NotFound($"decision {key}, or not any more");
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
        var query = filter.Read(paging.ReadLimit(errors), paging.ReadCursor(List, errors), time.GetUtcNow(), errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var page = await log.ListAsync(query, cancellationToken);
        logger.WarnOfUnreadable(page.Unreadable);
        return TypedResults.Ok(new PageOfDecisions<RecordedDecision>(
            page.Items, page.Next is { } next ? Paging.WriteCursor(List, next.Ticks, next.Id) : null, page.Unreadable));
    }
}
