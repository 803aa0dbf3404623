using System.Buffers;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;

namespace ClientVpnAdmin.AdminApi.Ranges;

/// <summary>Which ranges a list is to show; all that is given must hold.</summary>
/// <param name="Q">
/// A part of the description, of the CIDR block, of the address list's name, or of a name that it asks for (endpoint, user, group, common
/// name, platform), in any case.
/// </param>
/// <param name="EndpointId">Only ranges that count for this endpoint: those that name it, and those that name none.</param>
/// <param name="Enabled">Only enabled ranges, or only disabled ones.</param>
/// <param name="Contains">Only ranges that contain this address, by their block or by their address list.</param>
/// <param name="AddressListId">Only ranges with this address list.</param>
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
    [FromQuery(Name = "addressListId")] string? AddressListId,
    [FromQuery(Name = "action"), TextOf(typeof(RangeAction))] string? Action,
    [FromQuery(Name = "state"), TextOf(typeof(RangeState))] string? State,
    [FromQuery(Name = "condition"), TextOf(typeof(AskedCondition))] string? Condition,
    [FromQuery(Name = "changedFrom"), TextOf(typeof(DateTimeOffset))] string? ChangedFrom,
    [FromQuery(Name = "changedTo"), TextOf(typeof(DateTimeOffset))] string? ChangedTo)
{
    private static readonly SearchValues<char> InBlocks = SearchValues.Create("0123456789abcdefABCDEF.:/");

    /// <summary>Tells of each range whether it is to be shown.</summary>
    public Func<RuleSet, Func<AddressRange, bool>> ToPredicate(DateTimeOffset now, Errors errors)
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

        var listId = AddressListId is null ? null : Ids.Parse(AddressListId);
        if (AddressListId is not null && listId is null)
        {
            errors.Add(
                "addressListId",
                "not-an-id",
                $"{Errors.Quote(AddressListId)} is not an id. Give the id of an address list, as GET /api/address-lists shows it.",
                ("given", Errors.Shown(AddressListId)));
        }

        var action = Checks.Word<RangeAction>(Action, null, "action", errors);
        var state = Checks.Word<RangeState>(State, null, "state", errors);
        var condition = Checks.Word<AskedCondition>(Condition, null, "condition", errors);
        var changedFrom = Checks.Time(ChangedFrom, "changedFrom", errors);
        var changedTo = Checks.Time(ChangedTo, "changedTo", errors);
        return rules =>
        {
            var containing = address is null ? null
                : rules.Containing(address.Value, isEnabledOnly: false).Select(c => c.Range.Id).ToHashSet();
            var listNames = Q is null ? [] : rules.AddressLists.ToDictionary(list => list.Id, list => list.Name);
            return range => IsShown(range, containing, listNames);
        };

        bool IsShown(AddressRange range, HashSet<Guid>? containing, Dictionary<Guid, string> listNames) =>
            (Q is null || Has(Q, range, listNames))
            && (EndpointId is null || range.EndpointIds.IsEmpty || range.EndpointIds.Contains(EndpointId))
            && (Enabled is null || range.Enabled == Enabled)
            && (containing is null || containing.Contains(range.Id))
            && (listId is null || range.AddressListId == listId)
            && (action is null || range.Action == action)
            && (state is null || StateOf(range, now) == state)
            && (condition is null || Asks(range, condition.Value))
            && !(range.UpdatedAt < changedFrom)
            && !(range.UpdatedAt >= changedTo);
    }

    private static bool Has(string part, AddressRange range, Dictionary<Guid, string> listNames)
    {
        return Contains(range.Description)
            || (range.Cidr is { } cidr ? IsIn(part, cidr) : Contains(listNames[range.AddressListId!.Value]))
            || range.EndpointIds.Any(Contains) || range.Users.Any(Contains) || range.Groups.Any(Contains)
            || range.CommonNames.Any(Contains) || range.Platforms.Any(Contains);

        bool Contains(string text) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a text is a part of a block's. Most texts can't be, and then none is made of the block.</summary>
    internal static bool IsIn(string part, Cidr cidr) =>
        !part.AsSpan().ContainsAnyExcept(InBlocks) && cidr.ToString().Contains(part, StringComparison.OrdinalIgnoreCase);

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
