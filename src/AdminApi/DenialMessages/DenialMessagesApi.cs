using ClientVpnAdmin.AdminApi.Changes;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.AdminApi.RuleObjects;
using ClientVpnAdmin.DenialMessages;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;

namespace ClientVpnAdmin.AdminApi.DenialMessages;

internal static class DenialMessagesApi
{
    private static readonly Kind<DenialMessage> Messages = new(
        "denial message",
        "/api/denial-messages",
        r => r.DenialMessages,
        (r, messages) => r.With(messages),
        RuleSetCodec.Fingerprint,
        m => $"for {m.EndpointId ?? "any endpoint"} and {(m.Reason is { } reason ? Words.Of(reason) : "any reason")}",
        RuleSet.MaxDenialMessages);

    public static void MapDenialMessages(this ApiGroup api)
    {
        api.Reading.MapGet("/denial-messages", List).WithTags("Denial messages").WithName("ListDenialMessages")
            .WithSummary("Lists denial messages, the oldest first.")
            .AnswersTagged<Page<DenialMessage>>();
        api.Editing.MapPost("/denial-messages", Add).WithTags("Denial messages").WithName("AddDenialMessage")
            .WithSummary("Adds a denial message.")
            .WithDescription("Only text is needed. A denied person is told the most specific one: for endpoint and reason, then endpoint, then reason, then neither.")
            .AnswersTagged<DenialMessage>(StatusCodes.Status201Created)
            .TakesJson("""{ "text": "You can't connect from {public-ip} ({reason}). Please contact it@example.com." }""")
            .Changes();
        api.Reading.MapGet("/denial-messages/{id}", Get).WithTags("Denial messages").WithName("GetDenialMessage")
            .WithSummary("Shows one denial message.")
            .AnswersTagged<DenialMessage>().ProducesProblem(StatusCodes.Status404NotFound);
        api.Editing.MapPut("/denial-messages/{id}", Replace).WithTags("Denial messages").WithName("ReplaceDenialMessage")
            .WithSummary("Replaces one denial message.")
            .WithDescription("What is left out takes its default, as with a new message.")
            .AnswersTagged<DenialMessage>()
            .TakesJson("""{ "text": "{public-ip} is not an office address. Please contact it@example.com.", "reason": "address-not-allowed" }""")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed).Changes();
        api.Editing.MapDelete("/denial-messages/{id}", Delete).WithTags("Denial messages").WithName("DeleteDenialMessage")
            .WithSummary("Deletes one denial message.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status412PreconditionFailed).Changes();
    }

    private static Task<IResult> List([AsParameters] Paging paging, RevisionLog log, CancellationToken cancellationToken) =>
        Messages.ListAsync(paging, _ => true, new Errors(), log, cancellationToken);

    private static Task<IResult> Get(string id, RevisionLog log, CancellationToken cancellationToken) => Messages.GetAsync(id, log, cancellationToken);

    private static Task<IResult> Add(DenialMessageInput input, [AsParameters] Change change) => Messages.AddAsync(input.Id, input.Check, FindConflict, change);

    private static Task<IResult> Replace(
        string id, DenialMessageInput input, [FromHeader(Name = "If-Match")] string? ifMatch, [AsParameters] Change change) =>
        Messages.ReplaceAsync(id, input.Id, ifMatch, input.Check, FindConflict, change);

    private static Task<IResult> Delete(string id, [FromHeader(Name = "If-Match")] string? ifMatch, [AsParameters] Change change) =>
        Messages.DeleteAsync(id, ifMatch, change);

    private static IResult? FindConflict(DenialMessage candidate, Func<RuleSet> rules, IEnumerable<DenialMessage> others) =>
        others.FirstOrDefault(m => m.EndpointId == candidate.EndpointId && m.Reason == candidate.Reason) is { } rival
            ? Problems.Of(StatusCodes.Status409Conflict, $"The denial message {rival.Id} is for the same endpoint and reason: change that one, or give another endpointId or reason.")
            : null;
}
