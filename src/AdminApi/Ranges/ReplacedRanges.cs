namespace ClientVpnAdmin.Ranges;

/// <summary>What became of a replacement of all ranges.</summary>
/// <param name="Count">How many ranges there are now.</param>
/// <param name="Revision">The revision that has them.</param>
internal sealed record ReplacedRanges(int Count, long Revision);
