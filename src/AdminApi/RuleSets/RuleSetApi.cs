using System.Globalization;
using System.Text;
using ClientVpnAdmin.AdminApi.AddressLists;
using ClientVpnAdmin.AdminApi.Changes;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.AdminApi.Ranges;
using ClientVpnAdmin.AdminApi.Settings;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace ClientVpnAdmin.AdminApi.RuleSets;

/// <summary>The whole rule set as one document, fit for version control.</summary>
internal sealed class RuleSetApi(RevisionLog log, RuleEditor editor, IOptions<JsonOptions> json, TimeProvider time)
{
    private readonly RuleSetDocument document = new(json.Value.SerializerOptions, withSourced: false);
    private readonly RuleSetDocument wholeDocument = new(json.Value.SerializerOptions, withSourced: true);

    public void Map(ApiGroup api)
    {
        api.Reading.MapRead("/rule-set", GetAsync).WithTags("Rule set").WithName("GetRuleSet")
            .WithSummary("Shows the whole rule set as one document, as PUT /api/rule-set takes it.")
            .WithDescription(
                "The same rules have the same bytes, whatever their history: objects are sorted by id and have all their members but when "
                + "and by whom they were made; the document is indented with two spaces and ends with a line break. The ETag is the number "
                + "of the revision. Entries that come from a source are left out, or each refresh would change the document; to move "
                + "rules to another store take them along with sourcedEntries=true.")
            .AnswersTagged<RuleSetInput>();
        api.MapChange(HttpMethods.Put, "/rule-set", ReplaceAsync, call => call.WithTags("Rule set").WithName("ReplaceRuleSet")
            .WithSummary("Replaces the whole rule set at once, or nothing.")
            .WithDescription(
                "An object with the id of an existing one replaces that; one with another id is added with it; one without an id is the "
                + "existing one that says the same, or of address lists the one with that name, or else is added. What isn't in the "
                + "document is removed; of ranges and entries of address lists it must be said how many are (removals), of denial messages "
                + "and rule tests not. If-Match takes the ETag of GET /api/rule-set.")
            .AnswersTagged<ReplacedRuleSet>()
            .TakesJson("""
                {
                  "ranges": [
                    { "cidr": "203.0.113.0/24", "description": "Tokyo office" },
                    { "cidr": "203.0.113.66/32", "action": "deny", "description": "Guest network" }
                  ],
                  "denialMessages": [{ "text": "You can't connect from {public-ip}. Please contact it@example.com." }],
                  "settings": { "enforcement": "enforce", "allowedPostureStatuses": ["compliant"], "deniedPostureStatuses": [] },
                  "ruleTests": [
                    {
                      "description": "The office gets in",
                      "event": {
                        "endpoint-id": "cvpn-endpoint-0f13eab7f860433cc", "public-ip": "203.0.113.7", "schema-version": "v3"
                      },
                      "allowed": true
                    }
                  ]
                }
                """)
            .AnswersProblem(StatusCodes.Status412PreconditionFailed));
    }

    private async Task<IResult> GetAsync(
        [FromQuery(Name = "sourcedEntries")] bool? sourcedEntries, CancellationToken cancellationToken)
    {
        var head = await log.ReadHeadAsync(cancellationToken);
        var written = (sourcedEntries == true ? wholeDocument : document).Write(head.Rules);
        return TypedResults.Text(written, "application/json", Encoding.UTF8).WithETag(head.Revision);
    }

    private async Task<IResult> ReplaceAsync(
        Body<RuleSetInput> body,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        [FromQuery(Name = "removals")] int? removals,
        [AsParameters] ChangeOptions options)
    {
        var errors = body.Errors;
        var given = new GivenRuleSet(body.Value, errors, options.Who, time.GetUtcNow());
        options.Check(errors);
        if (Precondition.Parse(ifMatch, errors) is not { } precondition || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var outcome = await editor.EditAsync(options, Replace);
        return outcome.Answer(head => TypedResults.Ok(new ReplacedRuleSet(
            head.Rules.Ranges.Length,
            head.Rules.AddressLists.Length,
            head.Rules.DenialMessages.Length,
            head.Rules.RuleTests.Length,
            head.Revision))
            .WithETag(head.Revision));

        Edit Replace(Snapshot head)
        {
            if (precondition.Refuse(head.Revision.ToString(CultureInfo.InvariantCulture)) is { } changed)
            {
                return new Edit.Refused(changed);
            }

            var old = head.Rules;
            var lists = given.ListsInPlaceOf(old, time.GetUtcNow());
            if ((RangesApi.FindMissingList(given.Ranges, lists) ?? AddressListsApi.FindTooManyEntries(lists)) is { } impossible)
            {
                return new Edit.Refused(impossible);
            }

            var rules = given.InPlaceOf(old, time.GetUtcNow(), document, lists);
            if (Summarize(old, rules) is not { } summary)
            {
                return new Edit.Nothing();
            }

            var present = old.Ranges.ToDictionary(r => r.Id);
            var elsewhere = rules.Ranges.Where(r => RangesApi.IsElsewhere(present.GetValueOrDefault(r.Id), r));
            var removed = present.Count - rules.Ranges.Count(r => present.ContainsKey(r.Id));
            var entries = RuleSetComparison.CompareEntries(old.AddressLists, rules.AddressLists).Sum(list => list.RemovedCount);
            var what = $"{Words.Count(removed, "range")} and {Words.Count(entries, "entry")} of address lists";
            const string Adding = "POST /api/ranges/import, or POST /api/address-lists/{id}/entries";
            return RangesApi.RefuseRemovals(removed + entries, removals, options, entries == 0 ? null : what, Adding) is { } refusal
                ? new Edit.Refused(refusal)
                : RangesApi.FindTwice(elsewhere, rules.Ranges, options) is { } twice ? new Edit.Refused(twice)
                : new Edit.To(rules, summary);
        }
    }

    /// <summary>What is different, in a sentence; null if nothing is.</summary>
    private static string? Summarize(RuleSet old, RuleSet rules)
    {
        string?[] parts =
        [
            Count("range", old.Ranges, rules.Ranges),
            Count("address list", old.AddressLists, rules.AddressLists),
            Count("denial message", old.DenialMessages, rules.DenialMessages),
            Count("rule test", old.RuleTests, rules.RuleTests),
            old.Settings == rules.Settings ? null : SettingsApi.Summarize(old.Settings, rules.Settings),
        ];
        return Array.TrueForAll(parts, part => part is null)
            ? null
            : $"Replaced the whole rule set: {string.Join("; ", parts.OfType<string>())}.";

        static string? Count<T>(string noun, IReadOnlyCollection<T> before, IReadOnlyCollection<T> after)
            where T : RuleObject
        {
            var was = before.ToDictionary(o => o.Id);
            var added = after.Count(o => !was.ContainsKey(o.Id));
            var changed = after.Count(o => was.TryGetValue(o.Id, out var one) && one != o);
            var removed = before.Count - (after.Count - added);
            return added + changed + removed == 0
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"{noun}s: {added} added, {changed} changed, {removed} removed");
        }
    }
}
