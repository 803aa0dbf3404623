using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace ClientVpnAdmin.Revisions;

/// <summary>
/// The chain of digests over all revisions: each is made of a revision and the digest before it, so that nobody can change, insert or
/// remove one without making all after it anew.
/// </summary>
internal static class RevisionChain
{
    /// <summary>The digest of a revision in the chain.</summary>
    /// <param name="before">The one before; null where the chain begins.</param>
    public static string DigestOf(Revision revision, string? before)
    {
        using var content = new MemoryStream();
        using (var writer = new Utf8JsonWriter(content))
        {
            writer.WriteStartArray(); // so that no two revisions are written the same way
            writer.WriteStringValue(before);
            writer.WriteNumberValue(revision.Number);
            writer.WriteStringValue(revision.Digest);
            writer.WriteStringValue(revision.CommittedAt.ToString("O", CultureInfo.InvariantCulture));
            writer.WriteStringValue(revision.CommittedBy);
            writer.WriteStringValue(revision.Summary);
            writer.WriteStringValue(revision.Comment);
            writer.WriteEndArray();
        }

        return Convert.ToHexStringLower(SHA256.HashData(content.GetBuffer().AsSpan(0, (int)content.Length)));
    }

    /// <summary>Says of each revision whether it is what was committed there.</summary>
    /// <param name="revisions">The newest first, none left out.</param>
    /// <param name="older">The one before all of them; null if there is none.</param>
    public static IEnumerable<Revision> Check(IReadOnlyList<Revision> revisions, Revision? older) =>
        revisions.Zip(revisions.Skip(1).Append(older), (revision, before) => revision with { Intact = IsIntact(revision, before) });

    private static bool? IsIntact(Revision revision, Revision? before) =>
        (before?.Number ?? 0) != revision.Number - 1 ? false // one is missing
        : revision.Chain is not null ? revision.Chain == DigestOf(revision, before?.Chain)
        : before?.Chain is not null ? false // what is in the chain has a digest ever after
        : null;
}
