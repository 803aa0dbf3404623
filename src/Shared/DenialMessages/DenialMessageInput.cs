using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.DenialMessages;

/// <summary>What an administrator gives for one denial message, not yet checked. Only <see cref="Text"/> is needed.</summary>
public sealed record DenialMessageInput
{
    /// <summary>
    /// What a denied person reads: at most 255 characters (UTF-16 code units), no control characters, not beginning with TEMP or CRV1:,
    /// which OpenVPN takes for commands. These are filled in: {public-ip}, {username}, {common-name}, {endpoint-id}, {connection-id}, {reason}.
    /// Required.
    /// </summary>
    /// <example>You can't connect from {public-ip} ({reason}). Please contact it@example.com.</example>
    public string? Text { get; init; }

    /// <summary>The Client VPN endpoint it is for. Default: null, all.</summary>
    /// <example>cvpn-endpoint-0f13eab7f860433cc</example>
    public string? EndpointId { get; init; }

    /// <summary>
    /// The reason it is for: invalid-request, rules-unavailable, address-blocked, address-not-allowed, not-in-scope or outside-validity.
    /// Default: null, all.
    /// </summary>
    /// <example>address-not-allowed</example>
    public string? Reason { get; init; }

    /// <summary>Set by the portal: leave it out, or repeat the address's.</summary>
    /// <example>null</example>
    public string? Id { get; init; }

    /// <summary>Set by the portal; what is given here is ignored, so that an answer can be sent back as it came.</summary>
    /// <example>null</example>
    public string? CreatedAt { get; init; }

    /// <summary>Set by the portal; what is given here is ignored.</summary>
    /// <example>null</example>
    public string? CreatedBy { get; init; }

    /// <summary>Set by the portal; what is given here is ignored.</summary>
    /// <example>null</example>
    public string? UpdatedAt { get; init; }

    /// <summary>Set by the portal; what is given here is ignored.</summary>
    /// <example>null</example>
    public string? UpdatedBy { get; init; }

    /// <summary>Checks every field and reports every error.</summary>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="id">The id of the message made or replaced.</param>
    /// <param name="replaced">The message that it replaces, if any: its creation is kept.</param>
    /// <param name="who">The administrator.</param>
    /// <param name="now">The time of the change.</param>
    /// <returns>Null if there was an error. The replaced message itself if nothing about it changes.</returns>
    public DenialMessage? Check(Errors errors, Guid id, DenialMessage? replaced, string who, DateTimeOffset now)
    {
        DenialText.Check(Text, "text", errors);
        var reason = Checks.Word<DenialReason>(Reason, null, "reason", errors);
        if (EndpointId is not null)
        {
            Checks.EndpointId(EndpointId, "endpointId", errors);
        }

        if (errors.Any)
        {
            return null;
        }

        var message = new DenialMessage
        {
            Id = id,
            Text = Text!,
            EndpointId = EndpointId,
            Reason = reason,
            CreatedAt = replaced?.CreatedAt ?? now,
            CreatedBy = replaced?.CreatedBy ?? who,
            UpdatedAt = now,
            UpdatedBy = who,
        };
        return message with { UpdatedAt = replaced?.UpdatedAt ?? now, UpdatedBy = replaced?.UpdatedBy ?? who } == replaced ? replaced : message;
    }
}
