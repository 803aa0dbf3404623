using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;

namespace ClientVpnAdmin.AdminApi.Decisions;

/// <summary>Which decisions a list is to show; all that is given must hold.</summary>
/// <param name="Allowed">Only what the rules allowed, or only what they denied.</param>
/// <param name="Reason">Only denials for this reason, such as address-not-allowed.</param>
/// <param name="Username">Only decisions about this user name, exactly as in the event.</param>
/// <param name="PublicIp">Only decisions about this address, or about addresses in this CIDR block.</param>
/// <param name="Q">Only decisions with this part of the user name or the common name, in any case.</param>
/// <param name="EndpointId">Only decisions about this endpoint.</param>
/// <param name="From">Only decisions made at this time or later (RFC 3339 with an offset).</param>
/// <param name="To">Only decisions made before this time (RFC 3339 with an offset).</param>
internal sealed record DecisionFilter(
    [FromQuery(Name = "allowed")] bool? Allowed,
    [FromQuery(Name = "reason")][TextOf(typeof(DenialReason))] string? Reason,
    [FromQuery(Name = "username")] string? Username,
    [FromQuery(Name = "publicIp")] string? PublicIp,
    [FromQuery(Name = "q")] string? Q,
    [FromQuery(Name = "endpointId")] string? EndpointId,
    [FromQuery(Name = "from")][TextOf(typeof(DateTimeOffset))] string? From,
    [FromQuery(Name = "to")][TextOf(typeof(DateTimeOffset))] string? To)
{
    public DecisionQuery ToQuery(int limit, (long Ticks, Guid Id)? after, DateTimeOffset now, Errors errors)
    {
        Cidr? network = null;
        if (PublicIp?.Contains('/', StringComparison.Ordinal) == true)
        {
            network = Cidr.Parse(PublicIp, out var fault);
            if (fault is not null)
            {
                errors.Add("publicIp", fault);
            }
        }

        return new()
        {
            Allowed = Allowed,
            Reason = Checks.Word<DenialReason>(Reason, null, "reason", errors),
            Username = Username is null ? null : RecordedDecision.Cut(Username),
            Network = network,
            NamePart = Q is { Length: > 0 } ? Q : null,
            PublicIp = PublicIp is null || network is not null
                ? null
                : Address.Parse(PublicIp)?.ToString() ?? RecordedDecision.Cut(PublicIp),
            EndpointId = EndpointId is null ? null : RecordedDecision.Cut(EndpointId),
            From = Checks.Time(From, "from", errors),
            To = Checks.Time(To, "to", errors),
            After = after is { } key ? new DecisionKey(key.Ticks, key.Id) : null,
            Limit = limit,
            Now = now,
        };
    }
}
