using ClientVpnAdmin.AdminApi.Changes;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.AdminApi.RuleObjects;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.RuleTests;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;

namespace ClientVpnAdmin.AdminApi.RuleTests;

internal static class RuleTestsApi
{
    private static readonly Kind<RuleTest> Tests = new(
        "rule test", "/api/rule-tests", r => r.RuleTests, (r, tests) => r.With(tests), RuleSetCodec.Fingerprint, t => $"'{t.Description}'", RuleSet.MaxRuleTests);

    public static void MapRuleTests(this ApiGroup api)
    {
        api.Reading.MapGet("/rule-tests", List).WithTags("Rule tests").WithName("ListRuleTests")
            .WithSummary("Lists rule tests, the oldest first.")
            .AnswersTagged<Page<RuleTest>>();
        api.Editing.MapPost("/rule-tests", Add).WithTags("Rule tests").WithName("AddRuleTest")
            .WithSummary("Adds a rule test: an expectation that every later change must meet.")
            .WithDescription("A change after which the event, at that time, isn't decided as expected is refused with 409, this one included. Let your own way in be such a test.")
            .AnswersTagged<RuleTest>(StatusCodes.Status201Created)
            .TakesJson(Example).Changes();
        api.Reading.MapGet("/rule-tests/{id}", Get).WithTags("Rule tests").WithName("GetRuleTest")
            .WithSummary("Shows one rule test.")
            .AnswersTagged<RuleTest>().ProducesProblem(StatusCodes.Status404NotFound);
        api.Editing.MapPut("/rule-tests/{id}", Replace).WithTags("Rule tests").WithName("ReplaceRuleTest")
            .WithSummary("Replaces one rule test.")
            .WithDescription("What is left out takes its default, as with a new test.")
            .AnswersTagged<RuleTest>()
            .TakesJson(Example)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status412PreconditionFailed).Changes();
        api.Editing.MapDelete("/rule-tests/{id}", Delete).WithTags("Rule tests").WithName("DeleteRuleTest")
            .WithSummary("Deletes one rule test.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status412PreconditionFailed).Changes();
    }

    private const string Example = """
        {
          "description": "Nobody gets in from an address that no range has",
          "event": { "endpoint-id": "cvpn-endpoint-0f13eab7f860433cc", "username": "alice", "public-ip": "192.0.2.7", "schema-version": "v3" },
          "allowed": false
        }
        """;

    private static Task<IResult> List([AsParameters] Paging paging, RevisionLog log, CancellationToken cancellationToken) =>
        Tests.ListAsync(paging, _ => true, new Errors(), log, cancellationToken);

    private static Task<IResult> Get(string id, RevisionLog log, CancellationToken cancellationToken) => Tests.GetAsync(id, log, cancellationToken);

    private static Task<IResult> Add(RuleTestInput input, [AsParameters] Change change) => Tests.AddAsync(input.Id, input.Check, null, change);

    private static Task<IResult> Replace(string id, RuleTestInput input, [FromHeader(Name = "If-Match")] string? ifMatch, [AsParameters] Change change) =>
        Tests.ReplaceAsync(id, input.Id, ifMatch, input.Check, null, change);

    private static Task<IResult> Delete(string id, [FromHeader(Name = "If-Match")] string? ifMatch, [AsParameters] Change change) =>
        Tests.DeleteAsync(id, ifMatch, change);
}
