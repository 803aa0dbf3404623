using System.Security.Claims;
using ClientVpnAdmin.Access;
using ClientVpnAdmin.Revisions;

namespace ClientVpnAdmin.Http;

/// <summary>What becomes of a change that somebody asked for.</summary>
/// <param name="Answer">The answer, once the proposal is committed.</param>
/// <param name="Proposal">What to commit; null if the change is refused or changes nothing.</param>
internal sealed record Outcome(IResult Answer, Proposal? Proposal = null);

internal static class Changes
{
    /// <summary>Commits a change and answers.</summary>
    /// <param name="log">The rules.</param>
    /// <param name="caller">The administrator.</param>
    /// <param name="change">Makes the outcome on the newest rules; called again when another change gets there first.</param>
    /// <param name="cancellationToken">The request's.</param>
    public static async Task<IResult> ChangeAsync(this RevisionLog log, ClaimsPrincipal caller, Func<Snapshot, Outcome> change, CancellationToken cancellationToken)
    {
        var answer = Results.Empty;
        await log.CommitAsync(caller.Who(), Propose, cancellationToken);
        return answer;

        Proposal? Propose(Snapshot head)
        {
            (answer, var proposal) = change(head);
            return proposal;
        }
    }
}
