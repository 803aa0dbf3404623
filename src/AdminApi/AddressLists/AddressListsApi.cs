using System.Collections.Immutable;
using System.Text;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.AdminApi.Changes;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.AdminApi.Ranges;
using ClientVpnAdmin.AdminApi.RuleObjects;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace ClientVpnAdmin.AdminApi.AddressLists;

internal sealed class AddressListsApi(
    RevisionLog log,
    RuleEditor editor,
    MergePatch mergePatch,
    IOptions<JsonOptions> json,
    TimeProvider time,
    ListRefresher refresher,
    IRefreshLog refreshes)
    : RuleObjectApi<AddressList, AddressListInput>(log, editor, mergePatch, json, time)
{
    // With different notes, in one list. They are stored together.
    private const int MaxAlike = 100;

    protected override string Noun => "address list";

    protected override int Max => RuleSet.MaxAddressLists;

    protected override string AddDescription =>
        "Only name is needed. Ranges name the list with addressListId, and count for all its entries. Its entries can be given at once, or "
        + "later under /entries.";

    protected override string AddExample =>
        """{ "name": "Tokyo office", "entries": [{ "cidr": "203.0.113.0/28", "note": "first line" }, { "cidr": "198.51.100.7" }] }""";

    protected override string ReplaceExample => """{ "name": "Osaka office", "description": "All lines of the building" }""";

    protected override string PatchExample => """{ "description": "All lines of the building" }""";

    /// <summary>Why lists can't have so many entries; null if they can.</summary>
    public static IResult? FindTooManyEntries(IReadOnlyCollection<AddressList> lists) =>
        lists.Sum(list => (long)list.EntryCount) is > RuleSet.MaxEntries and var count
            ? Problems.Invalid("body", TooManyEntries(count))
            : lists.FirstOrDefault(HasManyAlike) is { } list
                ? Problems.Invalid("body", new(
                    "too-many",
                    $"{list.Name} would have a block more than {MaxAlike} times: leave some out.",
                    ("max", MaxAlike)))
            : null;

    private static bool HasManyAlike(AddressList list)
    {
        for (var i = MaxAlike; i < list.EntryCount; i++)
        {
            if (list.Entries[i].CompareBlock(list.Entries[i - MaxAlike]) == 0)
            {
                return true;
            }
        }

        return false;
    }

    public static Fault TooManyEntries(long count) => new(
        "too-many",
        $"With these there would be {count} entries. All address lists together hold at most {RuleSet.MaxEntries}: leave some out.",
        ("count", count),
        ("max", RuleSet.MaxEntries));

    protected override void MapMore(ApiGroup api)
    {
        var entries = $"{Route}/{{id}}/entries";
        api.Reading.MapRead($"{Route}/findings", ListFindingsAsync).WithTags(Tag).WithName("ListAddressListFindings")
            .WithSummary(
                "Lists what is worth a look: lists that could not be refreshed, that no range has, or that are empty; and entries that are "
                + "nested, twice, very wide, or of special addresses.")
            .Produces<Page<ListFinding>>();
        api.Reading.MapRead($"{Route}/refreshes", ListRefreshesAsync).WithTags(Tag).WithName("ListAddressListRefreshes")
            .WithSummary("Lists what became of the last refresh of each address list with a source.")
            .Produces<Page<ListRefresh>>();
        api.Editing.MapCall($"{Route}/refresh", [HttpMethods.Post], RefreshDueAsync).WithTags(Tag).WithName("RefreshDueAddressLists")
            .WithSummary("Refreshes the address lists that are due, as the portal does by itself.")
            .WithDescription("On AWS a schedule calls it.")
            .Produces<RefreshedLists>();
        api.MapChange(HttpMethods.Post, $"{Route}/{{id}}/refresh", RefreshAsync, call => call.WithTags(Tag).WithName("RefreshAddressList")
            .WithSummary("Makes an address list what its source says now.")
            .WithDescription(
                "A change is recorded as made by source and the list's name. What would change more than the source's maxChange, leave "
                + "nothing, or bring more addresses than a /8 (IPv4) or /16 (IPv6), is refused; force makes it all the same. 502 says why "
                + "a source can't be read.")
            .AnswersTagged<ChangedEntries>()
            .AnswersProblem(StatusCodes.Status404NotFound).AnswersProblem(StatusCodes.Status502BadGateway));
        api.Reading.MapRead(entries, ListEntriesAsync).WithTags(Tag).WithName("ListAddressListEntries")
            .WithSummary("Lists the entries of an address list, by their addresses.")
            .WithDescription(
                "With Accept: text/csv the answer is a CSV of all that the filters leave, unless a limit is given. What is more than one "
                + "answer has room for (some 4 MB) follows on the next page, whose address is in the header Link with rel=\"next\" for "
                + "CSV.")
            .AnswersTagged<Page<AddressEntry>>()
            .WithMetadata(new CsvAnswer())
            .AnswersProblem(StatusCodes.Status404NotFound);
        api.MapChange(HttpMethods.Post, entries, AddEntriesAsync, call => Describe(call).WithName("AddAddressListEntries")
            .WithSummary("Adds entries to an address list, all or none.")
            .WithDescription(
                "What is there already with the same note is passed over. The body is a JSON array; a spreadsheet as text/csv with the "
                + "columns cidr and note; or a plain list as text/plain, one address on each line and what follows a # as the note. In the "
                + "last two, an address may have a netmask or be a span, which becomes the fewest blocks.")
            .Accepts<IReadOnlyList<EntryInput>>("application/json", "text/plain", Csv.ContentType)
            .TakesJson("""[{ "cidr": "203.0.113.0/28", "note": "second line" }, { "cidr": "198.51.100.7" }]"""));
        api.MapChange(HttpMethods.Put, entries, ReplaceEntriesAsync, call => Describe(call).WithName("ReplaceAddressListEntries")
            .WithSummary("Replaces all entries of an address list at once, or none.")
            .WithDescription("What isn't in the body is removed; it must be said how many are (removals). The body is as for adding.")
            .Accepts<IReadOnlyList<EntryInput>>("application/json", "text/plain", Csv.ContentType)
            .TakesJson("""[{ "cidr": "203.0.113.0/28", "note": "first line" }]"""));
        api.MapChange(HttpMethods.Delete, entries, RemoveEntriesAsync, call => Describe(call).WithName("RemoveAddressListEntries")
            .WithSummary("Removes entries from an address list, all or none.")
            .WithDescription("Each by its block, as it is listed: ?cidr=203.0.113.0/28&cidr=198.51.100.7/32."));

        RouteHandlerBuilder Describe(RouteHandlerBuilder call) => call.WithTags(Tag)
            .AnswersTagged<ChangedEntries>()
            .AnswersProblem(StatusCodes.Status404NotFound).AnswersProblem(StatusCodes.Status412PreconditionFailed);
    }

    protected override Delegate ReplaceCall => ReplaceListAsync;

    protected override Delegate PatchCall => PatchListAsync;

    protected override ImmutableArray<AddressList> Objects(RuleSet rules) => rules.AddressLists;

    protected override RuleSet With(RuleSet rules, IEnumerable<AddressList> objects) => rules.With(objects);

    protected override string Name(AddressList one, RuleSet rules) => one.Name;

    protected override AddressList Keep(AddressList old, AddressList made, AddressListInput input) =>
        input.Entries is null ? made with { Entries = old.Entries } : made;

    protected override IResult? FindConflict(AddressList? old, AddressList candidate, RuleSet rules, ChangeOptions options)
    {
        var others = rules.AddressLists.Where(list => list.Id != candidate.Id).ToList();
        return others.FirstOrDefault(list => string.Equals(list.Name, candidate.Name, StringComparison.OrdinalIgnoreCase)) is { } rival
            ? Problems.Create(
                StatusCodes.Status409Conflict,
                "same-name",
                $"The address list {rival.Id} has the name {rival.Name}: give another one.",
                ("other", rival.Id))
            : candidate.Source.Kind != SourceKind.Manual && !candidate.Entries.SequenceEqual(old?.Entries ?? []) ? HasSource(candidate)
            : FindTooManyEntries([.. others, candidate]) is { } tooMany ? tooMany
            : old is null ? null
            : RefuseRemovals(old, AddressList.Compare(old.Entries, candidate.Entries).OnlyBefore.Count, options.Removals, options);
    }

    private IResult? RefuseRemovals(AddressList old, int removed, int? removals, ChangeOptions options) =>
        RangesApi.RefuseRemovals(removed, removals, options, Words.Count(removed, "entry"), $"POST /api{Route}/{old.Id}/entries");

    protected override IResult? FindUse(AddressList old, RuleSet rules)
    {
        var ranges = rules.RangesOf(old.Id).ToList();
        const int MaxNamed = 10;
        var named = string.Join(
            ", ", ranges.Take(MaxNamed).Select(r => r.Description.Length > 0 ? $"{r.Id} ({r.Description})" : $"{r.Id}"));
        return ranges.Count == 0 ? null : Problems.Create(
            StatusCodes.Status409Conflict,
            "list-in-use",
            $"{Words.Count(ranges.Count, "range")} {(ranges.Count == 1 ? "has" : "have")} this list: {named}"
            + $"{(ranges.Count > MaxNamed ? " and more" : "")}. Nothing was deleted. Delete them first, or give them other addresses.",
            ("count", ranges.Count),
            ("ranges", named));
    }

    private Task<IResult> ReplaceListAsync(
        string id,
        Body<AddressListInput> body,
        [FromQuery(Name = "removals")] int? removals,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        [AsParameters] ChangeOptions options) =>
        ReplaceAsync(id, body, ifMatch, options with { Removals = removals });

    private Task<IResult> PatchListAsync(
        string id,
        Body<AddressListInput> patch,
        [FromQuery(Name = "removals")] int? removals,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        [AsParameters] ChangeOptions options) =>
        PatchAsync(id, patch, ifMatch, options with { Removals = removals });

    private static IResult HasSource(AddressList list) => Problems.Create(
        StatusCodes.Status409Conflict,
        "list-has-source",
        $"The entries of {list.Name} come from a source ({Words.Format(list.Source.Kind)}), which would undo this. Change the source, or "
        + "make it manual first; to deny one of its addresses, add a deny range.",
        ("name", list.Name),
        ("kind", Words.Format(list.Source.Kind)));

    private async Task<IResult> ListFindingsAsync([AsParameters] Paging paging, CancellationToken cancellationToken)
    {
        var errors = new Errors();
        var head = await Log.ReadHeadAsync(cancellationToken);
        var findings = ListFinding.FindAll(head.Rules, await refreshes.ListAsync(cancellationToken));
        return paging.CutInOrder(findings, "/api/address-lists/findings", Json, errors) is { } page
            ? TypedResults.Ok(page)
            : Problems.Invalid(errors);
    }

    private async Task<IResult> ListRefreshesAsync([AsParameters] Paging paging, CancellationToken cancellationToken)
    {
        var errors = new Errors();
        var head = await Log.ReadHeadAsync(cancellationToken);
        var sourced = head.Rules.AddressLists.Where(list => list.Source.Kind != SourceKind.Manual).Select(list => list.Id).ToHashSet();
        return paging.Cut(
            (await refreshes.ListAsync(cancellationToken)).Where(refresh => sourced.Contains(refresh.AddressListId)),
            "/api/address-lists/refreshes",
            refresh => ("", refresh.AddressListId),
            Json,
            errors) is { } page
            ? TypedResults.Ok(page)
            : Problems.Invalid(errors);
    }

    private async Task<IResult> RefreshDueAsync(CancellationToken cancellationToken) =>
        TypedResults.Ok(await refresher.RefreshDueAsync(cancellationToken));

    private async Task<IResult> RefreshAsync(string id, [AsParameters] ChangeOptions options)
    {
        var errors = new Errors();
        var key = Ids.Check(id, errors);
        options.Check(errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var made = await refresher.RefreshAsync(key!.Value, options, options.CancellationToken);
        return made.Problem ?? made.Outcome!.Answer(head =>
        {
            var list = Find(head.Rules, key.Value)!;
            return TypedResults.Ok(new ChangedEntries(made.Added, made.Removed, list.EntryCount, head.Revision))
                .WithETag(RuleItems.Fingerprint(list));
        });
    }

    private async Task<IResult> ListEntriesAsync(
        string id,
        [AsParameters] Paging paging,
        [FromQuery(Name = "q")] string? q,
        [FromQuery(Name = "contains")] string? contains,
        HttpRequest request,
        CancellationToken cancellationToken)
    {
        var errors = new Errors();
        var key = Ids.Check(id, errors);
        var address = Address.Parse(contains);
        if (contains is not null && address is null)
        {
            errors.Add(
                "contains",
                "not-an-address",
                $"{Errors.Quote(contains)} is not an IP address. Write one such as 203.0.113.5 or 2001:db8::7.",
                ("given", Errors.Shown(contains)));
        }

        var isCsv = Csv.IsPreferred(request);
        var limit = paging.CheckLimit(errors, isCsv ? RuleSet.MaxEntries : Paging.DefaultLimit);
        var list = $"/api{Route}/{id}/entries";
        var cursor = paging.ParseCursor(list, errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var head = await Log.ReadHeadAsync(cancellationToken);
        if (Find(head.Rules, key!.Value) is not { } found)
        {
            return NotFound(key.Value);
        }

        // They are sorted already: nothing before the page is looked at.
        var start = cursor is null ? 0 : EntryPosition.After(found.Entries, cursor.Value.Key);
        var shown = new List<(int Position, AddressEntry Entry)>();
        for (var i = start; i < found.Entries.Length && shown.Count <= limit; i++)
        {
            var entry = found.Entries[i];
            if ((address is null || entry.Contains(address.Value))
                && (string.IsNullOrEmpty(q)
                    || entry.Note.Contains(q, StringComparison.OrdinalIgnoreCase)
                    || RangeFilter.IsIn(q, entry.Cidr)))
            {
                shown.Add((i, entry));
            }
        }

        var count = Paging.CountThatFit(shown.Take(limit).Select(s => s.Entry), Json);
        var next = count == shown.Count
            ? null
            : Paging.WriteCursor(list, EntryPosition.Of(found.Entries, shown[count - 1].Position), Guid.Empty);
        var page = shown.Take(count).Select(s => s.Entry).ToList();
        var answer = isCsv
            ? TypedResults.Text(EntriesBody.WriteCsv(page), Csv.ContentType, Encoding.UTF8).WithNextPage(request, next)
            : TypedResults.Ok(new Page<AddressEntry>(page, next));
        return answer.WithETag(RuleItems.Fingerprint(found), isLasting: !isCsv).WithHeader(HeaderNames.Vary, HeaderNames.Accept);
    }

    private Task<IResult> AddEntriesAsync(
        string id, EntriesBody body, [FromHeader(Name = "If-Match")] string? ifMatch, [AsParameters] ChangeOptions options) =>
        ChangeEntriesAsync(id, body.Errors, ifMatch, options, old =>
        {
            var added = body.Entries.Distinct().Where(entry => !AddressList.WithBlock(old.Entries, entry).Contains(entry)).Order().ToList();
            return (AddressList.Edit(old.Entries, [], added), null);
        });

    private Task<IResult> ReplaceEntriesAsync(
        string id,
        EntriesBody body,
        [FromQuery(Name = "removals")] int? removals,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        [AsParameters] ChangeOptions options) =>
        ChangeEntriesAsync(id, body.Errors, ifMatch, options, old =>
        {
            ImmutableArray<AddressEntry> entries = [.. body.Entries.Order()];
            var removed = AddressList.Compare(old.Entries, entries).OnlyBefore.Count;
            return (entries, RefuseRemovals(old, removed, removals, options));
        });

    private Task<IResult> RemoveEntriesAsync(
        string id,
        [FromQuery(Name = "cidr")] string[] cidr,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        [AsParameters] ChangeOptions options)
    {
        var errors = new Errors();
        var blocks = new List<AddressEntry>();
        foreach (var text in cidr)
        {
            if (Cidr.Parse(text, out var fault) is { } block)
            {
                blocks.Add(new(block));
            }
            else
            {
                errors.Add("cidr", fault!);
            }
        }

        if (cidr.Length == 0)
        {
            errors.Add("cidr", "missing", "Give the blocks of the entries to remove: ?cidr=…&cidr=….");
        }

        return ChangeEntriesAsync(id, errors, ifMatch, options, old =>
        {
            var missing = blocks.Where(block => AddressList.WithBlock(old.Entries, block).IsEmpty)
                .Select(block => $"{block.Cidr}").ToList();
            if (missing.Count > 0)
            {
                return (old.Entries, Problems.Invalid("cidr", new(
                    "no-such-entry",
                    $"{old.Name} has no entry {missing[0]}. GET /api{Route}/{id}/entries lists those it has.",
                    ("given", missing[0]))));
            }

            var gone = blocks.Select(block => (block.Network, block.PrefixLength)).ToHashSet();
            return (old.Entries.RemoveAll(entry => gone.Contains((entry.Network, entry.PrefixLength))), null);
        });
    }

    /// <param name="errors">What is wrong already.</param>
    /// <param name="change">Makes the new entries, or says why they can't be.</param>
    private async Task<IResult> ChangeEntriesAsync(
        string id,
        Errors errors,
        string? ifMatch,
        ChangeOptions options,
        Func<AddressList, (ImmutableArray<AddressEntry> Entries, IResult? Refusal)> change)
    {
        var key = Ids.Check(id, errors);
        options.Check(errors);
        if (Precondition.Parse(ifMatch, errors) is not { } precondition || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var (added, removed) = (0, 0);
        var outcome = await Editor.EditAsync(options, Change);
        return outcome.Answer(head =>
        {
            var list = Find(head.Rules, key!.Value)!;
            return TypedResults.Ok(new ChangedEntries(added, removed, list.EntryCount, head.Revision))
                .WithETag(RuleItems.Fingerprint(list));
        });

        Edit Change(Snapshot head)
        {
            (added, removed) = (0, 0);
            if (Find(head.Rules, key!.Value) is not { } old)
            {
                return new Edit.Refused(NotFound(key.Value));
            }

            if (precondition.Refuse(RuleItems.Fingerprint(old)) is { } changed)
            {
                return new Edit.Refused(changed);
            }

            if (old.Source.Kind != SourceKind.Manual)
            {
                return new Edit.Refused(HasSource(old));
            }

            var (entries, refusal) = change(old);
            if (refusal is not null)
            {
                return new Edit.Refused(refusal);
            }

            var @new = old with { Entries = entries, UpdatedAt = Time.GetUtcNow(), UpdatedBy = options.Who };
            var (gone, come) = AddressList.Compare(old.Entries, @new.Entries);
            var lists = Objects(head.Rules).Replace(old, @new);
            (added, removed) = (come.Count, gone.Count);
            return added + removed == 0 ? new Edit.Nothing()
                : FindTooManyEntries(lists) is { } tooMany ? new Edit.Refused(tooMany)
                : new Edit.To(head.Rules.With(lists), Summarize(@new, added, removed));
        }
    }

    private static string Summarize(AddressList list, int added, int removed) =>
        (added, removed) switch
        {
            (_, 0) => $"Added {Entries(added)} to the address list {list.Name}.",
            (0, _) => $"Removed {Entries(removed)} from the address list {list.Name}.",
            _ => $"Changed the entries of the address list {list.Name}: {added} added, {removed} removed.",
        };

    private static string Entries(int count) => count == 1 ? "1 entry" : $"{count} entries";
}
