using System.Collections.Immutable;
using ClientVpnAdmin.AdminApi.Changes;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.AdminApi.RuleObjects;
using ClientVpnAdmin.DenialMessages;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Validation;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace ClientVpnAdmin.AdminApi.DenialMessages;

internal sealed class DenialMessagesApi(
    RevisionLog log, RuleEditor editor, MergePatch mergePatch, IOptions<JsonOptions> json, TimeProvider time)
    : RuleObjectApi<DenialMessage, DenialMessageInput>(log, editor, mergePatch, json, time)
{
    protected override string Noun => "denial message";

    protected override int Max => RuleSet.MaxDenialMessages;

    protected override string AddDescription =>
        "Only text is needed. A denied person is told the most specific one: for endpoint and reason, then endpoint, then reason, then "
        + "neither.";

    protected override string AddExample =>
        """{ "text": "You can't connect from {public-ip} ({reason}). Please contact it@example.com." }""";

    protected override string ReplaceExample =>
        """{ "text": "{public-ip} is not an office address. Please contact it@example.com.", "reason": "address-not-allowed" }""";

    protected override string PatchExample => """{ "text": "Please call the help desk: 03-1234-5678 ({reason})." }""";

    protected override ImmutableArray<DenialMessage> Objects(RuleSet rules) => rules.DenialMessages;

    protected override RuleSet With(RuleSet rules, IEnumerable<DenialMessage> objects) => rules.With(objects);

    protected override string Name(DenialMessage one, RuleSet rules) =>
        $"for {one.EndpointId ?? "any endpoint"} and {(one.Reason is { } reason ? Words.Format(reason) : "any reason")}";

    protected override IResult? FindConflict(
        DenialMessage? old, DenialMessage candidate, RuleSet rules, ChangeOptions options) =>
        rules.DenialMessages.FirstOrDefault(m =>
            m.Id != old?.Id && m.EndpointId == candidate.EndpointId && m.Reason == candidate.Reason) is { } rival
            ? Problems.Create(
                StatusCodes.Status409Conflict,
                "same-endpoint-and-reason",
                $"The denial message {rival.Id} is for the same endpoint and reason: change that one, or give another endpointId or "
                + "reason.",
                ("id", rival.Id))
            : null;
}
