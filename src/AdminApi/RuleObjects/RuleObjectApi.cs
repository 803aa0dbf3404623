using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ClientVpnAdmin.AdminApi.Changes;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace ClientVpnAdmin.AdminApi.RuleObjects;

/// <summary>The calls that all kinds of objects in a rule set have in common.</summary>
internal abstract class RuleObjectApi<T, TInput>(
    RevisionLog log, RuleEditor editor, MergePatch mergePatch, IOptions<JsonOptions> json, TimeProvider time)
    where T : RuleObject
    where TInput : RuleObjectInput<T>
{
    protected RevisionLog Log => log;

    protected RuleEditor Editor => editor;

    protected TimeProvider Time => time;

    /// <summary>How answers are written.</summary>
    protected JsonSerializerOptions Json => json.Value.SerializerOptions;

    // Each is a whole rule set to be read while somebody waits.
    private const int MaxExamined = 100;

    /// <summary>Their title in the document, such as <c>Denial messages</c>.</summary>
    protected string Tag => $"{char.ToUpperInvariant(Noun[0])}{Noun[1..]}s";

    /// <summary>Where they are below <c>/api</c>, such as <c>/denial-messages</c>.</summary>
    protected string Route => $"/{Noun.Replace(' ', '-')}s";

    /// <summary>What people call one, such as <c>denial message</c>.</summary>
    protected abstract string Noun { get; }

    /// <summary>How many a rule set holds.</summary>
    protected abstract int Max { get; }

    protected virtual string AddSummary => $"Adds a {Noun}.";

    protected abstract string AddDescription { get; }

    [StringSyntax(StringSyntaxAttribute.Json)]
    protected abstract string AddExample { get; }

    [StringSyntax(StringSyntaxAttribute.Json)]
    protected abstract string ReplaceExample { get; }

    [StringSyntax(StringSyntaxAttribute.Json)]
    protected abstract string PatchExample { get; }

    public void Map(ApiGroup api)
    {
        var one = $"{Route}/{{id}}";
        var name = string.Concat(Noun.Split(' ').Select(word => $"{char.ToUpperInvariant(word[0])}{word[1..]}"));
        MapList(api).WithTags(Tag).WithName($"List{name}s")
            .WithSummary($"Lists {Noun}s, the oldest first.")
            .AnswersTagged<Page<T>>();
        api.MapChange(HttpMethods.Post, Route, AddAsync, call => call.WithTags(Tag).WithName($"Add{name}")
            .WithSummary(AddSummary)
            .WithDescription(AddDescription)
            .AnswersTagged<T>(StatusCodes.Status201Created)
            .TakesJson(AddExample));
        MapMore(api);
        api.Reading.MapRead(one, GetAsync).WithTags(Tag).WithName($"Get{name}")
            .WithSummary($"Shows one {Noun}.")
            .AnswersTagged<T>().AnswersProblem(StatusCodes.Status404NotFound);
        api.Reading.MapRead($"{one}/history", ListHistoryAsync).WithTags(Tag).WithName($"List{name}History")
            .WithSummary($"Lists the revisions that added, changed or removed one {Noun}, the newest first.")
            .WithDescription(
                $"{MaxExamined} revisions are looked at for a page: it may hold fewer than limit, even none, though there are more. Go on "
                + "until nextCursor is null. The list is empty for an id that never was.")
            .Produces<Page<ObjectRevision<T>>>();
        api.MapChange(HttpMethods.Put, one, ReplaceCall, call => call.WithTags(Tag).WithName($"Replace{name}")
            .WithSummary($"Replaces one {Noun}.")
            .WithDescription($"What is left out takes its default, as with a new {Noun.Split(' ')[^1]}.")
            .AnswersTagged<T>()
            .TakesJson(ReplaceExample)
            .AnswersProblem(StatusCodes.Status404NotFound).AnswersProblem(StatusCodes.Status412PreconditionFailed));
        api.MapChange(HttpMethods.Patch, one, PatchCall, call => call.WithTags(Tag).WithName($"Change{name}")
            .WithSummary($"Changes some members of one {Noun}.")
            .WithDescription(
                "The body is a JSON merge patch (RFC 7396): what is left out stays as it is, null takes the default, a list is replaced "
                + "whole.")
            .AnswersTagged<T>()
            .TakesPatch(PatchExample)
            .AnswersProblem(StatusCodes.Status404NotFound).AnswersProblem(StatusCodes.Status412PreconditionFailed));
        api.MapChange(HttpMethods.Delete, one, DeleteAsync, call => call.WithTags(Tag).WithName($"Delete{name}")
            .WithSummary($"Deletes one {Noun}.")
            .Produces(StatusCodes.Status204NoContent)
            .AnswersProblem(StatusCodes.Status404NotFound).AnswersProblem(StatusCodes.Status412PreconditionFailed));
    }

    /// <summary>What answers PUT, for kinds that ask for more than others.</summary>
    protected virtual Delegate ReplaceCall => ReplaceAsync;

    /// <summary>What answers PATCH, for kinds that ask for more than others.</summary>
    protected virtual Delegate PatchCall => PatchAsync;

    protected abstract ImmutableArray<T> Objects(RuleSet rules);

    protected abstract RuleSet With(RuleSet rules, IEnumerable<T> objects);

    /// <summary>What one is called in a revision's summary.</summary>
    protected abstract string Name(T one, RuleSet rules);

    /// <summary>Why there can't be this new or changed object beside the others; null if there can.</summary>
    /// <param name="old">What it was; null for a new one.</param>
    /// <param name="rules">The others, and all else.</param>
    protected virtual IResult? FindConflict(T? old, T candidate, RuleSet rules, ChangeOptions options) => null;

    /// <summary>Why one can't be deleted; null if it can.</summary>
    protected virtual IResult? FindUse(T old, RuleSet rules) => null;

    /// <summary>What an input makes of an object, with what the object keeps if the input doesn't have it.</summary>
    protected virtual T Keep(T old, T made, TInput input) => made;

    /// <summary>Maps the calls that only this kind has.</summary>
    protected virtual void MapMore(ApiGroup api)
    {
    }

    protected virtual RouteHandlerBuilder MapList(ApiGroup api) => api.Reading.MapRead(
        Route, ([AsParameters] Paging paging, CancellationToken cancellationToken) =>
            PageAsync(paging, _ => true, new Errors(), cancellationToken));

    protected async Task<IResult> PageAsync(Paging paging, Func<T, bool> filter, Errors errors, CancellationToken cancellationToken)
    {
        var head = await log.ReadHeadAsync(cancellationToken);
        var page = paging.Cut(
            Objects(head.Rules).Where(filter),
            $"/api{Route}",
            o => (Paging.KeyOf(o.CreatedAt.UtcTicks), o.Id),
            Json,
            errors);
        return page is null ? Problems.Invalid(errors) : TypedResults.Ok(page).WithETag(head.Revision);
    }

    /// <param name="added">The new object, checked.</param>
    /// <param name="options">Who asks, and what they say besides.</param>
    /// <param name="refuse">Why there can't be such rules; null if there can.</param>
    protected async Task<IResult> AddCheckedAsync(T added, ChangeOptions options, Func<RuleSet, IResult?> refuse)
    {
        var outcome = await editor.EditAsync(options, Add);
        return outcome.Answer(head =>
        {
            var made = Find(head.Rules, added.Id)!;
            return TypedResults.Created(new Uri($"/api{Route}/{made.Id}", UriKind.Relative), made).WithETag(RuleItems.Fingerprint(made));
        });

        Edit Add(Snapshot head)
        {
            var present = Objects(head.Rules);
            if (present.Length >= Max)
            {
                return new Edit.Refused(Problems.Create(
                    StatusCodes.Status409Conflict,
                    "too-many",
                    $"There are {Max} {Noun}s already, the most there can be: delete one first.",
                    ("what", Noun),
                    ("max", Max)));
            }

            return FindConflict(null, added, head.Rules, options) is { } conflict ? new Edit.Refused(conflict)
                : With(head.Rules, present.Add(added)) is var rules && refuse(rules) is { } refusal ? new Edit.Refused(refusal)
                : new Edit.To(rules, $"Added the {Noun} {Name(added, rules)}.");
        }
    }

    private async Task<IResult> AddAsync(Body<TInput> body, [AsParameters] ChangeOptions options)
    {
        var errors = body.Errors;
        var added = body.Value.Check(errors, options.Who, time.GetUtcNow());
        if (body.Value.Id is not null)
        {
            errors.Add("id", "id-given", "The portal gives ids: leave it out. To change an object, PUT it under its id.");
        }

        options.Check(errors);
        return added is null || errors.Any
            ? Problems.Invalid(errors)
            : await AddCheckedAsync(added, options, _ => null);
    }

    private async Task<IResult> GetAsync(string id, CancellationToken cancellationToken)
    {
        var errors = new Errors();
        if (Ids.Check(id, errors) is not { } key)
        {
            return Problems.Invalid(errors);
        }

        var head = await log.ReadHeadAsync(cancellationToken);
        return Find(head.Rules, key) is { } found ? Tagged(found) : NotFound(key);
    }

    private async Task<IResult> ListHistoryAsync(string id, [AsParameters] Paging paging, CancellationToken cancellationToken)
    {
        var errors = new Errors();
        var list = $"/api{Route}/{id}/history";
        var before = paging.ParseNumberCursor(list, errors)?.Number ?? long.MaxValue;
        var limit = paging.CheckLimit(errors);
        if (Ids.Check(id, errors) is not { } key || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var found = new List<ObjectRevision<T>>();
        var revisions = await log.ListAsync(before, MaxExamined + 1, cancellationToken);
        var next = revisions.Count > MaxExamined ? revisions[MaxExamined - 1].Number : (long?)null;
        var newer = await log.ReadAsync(revisions.Count > 0 ? revisions[0].Number : 0, cancellationToken);
        foreach (var revision in revisions.Take(MaxExamined))
        {
            var older = await log.ReadAsync(revision.Number - 1, cancellationToken, newer);
            if (ObjectRevision<T>.Between(revision, Find(older, key), Find(newer, key), Json) is { } change)
            {
                found.Add(change);
            }

            if (found.Count == limit || Paging.CountThatFit(found, Json) < found.Count)
            {
                next = revision.Number > 1 ? revision.Number : null;
                break;
            }

            newer = older;
        }

        return TypedResults.Ok(
            new Page<ObjectRevision<T>>(found, next is { } number ? Paging.WriteCursor(list, Paging.KeyOf(number), Guid.Empty) : null));

        T? Find(Snapshot? snapshot, Guid id) => snapshot is null ? null : this.Find(snapshot.Rules, id);
    }

    protected Task<IResult> ReplaceAsync(
        string id, Body<TInput> body, [FromHeader(Name = "If-Match")] string? ifMatch, [AsParameters] ChangeOptions options)
    {
        var replacement = CheckFor(id, body.Value, options, body.Errors);
        return ChangeAsync(id, body.Errors, ifMatch, options, (old, _) => replacement is null ? null : Keep(old, replacement, body.Value));
    }

    protected Task<IResult> PatchAsync(
        string id, Body<TInput> patch, [FromHeader(Name = "If-Match")] string? ifMatch, [AsParameters] ChangeOptions options) =>
        ChangeAsync(id, new(), ifMatch, options, (old, errors) =>
        {
            errors.AddAll("", patch.Errors);
            var input = Patched(old, patch.Json);
            return CheckFor(id, input, options, errors) is { } made ? Keep(old, made, input) : null;
        });

    /// <summary>What somebody would have given to make an object what a merge patch makes of it.</summary>
    protected TInput Patched(T old, JsonElement patch) => mergePatch.Apply<TInput>(old, patch);

    /// <summary>Checks an input that is to take the place of an object.</summary>
    private T? CheckFor(string id, TInput input, ChangeOptions options, Errors errors)
    {
        var replacement = input.Check(errors, options.Who, time.GetUtcNow());
        if (input.Id is not null && Ids.Parse(id) is { } key && Ids.Parse(input.Id) != key)
        {
            errors.Add("id", "another-id", "This is another id than the address's: repeat that, or leave it out.");
        }

        return replacement;
    }

    /// <param name="errors">What is wrong already.</param>
    /// <param name="make">Makes the new object in the place of the old one, and says what is wrong with it.</param>
    private async Task<IResult> ChangeAsync(string id, Errors errors, string? ifMatch, ChangeOptions options, Func<T, Errors, T?> make)
    {
        var key = Ids.Check(id, errors);
        options.Check(errors);
        if (Precondition.Parse(ifMatch, errors) is not { } precondition || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var outcome = await editor.EditAsync(options, Change);
        return outcome.Answer(head => Tagged(Find(head.Rules, key!.Value)!));

        Edit Change(Snapshot head)
        {
            if (Find(head.Rules, key!.Value) is not { } old)
            {
                return new Edit.Refused(NotFound(key.Value));
            }

            if (precondition.Refuse(RuleItems.Fingerprint(old)) is { } changed)
            {
                return new Edit.Refused(changed);
            }

            var found = new Errors();
            var made = make(old, found);
            if (made is null || found.Any)
            {
                return new Edit.Refused(Problems.Invalid(found));
            }

            var @new = made.InPlaceOf(old, time.GetUtcNow());
            return @new == old ? new Edit.Nothing()
                : FindConflict(old, @new, head.Rules, options) is { } conflict ? new Edit.Refused(conflict)
                : new Edit.To(With(head.Rules, Objects(head.Rules).Replace(old, @new)), $"Changed the {Noun} {Name(@new, head.Rules)}.");
        }
    }

    private async Task<IResult> DeleteAsync(
        string id, [FromHeader(Name = "If-Match")] string? ifMatch, [AsParameters] ChangeOptions options)
    {
        var errors = new Errors();
        var key = Ids.Check(id, errors);
        options.Check(errors);
        if (Precondition.Parse(ifMatch, errors) is not { } precondition || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var outcome = await editor.EditAsync(options, Delete);
        return outcome.Answer(_ => TypedResults.NoContent());

        Edit Delete(Snapshot head) =>
            Find(head.Rules, key!.Value) is not { } old ? new Edit.Refused(NotFound(key.Value))
            : precondition.Refuse(RuleItems.Fingerprint(old)) is { } changed ? new Edit.Refused(changed)
            : FindUse(old, head.Rules) is { } use ? new Edit.Refused(use)
            : new Edit.To(With(head.Rules, Objects(head.Rules).Remove(old)), $"Deleted the {Noun} {Name(old, head.Rules)}.");
    }

    protected T? Find(RuleSet rules, Guid id) => Objects(rules).FirstOrDefault(o => o.Id == id);

    protected static IResult Tagged(T one) => TypedResults.Ok(one).WithETag(RuleItems.Fingerprint(one));

    protected IResult NotFound(Guid id) => Problems.NotFound(Noun, id);
}
