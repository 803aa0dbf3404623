using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.DenialMessages;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.RuleTests;

namespace ClientVpnAdmin.AdminApi.Changes;

/// <summary>What is different between two rule sets.</summary>
internal sealed record RuleSetChanges
{
    /// <param name="before">The one revision.</param>
    /// <param name="to">The other revision's number; null if it isn't committed.</param>
    /// <param name="after">The other revision's rules.</param>
    /// <param name="json">How things are written: what is written alike is the same.</param>
    public RuleSetChanges(Snapshot before, long? to, RuleSet after, JsonSerializerOptions json)
    {
        (From, To) = (before.Revision, to);
        Ranges = ObjectChanges<AddressRange>.Between(before.Rules.Ranges, after.Ranges, json);
        AddressLists = ObjectChanges<AddressList>.Between(before.Rules.AddressLists, after.AddressLists, json);
        Entries = [.. EntryChanges.Between(before.Rules.AddressLists, after.AddressLists)];
        DenialMessages = ObjectChanges<DenialMessage>.Between(before.Rules.DenialMessages, after.DenialMessages, json);
        RuleTests = ObjectChanges<RuleTest>.Between(before.Rules.RuleTests, after.RuleTests, json);
        Settings = [.. FieldChange.Between(before.Rules.Settings, after.Settings, json)];
    }

    /// <summary>The revision that is compared with.</summary>
    /// <example>41</example>
    public long From { get; }

    /// <summary>The revision that is other; null for a change that was only tried out.</summary>
    /// <example>42</example>
    public long? To { get; }

    /// <summary>Among the ranges.</summary>
    public ObjectChanges<AddressRange> Ranges { get; }

    /// <summary>Among the address lists, without their entries.</summary>
    public ObjectChanges<AddressList> AddressLists { get; }

    /// <summary>Among the entries of address lists: those lists that have others.</summary>
    public IReadOnlyList<EntryChanges> Entries { get; }

    /// <summary>Among the denial messages.</summary>
    public ObjectChanges<DenialMessage> DenialMessages { get; }

    /// <summary>Among the rule tests.</summary>
    public ObjectChanges<RuleTest> RuleTests { get; }

    /// <summary>Of the settings.</summary>
    public IReadOnlyList<FieldChange> Settings { get; }
}

/// <summary>What is different among objects of one kind.</summary>
/// <param name="Added">Those that weren't there, whole.</param>
/// <param name="Removed">Those that aren't there any more, whole.</param>
/// <param name="Changed">Those that are there still, but say something else.</param>
internal sealed record ObjectChanges<T>(IReadOnlyList<T> Added, IReadOnlyList<T> Removed, IReadOnlyList<ChangedObject> Changed)
    where T : RuleObject
{
    public static ObjectChanges<T> Between(IReadOnlyCollection<T> before, IReadOnlyCollection<T> after, JsonSerializerOptions json)
    {
        var old = before.ToDictionary(o => o.Id);
        var @new = after.Select(o => o.Id).ToHashSet();
        return new(
            [.. after.Where(o => !old.ContainsKey(o.Id))],
            [.. before.Where(o => !@new.Contains(o.Id))],
            [
                .. from o in after
                   where old.TryGetValue(o.Id, out var was) && !was.SaysTheSameAs(o)
                   let fields = FieldChange.Between(old[o.Id], o, json).ToList()
                   where fields.Count > 0
                   select new ChangedObject(o.Id, fields),
            ]);
    }
}

/// <summary>Which entries of an address list are different.</summary>
/// <param name="AddressListId" example="019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4d">The list.</param>
/// <param name="AddressListName" example="Tokyo office">Its name.</param>
/// <param name="AddedCount" example="1">How many came.</param>
/// <param name="RemovedCount" example="0">How many went.</param>
/// <param name="Added">Those that came; at most 100.</param>
/// <param name="Removed">Those that went; at most 100.</param>
internal sealed record EntryChanges(
    Guid AddressListId,
    string AddressListName,
    int AddedCount,
    int RemovedCount,
    IReadOnlyList<AddressEntry> Added,
    IReadOnlyList<AddressEntry> Removed)
{
    private const int MaxShown = 100;

    public static IEnumerable<EntryChanges> Between(IReadOnlyCollection<AddressList> before, IReadOnlyCollection<AddressList> after)
    {
        var (old, @new) = (before.ToDictionary(list => list.Id), after.ToDictionary(list => list.Id));
        return from id in old.Keys.Union(@new.Keys)
               let was = old.GetValueOrDefault(id)
               let @is = @new.GetValueOrDefault(id)
               let entries = AddressList.Compare(was?.Entries ?? [], @is?.Entries ?? [])
               where entries.OnlyBefore.Count + entries.OnlyAfter.Count > 0
               select new EntryChanges(
                   id,
                   (@is ?? was)!.Name,
                   entries.OnlyAfter.Count,
                   entries.OnlyBefore.Count,
                   [.. entries.OnlyAfter.Take(MaxShown)],
                   [.. entries.OnlyBefore.Take(MaxShown)]);
    }
}

/// <summary>An object that says something else.</summary>
/// <param name="Id" example="019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b">The object.</param>
/// <param name="Fields">What is different about it, but for when and by whom it was changed.</param>
internal sealed record ChangedObject(Guid Id, IReadOnlyList<FieldChange> Fields);

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
