using ClientVpnAdmin.AddressLists;

namespace ClientVpnAdmin.AdminApi.Sources;

/// <summary>What a source says now.</summary>
/// <param name="Entries">Sorted, each block once, and none of them special.</param>
/// <param name="TimeToLive">For how long it holds; null if it doesn't say.</param>
internal sealed record SourceContent(IReadOnlyList<AddressEntry> Entries, TimeSpan? TimeToLive);
