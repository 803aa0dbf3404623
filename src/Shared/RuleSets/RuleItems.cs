using System.Security.Cryptography;
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
        if (before.Ranges != after.Ranges)
        {
            Add(before.Ranges, after.Ranges);
        }

        Add(before.DenialMessages, after.DenialMessages);
        Add(before.RuleTests, after.RuleTests);
        if (before.Settings != after.Settings)
        {
            edits[RuleKeys.Settings] = after.Settings == new RuleSettings() ? null : ObjectCodec.Encode(after.Settings);
        }

        return edits;

        void Add<T>(IReadOnlyCollection<T> olds, IReadOnlyCollection<T> news)
            where T : RuleObject
        {
            var gone = olds.ToDictionary(old => old.Id);
            var set = new List<KeyValuePair<byte[], byte[]>>();
            foreach (var one in news)
            {
                if (!gone.TryGetValue(one.Id, out var old))
                {
                    set.Add(ItemOf(one));
                }
                else if (ReferenceEquals(old, one))
                {
                    gone.Remove(one.Id);
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
    internal static RuleSet Read(IEnumerable<Part> items)
    {
        var ranges = new List<AddressRange>();
        var messages = new List<DenialMessage>();
        var tests = new List<RuleTest>();
        var settings = new RuleSettings();
        foreach (var item in items)
        {
            switch (item.Key is [var first, ..] ? first : byte.MaxValue)
            {
                case RuleKeys.OfSettings:
                    settings = ObjectCodec.DecodeSettings(item.Value!);
                    break;
                case RuleKeys.OfMessage:
                    messages.Add(ReadMessage(item));
                    break;
                case RuleKeys.OfTest:
                    tests.Add(ObjectCodec.DecodeTest(RuleKeys.ReadTest(item.Key), item.Value!));
                    break;
                case RuleKeys.OfIPv4 or RuleKeys.OfIPv6:
                    ranges.Add(ReadRange(item));
                    break;
                case var kind:
                    throw new InvalidDataException($"There is something of a kind {kind}, which this program doesn't know. Update it.");
            }
        }

        try
        {
            return new RuleSet(ranges, messages, settings, tests);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"The stored rules are damaged: {e.Message}", e);
        }
    }

    internal static AddressRange ReadRange(Part item)
    {
        var (id, cidr) = RuleKeys.ReadRange(item.Key);
        return ObjectCodec.DecodeRange(id, cidr, item.Value!);
    }

    internal static DenialMessage ReadMessage(Part item)
    {
        var (endpointId, reason) = RuleKeys.ReadMessage(item.Key);
        return ObjectCodec.DecodeMessage(endpointId, reason, item.Value!);
    }

    private static KeyValuePair<byte[], byte[]> ItemOf(RuleObject one) => one switch
    {
        AddressRange range => new(RuleKeys.Of(range), ObjectCodec.Encode(range)),
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
}
