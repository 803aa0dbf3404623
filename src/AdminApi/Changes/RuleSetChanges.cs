using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.DenialMessages;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.RuleTests;

namespace ClientVpnAdmin.AdminApi.Changes;

/// <summary>
/// What is different between two rule sets: how much, and of objects and entries the first of each kind. Settings are there whole.
/// </summary>
internal sealed record RuleSetChanges
{
    /// <summary>The revision that is compared with.</summary>
    /// <example>41</example>
    public required long From { get; init; }

    /// <summary>The revision that is other; null for a change that was only tried out.</summary>
    /// <example>42</example>
    public required long? To { get; init; }

    /// <summary>Among the ranges.</summary>
    public required ObjectChanges<AddressRange> Ranges { get; init; }

    /// <summary>Among the address lists, without their entries.</summary>
    public required ObjectChanges<AddressList> AddressLists { get; init; }

    /// <summary>Among the entries of address lists: those lists that have others.</summary>
    public required IReadOnlyList<EntryChanges> Entries { get; init; }

    /// <summary>Among the denial messages.</summary>
    public required ObjectChanges<DenialMessage> DenialMessages { get; init; }

    /// <summary>Among the rule tests.</summary>
    public required ObjectChanges<RuleTest> RuleTests { get; init; }

    /// <summary>Of the settings.</summary>
    public required IReadOnlyList<FieldChange> Settings { get; init; }

    /// <summary>
    /// To be given as <c>cursor</c> for the next page; null on the last one, and for a change that was only tried out.
    /// </summary>
    /// <example>null</example>
    public required string? NextCursor { get; init; }
}

/// <summary>What is different among objects of one kind.</summary>
/// <param name="AddedCount" example="1">How many weren't there.</param>
/// <param name="RemovedCount" example="0">How many aren't there any more.</param>
/// <param name="ChangedCount" example="0">How many are there still, but say something else.</param>
/// <param name="Added">Those that weren't there, whole, as many as are asked for.</param>
/// <param name="Removed">Those that aren't there any more, whole, as many as are asked for.</param>
/// <param name="Changed">Those that are there still, but say something else, as many as are asked for.</param>
internal sealed record ObjectChanges<T>(
    int AddedCount,
    int RemovedCount,
    int ChangedCount,
    IReadOnlyList<T> Added,
    IReadOnlyList<T> Removed,
    IReadOnlyList<ChangedObject<T>> Changed)
    where T : RuleObject;

/// <summary>Which entries of an address list are different.</summary>
/// <param name="AddressListId" example="019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4d">The list.</param>
/// <param name="AddressListName" example="Tokyo office">Its name.</param>
/// <param name="AddedCount" example="1">How many came.</param>
/// <param name="RemovedCount" example="0">How many went.</param>
/// <param name="Added">Those that came, as many as are asked for.</param>
/// <param name="Removed">Those that went, as many as are asked for.</param>
internal sealed record EntryChanges(
    Guid AddressListId,
    string AddressListName,
    int AddedCount,
    int RemovedCount,
    IReadOnlyList<AddressEntry> Added,
    IReadOnlyList<AddressEntry> Removed);

/// <summary>An object that says something else.</summary>
/// <param name="Object">The object as it became.</param>
/// <param name="Fields">What is different about it, but for when and by whom it was changed.</param>
internal sealed record ChangedObject<T>(T Object, IReadOnlyList<FieldChange> Fields)
    where T : RuleObject;

/// <summary>A member that has another value.</summary>
/// <param name="Field" example="description">The member.</param>
/// <param name="From" example="&quot;Tokyo office&quot;">Its value before; absent for none.</param>
/// <param name="To" example="&quot;Osaka office&quot;">Its value after; absent for none.</param>
internal sealed record FieldChange(
    string Field,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonNode? From,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] JsonNode? To)
{
    private static readonly string[] ByTheWay = ["updatedAt", "updatedBy"];

    public static IEnumerable<FieldChange> Between<T>(T before, T after, JsonSerializerOptions json)
    {
        var (old, @new) = (
            JsonSerializer.SerializeToNode(before, json)!.AsObject(), JsonSerializer.SerializeToNode(after, json)!.AsObject());
        return from member in @new
               where !ByTheWay.Contains(member.Key) && !JsonNode.DeepEquals(old[member.Key], member.Value)
               select new FieldChange(member.Key, old[member.Key]?.DeepClone(), member.Value?.DeepClone());
    }
}
