using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Ranges;

namespace ClientVpnAdmin.Decisions;

/// <summary>A range that contains a connection's address but doesn't apply to it.</summary>
/// <param name="RangeId" example="019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b">The range.</param>
/// <param name="Cidr" example="203.0.113.0/24">Its block that contains the address: its own, or an entry of its address list.</param>
/// <param name="Entry">That entry; null for a range with a block of its own.</param>
/// <param name="Action" example="allow">What it would say if it applied.</param>
/// <param name="Description" example="Tokyo office">Its description.</param>
/// <param name="Failed" example="valid-until">The first of its members, in the order of checking, that keeps it from applying.</param>
public sealed record NearMiss(
    Guid RangeId, Cidr Cidr, MatchedEntry? Entry, RangeAction Action, string Description, RangeCondition Failed);
