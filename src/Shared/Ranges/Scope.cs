using System.Collections.Immutable;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Names;

namespace ClientVpnAdmin.Ranges;

/// <summary>
/// What an event says of where and who. A deny range errs on the side of denying, an allow range on the side of not allowing: every doubt
/// about a name is decided here.
/// </summary>
internal sealed class Scope(ConnectionEvent connection)
{
    private Carried ForAllow => field ??= new(connection, false);

    private Carried ForDeny => field ??= new(connection, true);

    /// <summary>The first condition of a range that the event doesn't meet; null if it meets all.</summary>
    public RangeCondition? FirstMiss(AddressRange range) => (range.Action == RangeAction.Deny ? ForDeny : ForAllow).FirstMiss(range);

    /// <summary>The same, as the ranges with one action take it.</summary>
    private sealed class Carried(ConnectionEvent connection, bool isForDeny)
    {
        private HashSet<string> Endpoint => field ??= Single(connection.EndpointId, StringComparer.Ordinal);

        private HashSet<string> Groups => field ??= isForDeny ? Name.AllForms(connection.Groups) : [.. connection.Groups];

        private HashSet<string> Platform => field ??= Single(connection.Platform, StringComparer.OrdinalIgnoreCase);

        // Empty if there is nothing to be seen in them.
        private string Username => field ??= Form(connection.Username);

        private string CommonName => field ??= Form(connection.CommonName);

        public RangeCondition? FirstMiss(AddressRange range) =>
            !range.EndpointIds.IsEmpty && !IsIn(Endpoint, range.EndpointIds) ? RangeCondition.EndpointIds
            : !range.Users.IsEmpty && !IsLike(Username, range.Users) ? RangeCondition.Users
            : !range.Groups.IsEmpty && !IsIn(Groups, range.Groups) ? RangeCondition.Groups
            : !range.CommonNames.IsEmpty && !IsLike(CommonName, range.CommonNames) ? RangeCondition.CommonNames
            : !range.Platforms.IsEmpty && !IsIn(Platform, range.Platforms) ? RangeCondition.Platforms
            : null;

        // What the event doesn't carry could be anything: enough for a deny range, never for an allow range.
        private bool IsIn(HashSet<string> carried, ImmutableArray<string> asked) =>
            carried.Count == 0 ? isForDeny : asked.Any(name => carried.Contains(isForDeny ? Name.Loosely(name) : name));

        private bool IsLike(string carried, ImmutableArray<string> asked) => carried.Length == 0
            ? isForDeny
            : asked.Any(pattern => Name.IsLike(pattern, carried, isForDeny ? Name.PartLoosely : Normalization.FormC));

        private HashSet<string> Single(string text, StringComparer comparer) =>
            isForDeny ? Name.AllForms([text]) : new(text.Length == 0 ? [] : [text], comparer);

        private string Form(string name) =>
            Name.Loosely(name) is { Length: > 0 } loosely ? isForDeny ? loosely : Normalization.FormC(name) : "";
    }
}
