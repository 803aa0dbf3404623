using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AdminApi.Access;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;

namespace ClientVpnAdmin.AdminApi.Changes;

/// <summary>What every changing call may be given besides what is to change.</summary>
/// <param name="Force">
/// True makes the change though it breaks rule tests, denies more than half of those who came in lately or yourself, or adds an address
/// twice.
/// </param>
/// <param name="ImpactDays">Of how many days decisions are looked at for whom the change affects, from 1 to 90. Default: 7.</param>
/// <param name="Comment">Why, in at most 500 characters; it is kept with the revision.</param>
/// <param name="CommentHeader">The same as comment, in a header. Browsers can send Latin letters only there.</param>
/// <param name="Address">
/// From where your own connection would come: the preview says what becomes of it, and a change that shuts you out needs force. Default:
/// from where you call.
/// </param>
/// <param name="Context">The call itself.</param>
internal sealed record ChangeOptions(
    [FromQuery(Name = "force")] bool? Force,
    [FromQuery(Name = "impactDays")] int? ImpactDays,
    [FromQuery(Name = "comment")] string? Comment,
    [FromHeader(Name = "X-Comment")] string? CommentHeader,
    [FromQuery(Name = "address")] string? Address,
    HttpContext Context)
{
    public const int DefaultImpactDays = 7;

    private const int MaxImpactDays = 90;
    private const int MaxComment = 500;

    /// <summary>Whether the call only asks what it would do.</summary>
    public bool IsPreview => Context.GetEndpoint()?.Metadata.GetMetadata<PreviewCall>() is not null;

    /// <summary>The address list whose source makes the change; null if a person does.</summary>
    public string? SourceOf { get; init; }

    /// <summary>How many entries are meant to be removed; null if nobody has said.</summary>
    public int? Removals { get; init; }

    /// <summary>The name under which the change is recorded.</summary>
    public string Who => SourceOf is null
        ? Caller ?? throw new InvalidOperationException("The caller's token names nobody.")
        : $"source {SourceOf}";

    /// <summary>Who asks; null for a schedule.</summary>
    public string? Caller => Context.User.Identity?.Name;

    /// <summary>
    /// The names under which the caller may connect, the likeliest first. Of an AWS identity also what its ARN ends with: the name of a
    /// user, or of a role's session, which IAM Identity Center names after its user.
    /// </summary>
    public IReadOnlyList<string> OwnNames => Caller is null ? []
        : Caller.StartsWith("arn:", StringComparison.Ordinal) && Caller.LastIndexOf('/') is >= 0 and var slash
            ? [Caller[(slash + 1)..], Caller]
            : [Caller];

    /// <summary>From where the change comes.</summary>
    public string From => Context.From();

    /// <summary>The address that the caller names, else the public one that they call from; null for neither.</summary>
    public Address? OwnAddress => Address is null ? Context.FromPublic() : Addresses.Address.Parse(Address);

    /// <summary>Why the change is made; null if nobody says.</summary>
    public string? Why => Comment is { Length: > 0 } ? Comment
        : CommentHeader is { Length: > 0 } ? CommentHeader
        : SourceOf is not null && Caller is not null ? $"Asked for by {Caller}."
        : null;

    /// <summary>Ends the attempts; an edit that is committed stays so.</summary>
    public CancellationToken CancellationToken => Context.RequestAborted;

    /// <summary>For a change that nobody asks for at this moment.</summary>
    public static ChangeOptions Scheduled(CancellationToken cancellationToken) =>
        new(null, null, null, null, null, new DefaultHttpContext { RequestAborted = cancellationToken });

    public void Check(Errors errors)
    {
        Checks.Text(Comment ?? "", MaxComment, "comment", errors);
        Checks.Text(CommentHeader ?? "", MaxComment, "X-Comment", errors);
        if (Comment is { Length: > 0 } && CommentHeader is { Length: > 0 } && Comment != CommentHeader)
        {
            errors.Add("comment", "two-comments", "The header X-Comment says something else: leave one of them out.");
        }

        if (Address is not null && OwnAddress is null)
        {
            errors.Add(
                "address",
                "not-an-address",
                $"{Errors.Quote(Address)} is not an IP address. Write one such as 203.0.113.9 or 2001:db8::9.",
                ("given", Errors.Shown(Address)));
        }

        if (ImpactDays is < 1 or > MaxImpactDays)
        {
            errors.Add("impactDays", Checks.OutOfBounds(1, MaxImpactDays));
        }
    }
}
