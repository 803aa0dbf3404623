using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Sessions;

/// <summary>Which of an endpoint's active connections would come in again now.</summary>
/// <param name="EndpointId" example="cvpn-endpoint-0f13eab7f860433cc">The endpoint.</param>
/// <param name="Revision" example="42">The revision decided by.</param>
/// <param name="Active" example="140">How many connections are active.</param>
/// <param name="StillAllowed" example="138">How many of them would come in again.</param>
/// <param name="Denied">Those that wouldn't.</param>
/// <param name="NotRecorded">Those that no decision let in that is recorded and can be read: nothing can be said of them.</param>
/// <param name="Unreadable" example="0">How many of the endpoint's recorded decisions can't be read.</param>
internal sealed record SessionReview(
    string EndpointId,
    long Revision,
    int Active,
    int StillAllowed,
    IReadOnlyList<DeniedSession> Denied,
    IReadOnlyList<NotRecordedSession> NotRecorded,
    int Unreadable);

/// <summary>An active connection that would not come in again.</summary>
/// <param name="ConnectionId" example="cvpn-connection-04e7e1b2f0daf9460">The connection.</param>
/// <param name="Username" example="alice">Who.</param>
/// <param name="CommonName" example="laptop-17.example.co.jp">With which certificate.</param>
/// <param name="PublicIp" example="203.0.113.7">From where.</param>
/// <param name="DecisionId" example="019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b">The decision that let it in.</param>
/// <param name="Reason" example="address-not-allowed">Why it would be denied now.</param>
/// <param name="Terminated" example="true">Whether it was ended.</param>
/// <param name="Error">Why it could not be ended; null if it was, or wasn't to be.</param>
internal sealed record DeniedSession(
    string ConnectionId, string Username, string CommonName, string PublicIp, Guid DecisionId, DenialReason? Reason,
    bool Terminated, Fault? Error);

/// <summary>An active connection that can't be decided about again.</summary>
/// <param name="ConnectionId" example="cvpn-connection-04e7e1b2f0daf9460">The connection.</param>
/// <param name="Username" example="alice">Who.</param>
/// <param name="CommonName" example="laptop-17.example.co.jp">With which certificate.</param>
/// <param name="DecisionId" example="null">The decision that let it in, if it is recorded without its event; null if none is.</param>
/// <param name="Terminated" example="false">Whether it was ended.</param>
/// <param name="Error">Why it was not ended though it was to be; null if it was, or wasn't to be.</param>
internal sealed record NotRecordedSession(
    string ConnectionId, string Username, string CommonName, Guid? DecisionId, bool Terminated, Fault? Error);
