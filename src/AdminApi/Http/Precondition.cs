using ClientVpnAdmin.Validation;
using Microsoft.Net.Http.Headers;

namespace ClientVpnAdmin.AdminApi.Http;

/// <summary>
/// Keeps a change from overwriting one that its author hasn't seen. The object must have a tag that <c>If-Match</c> names, if that is
/// given, and it must not change between the first attempt to commit and a later one.
/// </summary>
internal sealed class Precondition
{
    private readonly IList<EntityTagHeaderValue>? expected;
    private string? firstContent;

    private Precondition(IList<EntityTagHeaderValue>? expected) => this.expected = expected;

    /// <summary>Null, and an error, if the header can't be read.</summary>
    public static Precondition? Parse(string? ifMatch, Errors errors)
    {
        if (string.IsNullOrEmpty(ifMatch))
        {
            return new Precondition(null);
        }

        if (EntityTagHeaderValue.TryParseList([ifMatch], out var tags))
        {
            return new Precondition(tags);
        }

        errors.Add(
            "If-Match",
            "not-an-etag",
            "This is no list of entity tags. Give the ETag of the object as it was answered, with its double quotes, or leave it out.");
        return null;
    }

    /// <param name="tag">The object's tag at present.</param>
    /// <param name="content">What the object must still be at a later attempt; the tag itself if nothing else.</param>
    /// <returns>Null if the change may go on, else the answer.</returns>
    public IResult? Refuse(string tag, string? content = null)
    {
        firstContent ??= content ?? tag;
        var present = new EntityTagHeaderValue($"\"{tag}\"");
        var matches = expected is null
            || expected.Any(e => e.Equals(EntityTagHeaderValue.Any) || e.Compare(present, useStrongComparison: true));
        return matches && firstContent == (content ?? tag)
            ? null
            : Problems.Create(
                StatusCodes.Status412PreconditionFailed,
                "changed-meanwhile",
                "Somebody else has changed this in the meantime; nothing was changed. GET it, and send your change again with its new "
                + "ETag in If-Match.");
    }
}
