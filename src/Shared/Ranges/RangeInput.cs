using System.ComponentModel.DataAnnotations;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.Ranges;

/// <summary>What an administrator gives for one range, not yet checked. Only <c>cidr</c> is needed.</summary>
public sealed record RangeInput : RuleObjectInput
{
    /// <summary>A CIDR block without host bits, or a single address, which becomes /32 or /128.</summary>
    /// <example>203.0.113.0/24</example>
    [Required]
    public string? Cidr { get; init; }

    /// <summary><c>allow</c> (the default) or <c>deny</c>. Deny beats allow.</summary>
    /// <example>allow</example>
    public string? Action { get; init; }

    /// <summary>For people; at most 500 characters. Default: empty.</summary>
    /// <example>Tokyo office</example>
    public string? Description { get; init; }

    /// <summary>False keeps the range but takes it out of every decision. Default: true.</summary>
    /// <example>true</example>
    public bool? Enabled { get; init; }

    /// <summary>The Client VPN endpoints it counts for, at most 100. Default: empty, which means all.</summary>
    /// <example>["cvpn-endpoint-0f13eab7f860433cc"]</example>
    public IReadOnlyList<string?>? EndpointIds { get; init; }

    /// <summary>It counts from this moment on (RFC 3339 with an offset). Default: null, always has.</summary>
    /// <example>2026-01-01T00:00:00Z</example>
    public string? ValidFrom { get; init; }

    /// <summary>It counts until just before this moment (RFC 3339 with an offset). Default: null, for ever.</summary>
    /// <example>2036-01-01T00:00:00Z</example>
    public string? ValidUntil { get; init; }

    private const int MaxDescription = 500;
    private const int MaxEndpointIds = 100;

    /// <summary>Checks every field and reports every error.</summary>
    /// <param name="errors">Takes what is wrong; empty so far.</param>
    /// <param name="edit">What is being made or changed, by whom and when.</param>
    /// <returns>Null if there was an error. The replaced range itself if nothing about it changes.</returns>
    public AddressRange? Check(Errors errors, Edit<AddressRange> edit)
    {
        var cidr = Addresses.Cidr.Read(Cidr, out var cidrError);
        if (cidrError is not null)
        {
            errors.Add("cidr", cidrError);
        }

        var description = Description ?? "";
        Checks.Text(description, MaxDescription, "description", errors);
        var endpointIds = EndpointIds ?? [];
        if (endpointIds.Count > MaxEndpointIds)
        {
            errors.Add("endpointIds", $"At most {MaxEndpointIds} endpoints are allowed; leave the list empty to mean all.");
        }

        for (var i = 0; i < Math.Min(endpointIds.Count, MaxEndpointIds); i++)
        {
            Checks.EndpointId(endpointIds[i], $"endpointIds[{i}]", errors);
        }

        var action = Checks.Word<RangeAction>(Action, RangeAction.Allow, "action", errors);
        var validFrom = Checks.ReadTime(ValidFrom, "validFrom", errors);
        var validUntil = Checks.ReadTime(ValidUntil, "validUntil", errors);
        if (validUntil <= validFrom)
        {
            errors.Add("validUntil", "The range would never count: give a time after validFrom, or leave one of them out.");
        }

        if (errors.Any)
        {
            return null;
        }

        var range = new AddressRange
        {
            Id = edit.Id,
            Cidr = cidr!,
            Action = action!.Value,
            Description = description,
            Enabled = Enabled ?? true,
            EndpointIds = Checks.Distinct(endpointIds),
            ValidFrom = validFrom,
            ValidUntil = validUntil,
            CreatedAt = edit.Replaced?.CreatedAt ?? edit.At,
            CreatedBy = edit.Replaced?.CreatedBy ?? edit.Who,
            UpdatedAt = edit.At,
            UpdatedBy = edit.Who,
        };
        return edit.Replaced is { } replaced && range.SaysTheSameAs(replaced) ? replaced : range;
    }
}
