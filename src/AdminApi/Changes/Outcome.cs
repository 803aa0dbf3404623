using ClientVpnAdmin.AdminApi.Decisions;
using ClientVpnAdmin.Revisions;

namespace ClientVpnAdmin.AdminApi.Changes;

/// <summary>What became of an edit.</summary>
internal abstract record Outcome
{
    /// <summary>The answer to whoever asked for it.</summary>
    /// <param name="success">The answer to an edit that is made, out of the rules as they are now.</param>
    public IResult Answer(Func<Snapshot, IResult> success) => this switch
    {
        Refused refused => refused.Problem,
        Previewed previewed => TypedResults.Ok(previewed.Preview),
        Unchanged unchanged => success(unchanged.Head),
        Committed committed => success(committed.Head).WithUnreadable(committed.Unreadable),
        _ => throw new InvalidOperationException("There is no other outcome."),
    };

    /// <summary>It isn't made.</summary>
    /// <param name="Problem">Says why.</param>
    internal sealed record Refused(IResult Problem) : Outcome;

    /// <summary>It was only tried out.</summary>
    /// <param name="Preview">What it would do.</param>
    internal sealed record Previewed(Preview Preview) : Outcome;

    /// <summary>The rules say it already.</summary>
    /// <param name="Head">The newest revision.</param>
    internal sealed record Unchanged(Snapshot Head) : Outcome;

    /// <summary>It is made.</summary>
    /// <param name="Head">The revision that it made.</param>
    /// <param name="Unreadable">How many decisions could not be read to tell whom it affects.</param>
    internal sealed record Committed(Snapshot Head, int Unreadable) : Outcome;
}
