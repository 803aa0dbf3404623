using System.ComponentModel.DataAnnotations;
using ClientVpnAdmin.AdminApi.RuleObjects;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.DenialMessages;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.DenialMessages;

/// <summary>What an administrator gives for one denial message, not yet checked. Only <c>text</c> is needed.</summary>
public sealed record DenialMessageInput : RuleObjectInput<DenialMessage>
{
    /// <summary>
    /// What a denied person reads: at most 255 characters (UTF-16 code units), no control characters, not beginning with TEMP or CRV1:,
    /// which OpenVPN takes for commands. These are filled in: {public-ip}, {username}, {common-name}, {endpoint-id}, {connection-id},
    /// {reason}.
    /// </summary>
    /// <example>You can't connect from {public-ip} ({reason}). Please contact it@example.com.</example>
    [Required]
    public string? Text { get; init; }

    /// <summary>The Client VPN endpoint it is for. Default: null, all.</summary>
    /// <example>cvpn-endpoint-0f13eab7f860433cc</example>
    public string? EndpointId { get; init; }

    /// <summary>
    /// The reason it is for: invalid-request, rules-unavailable, address-blocked, address-not-allowed, not-in-scope,
    /// outside-validity or outside-schedule.
    /// Default: null, all.
    /// </summary>
    /// <example>address-not-allowed</example>
    [TextOf(typeof(DenialReason))]
    public string? Reason { get; init; }

    public override DenialMessage? Check(Errors errors, string who, DateTimeOffset at)
    {
        DenialText.Check(Text, "text", errors);
        var reason = Checks.Word<DenialReason>(Reason, null, "reason", errors);
        if (EndpointId is not null)
        {
            Checks.EndpointId(EndpointId, "endpointId", errors);
        }

        return errors.Any ? null : new DenialMessage
        {
            Id = NewId.At(at),
            Text = Text!,
            EndpointId = EndpointId,
            Reason = reason,
            CreatedAt = at,
            CreatedBy = who,
            UpdatedAt = at,
            UpdatedBy = who,
        };
    }
}
