using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.DenialMessages;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.RuleTests;
using ClientVpnAdmin.Settings;
using ClientVpnAdmin.Tries;

namespace ClientVpnAdmin.RuleSets;

/// <summary>
/// The items of the trie that a rule set is stored as: one for each object, and one for the settings where they aren't the default.
/// </summary>
public static class RuleItems
{
    /// <summary>True if two rule sets are stored alike.</summary>
    public static bool AreEqual(RuleSet a, RuleSet b) => Between(a, b).Count == 0;

    /// <summary>A short digest of everything in an object, for telling whether it has changed.</summary>
    public static string Fingerprint(RuleObject one) => DigestOf([ItemOf(one)]);

    /// <summary>A short digest of everything in all the ranges.</summary>
    public static string Fingerprint(IEnumerable<AddressRange> ranges) => DigestOf(ranges.Select(ItemOf));

    /// <summary>A short digest of the settings.</summary>
    public static string Fingerprint(RuleSettings settings) => DigestOf([new(RuleKeys.Settings, ObjectCodec.Encode(settings))]);

    /// <summary>What makes one rule set of another: values under their keys, null for those that go.</summary>
    internal static SortedDictionary<byte[], byte[]?> Between(RuleSet before, RuleSet after)
    {
        var edits = new SortedDictionary<byte[], byte[]?>(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));
        Add(before.Ranges, after.Ranges);
        if (before.AddressLists != after.AddressLists)
        {
            Add(before.AddressLists, after.AddressLists);
            var lists = before.AddressLists.ToDictionary(list => list.Id, list => list.Entries);
            foreach (var list in after.AddressLists)
            {
                lists.Remove(list.Id, out var entries);
                AddEntries(list.Id, entries.IsDefault ? [] : entries, list.Entries);
            }

            foreach (var (id, entries) in lists)
            {
                AddEntries(id, entries, []);
            }
        }

        Add(before.DenialMessages, after.DenialMessages);
        Add(before.RuleTests, after.RuleTests);
        if (before.Settings != after.Settings)
        {
            edits[RuleKeys.Settings] = after.Settings == new RuleSettings() ? null : ObjectCodec.Encode(after.Settings);
        }

        return edits;

        void AddEntries(Guid listId, ImmutableArray<AddressEntry> olds, ImmutableArray<AddressEntry> news)
        {
            var (gone, come) = AddressList.Compare(olds, news);
            foreach (var entry in gone.Concat(come))
            {
                var key = RuleKeys.Of(listId, entry);
                if (edits.ContainsKey(key))
                {
                    continue; // another entry with the same block
                }

                var same = AddressList.WithBlock(news, entry);
                edits[key] = same.IsEmpty ? null : ObjectCodec.EncodeNotes(same);
            }
        }

