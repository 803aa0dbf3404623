using System.Collections.Immutable;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Connections;

namespace ClientVpnAdmin.Decisions;

/// <summary>What the evaluator asks of the rules.</summary>
public interface IRules
{
    /// <summary>Whether denials are only reported, and everybody comes in.</summary>
    bool IsReportOnly { get; }

    /// <summary>The enabled ranges that contain an address: the longest prefixes first, and of equal prefixes the oldest range.</summary>
    IReadOnlyList<Candidate> Containing(Address address);

    /// <summary>What a denied person is told.</summary>
    string MessageFor(ConnectionEvent connection, DenialReason reason);

    /// <summary>What Client VPN writes to its connection log.</summary>
    ImmutableArray<string> PostureStatuses(DenialReason? reason, Guid? rangeId, long revision);
}
