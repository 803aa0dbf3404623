using System.Text;
using ClientVpnAdmin.AdminApi.Changes;
using ClientVpnAdmin.AdminApi.Decisions;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.AdminApi.RuleObjects;
using ClientVpnAdmin.AdminApi.Swagger;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace ClientVpnAdmin.AdminApi.Ranges;

internal static class RangesApi
{
    public static readonly Kind<AddressRange> Ranges = new(
        "range", "/api/ranges", r => r.Ranges, (r, ranges) => r.With(ranges), RuleSetCodec.Fingerprint, r => r.Cidr.ToString(), RuleSet.MaxRanges);

    // As many as can be read while somebody waits.
    private const int MostDecisions = 50_000;

    public static void MapRanges(this ApiGroup api)
    {
        api.Reading.MapGet("/ranges", List).WithTags("Ranges").WithName("ListRanges")
            .WithSummary("Lists ranges, the oldest first.")
            .WithDescription("The ETag is the number of the revision that the list is of, for PUT /api/ranges. With Accept: text/csv the answer is a CSV of all that the filters leave, without pages.")
            .AnswersTagged<Page<AddressRange>>()
            .WithMetadata(new CsvAnswer());
        api.Reading.MapGet("/ranges/export", Export).WithTags("Ranges").WithName("ExportRanges")
            .WithSummary("Lists all ranges in one JSON array, as PUT /api/ranges takes it.")
            .AnswersTagged<IReadOnlyList<AddressRange>>();
        api.Editing.MapPost("/ranges/import", Import).WithTags("Ranges").WithName("ImportRanges")
            .WithSummary("Adds allow ranges for addresses from elsewhere, all or none.")
            .WithDescription(
                "Takes a plain list of addresses as text/plain, one on each line and what follows a # as the description; or, as JSON, what 'aws ec2 get-managed-prefix-list-entries' "
                + "or 'aws wafv2 get-ip-set' prints. Addresses that an enabled allow range without conditions has already are passed over.")
            .AnswersTagged<ImportedRanges>()
            .Accepts<object>("application/json", "text/plain")
            .TakesJson("""{ "Entries": [{ "Cidr": "203.0.113.0/24", "Description": "Tokyo office" }, { "Cidr": "198.51.100.0/24" }] }""").Changes();
        api.Editing.MapPost("/ranges", Add).WithTags("Ranges").WithName("AddRange")
            .WithSummary("Adds a range.")
            .WithDescription("Only cidr is needed. The range counts from the very next connection on.")
            .AnswersTagged<AddressRange>(StatusCodes.Status201Created)
            .TakesJson("""{ "cidr": "203.0.113.0/24", "description": "Tokyo office" }""").Changes();
        api.Editing.MapPut("/ranges", ReplaceAll).WithTags("Ranges").WithName("ReplaceRanges")
            .WithSummary("Replaces all ranges at once, or none.")
            .WithDescription(
                "An item with the id of an existing range replaces that one, which keeps its id and its creation; other items are added, "
                + "and what isn't in the array is deleted. If-Match takes the ETag of the list. The body is a JSON array, or CSV (text/csv) with a header as in GET /api/ranges.")
            .AnswersTagged<ReplacedRanges>()
            .Accepts<IReadOnlyList<RangeInput>>("application/json", RangesCsv.ContentType)
            .TakesJson("""
                [
                  { "cidr": "203.0.113.0/24", "description": "Tokyo office" },
                  { "cidr": "203.0.113.66", "action": "deny", "description": "Guest network" },
                  { "cidr": "2001:db8:1234::/48", "endpointIds": ["cvpn-endpoint-0f13eab7f860433cc"], "validUntil": "2036-01-01T00:00:00Z" }
                ]
                """)
            .ProducesProblem(StatusCodes.Status412PreconditionFailed).Changes();
        api.Reading.MapGet("/ranges/findings", ListFindings).WithTags("Ranges").WithName("ListRangeFindings")
            .WithSummary(
                "Lists what is worth a look: ranges inside others, expired, very wide, of special addresses, unused for 90 days, "
                + "or with names that nobody had.")
            .WithDescription(
                "What hangs on recorded decisions is listed only while there are at most 50,000 of them in 90 days. "
                + "Those that can't be read are counted as unreadable.")
            .AnswersTagged<PageOfDecisions<Finding>>();
        api.Reading.MapGet("/ranges/{id}", Get).WithTags("Ranges").WithName("GetRange")
            .WithSummary("Shows one range.")
            .AnswersTagged<AddressRange>().ProducesProblem(StatusCodes.Status404NotFound);
        api.Editing.MapPut("/ranges/{id}", Replace).WithTags("Ranges").WithName("ReplaceRange")
            .WithSummary("Replaces one range.")
            .WithDescription("What is left out takes its default, as with a new range.")
            .AnswersTagged<AddressRange>()
            .TakesJson("""{ "cidr": "203.0.113.0/24", "description": "Tokyo office", "enabled": false }""")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status412PreconditionFailed).Changes();
        api.Editing.MapDelete("/ranges/{id}", Delete).WithTags("Ranges").WithName("DeleteRange")
            .WithSummary("Deletes one range.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status412PreconditionFailed).Changes();
    }

