using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Decisions;

/// <summary>A decision that the handler made.</summary>
internal sealed record ShownDecision : RecordedDecision
{
    [SetsRequiredMembers]
    public ShownDecision(RecordedDecision decision)
        : base(decision)
    {
        if (Event is { } json && !ConnectionEvent.IsAsDocumented(json))
        {
            (Event, OtherEvent) = (null, json);
        }
    }

    /// <summary>What the handler was sent, if that is no event as Client VPN documents it: any object. Null else.</summary>
    /// <example>null</example>
    [JsonPropertyOrder(1)]
    [TextOf(typeof(JsonObject))]
    public JsonElement? OtherEvent { get; }
}
