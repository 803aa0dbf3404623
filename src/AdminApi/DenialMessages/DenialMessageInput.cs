using System.ComponentModel.DataAnnotations;
using ClientVpnAdmin.AdminApi.RuleObjects;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.DenialMessages;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.DenialMessages;

/// <summary>What an administrator gives for one denial message, not yet checked. Only <c>text</c> is needed.</summary>
public sealed record DenialMessageInput : RuleObjectInput
{
    /// <summary>
    /// What a denied person reads: at most 255 characters (UTF-16 code units), no control characters, not beginning with TEMP or CRV1:,
    /// which OpenVPN takes for commands. These are filled in: {public-ip}, {username}, {common-name}, {endpoint-id}, {connection-id}, {reason}.
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
    public string? Reason { get; init; }

    /// <summary>Checks every field and reports every error.</summary>
    /// <param name="errors">Takes what is wrong; empty so far.</param>
    /// <param name="edit">What is being made or changed, by whom and when.</param>
    /// <returns>Null if there was an error. The replaced message itself if nothing about it changes.</returns>
    public DenialMessage? Check(Errors errors, Edit<DenialMessage> edit)
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
            Id = edit.Id,
            Text = Text!,
            EndpointId = EndpointId,
            Reason = reason,
            CreatedAt = edit.Replaced?.CreatedAt ?? edit.At,
            CreatedBy = edit.Replaced?.CreatedBy ?? edit.Who,
            UpdatedAt = edit.At,
            UpdatedBy = edit.Who,
        };
        return edit.Replaced is { } replaced && message == replaced with { UpdatedAt = edit.At, UpdatedBy = edit.Who } ? replaced : message;
    }
}