    private static async Task<IResult> List(
        [AsParameters] Paging paging, [AsParameters] RangeFilter filter, HttpRequest request, RevisionLog log, IOptions<JsonOptions> json, CancellationToken cancellationToken)
    {
        var errors = new Errors();
        var isShown = filter.Read(errors);
        if (!IsCsvPreferred(request.GetTypedHeaders().Accept))
        {
            return await Ranges.ListAsync(paging, isShown, errors, log, cancellationToken);
        }

        if (paging is not { Limit: null, Cursor: null })
        {
            errors.Add(paging.Limit is null ? "cursor" : "limit", "The CSV has no pages: leave it out.");
        }

        var head = await log.ReadHeadAsync(cancellationToken);
        return errors.Any
            ? Problems.Invalid(errors)
            : TypedResults.Text(RangesCsv.Write(head.Rules.Ranges.Where(isShown), json.Value.SerializerOptions), RangesCsv.ContentType, Encoding.UTF8)
                .WithETag(Kind<AddressRange>.RevisionTag(head.Revision));
    }

    /// <summary>
    /// By the quality that the most specific range gives each type (RFC 9110, section 12.5.1). Of equal ones, the type that is named is
    /// preferred, and else JSON.
    /// </summary>
    private static bool IsCsvPreferred(IList<MediaTypeHeaderValue> accept)
    {
        var csv = Preference(RangesCsv.ContentType);
        return csv.Quality > 0 && csv.CompareTo(Preference("application/json")) > 0;

        (double Quality, int Specificity) Preference(string type) => accept
            .Where(range => range.MatchesMediaType(type))
            .Select(range => (range.Quality ?? 1, range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2))
            .OrderByDescending(preference => preference.Item2)
            .FirstOrDefault();
    }

    private static async Task<IResult> Export(RevisionLog log, CancellationToken cancellationToken)
    {
        var head = await log.ReadHeadAsync(cancellationToken);
        return TypedResults.Ok(head.Rules.Ranges).WithETag(Kind<AddressRange>.RevisionTag(head.Revision));
    }

    private static async Task<IResult> Import(ImportBody body, [AsParameters] Change change) => await change.CommitAsync(head =>
    {
        var found = new Errors();
        found.AddAll("", body.Errors);
        var imported = CheckAll(body.Items, head.Rules, found, change.Who, change.Time.GetUtcNow());
        var known = head.Rules.Ranges.Where(r => r.Enabled && r.Action == RangeAction.Allow && r.HasNoConditions).Select(r => r.Cidr).ToHashSet();
        var added = imported.Where(r => known.Add(r.Cidr)).ToList();
        if (head.Rules.Ranges.Length + added.Count > RuleSet.MaxRanges)
        {
            found.Add("body", $"With these there would be {head.Rules.Ranges.Length + added.Count} ranges. A rule set holds at most {RuleSet.MaxRanges}: leave some out.");
        }

        return found.Any ? new Outcome(Problems.Invalid(found))
            : added.Count == 0 ? Outcome.Unchanged(Answer(head.Revision), head)
            : new Outcome(Answer(head.Revision + 1), new Proposal(head.Rules.With(head.Rules.Ranges.AddRange(added)), $"Imported {added.Count} ranges."));

        IResult Answer(long revision) => TypedResults.Ok(new ImportedRanges(added.Count, imported.Count - added.Count, revision)).WithETag(Kind<AddressRange>.RevisionTag(revision));
    });

