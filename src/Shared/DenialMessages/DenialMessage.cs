using ClientVpnAdmin.Connections;
using ClientVpnAdmin.RuleSets;

namespace ClientVpnAdmin.DenialMessages;

/// <summary>A text shown to a person who is denied, for an endpoint, a reason, both or neither.</summary>
public sealed record DenialMessage : RuleObject
{
    /// <summary>The text, with placeholders such as <c>{public-ip}</c>.</summary>
    public required string Text { get; init; }

    /// <summary>The endpoint it is for; null means all.</summary>
    public string? EndpointId { get; init; }

    /// <summary>The reason it is for; null means all.</summary>
    public DenialReason? Reason { get; init; }
}
