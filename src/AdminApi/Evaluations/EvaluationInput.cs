using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Evaluations;

/// <summary>A connection to try out.</summary>
internal sealed record EvaluationInput
{
    /// <summary>The event as Client VPN sends it, whatever is in it.</summary>
    /// <example>
    /// { "endpoint-id": "cvpn-endpoint-0f13eab7f860433cc", "username": "alice", "public-ip": "203.0.113.7", "schema-version": "v3" }
    /// </example>
    [Required]
    [JsonConverter(typeof(EventConverter))]
    [TextOf(typeof(ConnectionEvent))]
    public JsonElement Event { get; init; }

    /// <summary>The time to decide for (RFC 3339 with an offset). Default: null, now.</summary>
    /// <example>2026-04-01T00:00:00Z</example>
    [TextOf(typeof(DateTimeOffset))]
    public string? At { get; init; }

    /// <summary>The revision to decide by; 0 is the empty rule set before the first change. Default: null, the newest.</summary>
    /// <example>null</example>
    public long? Revision { get; init; }
}
