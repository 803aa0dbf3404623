using System.Security.Claims;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;

namespace ClientVpnAdmin.AdminApi.Changes;

/// <summary>What every changing call may be given besides what is to change.</summary>
/// <param name="DryRun">True answers what would change and whom that would affect, and changes nothing.</param>
/// <param name="Force">True makes the change though it breaks rule tests, or denies more than half of those who came in lately.</param>
/// <param name="ImpactDays">Of how many days decisions are looked at for whom the change affects, from 1 to 90. Default: 7.</param>
/// <param name="Comment">Why, in at most 500 characters; it is kept with the revision.</param>
/// <param name="Caller">Who asks.</param>
/// <param name="CancellationToken">Ends the attempts; an edit that is committed stays so.</param>
internal sealed record ChangeOptions(
    [FromQuery(Name = "dryRun")] bool? DryRun,
    [FromQuery(Name = "force")] bool? Force,
    [FromQuery(Name = "impactDays")] int? ImpactDays,
    [FromHeader(Name = "X-Comment")] string? Comment,
    ClaimsPrincipal Caller,
    CancellationToken CancellationToken)
{
    public const int DefaultImpactDays = 7;
    private const int MaxImpactDays = 90;
    private const int MaxComment = 500;

    /// <summary>The name under which the change is recorded.</summary>
    public string Who => Caller.Identity?.Name ?? throw new InvalidOperationException("The caller's token names nobody.");

    public void Check(Errors errors)
    {
        Checks.Text(Comment ?? "", MaxComment, "X-Comment", errors);
        if (ImpactDays is < 1 or > MaxImpactDays)
        {
            errors.Add("impactDays", $"Give a number from 1 to {MaxImpactDays}.");
        }
    }
}
