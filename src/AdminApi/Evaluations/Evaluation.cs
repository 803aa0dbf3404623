using System.Text.Json;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Evaluations;

/// <summary>What the handler would decide and answer.</summary>
/// <param name="Allowed" example="false">What the rules say. In report-only mode the response allows all the same.</param>
/// <param name="Reason" example="address-not-allowed">Why it would be denied; null when allowed.</param>
/// <param name="RangeId" example="null">The range that decides; null when none does.</param>
/// <param name="Range">The same range, by its addresses and description; null when none decides.</param>
/// <param name="Entry">The entry by which that range has the address; null when it has a block of its own.</param>
/// <param name="Problem">What is wrong with the event, so that it is denied whatever the rules say; null if nothing is.</param>
/// <param name="Message" example="Your IP is not allowed to access. Please Contact mail@example.co.jp">
/// What the denied person would be told; null when allowed.
/// </param>
/// <param name="Revision" example="42">The revision decided by.</param>
/// <param name="Response" example='{ "allow": false,
/// "error-msg-on-failed-posture-compliance": "Your IP is not allowed to access. Please Contact mail@example.co.jp",
/// "posture-compliance-statuses": [], "schema-version": "v1" }'>
/// Exactly what the handler would answer Client VPN.
/// </param>
/// <param name="NearMisses">The ranges that contain the address and don't apply, each with the first condition that isn't met.</param>
internal sealed record Evaluation(
    bool Allowed,
    DenialReason? Reason,
    Guid? RangeId,
    DecidingRange? Range,
    MatchedEntry? Entry,
    Fault? Problem,
    string? Message,
    long Revision,
    [property: TextOf(typeof(ConnectionResponse))] JsonElement Response,
    IReadOnlyList<NearMiss> NearMisses);

/// <summary>The range that decides.</summary>
/// <param name="Cidr" example="203.0.113.0/24">Its block; null with an address list.</param>
/// <param name="AddressListName" example="null">The name of its address list; null with a block of its own.</param>
/// <param name="Action" example="allow">What it says.</param>
/// <param name="Description" example="Tokyo office">Its description.</param>
internal sealed record DecidingRange(Cidr? Cidr, string? AddressListName, RangeAction Action, string Description)
{
    /// <returns>Null if there is no such range.</returns>
    public static DecidingRange? Find(RuleSet rules, Guid? id) => id is { } key && rules.FindRange(key) is { } range
        ? new(
            range.Cidr,
            rules.AddressLists.FirstOrDefault(list => list.Id == range.AddressListId)?.Name,
            range.Action,
            range.Description)
        : null;
}
