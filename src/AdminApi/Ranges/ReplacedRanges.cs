namespace ClientVpnAdmin.Ranges;

/// <summary>What became of a replacement of all ranges.</summary>
/// <param name="Count" example="3">How many ranges there are now.</param>
/// <param name="Revision" example="42">The revision that has them.</param>
internal sealed record ReplacedRanges(int Count, long Revision);
