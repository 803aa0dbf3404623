using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;

namespace ClientVpnAdmin.AdminApi.Ranges;

/// <summary>Which ranges a list is to show; all that is given must hold.</summary>
/// <param name="Q">
/// A part of the description, of the CIDR block, or of a name that it asks for (endpoint, user, group, common name, platform), in any case.
/// </param>
/// <param name="EndpointId">Only ranges that count for this endpoint: those that name it, and those that name none.</param>
/// <param name="Enabled">Only enabled ranges, or only disabled ones.</param>
/// <param name="Contains">Only ranges that contain this address.</param>
/// <param name="Action">Only ranges that allow, or only those that deny.</param>
/// <param name="State">
/// Only ranges that are now disabled; expired (their validUntil has passed); scheduled (their validFrom is still to come); or active: all
/// others, even while their weekly schedule is closed.
/// </param>
/// <param name="Condition">Only ranges that ask for this; none for those that count for everybody, always.</param>
/// <param name="ChangedFrom">Only ranges last changed at this time or later (RFC 3339 with an offset).</param>
/// <param name="ChangedTo">Only ranges last changed before this time (RFC 3339 with an offset).</param>
internal sealed record RangeFilter(
    [FromQuery(Name = "q")] string? Q,
    [FromQuery(Name = "endpointId")] string? EndpointId,
    [FromQuery(Name = "enabled")] bool? Enabled,
    [FromQuery(Name = "contains")] string? Contains,
    [FromQuery(Name = "action"), TextOf(typeof(RangeAction))] string? Action,
    [FromQuery(Name = "state"), TextOf(typeof(RangeState))] string? State,
    [FromQuery(Name = "condition"), TextOf(typeof(AskedCondition))] string? Condition,
    [FromQuery(Name = "changedFrom"), TextOf(typeof(DateTimeOffset))] string? ChangedFrom,
    [FromQuery(Name = "changedTo"), TextOf(typeof(DateTimeOffset))] string? ChangedTo)
{
    /// <summary>Tells of each range whether it is to be shown.</summary>
    public Func<AddressRange, bool> ToPredicate(DateTimeOffset now, Errors errors)
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

        var action = Checks.Word<RangeAction>(Action, null, "action", errors);
        var state = Checks.Word<RangeState>(State, null, "state", errors);
        var condition = Checks.Word<AskedCondition>(Condition, null, "condition", errors);
        var changedFrom = Checks.Time(ChangedFrom, "changedFrom", errors);
        var changedTo = Checks.Time(ChangedTo, "changedTo", errors);
        return range =>
            (Q is null || TextsOf(range).Any(text => text.Contains(Q, StringComparison.OrdinalIgnoreCase)))
            && (EndpointId is null || range.EndpointIds.IsEmpty || range.EndpointIds.Contains(EndpointId))
            && (Enabled is null || range.Enabled == Enabled)
            && (address is null || range.Cidr.Contains(address.Value))
            && (action is null || range.Action == action)
            && (state is null || StateOf(range, now) == state)
            && (condition is null || Asks(range, condition.Value))
            && !(range.UpdatedAt < changedFrom)
            && !(range.UpdatedAt >= changedTo);
    }

    private static IEnumerable<string> TextsOf(AddressRange range) =>
    [
        range.Description, range.Cidr.ToString(), .. range.EndpointIds, .. range.Users, .. range.Groups, .. range.CommonNames,
        .. range.Platforms,
    ];

    private static RangeState StateOf(AddressRange range, DateTimeOffset now) =>
        !range.Enabled ? RangeState.Disabled
        : range.ValidUntil <= now ? RangeState.Expired
        : range.ValidFrom > now ? RangeState.Scheduled
        : RangeState.Active;

    private static bool Asks(AddressRange range, AskedCondition condition) => condition switch
    {
        AskedCondition.None => range.HasNoConditions,
        AskedCondition.EndpointIds => !range.EndpointIds.IsEmpty,
        AskedCondition.Users => !range.Users.IsEmpty,
        AskedCondition.Groups => !range.Groups.IsEmpty,
        AskedCondition.CommonNames => !range.CommonNames.IsEmpty,
        AskedCondition.Platforms => !range.Platforms.IsEmpty,
        AskedCondition.ValidFrom => range.ValidFrom is not null,
        AskedCondition.ValidUntil => range.ValidUntil is not null,
        _ => range.Schedule is not null,
    };
}

/// <summary>Whether a range counts at a moment, its weekly schedule apart.</summary>
internal enum RangeState
{
    Active,
    Scheduled,
    Expired,
    Disabled,
}

/// <summary>What a range can ask of a connection, or that it asks nothing.</summary>
internal enum AskedCondition
{
    None,
    EndpointIds,
    Users,
    Groups,
    CommonNames,
    Platforms,
    ValidFrom,
    ValidUntil,
    Schedule,
}
