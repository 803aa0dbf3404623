using System.Collections.Immutable;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.RuleSets;

namespace ClientVpnAdmin.AdminApi.Revisions;

/// <summary>The inverse of the change between two rule sets, to be made on a third, like a revert in Git.</summary>
internal sealed class Inverse(RuleSet before, RuleSet after)
{
    /// <summary>What stands in the way: what the change was about, and was changed again since.</summary>
    public string? Collision { get; private set; }

    /// <returns>Null if there is a collision.</returns>
    public RuleSet? On(RuleSet head)
    {
        var ranges = Undo("range", before.Ranges, after.Ranges, head.Ranges, RuleSet.MaxRanges);
        var messages = Undo(
            "denial message", before.DenialMessages, after.DenialMessages, head.DenialMessages, RuleSet.MaxDenialMessages);
        var tests = Undo("rule test", before.RuleTests, after.RuleTests, head.RuleTests, RuleSet.MaxRuleTests);
        var lists = Undo(
            "address list", Heads(before), Heads(after), Heads(head), RuleSet.MaxAddressLists).Select(UndoEntries).ToList();
        Collision ??= lists.Sum(list => (long)list.EntryCount) > RuleSet.MaxEntries
            ? $"there would be more than {RuleSet.MaxEntries} entries in the address lists"
            : null;
        Collision ??= lists.GroupBy(list => list.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Skip(1).Any()) is { } alike
            ? $"the address list {alike.Last().Id}, which has the same name"
            : null;
        var ids = lists.Select(list => list.Id).ToHashSet();
        Collision ??= ranges.FirstOrDefault(r => r.AddressListId is { } id && !ids.Contains(id)) is { } homeless
            ? $"the range {homeless.Id}, whose address list there would not be"
            : null;
        var settings = before.Settings == after.Settings ? head.Settings : before.Settings;
        Collision ??= settings == head.Settings || head.Settings == after.Settings ? null : "the settings";
        Collision ??= messages.GroupBy(m => (m.EndpointId, m.Reason)).FirstOrDefault(g => g.Skip(1).Any()) is { } same
            ? $"the denial message {same.Last().Id}, which is for the same endpoint and reason"
            : null;
        return Collision is null ? new RuleSet(ranges, messages, settings, tests, lists) : null;

        AddressList UndoEntries(AddressList list)
        {
            var present = EntriesOf(head, list.Id);
            var (gone, come) = AddressList.Compare(EntriesOf(before, list.Id), EntriesOf(after, list.Id));
            var there = present.ToHashSet();
            var without = come.ToHashSet();
            return gone.Count + come.Count == 0
                ? list with { Entries = present }
                : list with { Entries = [.. present.Where(e => !without.Contains(e)), .. gone.Where(e => !there.Contains(e))] };
        }
    }

    // Entries are undone one by one, whatever became of others since.
    private static List<AddressList> Heads(RuleSet rules) =>
        [.. rules.AddressLists.Select(list => list with { Entries = [], UpdatedAt = list.CreatedAt, UpdatedBy = list.CreatedBy })];

    private static ImmutableArray<AddressEntry> EntriesOf(RuleSet rules, Guid listId) =>
        rules.AddressLists.FirstOrDefault(list => list.Id == listId)?.Entries ?? [];

    private Dictionary<Guid, T>.ValueCollection Undo<T>(
        string noun, IReadOnlyCollection<T> before, IReadOnlyCollection<T> after, IReadOnlyCollection<T> head, int max)
        where T : RuleObject
    {
        var (old, made, present) = (before.ToDictionary(o => o.Id), after.ToDictionary(o => o.Id), head.ToDictionary(o => o.Id));
        foreach (var id in old.Keys.Union(made.Keys).Where(id => !Equals(old.GetValueOrDefault(id), made.GetValueOrDefault(id))))
        {
            var now = present.GetValueOrDefault(id);
            if (!Equals(made.GetValueOrDefault(id), now))
            {
                Collision ??= Equals(old.GetValueOrDefault(id), now) ? null : $"the {noun} {id}"; // null where it is undone already
            }
            else if (old.TryGetValue(id, out var was))
            {
                present[id] = was;
            }
            else
            {
                present.Remove(id);
            }
        }

        Collision ??= present.Count > max ? $"there would be {present.Count} {noun}s, and at most {max} are allowed" : null;
        return present.Values;
    }
}
