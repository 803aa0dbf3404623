using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.AdminApi.Changes;
using ClientVpnAdmin.AdminApi.Decisions;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.AdminApi.RuleObjects;
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

internal sealed class RangesApi(
    RevisionLog log, RuleEditor editor, MergePatch mergePatch, IOptions<JsonOptions> json, TimeProvider time)
    : RuleObjectApi<AddressRange, RangeInput>(log, editor, mergePatch, json, time)
{
    // As many as can be read while somebody waits.
    private const int MaxDecisions = 50_000;

    protected override string Noun => "range";

    protected override int Max => RuleSet.MaxRanges;

    protected override string AddDescription =>
        "Only cidr is needed, or addressListId in its place. The range counts from the very next connection on.";

    protected override string AddExample => """{ "cidr": "203.0.113.0/24", "description": "Tokyo office" }""";

    protected override string ReplaceExample => """{ "cidr": "203.0.113.0/25", "description": "Tokyo office", "enabled": false }""";

    protected override void MapMore(ApiGroup api)
    {
        api.Reading.MapRead("/ranges/export", ExportAsync).WithTags(Tag).WithName("ExportRanges")
            .WithSummary("Lists all ranges in one JSON array, as PUT /api/ranges takes it.")
            .WithDescription(
                "What is more than one answer has room for (some 4 MB) follows at the address in the header Link with rel=\"next\", until "
                + "there is none.")
            .AnswersTagged<IReadOnlyList<AddressRange>>();
        api.MapChange(HttpMethods.Post, "/ranges/import", ImportAsync, call => call.WithTags(Tag).WithName("ImportRanges")
            .WithSummary("Adds ranges from elsewhere, all or none.")
            .WithDescription(
                "Takes a spreadsheet as text/csv, with a header as in GET /api/ranges in any case, of which cidr is needed: commas, "
                + "semicolons or tabs, in UTF-8, UTF-16 or Shift_JIS; further columns are passed over, and the import's answer names "
                + "them. Or a plain list of addresses as text/plain, one on each line and what follows a # as the description. In both, an "
                + "address may have a netmask (203.0.113.0/255.255.255.0) or be a span (203.0.113.5-203.0.113.20), which becomes the "
                + "fewest blocks. Or, as JSON, what 'aws ec2 get-managed-prefix-list-entries' or 'aws wafv2 get-ip-set' prints. What a "
                + "range says already is passed over.")
            .AnswersTagged<ImportedRanges>()
            .Accepts<object>("application/json", "text/plain", Csv.ContentType)
            .TakesJson("""{ "Entries": [{ "Cidr": "203.0.113.0/24", "Description": "Tokyo office" }, { "Cidr": "198.51.100.0/24" }] }"""));
        api.MapChange(HttpMethods.Put, "/ranges", ReplaceAllAsync, call => call.WithTags(Tag).WithName("ReplaceRanges")
            .WithSummary("Replaces all ranges at once, or none.")
            .WithDescription(
                "An item with the id of an existing range replaces that one, which keeps its id and its creation; other items are added, "
                + "and what isn't in the array is deleted. If-Match takes the ETag of the list. The body is a JSON array, or CSV "
                + "(text/csv) with a header as in GET /api/ranges.")
            .AnswersTagged<ReplacedRanges>()
            .Accepts<IReadOnlyList<RangeInput>>("application/json", Csv.ContentType)
            .TakesJson("""
                [
                  { "cidr": "203.0.113.0/24", "description": "Tokyo office" },
                  { "cidr": "203.0.113.66", "action": "deny", "description": "Guest network" },
                  { "cidr": "2001:db8:1234::/48", "endpointIds": ["cvpn-endpoint-0f13eab7f860433cc"], "validUntil": "2036-01-01T00:00:00Z" }
                ]
                """)
            .AnswersProblem(StatusCodes.Status412PreconditionFailed));
        api.MapChange(HttpMethods.Patch, "/ranges", ChangeSomeAsync, call => call.WithTags(Tag).WithName("ChangeRanges")
            .WithSummary("Changes some members of several ranges at once, or none.")
            .WithDescription(
                "The body is a list of JSON merge patches (RFC 7396), each with the id of its range: what is left out stays as it is, null "
                + "takes the default, a list is replaced whole. If-Match takes the ETag of the list.")
            .AnswersTagged<ChangedRanges>()
            .TakesPatch("""[{ "id": "019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b", "enabled": false }]""")
            .AnswersProblem(StatusCodes.Status404NotFound).AnswersProblem(StatusCodes.Status412PreconditionFailed));
        api.MapChange(HttpMethods.Delete, "/ranges", DeleteSomeAsync, call => call.WithTags(Tag).WithName("DeleteRanges")
            .WithSummary("Deletes several ranges at once, or none.")
            .WithDescription("If-Match takes the ETag of the list.")
            .AnswersTagged<ChangedRanges>()
            .AnswersProblem(StatusCodes.Status404NotFound).AnswersProblem(StatusCodes.Status412PreconditionFailed));
        api.Reading.MapRead("/ranges/findings", ListFindingsAsync).WithTags(Tag).WithName("ListRangeFindings")
            .WithSummary(
                "Lists what is worth a look: ranges inside others, expired, very wide, of special addresses, unused for 90 days, "
                + "or with names that nobody had.")
            .WithDescription(
                "What hangs on recorded decisions is listed only while there are at most 50,000 of them in 90 days. "
                + "Those that can't be read are counted as unreadable.")
            .Produces<PageOfDecisions<Finding>>();
        api.MapChange(HttpMethods.Post, "/decisions/{id}/allow", AllowAsync, call => call.WithTags("Decisions").WithName("AllowDecision")
            .WithSummary("Lets the address of a denied connection in, for that user, for a while.")
            .WithDescription(
                "Adds a range for that address, endpoint, user name and common name, as far as the event has them. It expires.")
            .AnswersTagged<AddressRange>(StatusCodes.Status201Created)
            .TakesJson("""{ "duration": "PT8H", "reason": "Alice works from a hotel, ticket 4711" }""")
            .AnswersProblem(StatusCodes.Status404NotFound));
    }

    protected override RouteHandlerBuilder MapList(ApiGroup api) => api.Reading.MapRead(Route, ListAsync)
        .WithDescription(
            "The ETag is the number of the revision that the list is of, for PUT /api/ranges. With Accept: text/csv the answer is a CSV of "
            + "all that the filters leave, unless a limit is given. What is more than one answer has room for (some 4 MB) follows on the "
            + "next page, whose address is in the header Link with rel=\"next\" for CSV.")
        .WithMetadata(new CsvAnswer());

    protected override string PatchExample => """{ "enabled": false }""";

    protected override ImmutableArray<AddressRange> Objects(RuleSet rules) => rules.Ranges;

    protected override RuleSet With(RuleSet rules, IEnumerable<AddressRange> objects) => rules.With(objects);

    protected override string Name(AddressRange one, RuleSet rules) =>
        one.Cidr?.ToString() ?? $"with the address list {rules.AddressLists.First(list => list.Id == one.AddressListId).Name}";

    private async Task<IResult> ListAsync(
        [AsParameters] Paging paging,
        [AsParameters] RangeFilter filter,
        [FromQuery(Name = "sort")] string? sort,
        HttpRequest request,
        CancellationToken cancellationToken)
    {
        var errors = new Errors();
        var isShown = filter.ToPredicate(Time.GetUtcNow(), errors);
        var order = RangeSort.Parse(sort, errors);
        var isCsv = Csv.IsPreferred(request);
        var head = await Log.ReadHeadAsync(cancellationToken);
        var page = Cut(head, isShown, order, paging, errors, isWhole: isCsv);
        if (page is null)
        {
            return Problems.Invalid(errors);
        }

        var answer = isCsv
            ? TypedResults.Text(RangesCsv.Write(page.Items, Json), Csv.ContentType, Encoding.UTF8)
                .WithNextPage(request, page.NextCursor)
            : TypedResults.Ok(page);
        return answer.WithETag(head.Revision, isLasting: filter.State is null && !isCsv).WithHeader(HeaderNames.Vary, HeaderNames.Accept);
    }

    /// <param name="isWhole">Whether there is to be as much on a page as an answer has room for, unless a limit is given.</param>
    private Page<AddressRange>? Cut(
        Snapshot head, Func<RuleSet, Func<AddressRange, bool>> filter, RangeSort order, Paging paging, Errors errors, bool isWhole) =>
        errors.Any ? null : paging.Cut(
            head.Rules.Ranges.Where(filter(head.Rules)),
            $"/api/ranges {order.Name}",
            r => (order.KeyOf(r), r.Id),
            Json,
            errors,
            order.IsDescending,
            isWhole ? RuleSet.MaxRanges : Paging.DefaultLimit);

    private async Task<IResult> ExportAsync([AsParameters] Paging paging, HttpRequest request, CancellationToken cancellationToken)
    {
        var errors = new Errors();
        var head = await Log.ReadHeadAsync(cancellationToken);
        return Cut(head, _ => _ => true, RangeSort.Default, paging, errors, isWhole: true) is { } page
            ? TypedResults.Ok(page.Items).WithNextPage(request, page.NextCursor).WithETag(head.Revision)
            : Problems.Invalid(errors);
    }

    private async Task<IResult> ImportAsync(ImportBody body, [AsParameters] ChangeOptions options)
    {
        var errors = new Errors();
        errors.AddAll("", body.Ranges.Errors);
        var given = Check(body.Ranges.Items, errors, options.Who);
        options.Check(errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var outcome = await Editor.EditAsync(options, Import);
        return outcome.Answer(head =>
        {
            var present = head.Rules.Ranges.Select(r => r.Id).ToHashSet();
            var added = given.Count(r => present.Contains(r.Id));
            var format = body.Ranges.Format;
            return TypedResults.Ok(new ImportedRanges(
                added, given.Count - added, head.Revision, format?.Encoding, format?.Separator, format?.PassedOver ?? []))
                .WithETag(head.Revision);
        });

        Edit Import(Snapshot head)
        {
            var present = head.Rules.Ranges;
            var known = present.GroupBy(AddressesOf).ToDictionary(g => g.Key, g => g.ToList());
            var now = Time.GetUtcNow();
            var added = new List<AddressRange>();
            foreach (var range in given.Select(r => r with { CreatedAt = now, UpdatedAt = now }))
            {
                var others = CollectionsMarshal.GetValueRefOrAddDefault(known, AddressesOf(range), out _) ??= [];
                if (!others.Exists(o => o.Action == range.Action && o.Enabled == range.Enabled && o.HasTheConditionsOf(range)))
                {
                    others.Add(range);
                    added.Add(range);
                }
            }

            return present.Length + added.Count > RuleSet.MaxRanges
                ? new Edit.Refused(Problems.Invalid(
                    "body",
                    TooMany($"With these there would be {present.Length + added.Count} ranges.", present.Length + added.Count)))
                : added.Count == 0 ? new Edit.Nothing()
                : FindMissingList(added, head.Rules.AddressLists) is { } missing ? new Edit.Refused(missing)
                : FindTwice(added, present.AddRange(added), options) is { } twice ? new Edit.Refused(twice)
                : new Edit.To(head.Rules.With(present.AddRange(added)), $"Imported {Words.Count(added.Count, "range")}.");
        }
    }

    private async Task<IResult> ListFindingsAsync(
        [AsParameters] Paging paging, IDecisionLog decisions, ILogger<Finding> logger, CancellationToken cancellationToken)
    {
        var errors = new Errors();
        var now = Time.GetUtcNow();
        var head = await Log.ReadHeadAsync(cancellationToken);
        var query = new DecisionQuery { From = now - Finding.UnusedFor, Limit = MaxDecisions, Now = now };
        var (lately, areAll, unreadable) = await decisions.ListAllAsync(query, MaxDecisions, cancellationToken);
        logger.WarnOfUnreadable(unreadable);
        var findings = Finding.FindAll(head.Rules, now, areAll ? lately : null);
        return paging.CutInOrder(findings, "/api/ranges/findings", Json, errors) is { } page
            ? TypedResults.Ok(new PageOfDecisions<Finding>(page.Items, page.NextCursor, unreadable))
            : Problems.Invalid(errors);
    }

    private async Task<IResult> ReplaceAllAsync(
        RangesBody body,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        [FromQuery(Name = "removals")] int? removals,
        [AsParameters] ChangeOptions options)
    {
        var errors = new Errors();
        errors.AddAll("", body.Errors);
        var given = Check(body.Items, errors, options.Who);
        options.Check(errors);
        if (Precondition.Parse(ifMatch, errors) is not { } precondition || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var outcome = await Editor.EditAsync(options, Replace);
        return outcome.Answer(head =>
            TypedResults.Ok(new ReplacedRanges(head.Rules.Ranges.Length, head.Revision)).WithETag(head.Revision));

        Edit Replace(Snapshot head)
        {
            var tag = head.Revision.ToString(CultureInfo.InvariantCulture);
            if (precondition.Refuse(tag, RuleItems.Fingerprint(head.Rules.Ranges)) is { } changed)
            {
                return new Edit.Refused(changed);
            }

            var present = head.Rules.Ranges.ToDictionary(r => r.Id);
            var now = Time.GetUtcNow();
            var ranges = given.ConvertAll(r => present.TryGetValue(r.Id, out var old)
                ? r.InPlaceOf(old, now)
                : r with { CreatedAt = now, UpdatedAt = now });
            var kept = ranges.Count(r => present.TryGetValue(r.Id, out var old) && r == old);
            var removed = present.Count - ranges.Count(r => present.ContainsKey(r.Id));
            return kept == ranges.Count && kept == present.Count ? new Edit.Nothing()
                : RefuseRemovals(removed, removals, options) is { } refusal ? new Edit.Refused(refusal)
                : FindMissingList(ranges, head.Rules.AddressLists) is { } missing ? new Edit.Refused(missing)
                : FindTwice(ranges.Where(r => IsElsewhere(present.GetValueOrDefault(r.Id), r)), ranges, options) is { } twice
                    ? new Edit.Refused(twice)
                : new Edit.To(
                    head.Rules.With(ranges),
                    $"Replaced all ranges: {present.Count} before, {ranges.Count} now, {kept} of them unchanged.");
        }
    }

    /// <summary>The ranges in a body, each with the id that it is given there, or a new one; as far as they are right.</summary>
    private List<AddressRange> Check(IReadOnlyList<RangesBody.Item> items, Errors errors, string who)
    {
        if (items.Count > RuleSet.MaxRanges)
        {
            errors.Add("body", TooMany($"These are {items.Count} ranges.", items.Count));
            return []; // so that nothing is said of each
        }

        return GivenObjects.Check<AddressRange, RangeInput>(
            items.Select(i => (i.Input, i.Errors, i.Place)), Noun, errors, who, Time.GetUtcNow()).ConvertAll(given => given.Object);
    }

    private async Task<IResult> ChangeSomeAsync(
        Body<IReadOnlyList<RangeInput>> patches,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        [AsParameters] ChangeOptions options)
    {
        var errors = new Errors();
        var byId = new Dictionary<Guid, JsonElement>();
        foreach (var (i, (patch, json)) in patches.Value.Zip(patches.Json.EnumerateArray()).Index())
        {
            if (patch is null)
            {
                errors.Add($"[{i}]", "not-an-object", "Write a merge patch, in braces.");
            }
            else if (patch.Id is null || Ids.Parse(patch.Id) is not { } key)
            {
                errors.Add(
                    $"[{i}].id", "not-an-id", "Give the id of the range that this changes.", ("given", Errors.Shown(patch.Id ?? "")));
            }
            else if (!byId.TryAdd(key, json))
            {
                errors.Add($"[{i}].id", "given-twice", "Another item has the same id: give each range once.");
            }
        }

        if (errors.Any)
        {
            errors.AddAll("", patches.Errors);
        }

        return await EditSomeAsync([.. byId.Keys], errors, patches.Errors, ifMatch, options, (old, i, found) =>
        {
            var part = new Errors();
            var made = Patched(old, byId[old.Id]).Check(part, options.Who, Time.GetUtcNow());
            found.AddAll($"[{i}]", part);
            return made?.InPlaceOf(old, Time.GetUtcNow());
        });
    }

    private async Task<IResult> DeleteSomeAsync(
        [FromQuery(Name = "id")] string[] id, [FromHeader(Name = "If-Match")] string? ifMatch, [AsParameters] ChangeOptions options)
    {
        var errors = new Errors();
        List<Guid> ids = [.. id.Select(text => Ids.Check(text, errors)).OfType<Guid>().Distinct()];
        if (id.Length == 0)
        {
            errors.Add("id", "missing", "Give the ids of the ranges to delete: ?id=…&id=….");
        }

        return await EditSomeAsync(ids, errors, body: new(), ifMatch, options, make: null);
    }

    /// <summary>Puts others in the place of several ranges, or deletes them.</summary>
    /// <param name="errors">What is wrong already, so that it is not known which ranges are meant.</param>
    /// <param name="body">What is wrong with the body besides, and is said with all else that is wrong with it.</param>
    /// <param name="make">Makes the new range in the place of the old one, whose place in the body is given; null to delete all.</param>
    private async Task<IResult> EditSomeAsync(
        List<Guid> ids,
        Errors errors,
        Errors body,
        string? ifMatch,
        ChangeOptions options,
        Func<AddressRange, int, Errors, AddressRange?>? make)
    {
        options.Check(errors);
        if (Precondition.Parse(ifMatch, errors) is not { } precondition || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var outcome = await Editor.EditAsync(options, Edit);
        return outcome.Answer(head => TypedResults.Ok(new ChangedRanges(ids.Count, head.Revision)).WithETag(head.Revision));

        Edit Edit(Snapshot head)
        {
            var present = head.Rules.Ranges.ToDictionary(r => r.Id);
            foreach (var missing in ids.Where(i => !present.ContainsKey(i)))
            {
                return new Edit.Refused(Problems.NotFound(Noun, missing));
            }

            var tag = head.Revision.ToString(CultureInfo.InvariantCulture);
            if (precondition.Refuse(tag, RuleItems.Fingerprint(ids.Select(i => present[i]))) is { } changed)
            {
                return new Edit.Refused(changed);
            }

            var found = new Errors();
            found.AddAll("", body);
            var made = make is null
                ? []
                : ids.Select((id, i) => make(present[id], i, found)).OfType<AddressRange>().Where(r => r != present[r.Id]).ToList();
            if (found.Any)
            {
                return new Edit.Refused(Problems.Invalid(found));
            }

            if (make is not null && made.Count == 0)
            {
                return new Edit.Nothing();
            }

            var gone = (make is null ? ids : made.ConvertAll(r => r.Id)).ToHashSet();
            var ranges = head.Rules.Ranges.RemoveAll(r => gone.Contains(r.Id)).AddRange(made);
            return FindMissingList(made, head.Rules.AddressLists) is { } noList ? new Edit.Refused(noList)
                : FindTwice(made.Where(r => IsElsewhere(present[r.Id], r)), ranges, options) is { } twice
                ? new Edit.Refused(twice)
                : new Edit.To(head.Rules.With(ranges), $"{(make is null ? "Deleted" : "Changed")} {Words.Count(gone.Count, "range")}.");
        }
    }

    protected override IResult? FindConflict(
        AddressRange? old, AddressRange candidate, RuleSet rules, ChangeOptions options) =>
        FindMissingList([candidate], rules.AddressLists)
        ?? (IsElsewhere(old, candidate) ? FindTwice([candidate], rules.Ranges, options) : null);

    /// <summary>Why ranges can't be: one names an address list that isn't there.</summary>
    internal static IResult? FindMissingList(IEnumerable<AddressRange> candidates, IEnumerable<AddressList> lists)
    {
        var there = lists.Select(list => list.Id).ToHashSet();
        return candidates.FirstOrDefault(r => r.AddressListId is { } id && !there.Contains(id)) is { } homeless
            ? Problems.Invalid("addressListId", new(
                "no-such-list",
                $"There is no address list {homeless.AddressListId}. GET /api/address-lists lists those there are.",
                ("given", $"{homeless.AddressListId}")))
            : null;
    }

    private static (Cidr? Cidr, Guid? ListId) AddressesOf(AddressRange range) => (range.Cidr, range.AddressListId);

    /// <summary>Why so much can't be removed: nobody has said how much is meant to be.</summary>
    /// <param name="what">What they are; ranges unless given.</param>
    /// <param name="adding">The call that removes none.</param>
    internal static IResult? RefuseRemovals(
        int removed, int? removals, ChangeOptions options, string? what = null, string adding = "POST /api/ranges/import") =>
        removed == 0 || removed == removals || options is { Force: true } or { IsPreview: true } ? null : Problems.Create(
            StatusCodes.Status409Conflict,
            "removals",
            $"This would remove {what ?? Words.Count(removed, "range")} that the body doesn't have; nothing was changed. If that is meant, "
            + $"say so with ?removals={removed}; to add some only, use {adding}.",
            ("removals", removed));

    /// <summary>Whether a range counts for other connections than it did, so that it may be there twice now.</summary>
    internal static bool IsElsewhere(AddressRange? old, AddressRange @new) => old is null || AddressesOf(old) != AddressesOf(@new)
        || !old.HasTheConditionsOf(@new);

    /// <summary>Why these new or changed ranges can't be beside the others: one has the same address and conditions already.</summary>
    internal static IResult? FindTwice(IEnumerable<AddressRange> candidates, IEnumerable<AddressRange> all, ChangeOptions options)
    {
        if (options.Force == true)
        {
            return null;
        }

        var given = candidates.ToDictionary(r => r.Id);
        var wanted = given.Values.Select(AddressesOf).ToHashSet();
        var byAddresses = all.Where(r => wanted.Contains(AddressesOf(r))).ToLookup(AddressesOf);
        var twice = from candidate in given.Values
                    from other in byAddresses[AddressesOf(candidate)]
                    where other.Id != candidate.Id && other.HasTheConditionsOf(candidate)
                    select other;
        if (twice.FirstOrDefault() is not { } rival)
        {
            return null;
        }

        var addresses = rival.Cidr?.ToString() ?? $"The address list {rival.AddressListId}";

        // An id that was made for this call alone would lead nowhere.
        return given.ContainsKey(rival.Id) ? Problems.Create(
            StatusCodes.Status409Conflict,
            "address-twice",
            $"{addresses} is twice in what was sent, under the same conditions; nothing was changed. Leave one out, or have both with "
            + "?force=true.",
            ("cidr", addresses))
            : Problems.Create(
            StatusCodes.Status409Conflict,
            "address-twice",
            $"{addresses} is there already under the same conditions, {(rival.Enabled ? "" : "disabled, ")}to "
            + $"{Words.Format(rival.Action)}: the range {rival.Id}{(rival.Description.Length > 0 ? $" ({rival.Description})" : "")}. "
            + "Nothing was changed. Change that one, or have both with ?force=true.",
            ("id", rival.Id),
            ("cidr", addresses),
            ("action", Words.Format(rival.Action)),
            ("description", rival.Description));
    }

    internal static Fault TooMany(string sentence, int count) => new(
        "too-many",
        $"{sentence} A rule set holds at most {RuleSet.MaxRanges}: leave some out.",
        ("count", count),
        ("max", RuleSet.MaxRanges));

    private async Task<IResult> AllowAsync(
        string id, Body<TemporaryAccess> body, [AsParameters] ChangeOptions options, IDecisionLog decisions)
    {
        var (errors, access) = (body.Errors, body.Value);
        var now = Time.GetUtcNow();
        var duration = access.Check(errors);
        var key = Ids.Check(id, errors);
        options.Check(errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        if (await decisions.FindAsync(key!.Value, now, options.CancellationToken) is not { } decision)
        {
            return Problems.NotFound("decision", key.Value);
        }

        if (TemporaryAccess.FindFault(decision) is { } fault)
        {
            return Problems.Create(StatusCodes.Status409Conflict, fault);
        }

        var range = access.RangeFor(decision, now + duration).Check(errors, options.Who, now);
        return range is null
            ? Problems.Invalid(errors)
            : await AddCheckedAsync(range, options, rules => TemporaryAccess.FindFault(decision, rules, now) is { } other
                ? Problems.Create(StatusCodes.Status409Conflict, other)
                : null);
    }
}
