using System.Collections.Immutable;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.RuleSets;

namespace ClientVpnAdmin.Ranges;

/// <summary>
/// One CIDR block with the conditions under which it counts, and its action. Of two ranges with the same prefix length, a decision names
/// the older one.
/// </summary>
public sealed record AddressRange : RuleObject
{
    /// <summary>The addresses this is about. A single address is a block of one (/32 or /128).</summary>
    /// <example>203.0.113.0/24</example>
    public required Cidr Cidr { get; init; }

    /// <summary>What it says of connections it applies to.</summary>
    /// <example>allow</example>
    public RangeAction Action { get; init; }

    /// <summary>For people; it decides nothing.</summary>
    /// <example>Tokyo office</example>
    public string Description { get; init; } = "";

    /// <summary>False keeps the range but takes it out of every decision.</summary>
    /// <example>true</example>
    public bool Enabled { get; init; } = true;

    /// <summary>The endpoints it counts for; empty means all.</summary>
    /// <example>["cvpn-endpoint-0f13eab7f860433cc"]</example>
    public ImmutableArray<string> EndpointIds { get; init; } = [];

    /// <summary>It counts from this moment on; null means always has.</summary>
    /// <example>null</example>
    public DateTimeOffset? ValidFrom { get; init; }

    /// <summary>It counts until just before this moment; null means for ever.</summary>
    /// <example>2036-01-01T00:00:00Z</example>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>True when they differ in nothing but when and by whom they were last changed.</summary>
    internal bool SaysTheSameAs(AddressRange other) =>
        other.EndpointIds.SequenceEqual(EndpointIds, StringComparer.Ordinal)
        && this == other with { EndpointIds = EndpointIds, UpdatedAt = UpdatedAt, UpdatedBy = UpdatedBy };

    /// <summary>The first condition that keeps this range from counting for the connection, or null when it applies.</summary>
    /// <remarks>The address isn't asked here: candidates contain it already.</remarks>
    internal DenialReason? FirstMiss(ConnectionEvent connection, DateTimeOffset at)
    {
        if (!EndpointIds.IsEmpty && !EndpointIds.Contains(connection.EndpointId, StringComparer.Ordinal))
        {
            return DenialReason.NotInScope;
        }

        return at < ValidFrom || at >= ValidUntil ? DenialReason.OutsideValidity : null;
    }
}
