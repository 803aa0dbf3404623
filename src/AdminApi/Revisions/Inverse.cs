using System.Collections.Immutable;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.RuleSets;

namespace ClientVpnAdmin.AdminApi.Revisions;

/// <summary>The inverse of the change between two rule sets, to be made on a third, like a revert in Git.</summary>
/// <param name="who">Who undoes it.</param>
/// <param name="at">When.</param>
internal sealed class Inverse(RuleSet before, RuleSet after, string who, DateTimeOffset at)
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
        var lists = UndoLists(head);
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
    }

    /// <summary>Lists are undone without their entries, and those one by one, whatever became of others since.</summary>
    private List<AddressList> UndoLists(RuleSet head)
    {
        var (old, made) = (before.AddressLists.ToDictionary(list => list.Id), after.AddressLists.ToDictionary(list => list.Id));
        var present = head.AddressLists.ToDictionary(list => list.Id);
        foreach (var id in old.Keys.Union(made.Keys))
        {
            var (was, became, now) = (old.GetValueOrDefault(id), made.GetValueOrDefault(id), present.GetValueOrDefault(id));
            if (ReferenceEquals(was, became) || Equals(was, became))
            {
                continue;
            }

            if (was is null || became is null || now is null)
            {
                // It came or went: only if it is as it became then.
                Collision ??= Equals(became, now) || Equals(was, now) ? null : $"the address list {id}";
                Put(was);
                continue;
            }

            var isOther = !SayTheSame(was, became);
            Collision ??= !isOther || SayTheSame(became, now) || SayTheSame(was, now) ? null : $"the address list {id}";
            var (gone, come) = AddressList.Compare(was.Entries, became.Entries);
            ImmutableArray<AddressEntry> entries =
            [
                .. AddressList.Compare(now.Entries, [.. come]).OnlyBefore, .. AddressList.Compare([.. gone], now.Entries).OnlyBefore,
            ];
            var undone = (isOther ? was : now) with { Entries = entries, UpdatedAt = at, UpdatedBy = who };
            Put(undone.SaysTheSameAs(now) ? now : undone);

            void Put(AddressList? list)
            {
                if (list is null)
                {
                    present.Remove(id);
                }
                else
                {
                    present[id] = list;
                }
            }
        }

        Collision ??= present.Count > RuleSet.MaxAddressLists
            ? $"there would be {present.Count} address lists, and at most {RuleSet.MaxAddressLists} are allowed"
            : null;
        return [.. present.Values];

        static bool SayTheSame(AddressList one, AddressList other) =>
            (one with { Entries = [] }).SaysTheSameAs(other with { Entries = [] });
    }

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
