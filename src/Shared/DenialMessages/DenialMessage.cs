using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.RuleObjects;

namespace ClientVpnAdmin.DenialMessages;

/// <summary>A text shown to a person who is denied, for an endpoint, a reason, both or neither.</summary>
public sealed record DenialMessage : RuleObject
{
    /// <summary>The text, with placeholders such as <c>{public-ip}</c>.</summary>
    /// <example>You can't connect from {public-ip} ({reason}). Please contact it@example.com.</example>
    public required string Text { get; init; }

    /// <summary>The endpoint it is for; null means all.</summary>
    /// <example>cvpn-endpoint-0f13eab7f860433cc</example>
    public string? EndpointId { get; init; }

    /// <summary>The reason it is for; null means all.</summary>
    /// <example>address-not-allowed</example>
    public DenialReason? Reason { get; init; }
}