    private static async Task<IResult> ListFindings(
        [AsParameters] Paging paging,
        RevisionLog log,
        IDecisionLog decisions,
        TimeProvider time,
        ILogger<Finding> logger,
        CancellationToken cancellationToken)
    {
        var errors = new Errors();
        var now = time.GetUtcNow();
        var head = await log.ReadHeadAsync(cancellationToken);
        var query = new DecisionQuery { From = now - Finding.UnusedFor, Limit = MostDecisions, Now = now };
        var (lately, areAll, unreadable) = await decisions.ListAllAsync(query, MostDecisions, cancellationToken);
        logger.WarnOfUnreadable(unreadable);
        var findings = Finding.Of(head.Rules, now, areAll ? lately : null).Select((finding, i) => (Finding: finding, Place: (long)i));
        return paging.Cut(findings, "/api/ranges/findings", f => (f.Place, Guid.Empty), errors) is { } page
            ? TypedResults.Ok(new PageOfDecisions<Finding>([.. page.Items.Select(i => i.Finding)], page.NextCursor, unreadable))
                .WithETag(Kind<AddressRange>.RevisionTag(head.Revision))
            : Problems.Invalid(errors);
    }

    private static Task<IResult> Get(string id, RevisionLog log, CancellationToken cancellationToken) => Ranges.GetAsync(id, log, cancellationToken);

    private static Task<IResult> Add(RangeInput input, [AsParameters] Change change) => Ranges.AddAsync(input.Id, input.Check, null, change);

    private static Task<IResult> Replace(string id, RangeInput input, [FromHeader(Name = "If-Match")] string? ifMatch, [AsParameters] Change change) =>
        Ranges.ReplaceAsync(id, input.Id, ifMatch, input.Check, null, change);

    private static Task<IResult> Delete(string id, [FromHeader(Name = "If-Match")] string? ifMatch, [AsParameters] Change change) =>
        Ranges.DeleteAsync(id, ifMatch, change);

    private static async Task<IResult> ReplaceAll(
        RangesBody body, [FromHeader(Name = "If-Match")] string? ifMatch, [AsParameters] Change change)
    {
        var errors = new Errors();
        if (body.Items.Count > RuleSet.MaxRanges)
        {
            errors.Add("body", $"These are {body.Items.Count} ranges. A rule set holds at most {RuleSet.MaxRanges}: leave some out.");
        }

        if (Precondition.Read(ifMatch, errors) is not { } precondition || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        return await change.CommitAsync(head =>
        {
            if (precondition.Refuse(Kind<AddressRange>.RevisionTag(head.Revision), RuleSetCodec.Fingerprint(head.Rules.Ranges)) is { } refusal)
            {
                return new Outcome(refusal);
            }

            var found = new Errors();
            found.AddAll("", body.Errors);
            var ranges = CheckAll(body.Items, head.Rules, found, change.Who, change.Time.GetUtcNow());
            if (found.Any)
            {
                return new Outcome(Problems.Invalid(found));
            }

            var present = head.Rules.Ranges.ToHashSet(ReferenceEqualityComparer.Instance);
            var kept = ranges.Count(present.Contains);
            return kept == ranges.Count && kept == present.Count
                ? Outcome.Unchanged(Answer(head.Revision), head)
                : new Outcome(Answer(head.Revision + 1), new Proposal(head.Rules.With(ranges), $"Replaced all ranges: {present.Count} before, {ranges.Count} now, {kept} of them unchanged."));

            IResult Answer(long revision) => TypedResults.Ok(new ReplacedRanges(ranges.Count, revision)).WithETag(Kind<AddressRange>.RevisionTag(revision));
        });
    }

    private static List<AddressRange> CheckAll(IReadOnlyList<RangesBody.Item> items, RuleSet rules, Errors errors, string who, DateTimeOffset now)
    {
        var present = rules.Ranges.ToDictionary(r => r.Id);
        var taken = new HashSet<Guid>();

        var ranges = new List<AddressRange>(items.Count);
        foreach (var (input, earlier, place) in items)
        {
            var found = new Errors();
            var id = input?.Id is { } text ? Kind<AddressRange>.ReadId(text) : NewId.At(now);
            if (input is null)
            {
                found.Add("", "Write a range, in braces.");
            }
            else if (id is null)
            {
                found.Add("id", $"{Errors.Quote(input.Id!)} is not an id. Give the id of the range that this replaces, or leave it out for a new one.");
            }
            else if (!taken.Add(id.Value))
            {
                found.Add("id", "Another item has the same id: give each range once.");
            }

            var range = input?.Check(found, new Edit<AddressRange>(id ?? default, present.GetValueOrDefault(id ?? default), who, now));
            errors.AddAll(place, earlier);
            errors.AddAll(place, found);
            if (range is not null)
            {
                ranges.Add(range);
            }
        }

        return ranges;
    }
}
