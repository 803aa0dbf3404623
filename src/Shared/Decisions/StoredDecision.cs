using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.Decisions;

/// <summary>A decision as a store holds it: its bytes, and beside them what it is found by.</summary>
internal sealed record StoredDecision(
    string Key, byte[] Json, bool Allowed, string? Reason, string Username, string PublicIp, string EndpointId)
{
    /// <summary>The decision. One that can't be read keeps no others from being read: then it is what it is found by.</summary>
    /// <param name="key">What <see cref="Key"/> says.</param>
    public RecordedDecision ToDecision(DecisionKey key) =>
        DecisionJson.Parse(Json) is { } decision && decision.Key == key ? decision : new()
        {
            Id = key.Id,
            Time = new DateTimeOffset(key.Ticks, TimeSpan.Zero),
            Allowed = Allowed,
            LetIn = Allowed,
            Reason = Reason is null ? null : Words.Parse<DenialReason>(Reason),
            RangeId = null,
            Revision = null,
            Message = null,
            DurationMs = 0,
            ConnectionId = "",
            EndpointId = EndpointId,
            CommonName = "",
            Username = Username,
            PublicIp = PublicIp,
            Event = null,
            Unreadable = true,
        };
}