        void Add<T>(ImmutableArray<T> olds, ImmutableArray<T> news)
            where T : RuleObject
        {
            var (onlyBefore, onlyAfter) = RuleObject.Compare(olds, news);
            var gone = onlyBefore.ToDictionary(old => old.Id);
            var set = new List<KeyValuePair<byte[], byte[]>>();
            foreach (var one in onlyAfter)
            {
                if (!gone.TryGetValue(one.Id, out var old))
                {
                    set.Add(ItemOf(one));
                }
                else
                {
                    var (oldItem, item) = (ItemOf(old), ItemOf(one));
                    if (oldItem.Key.AsSpan().SequenceEqual(item.Key))
                    {
                        gone.Remove(one.Id);
                        if (oldItem.Value.AsSpan().SequenceEqual(item.Value))
                        {
                            continue;
                        }
                    }

                    set.Add(item);
                }
            }

            // First those that go: another object may take the key of one of them.
            foreach (var old in gone.Values)
            {
                edits[ItemOf(old).Key] = null;
            }

            foreach (var (key, value) in set)
            {
                edits[key] = value;
            }
        }
    }

    /// <exception cref="InvalidDataException">These are not the items of a rule set.</exception>
    internal static async Task<RuleSet> ReadAsync(IAsyncEnumerable<Part> items)
    {
        var all = new Items([]);
        await foreach (var item in items)
        {
            all.Add(item);
        }

        return Apply(RuleSet.Empty, new([]), all);
    }

    /// <summary>Makes of one rule set another.</summary>
    /// <param name="gone">The items that the other one doesn't have, with their values.</param>
    /// <param name="come">The items that it has in their place, and besides.</param>
    /// <exception cref="InvalidDataException">These are not the items of a rule set.</exception>
    internal static RuleSet Apply(RuleSet before, IEnumerable<Part> gone, IEnumerable<Part> come) =>
        Apply(before, new Items(gone), new Items(come));

    private static RuleSet Apply(RuleSet before, Items without, Items with)
    {
        var entries = without.Entries.Keys.Union(with.Entries.Keys).ToHashSet();
        try
        {
            var old = before.AddressLists.ToDictionary(list => list.Id, list => list.Entries);
            var lists = Edit(
                before.AddressLists,
                without.Lists,
                with.Lists.ConvertAll(list => list with { Entries = old.GetValueOrDefault(list.Id, []) }));
            var edited = entries.Count == 0 ? lists : [.. lists.Select(EditEntries)];
            if (entries.Any(with.Entries.ContainsKey))
            {
                throw new InvalidDataException("The stored rules are damaged: there are entries of an address list that isn't there.");
            }

            return new RuleSet(
                Edit(before.Ranges, without.Ranges, with.Ranges),
                Edit(before.DenialMessages, without.Messages, with.Messages),
                with.Settings ?? (without.Settings is null ? before.Settings : new()),
                Edit(before.RuleTests, without.Tests, with.Tests),
                edited,
                before);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"The stored rules are damaged: {e.Message}", e);
        }

        AddressList EditEntries(AddressList list) => entries.Remove(list.Id)
            ? list with
            {
                Entries = AddressList.Edit(
                    list.Entries, without.Entries.GetValueOrDefault(list.Id, []), with.Entries.GetValueOrDefault(list.Id, [])),
            }
            : list;

        static ImmutableArray<T> Edit<T>(ImmutableArray<T> present, List<T> gone, List<T> come)
            where T : RuleObject
        {
            if (gone.Count + come.Count == 0)
            {
                return present;
            }

            var ids = gone.Select(one => one.Id).ToHashSet();
            return [.. present.Where(one => !ids.Contains(one.Id)), .. come];
        }
    }

    internal static DenialMessage ReadMessage(Part item)
    {
        var (endpointId, reason) = RuleKeys.ReadMessage(item.Key);
        return ObjectCodec.DecodeMessage(endpointId, reason, item.Value!);
    }

    private static KeyValuePair<byte[], byte[]> ItemOf(RuleObject one) => one switch
    {
        AddressRange range => new(RuleKeys.Of(range), ObjectCodec.Encode(range)),
        AddressList list => new(RuleKeys.Of(list), ObjectCodec.Encode(list)),
        DenialMessage message => new(RuleKeys.Of(message), ObjectCodec.Encode(message)),
        RuleTest test => new(RuleKeys.Of(test), ObjectCodec.Encode(test)),
        _ => throw new ArgumentException($"{one.GetType()} is not stored.", nameof(one)),
    };

    private static string DigestOf(IEnumerable<KeyValuePair<byte[], byte[]>> items)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (key, value) in items)
        {
            // With their lengths, so that no two lists are written the same way.
            hash.AppendData(BitConverter.GetBytes(key.Length));
            hash.AppendData(key);
            hash.AppendData(BitConverter.GetBytes(value.Length));
            hash.AppendData(value);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset()[..8]);
    }

    /// <summary>The objects in items. An address list among them has no entries; those are apart.</summary>
    private sealed class Items
    {
        private readonly Dictionary<string, string> notes = [];

        public Items(IEnumerable<Part> items)
        {
            foreach (var item in items)
            {
                Add(item);
            }
        }

        public List<AddressRange> Ranges { get; } = [];

        public List<DenialMessage> Messages { get; } = [];

        public List<RuleTest> Tests { get; } = [];

        public List<AddressList> Lists { get; } = [];

        /// <summary>Under the ids of their lists, sorted.</summary>
        public Dictionary<Guid, List<AddressEntry>> Entries { get; } = [];

        public RuleSettings? Settings { get; private set; }

        public void Add(Part item)
        {
            switch (item.Key is [var first, ..] ? first : byte.MaxValue)
            {
                case RuleKeys.OfSettings:
                    Settings = ObjectCodec.DecodeSettings(item.Value!);
                    break;
                case RuleKeys.OfMessage:
                    Messages.Add(ReadMessage(item));
                    break;
                case RuleKeys.OfTest:
                    Tests.Add(ObjectCodec.DecodeTest(RuleKeys.ReadTest(item.Key), item.Value!));
                    break;
                case RuleKeys.OfList when RuleKeys.ReadList(item.Key) is (var listId, { } rangeId):
                    Ranges.Add(ObjectCodec.DecodeRange(rangeId, null, listId, item.Value!));
                    break;
                case RuleKeys.OfList:
                    Lists.Add(ObjectCodec.DecodeList(RuleKeys.ReadList(item.Key).ListId, item.Value!));
                    break;
                case RuleKeys.OfIPv4 or RuleKeys.OfIPv6:
                    AddBlock(item);
                    break;
                case var kind:
                    throw new InvalidDataException($"There is something of a kind {kind}, which this program doesn't know. Update it.");
            }
        }

        private void AddBlock(Part item)
        {
            var (id, cidr, isEntry) = RuleKeys.ReadBlock(item.Key);
            if (!isEntry)
            {
                Ranges.Add(ObjectCodec.DecodeRange(id, cidr, null, item.Value!));
                return;
            }

            var entries = CollectionsMarshal.GetValueRefOrAddDefault(Entries, id, out _) ??= [];
            foreach (var note in ObjectCodec.DecodeNotes(item.Value!))
            {
                // Many have the same, and are to be in memory once.
                var kept = CollectionsMarshal.GetValueRefOrAddDefault(notes, note, out _) ??= note;
                entries.Add(new(cidr, kept));
            }
        }
    }
}
