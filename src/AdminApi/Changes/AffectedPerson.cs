using ClientVpnAdmin.Decisions;

namespace ClientVpnAdmin.AdminApi.Changes;

/// <summary>Somebody whose connections would come out differently.</summary>
/// <param name="Name" example="alice">The user name, or the common name where there is none, or the address.</param>
/// <param name="Connections" example="3">How many of their recorded connections.</param>
/// <param name="Addresses" example="[&quot;203.0.113.7&quot;]">From where those were, the newest first; at most 5.</param>
/// <param name="EndpointIds" example="[&quot;cvpn-endpoint-0f13eab7f860433cc&quot;]">
/// To which endpoints, the newest first; at most 5.
/// </param>
/// <param name="LastTime" example="2026-04-01T00:00:00Z">When the newest of them was.</param>
public sealed record AffectedPerson(
    string Name, int Connections, IReadOnlyList<string> Addresses, IReadOnlyList<string> EndpointIds, DateTimeOffset LastTime)
{
    private const int MaxPlaces = 5;

    /// <param name="name">Whose they are.</param>
    /// <param name="connections">The newest first.</param>
    internal static AffectedPerson From(string name, IReadOnlyList<RecordedDecision> connections) => new(
        name,
        connections.Count,
        [.. connections.Select(c => c.PublicIp).Distinct().Take(MaxPlaces)],
        [.. connections.Select(c => c.EndpointId).Distinct().Take(MaxPlaces)],
        connections[0].Time);
}
