using ClientVpnAdmin.Connections;

namespace ClientVpnAdmin.Decisions;

/// <summary>The answer to one connection event.</summary>
/// <param name="Allowed">
/// What the rules say. In report-only mode the connection comes in all the same: see <paramref name="Response"/>.
/// </param>
/// <param name="Reason">Why it is denied; null when allowed.</param>
/// <param name="RangeId">The range that decided: the longest allow range that applies, or the deny range. Null when none did.</param>
/// <param name="Entry">The entry by which that range has the address; null for a range with a block of its own.</param>
/// <param name="Message">What a denied person is told; null when allowed.</param>
/// <param name="Revision">The revision of the rules that decided; 0 before the first change, null when the rules were unavailable.</param>
/// <param name="Response">What the handler answers Client VPN.</param>
public sealed record Decision(
    bool Allowed,
    DenialReason? Reason,
    Guid? RangeId,
    MatchedEntry? Entry,
    string? Message,
    long? Revision,
    ConnectionResponse Response);
