using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.Ranges;

/// <summary>What an administrator gives for one range, not yet checked. Only <see cref="Cidr"/> is needed.</summary>
public sealed record RangeInput
{
    /// <summary>A CIDR block without host bits, or a single address, which becomes /32 or /128. Required.</summary>
    /// <example>203.0.113.0/24</example>
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

    /// <summary>In <c>PUT /api/ranges</c>: the range that this item replaces. Elsewhere leave it out, or repeat the address's.</summary>
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

    private const int MaxDescription = 500;
    private const int MaxEndpointIds = 100;

    /// <summary>Checks every field and reports every error.</summary>
    /// <param name="path">Where this stands in the input, such as <c>[17]</c>; empty when it is the whole input.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="id">The id of the range made or replaced.</param>
    /// <param name="replaced">The range that it replaces, if any: its creation is kept.</param>
    /// <param name="who">The administrator.</param>
    /// <param name="now">The time of the change.</param>
    /// <returns>Null if there was an error. The replaced range itself if nothing about it changes.</returns>
    public AddressRange? Check(string path, Errors errors, Guid id, AddressRange? replaced, string who, DateTimeOffset now)
    {
        var found = new Errors();
        var cidr = Addresses.Cidr.Read(Cidr, out var cidrError);
        if (cidrError is not null)
        {
            found.Add("cidr", cidrError);
        }

        var description = Description ?? "";
        Checks.Text(description, MaxDescription, "description", found);
        var endpointIds = EndpointIds ?? [];
        if (endpointIds.Count > MaxEndpointIds)
        {
            found.Add("endpointIds", $"At most {MaxEndpointIds} endpoints are allowed; leave the list empty to mean all.");
        }

        for (var i = 0; i < Math.Min(endpointIds.Count, MaxEndpointIds); i++)
        {
            Checks.EndpointId(endpointIds[i], $"endpointIds[{i}]", found);
        }

        var action = Checks.Word<RangeAction>(Action, RangeAction.Allow, "action", found);
        var validFrom = Checks.ReadTime(ValidFrom, "validFrom", found);
        var validUntil = Checks.ReadTime(ValidUntil, "validUntil", found);
        if (validUntil <= validFrom)
        {
            found.Add("validUntil", "The range would never count: give a time after validFrom, or leave one of them out.");
        }

        if (found.Any)
        {
            errors.AddAll(path, found);
            return null;
        }

        var range = new AddressRange
        {
            Id = id,
            Cidr = cidr!,
            Action = action!.Value,
            Description = description,
            Enabled = Enabled ?? true,
            EndpointIds = Checks.Distinct(endpointIds),
            ValidFrom = validFrom,
            ValidUntil = validUntil,
            CreatedAt = replaced?.CreatedAt ?? now,
            CreatedBy = replaced?.CreatedBy ?? who,
            UpdatedAt = now,
            UpdatedBy = who,
        };
        return replaced is not null && range.SaysTheSameAs(replaced) ? replaced : range;
    }
}
