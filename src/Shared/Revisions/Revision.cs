namespace ClientVpnAdmin.Revisions;

/// <summary>One committed rule set: what, who, when, why. It never changes.</summary>
public sealed record Revision
{
    /// <summary>1 for the first change, then one more for each.</summary>
    /// <example>42</example>
    public required long Number { get; init; }

    /// <summary>
    /// SHA-256 of the rule set as it is stored, in hexadecimal. Revisions with the same rules, stored by the same build, have the same
    /// digest.
    /// </summary>
    /// <example>3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea</example>
    public required string Digest { get; init; }

    /// <summary>When it was committed.</summary>
    /// <example>2026-04-01T00:00:00Z</example>
    public required DateTimeOffset CommittedAt { get; init; }

    /// <summary>Who committed it.</summary>
    /// <example>admin</example>
    public required string CommittedBy { get; init; }

    /// <summary>What was changed, in a sentence.</summary>
    /// <example>Added the range 203.0.113.0/24.</example>
    public required string Summary { get; init; }

    /// <summary>What the administrator said about it; null for nothing.</summary>
    /// <example>Ticket 4711</example>
    public string? Comment { get; init; }

    /// <summary>
    /// SHA-256 over number, digest, committedAt, committedBy, summary and comment, and over the same of the revision before, in
    /// hexadecimal; null for those that are older than this chain.
    /// </summary>
    /// <example>c3ab8ff13720e8ad9047dd39466b3c8974e592c2fa383d4a3960714caef0c4f2</example>
    public string? Chain { get; init; }

    /// <summary>
    /// False if this revision or its place is not what was committed: somebody has changed the store by other means. Null if it is older
    /// than the chain.
    /// </summary>
    /// <example>true</example>
    public bool? Intact { get; init; }
}
