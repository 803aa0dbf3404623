namespace ClientVpnAdmin.Revisions;

/// <summary>A revision, and the root of its rules.</summary>
/// <param name="Revision">What, who, when, why.</param>
/// <param name="Root">The stored form of the root's parts; the revision has its digest.</param>
public sealed record Commit(Revision Revision, ReadOnlyMemory<byte> Root);
