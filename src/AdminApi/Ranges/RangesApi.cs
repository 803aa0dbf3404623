using System.Security.Claims;
using ClientVpnAdmin.Access;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Http;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;

namespace ClientVpnAdmin.Ranges;

internal static class RangesApi
{
    private static readonly Kind<AddressRange> Ranges = new(
        "range", "/api/ranges", r => r.Ranges, (r, ranges) => r.With(ranges), RuleSetCodec.Fingerprint, r => r.Cidr.ToString(), RuleSet.MaxRanges);

    public static void MapRanges(this ApiGroup api)
    {
        api.Reading.MapGet("/ranges", List).WithTags("Ranges").WithName("ListRanges")
            .WithSummary("Lists ranges, the oldest first.")
            .WithDescription("The ETag is the number of the revision that the list is of, for PUT /api/ranges.")
            .Produces<Page<AddressRange>>().ProducesValidationProblem();
        api.Editing.MapPost("/ranges", Add).WithTags("Ranges").WithName("AddRange")
            .WithSummary("Adds a range.")
            .WithDescription("Only cidr is needed. The range counts from the very next connection on.")
            .Produces<AddressRange>(StatusCodes.Status201Created).TakesJson().ProducesProblem(StatusCodes.Status409Conflict);
        api.Editing.MapPut("/ranges", ReplaceAll).WithTags("Ranges").WithName("ReplaceRanges")
            .WithSummary("Replaces all ranges at once, or none.")
            .WithDescription(
                "An item with the id of an existing range replaces that one, which keeps its id and its creation; other items are added, "
                + "and what isn't in the array is deleted. If-Match takes the ETag of the list.")
            .Produces<ReplacedRanges>().TakesJson().ProducesProblem(StatusCodes.Status412PreconditionFailed);
        api.Reading.MapGet("/ranges/{id}", Get).WithTags("Ranges").WithName("GetRange")
            .WithSummary("Shows one range.")
            .Produces<AddressRange>().ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound);
        api.Editing.MapPut("/ranges/{id}", Replace).WithTags("Ranges").WithName("ReplaceRange")
            .WithSummary("Replaces one range.")
            .WithDescription("What is left out takes its default, as with a new range.")
            .Produces<AddressRange>().TakesJson().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status412PreconditionFailed);
        api.Editing.MapDelete("/ranges/{id}", Delete).WithTags("Ranges").WithName("DeleteRange")
            .WithSummary("Deletes one range.")
            .Produces(StatusCodes.Status204NoContent).ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    /// <param name="paging">Which page.</param>
    /// <param name="q">A part of the description or of the CIDR block, in any case.</param>
    /// <param name="endpointId">Only ranges that count for this endpoint: those that name it, and those that name none.</param>
    /// <param name="enabled">Only enabled ranges, or only disabled ones.</param>
    /// <param name="contains">Only ranges that contain this address.</param>
    /// <param name="log">The rules.</param>
    /// <param name="cancellationToken">The request's.</param>
    private static Task<IResult> List(
        [AsParameters] Paging paging, string? q, string? endpointId, bool? enabled, string? contains, RevisionLog log, CancellationToken cancellationToken)
    {
        var errors = new Errors();
        var address = Address.Read(contains);
        if (contains is not null && address is null)
        {
            errors.Add("contains", $"{Errors.Quote(contains)} is not an IP address. Write one such as 203.0.113.5 or 2001:db8::7.");
        }

        return Ranges.ListAsync(paging, Matches, errors, log, cancellationToken);

        bool Matches(AddressRange range) =>
            (q is null || range.Description.Contains(q, StringComparison.OrdinalIgnoreCase) || range.Cidr.ToString().Contains(q, StringComparison.OrdinalIgnoreCase))
            && (endpointId is null || range.EndpointIds.IsEmpty || range.EndpointIds.Contains(endpointId))
            && (enabled is null || range.Enabled == enabled)
            && (address is null || range.Cidr.Contains(address.Value));
    }

    private static Task<IResult> Get(string id, RevisionLog log, CancellationToken cancellationToken) => Ranges.GetAsync(id, log, cancellationToken);

    private static Task<IResult> Add(RangeInput input, ClaimsPrincipal caller, RevisionLog log, TimeProvider time, CancellationToken cancellationToken) =>
        Ranges.AddAsync(input.Id, input.Check, null, caller, log, time, cancellationToken);

    /// <param name="id">The range's id.</param>
    /// <param name="input">The range as it is to be.</param>
    /// <param name="ifMatch">The ETag of the range that is to be replaced: 412 if it has changed since.</param>
    /// <param name="caller">The administrator.</param>
    /// <param name="log">The rules.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">The request's.</param>
    private static Task<IResult> Replace(
        string id, RangeInput input, [FromHeader(Name = "If-Match")] string? ifMatch, ClaimsPrincipal caller, RevisionLog log, TimeProvider time, CancellationToken cancellationToken) =>
        Ranges.ReplaceAsync(id, input.Id, ifMatch, input.Check, null, caller, log, time, cancellationToken);

    /// <param name="id">The range's id.</param>
    /// <param name="ifMatch">The ETag of the range that is to be deleted: 412 if it has changed since.</param>
    /// <param name="caller">The administrator.</param>
    /// <param name="log">The rules.</param>
    /// <param name="cancellationToken">The request's.</param>
    private static Task<IResult> Delete(
        string id, [FromHeader(Name = "If-Match")] string? ifMatch, ClaimsPrincipal caller, RevisionLog log, CancellationToken cancellationToken) =>
        Ranges.DeleteAsync(id, ifMatch, caller, log, cancellationToken);

    /// <param name="inputs">All ranges as they are to be.</param>
    /// <param name="ifMatch">The ETag of the list that is to be replaced: 412 if there has been another revision since.</param>
    /// <param name="caller">The administrator.</param>
    /// <param name="log">The rules.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">The request's.</param>
    private static async Task<IResult> ReplaceAll(
        IReadOnlyList<RangeInput?> inputs, [FromHeader(Name = "If-Match")] string? ifMatch, ClaimsPrincipal caller, RevisionLog log, TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new Errors();
        if (inputs.Count > RuleSet.MaxRanges)
        {
            errors.Add("body", $"These are {inputs.Count} ranges. A rule set holds at most {RuleSet.MaxRanges}: leave some out.");
        }

        if (Precondition.Read(ifMatch, errors) is not { } precondition || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        return await log.ChangeAsync(caller, head =>
        {
            if (precondition.Refuse(Kind<AddressRange>.RevisionTag(head.Revision), RuleSetCodec.Fingerprint(head.Rules.Ranges)) is { } refusal)
            {
                return new Outcome(refusal);
            }

            var found = new Errors();
            var ranges = CheckAll(inputs, head.Rules, found, caller.Who(), time.GetUtcNow());
            if (found.Any)
            {
                return new Outcome(Problems.Invalid(found));
            }

            var present = head.Rules.Ranges.ToHashSet(ReferenceEqualityComparer.Instance);
            var kept = ranges.Count(present.Contains);
            return kept == ranges.Count && kept == present.Count
                ? new Outcome(Answer(head.Revision))
                : new Outcome(Answer(head.Revision + 1), new Proposal(head.Rules.With(ranges), $"Replaced all ranges: {present.Count} before, {ranges.Count} now, {kept} of them unchanged."));

            IResult Answer(long revision) => TypedResults.Ok(new ReplacedRanges(ranges.Count, revision)).WithETag(Kind<AddressRange>.RevisionTag(revision));
        }, cancellationToken);
    }

    private static List<AddressRange> CheckAll(IReadOnlyList<RangeInput?> inputs, RuleSet rules, Errors errors, string who, DateTimeOffset now)
    {
        var present = rules.Ranges.ToDictionary(r => r.Id);
        var taken = new HashSet<Guid>();

        // In order, so that a list comes back as it was sent: ids made within one millisecond are otherwise in none.
        using var newIds = Enumerable.Range(0, inputs.Count).Select(_ => Guid.CreateVersion7(now)).Order().GetEnumerator();
        var ranges = new List<AddressRange>(inputs.Count);
        for (var i = 0; i < inputs.Count; i++)
        {
            newIds.MoveNext();
            var found = new Errors();
            var input = inputs[i];
            var id = input?.Id is { } text ? Kind<AddressRange>.ReadId(text) : newIds.Current;
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
            errors.AddAll($"[{i}]", found);
            if (range is not null)
            {
                ranges.Add(range);
            }
        }

        return ranges;
    }
}
