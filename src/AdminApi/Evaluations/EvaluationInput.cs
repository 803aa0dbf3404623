using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Evaluations;

/// <summary>A connection to try out: an event as Client VPN sends it, or in short what is known of it.</summary>
internal sealed record EvaluationInput
{
    /// <summary>The event as Client VPN sends it, whatever is in it. In its place publicIp and the others say the same in short.</summary>
    /// <example>
    /// { "endpoint-id": "cvpn-endpoint-0f13eab7f860433cc", "username": "alice", "public-ip": "203.0.113.7", "schema-version": "v3" }
    /// </example>
    [JsonConverter(typeof(EventConverter))]
    [TextOf(typeof(ConnectionEvent))]
    public JsonElement Event { get; init; }

    /// <summary>In short: the device's public address. Default: null, then there must be an event.</summary>
    /// <example>null</example>
    public string? PublicIp { get; init; }

    /// <summary>In short: the user name. Default: null, none.</summary>
    /// <example>null</example>
    public string? Username { get; init; }

    /// <summary>In short: the groups of the user. Default: null, none.</summary>
    /// <example>null</example>
    public IReadOnlyList<string?>? Groups { get; init; }

    /// <summary>In short: the client certificate's common name. Default: null, none.</summary>
    /// <example>null</example>
    public string? CommonName { get; init; }

    /// <summary>In short: the endpoint. Default: null, one that no range names.</summary>
    /// <example>null</example>
    public string? EndpointId { get; init; }

    /// <summary>In short: the device's operating system, such as win. Default: null, none.</summary>
    /// <example>null</example>
    public string? Platform { get; init; }

    /// <summary>The time to decide for (RFC 3339 with an offset). Default: null, now.</summary>
    /// <example>2026-04-01T00:00:00Z</example>
    [TextOf(typeof(DateTimeOffset))]
    public string? At { get; init; }

    /// <summary>The revision to decide by; 0 is the empty rule set before the first change. Default: null, the newest.</summary>
    /// <example>null</example>
    public long? Revision { get; init; }

    /// <summary>The event, given or made of what is given in short.</summary>
    public JsonElement Check(Errors errors)
    {
        (string Field, JsonNode? Value)[] inShort =
        [
            ("public-ip", PublicIp),
            ("username", Username),
            ("groups", Groups is null ? null : new JsonArray([.. Groups.Select(g => JsonValue.Create(g))])),
            ("common-name", CommonName),
            ("endpoint-id", EndpointId),
            ("platform", Platform),
        ];
        if (Event.ValueKind == JsonValueKind.Undefined)
        {
            if (PublicIp is null)
            {
                errors.Add(
                    "publicIp",
                    "missing",
                    "Give the public address of the connection to decide about, or the whole event, as Client VPN sends it.");
            }

            var made = new JsonObject { ["schema-version"] = "v3" };
            Array.ForEach(Array.FindAll(inShort, f => f.Value is not null), f => made.Add(f.Field, f.Value));
            return JsonSerializer.SerializeToElement(made);
        }

        if (Array.Exists(inShort, f => f.Value is not null))
        {
            errors.Add("event", "event-and-short-form", "Give either the event, or publicIp and the others: leave one of them out.");
        }

        return Event;
    }
}
