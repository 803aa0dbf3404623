namespace ClientVpnAdmin.AdminApi.AddressLists;

/// <summary>What became of a change of an address list's entries.</summary>
/// <param name="Added" example="2">How many came.</param>
/// <param name="Removed" example="0">How many went.</param>
/// <param name="EntryCount" example="5">How many there are now.</param>
/// <param name="Revision" example="42">The revision that has them.</param>
internal sealed record ChangedEntries(int Added, int Removed, int EntryCount, long Revision);
