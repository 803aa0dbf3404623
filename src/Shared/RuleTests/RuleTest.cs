using System.Text.Json;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.RuleTests;

/// <summary>An expectation that the rules must meet: a change that breaks it is refused.</summary>
public sealed record RuleTest : RuleObject
{
    /// <summary>What it is about; it names the test when a change breaks it.</summary>
    /// <example>Administrators get in from the office</example>
    public required string Description { get; init; }

    /// <summary>The connection event, as Client VPN sends it.</summary>
    /// <example>
    /// { "endpoint-id": "cvpn-endpoint-0f13eab7f860433cc", "username": "alice", "public-ip": "203.0.113.7", "schema-version": "v3" }
    /// </example>
    [TextOf(typeof(ConnectionEvent))]
    public required JsonElement Event { get; init; }

    /// <summary>The time of the connection; null means whenever the test is run.</summary>
    /// <example>null</example>
    public DateTimeOffset? At { get; init; }

    /// <summary>What the rules must say: true for allowed, false for denied.</summary>
    /// <example>true</example>
    public required bool Allowed { get; init; }

    public bool Equals(RuleTest? other) =>
        base.Equals(other) && Description == other.Description && Event.GetRawText() == other.Event.GetRawText()
        && At == other.At && Allowed == other.Allowed;

    public override int GetHashCode() => Id.GetHashCode();
}
