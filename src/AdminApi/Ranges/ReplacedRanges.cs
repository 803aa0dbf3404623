namespace ClientVpnAdmin.AdminApi.Ranges;

/// <summary>What became of a replacement of all ranges.</summary>
/// <param name="Count" example="3">How many ranges there are now.</param>
/// <param name="Revision" example="42">The revision that has them.</param>
internal sealed record ReplacedRanges(int Count, long Revision);

/// <summary>What became of a change of several ranges.</summary>
/// <param name="Count" example="2">How many ranges it was about.</param>
/// <param name="Revision" example="42">The revision that has the change.</param>
internal sealed record ChangedRanges(int Count, long Revision);

/// <summary>What became of an import.</summary>
/// <param name="Added" example="2">How many ranges were added.</param>
/// <param name="AlreadyThere" example="0">How many addresses had a range already, or came twice.</param>
/// <param name="Revision" example="42">The revision that has them.</param>
internal sealed record ImportedRanges(int Added, int AlreadyThere, long Revision);
