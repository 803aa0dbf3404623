using System.Collections.Immutable;
using System.Text.Json;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.DenialMessages;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.RuleTests;

namespace ClientVpnAdmin.AdminApi.Changes;

/// <summary>All that is different between two rule sets, of which answers show a part.</summary>
/// <param name="before">The one revision.</param>
/// <param name="to">The other revision's number; null if it isn't committed.</param>
/// <param name="after">The other revision's rules.</param>
/// <param name="json">How things are written: what is written alike is the same.</param>
internal sealed class RuleSetComparison(Snapshot before, long? to, RuleSet after, JsonSerializerOptions json)
{
    private readonly Objects<AddressRange> ranges = new(before.Rules.Ranges, after.Ranges, json);
    private readonly Objects<AddressList> addressLists = new(before.Rules.AddressLists, after.AddressLists, json);
    private readonly List<EntryChanges> entries = [.. CompareEntries(before.Rules.AddressLists, after.AddressLists)];
    private readonly Objects<DenialMessage> denialMessages = new(before.Rules.DenialMessages, after.DenialMessages, json);
    private readonly Objects<RuleTest> ruleTests = new(before.Rules.RuleTests, after.RuleTests, json);
    private readonly List<FieldChange> settings = [.. FieldChange.Between(before.Rules.Settings, after.Settings, json)];

    /// <summary>Which entries of which address lists are different, all of them.</summary>
    public static IEnumerable<EntryChanges> CompareEntries(ImmutableArray<AddressList> before, ImmutableArray<AddressList> after)
    {
        var (gone, come) = RuleObject.Compare(before, after);
        var (old, @new) = (gone.ToDictionary(list => list.Id), come.ToDictionary(list => list.Id));
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
                   entries.OnlyAfter,
                   entries.OnlyBefore);
    }

    /// <summary>The first of each kind of object and of each list's entries.</summary>
    /// <param name="limit">How many of each at most; fewer if the answer would be too long.</param>
    public RuleSetChanges First(int limit) => Cut(0, limit).Changes;

    /// <summary>As <see cref="First"/>, page by page.</summary>
    /// <param name="start">How many of each come before.</param>
    /// <param name="limit">How many of each at most; fewer if the answer would be too long.</param>
    /// <param name="writeCursor">Makes the cursor of the next page of how many come before that.</param>
    public RuleSetChanges Page(int start, int limit, Func<int, string> writeCursor)
    {
        var (changes, end) = Cut(start, limit);
        int[] counts =
        [
            ranges.MaxCount, addressLists.MaxCount, denialMessages.MaxCount, ruleTests.MaxCount,
            .. entries.Select(list => Math.Max(list.AddedCount, list.RemovedCount)),
        ];
        return counts.Max() > end ? changes with { NextCursor = writeCursor(end) } : changes;
    }

    private (RuleSetChanges Changes, int End) Cut(int start, int limit)
    {
        while (true)
        {
            var changes = new RuleSetChanges
            {
                From = before.Revision,
                To = to,
                Ranges = ranges.Cut(start, limit),
                AddressLists = addressLists.Cut(start, limit),
                Entries =
                [
                    .. entries.Select(list => list with
                    {
                        Added = [.. list.Added.Skip(start).Take(limit)],
                        Removed = [.. list.Removed.Skip(start).Take(limit)],
                    }),
                ],
                DenialMessages = denialMessages.Cut(start, limit),
                RuleTests = ruleTests.Cut(start, limit),
                Settings = settings,
                NextCursor = null,
            };
            if (limit == 1 || Paging.IsShort(changes, json))
            {
                return (changes, start + limit);
            }

            limit /= 2; // of each, so that one cursor is good for all
        }
    }

    private sealed class Objects<T>
        where T : RuleObject
    {
        private readonly JsonSerializerOptions json;
        private readonly List<T> added;
        private readonly List<T> removed;
        private readonly List<(T Was, T Is)> changed;

        public Objects(ImmutableArray<T> before, ImmutableArray<T> after, JsonSerializerOptions json)
        {
            this.json = json;
            var (gone, come) = RuleObject.Compare(before, after);
            var old = gone.ToDictionary(o => o.Id);
            var @new = come.Select(o => o.Id).ToHashSet();
            added = [.. come.Where(o => !old.ContainsKey(o.Id))];
            removed = [.. gone.Where(o => !@new.Contains(o.Id))];
            changed =
            [
                .. from o in come
                   where old.ContainsKey(o.Id)
                   let was = old[o.Id]
                   where !was.SaysTheSameAs(o) && FieldChange.Between(was, o, json).Any()
                   select (was, o),
            ];
        }

        public int MaxCount => Math.Max(Math.Max(added.Count, removed.Count), changed.Count);

        public ObjectChanges<T> Cut(int start, int limit) => new(
            added.Count,
            removed.Count,
            changed.Count,
            [.. added.Skip(start).Take(limit)],
            [.. removed.Skip(start).Take(limit)],
            [
                .. changed.Skip(start).Take(limit)
                    .Select(c => new ChangedObject<T>(c.Is, [.. FieldChange.Between(c.Was, c.Is, json)])),
            ]);
    }
}
