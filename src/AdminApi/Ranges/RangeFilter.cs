using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;

namespace ClientVpnAdmin.AdminApi.Ranges;

/// <summary>Which ranges a list is to show; all that is given must hold.</summary>
/// <param name="Q">A part of the description or of the CIDR block, in any case.</param>
/// <param name="EndpointId">Only ranges that count for this endpoint: those that name it, and those that name none.</param>
/// <param name="Enabled">Only enabled ranges, or only disabled ones.</param>
/// <param name="Contains">Only ranges that contain this address.</param>
internal sealed record RangeFilter(
    [FromQuery(Name = "q")] string? Q,
    [FromQuery(Name = "endpointId")] string? EndpointId,
    [FromQuery(Name = "enabled")] bool? Enabled,
    [FromQuery(Name = "contains")] string? Contains)
{
    /// <summary>Tells of each range whether it is to be shown.</summary>
    public Func<AddressRange, bool> ToPredicate(Errors errors)
    {
        var address = Address.Parse(Contains);
        if (Contains is not null && address is null)
        {
            errors.Add(
                "contains",
                "not-an-address",
                $"{Errors.Quote(Contains)} is not an IP address. Write one such as 203.0.113.5 or 2001:db8::7.",
                ("given", Errors.Shown(Contains)));
        }

        return range =>
            (Q is null
                || range.Description.Contains(Q, StringComparison.OrdinalIgnoreCase)
                || range.Cidr.ToString().Contains(Q, StringComparison.OrdinalIgnoreCase))
            && (EndpointId is null || range.EndpointIds.IsEmpty || range.EndpointIds.Contains(EndpointId))
            && (Enabled is null || range.Enabled == Enabled)
            && (address is null || range.Cidr.Contains(address.Value));
    }
}
