using System.Globalization;
using Amazon.DynamoDBv2.Model;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.Stores.DynamoDb;

/// <summary>
/// What an item tells others through the table's stream, where the deployment has one: the attribute <c>event</c>. It has all members
/// always, empty where they don't apply, as the pipe's template names each.
/// </summary>
internal static class DynamoDbEvent
{
    /// <summary>The attribute's name.</summary>
    public const string Name = "event";

    public static AttributeValue Denied(RecordedDecision decision)
    {
        var who = decision.Username.Length > 0 ? decision.Username : decision.CommonName;
        var reason = decision.Reason is { } why ? Words.Format(why) : "";
        return Of(
            "denied",
            $"{decision.Id}",
            decision.Time,
            who,
            decision.Revision,
            $"Denied {Or("somebody", who)} from {Or("an unknown address", decision.PublicIp)}: {reason}.",
            publicIp: decision.PublicIp,
            endpointId: decision.EndpointId,
            reason: reason,
            rangeId: $"{decision.RangeId}");
    }

    public static AttributeValue Committed(Revision revision, RevisionEvent what) => Of(
        Words.Format(what.Kind),
        revision.Number.ToString(CultureInfo.InvariantCulture),
        revision.CommittedAt,
        revision.CommittedBy,
        revision.Number,
        revision.Summary,
        comment: revision.Comment ?? "",
        enforcement: Words.Format(what.Enforcement));

    public static AttributeValue RefreshFailed(ListRefresh refresh, string listName) => Of(
        "refresh-failed",
        $"{refresh.AddressListId} {refresh.LastTry.UtcTicks}",
        refresh.LastTry,
        $"source {listName}",
        null,
        $"The address list {listName} keeps its entries: {refresh.Error!.Message}",
        reason: refresh.Error.Code);

    private static string Or(string otherwise, string text) => text.Length > 0 ? text : otherwise;

    private static AttributeValue Of(
        string type,
        string id,
        DateTimeOffset time,
        string who,
        long? revision,
        string summary,
        string publicIp = "",
        string endpointId = "",
        string reason = "",
        string rangeId = "",
        string comment = "",
        string enforcement = "") => new()
        {
            M = new()
            {
                ["type"] = new(type),
                ["id"] = new(id),
                ["time"] = new(time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)),
                ["who"] = new(who),
                ["revision"] = new(revision?.ToString(CultureInfo.InvariantCulture) ?? ""),
                ["summary"] = new(summary),
                ["publicIp"] = new(publicIp),
                ["endpointId"] = new(endpointId),
                ["reason"] = new(reason),
                ["rangeId"] = new(rangeId),
                ["comment"] = new(comment),
                ["enforcement"] = new(enforcement),
            },
        };
}
