using System.Collections.Immutable;
using System.Globalization;
using ClientVpnAdmin.AdminApi.Changes;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.RuleObjects;

/// <summary>One kind of object in a rule set, and the calls that all kinds have in common.</summary>
/// <param name="Noun">What people call it.</param>
/// <param name="Route">Where the objects are, such as <c>/api/ranges</c>.</param>
/// <param name="Of">The objects of a rule set.</param>
/// <param name="With">A rule set with other objects.</param>
/// <param name="Fingerprint">Tells whether an object has changed.</param>
/// <param name="Name">What an object is called in a revision's summary.</param>
/// <param name="Max">How many a rule set holds.</param>
internal sealed record Kind<T>(
    string Noun,
    string Route,
    Func<RuleSet, ImmutableArray<T>> Of,
    Func<RuleSet, IEnumerable<T>, RuleSet> With,
    Func<T, string> Fingerprint,
    Func<T, string> Name,
    int Max)
    where T : RuleObject
{
    /// <summary>Makes an object out of what was given; null, and errors, if it can't be.</summary>
    public delegate T? Check(Errors errors, Edit<T> edit);

    /// <summary>Why the rules can't be as they would be with this new or changed object; null if they can.</summary>
    public delegate IResult? FindConflict(T candidate, Func<RuleSet> rules, IEnumerable<T> others);

    public async Task<IResult> ListAsync(Paging paging, Func<T, bool> filter, Errors errors, RevisionLog log, CancellationToken cancellationToken)
    {
        var head = await log.ReadHeadAsync(cancellationToken);
        var page = paging.Cut(Of(head.Rules).Where(filter), Route, o => (o.CreatedAt.UtcTicks, o.Id), errors);
        return page is null ? Problems.Invalid(errors) : TypedResults.Ok(page).WithETag(RevisionTag(head.Revision));
    }

    public async Task<IResult> GetAsync(string id, RevisionLog log, CancellationToken cancellationToken)
    {
        if (ReadId(id) is not { } key)
        {
            return InvalidId(id);
        }

        var head = await log.ReadHeadAsync(cancellationToken);
        return Of(head.Rules).FirstOrDefault(o => o.Id == key) is { } found ? Tagged(found) : NotFound(key);
    }

    public Task<IResult> AddAsync(string? givenId, Check check, FindConflict? findConflict, Change change)
    {
        var now = change.Time.GetUtcNow();
        var errors = new Errors();
        var added = check(errors, new Edit<T>(NewId.At(now), null, change.Who, now));
        if (givenId is not null)
        {
            errors.Add("id", "The portal gives ids: leave it out. To change an object, PUT it under its id.");
        }

        if (added is null || errors.Any)
        {
            return Task.FromResult(Problems.Invalid(errors));
        }

        return change.CommitAsync(head =>
        {
            var present = Of(head.Rules);
            if (present.Length >= Max)
            {
                return new Outcome(Problems.Of(StatusCodes.Status409Conflict, $"There are {Max} {Noun}s already, the most there can be: delete one first."));
            }

            return findConflict?.Invoke(added, Rules, present) is { } conflict
                ? new Outcome(conflict)
                : new Outcome(
                    TypedResults.Created(new Uri($"{Route}/{added.Id}", UriKind.Relative), added).WithETag(Fingerprint(added)),
                    new Proposal(Rules(), $"Added the {Noun} {Name(added)}."));

            RuleSet Rules() => With(head.Rules, present.Add(added));
        });
    }

    public Task<IResult> ReplaceAsync(string id, string? givenId, string? ifMatch, Check check, FindConflict? findConflict, Change change) =>
        ChangeOneAsync(id, ifMatch, change, (head, old) =>
        {
            var errors = new Errors();
            var replacement = check(errors, new Edit<T>(old.Id, old, change.Who, change.Time.GetUtcNow()));
            if (givenId is not null && ReadId(givenId) != old.Id)
            {
                errors.Add("id", "This is another id than the address's: repeat that, or leave it out.");
            }

            if (replacement is null || errors.Any)
            {
                return new Outcome(Problems.Invalid(errors));
            }

            if (ReferenceEquals(replacement, old))
            {
                return Outcome.Unchanged(Tagged(old), head);
            }

            var others = Of(head.Rules).Remove(old);
            return findConflict?.Invoke(replacement, Rules, others) is { } conflict
                ? new Outcome(conflict)
                : new Outcome(Tagged(replacement), new Proposal(Rules(), $"Changed the {Noun} {Name(replacement)}."));

            RuleSet Rules() => With(head.Rules, others.Add(replacement));
        });

    public Task<IResult> DeleteAsync(string id, string? ifMatch, Change change) => ChangeOneAsync(id, ifMatch, change, (head, old) =>
        new Outcome(TypedResults.NoContent(), new Proposal(With(head.Rules, Of(head.Rules).Remove(old)), $"Deleted the {Noun} {Name(old)}.")));

    public static Guid? ReadId(string text) => text.Length == 36 && Guid.TryParseExact(text, "D", out var id) ? id : null;

    public static string RevisionTag(long revision) => revision.ToString(CultureInfo.InvariantCulture);

    public static IResult InvalidId(string id) =>
        Problems.Invalid("id", $"{Errors.Quote(id)} is not an id. Write a UUID such as 019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b.");

    private Task<IResult> ChangeOneAsync(string id, string? ifMatch, Change change, Func<Snapshot, T, Outcome> propose)
    {
        var errors = new Errors();
        if (ReadId(id) is not { } key)
        {
            return Task.FromResult(InvalidId(id));
        }

        if (Precondition.Read(ifMatch, errors) is not { } precondition)
        {
            return Task.FromResult(Problems.Invalid(errors));
        }

        return change.CommitAsync(head =>
        {
            if (Of(head.Rules).FirstOrDefault(o => o.Id == key) is not { } old)
            {
                return new Outcome(NotFound(key));
            }

            return precondition.Refuse(Fingerprint(old)) is { } refusal ? new Outcome(refusal) : propose(head, old);
        });
    }

    private IResult Tagged(T found) => TypedResults.Ok(found).WithETag(Fingerprint(found));

    private IResult NotFound(Guid id) => Problems.NotFound($"{Noun} {id}");
}
