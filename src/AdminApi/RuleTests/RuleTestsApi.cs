using System.Collections.Immutable;
using ClientVpnAdmin.AdminApi.Changes;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.AdminApi.RuleObjects;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.RuleTests;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace ClientVpnAdmin.AdminApi.RuleTests;

internal sealed class RuleTestsApi(
    RevisionLog log, RuleEditor editor, MergePatch mergePatch, IOptions<JsonOptions> json, TimeProvider time)
    : RuleObjectApi<RuleTest, RuleTestInput>(log, editor, mergePatch, json, time)
{
    private const string Example = """
        {
          "description": "Nobody gets in from an address that no range has",
          "event": {
            "endpoint-id": "cvpn-endpoint-0f13eab7f860433cc", "username": "alice", "public-ip": "192.0.2.7", "schema-version": "v3"
          },
          "allowed": false
        }
        """;

    protected override string Noun => "rule test";

    protected override int Max => RuleSet.MaxRuleTests;

    protected override string AddSummary => "Adds a rule test: an expectation that every later change must meet.";

    protected override string AddDescription =>
        "A change after which the event, at that time, isn't decided as expected is refused with 409, this one included. "
        + "Let your own way in be such a test.";

    protected override string AddExample => Example;

    protected override string ReplaceExample => Example;

    protected override string PatchExample => """{ "description": "Nobody gets in from elsewhere" }""";

    protected override ImmutableArray<RuleTest> Objects(RuleSet rules) => rules.RuleTests;

    protected override RuleSet With(RuleSet rules, IEnumerable<RuleTest> objects) => rules.With(objects);

    protected override string Name(RuleTest one, RuleSet rules) => $"'{one.Description}'";
}
