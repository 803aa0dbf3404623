using System.Security.Claims;
using ClientVpnAdmin.Revisions;

namespace ClientVpnAdmin.Http;

/// <summary>What every changing call is given, whatever it changes.</summary>
internal sealed record Change(ClaimsPrincipal Caller, RevisionLog Log, TimeProvider Time, CancellationToken CancellationToken)
{
    /// <summary>The name under which the change is recorded.</summary>
    public string Who => Caller.Identity?.Name ?? throw new InvalidOperationException("The caller's token names nobody.");

    /// <summary>Commits and answers.</summary>
    /// <param name="propose">Makes the outcome on the newest rules; called again when another change gets there first.</param>
    public async Task<IResult> CommitAsync(Func<Snapshot, Outcome> propose)
    {
        var answer = Results.Empty;
        await Log.CommitAsync(Who, Propose, CancellationToken);
        return answer;

        Proposal? Propose(Snapshot head)
        {
            (answer, var proposal) = propose(head);
            return proposal;
        }
    }
}

/// <summary>What becomes of a change that somebody asked for.</summary>
/// <param name="Answer">The answer, once the proposal is committed.</param>
/// <param name="Proposal">What to commit; null if the change is refused or changes nothing.</param>
internal sealed record Outcome(IResult Answer, Proposal? Proposal = null);
