using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.Ranges;

/// <summary>
/// One CIDR block, or one address list, with the conditions under which it counts, and its action. Of two ranges with the same prefix
/// length, a decision names the older one.
/// </summary>
public sealed record AddressRange : RuleObject
{
    /// <summary>The addresses this is about. A single address is a block of one (/32 or /128). Null when it has an address list.</summary>
    /// <example>203.0.113.0/24</example>
    public Cidr? Cidr { get; init; }

    /// <summary>The address list whose addresses this is about. Null when it has a block of its own.</summary>
    /// <example>null</example>
    public Guid? AddressListId { get; init; }

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

    /// <summary>
    /// The users it counts for, in any case; a <c>*</c> at the beginning or the end stands for any characters, but not for no name at all.
    /// Empty means all. A deny range also counts for names that differ only in what can't be seen, and for connections without a name.
    /// </summary>
    /// <example>["alice", "*@example.com"]</example>
    public ImmutableArray<string> Users { get; init; } = [];

    /// <summary>
    /// The groups it counts for: whoever is in one of them. Exactly as Client VPN gives them; a deny range takes each text that names them
    /// in any form, and no groups at all. Empty means all.
    /// </summary>
    /// <example>["vpn-users"]</example>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>The client certificates' common names it counts for, written like users. Empty means all.</summary>
    /// <example>["laptop-*"]</example>
    public ImmutableArray<string> CommonNames { get; init; } = [];

    /// <summary>
    /// The operating systems it counts for, in any case; empty means all. They are the device's own word, which anybody can forge: fit for
    /// hygiene, never the only reason to let someone in.
    /// </summary>
    /// <example>["win", "mac"]</example>
    [TextOf(typeof(Platform))]
    public ImmutableArray<string> Platforms { get; init; } = [];

    /// <summary>It counts from this moment on; null means always has.</summary>
    /// <example>null</example>
    public DateTimeOffset? ValidFrom { get; init; }

    /// <summary>It counts until just before this moment; null means for ever.</summary>
    /// <example>2036-01-01T00:00:00Z</example>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>The times of the week at which it counts; null means all.</summary>
    public Schedule? Schedule { get; init; }

    /// <summary>True when it counts for every connection from its addresses, at all times.</summary>
    [JsonIgnore]
    public bool HasNoConditions =>
        EndpointIds.IsEmpty
            && Users.IsEmpty
            && Groups.IsEmpty
            && CommonNames.IsEmpty
            && Platforms.IsEmpty
            && ValidFrom is null
            && ValidUntil is null
            && Schedule is null;

    /// <summary>True when both count for the same connections, as far as their addresses are the same.</summary>
    public bool HasTheConditionsOf(AddressRange other) =>
        SaysTheSameAs(
            other with
            {
                Id = Id,
                Cidr = Cidr,
                AddressListId = AddressListId,
                Action = Action,
                Description = Description,
                Enabled = Enabled,
                CreatedAt = CreatedAt,
                CreatedBy = CreatedBy,
            });

    public bool Equals(AddressRange? other) =>
        base.Equals(other) && Cidr == other.Cidr && AddressListId == other.AddressListId && Action == other.Action
        && Description == other.Description && Enabled == other.Enabled && EndpointIds.SequenceEqual(other.EndpointIds)
            && Users.SequenceEqual(other.Users)
        && Groups.SequenceEqual(other.Groups) && CommonNames.SequenceEqual(other.CommonNames)
        && Platforms.SequenceEqual(other.Platforms) && ValidFrom == other.ValidFrom && ValidUntil == other.ValidUntil
        && Schedule == other.Schedule;

    public override int GetHashCode() => Id.GetHashCode();

    /// <summary>The first condition that keeps this range from counting for the connection, or null when it applies.</summary>
    /// <remarks>Neither the address nor whether it is enabled is asked here: candidates contain the one and are the other.</remarks>
    internal RangeCondition? FirstMiss(Scope scope, DateTimeOffset at)
    {
        // In the order of the reasons.
        return scope.FirstMiss(this) is { } miss ? miss
            : at < ValidFrom ? RangeCondition.ValidFrom
            : at >= ValidUntil ? RangeCondition.ValidUntil
            : Schedule?.Contains(at) == false ? RangeCondition.Schedule
            : null;
    }
}
