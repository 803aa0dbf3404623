using ClientVpnAdmin.Tries;

namespace ClientVpnAdmin.Revisions;

/// <summary>A revision whose rules are read as they are needed.</summary>
/// <param name="Revision">Its number; 0 before the first change.</param>
/// <param name="Digest">The digest of its rules' root.</param>
public sealed record StoredRevision(long Revision, Digest Digest)
{
    internal static StoredRevision Initial { get; } = new(0, default);

    /// <summary>The root's parts.</summary>
    internal Part[] Root { get; init; } = [];
}
