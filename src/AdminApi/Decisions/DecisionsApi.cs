using System.Text;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.Validation;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

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
                + "one whose key can't be read either is only counted. For a CIDR block and for q, 5,000 decisions are looked through for "
                + "a page. With Accept: text/csv the answer is a CSV, without the events; the header Link with rel=\"next\" has the "
                + "address of the next page. Texts in it that a spreadsheet would take for a formula begin with an apostrophe.")
            .Produces<PageOfDecisions<ShownDecision>>()
            .WithMetadata(new CsvAnswer());
        api.Reading.MapRead("/decisions/summary", Summarize).WithTags("Decisions").WithName("SummarizeDecisions")
            .WithSummary("Counts decisions by hour or day, outcome and reason, and shows whom and what most of them were about.")
            .WithDescription(
                "Decisions are counted when they are recorded, so that the answer is quick however many there are. "
                + "Whole hours or days are counted, and whole UTC days for those at the top: see from and to in the answer. "
                + "At most 31 days can be asked for. In DynamoDB a count may be off by a few where a request failed or was repeated.")
            .Produces<DecisionSummary>();
        api.Reading.MapRead("/decisions/{id}", GetDecision).WithTags("Decisions").WithName("GetDecision")
            .WithSummary("Shows one decision.")
            .Produces<ShownDecision>().AnswersProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> GetDecision(string id, IDecisionLog log, TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new Errors();
        return Ids.Check(id, errors) is not { } key ? Problems.Invalid(errors)
            : await log.FindAsync(key, time.GetUtcNow(), cancellationToken) is { } decision
                ? TypedResults.Ok(new ShownDecision(decision))
                : Problems.NotFound("decision", key);
    }

    private static async Task<IResult> Summarize(
        [AsParameters] SummaryQuery query, IDecisionLog log, RevisionLog revisions, TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new Errors();
        return await query.AnswerAsync(log, revisions, time.GetUtcNow(), errors, cancellationToken) is { } summary
            ? TypedResults.Ok(summary)
            : Problems.Invalid(errors);
    }

    private static async Task<IResult> ListDecisions(
        [AsParameters] Paging paging,
        [AsParameters] DecisionFilter filter,
        IDecisionLog log,
        TimeProvider time,
        ILogger<RecordedDecision> logger,
        HttpRequest request,
        IOptions<JsonOptions> json,
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
        List<ShownDecision> shown = [.. page.Items.Select(d => new ShownDecision(d))];
        var (next, unreadable) = (page.Next, page.Unreadable);
        if (Paging.CountThatFit(shown, json.Value.SerializerOptions) is var count && count < shown.Count)
        {
            shown.RemoveRange(count, shown.Count - count);
            (next, unreadable) = (new DecisionKey(shown[^1].Time.UtcTicks, shown[^1].Id), shown.Count(d => d.Unreadable));
        }

        var cursor = next is { } key ? Paging.WriteCursor(List, Paging.KeyOf(key.Ticks), key.Id) : null;
        var answer = Csv.IsPreferred(request)
            ? TypedResults.Text(DecisionsCsv.Write(shown), Csv.ContentType, Encoding.UTF8).WithNextPage(request, cursor)
            : TypedResults.Ok(new PageOfDecisions<ShownDecision>(shown, cursor, unreadable));
        return answer.WithHeader(HeaderNames.Vary, HeaderNames.Accept);
    }
}
