using System.Collections.Immutable;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.DenialMessages;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.RuleTests;
using ClientVpnAdmin.Settings;

namespace ClientVpnAdmin.RuleSets;

/// <summary>All ranges, address lists, denial messages, settings and rule tests at one moment. Every change makes another one.</summary>
public sealed class RuleSet : IRules
{
    /// <summary>The most ranges a rule set holds.</summary>
    public const int MaxRanges = 100_000;

    /// <summary>The most rule tests a rule set holds.</summary>
    public const int MaxRuleTests = 1_000;

    /// <summary>The most denial messages a rule set holds.</summary>
    public const int MaxDenialMessages = 1_000;

    /// <summary>The most address lists a rule set holds.</summary>
    public const int MaxAddressLists = 1_000;

    /// <summary>The most entries all address lists of a rule set hold together.</summary>
    public const int MaxEntries = 1_000_000;

    private readonly Dictionary<Guid, AddressRange> rangesById;
    private readonly Lazy<ILookup<Guid, AddressRange>> rangesByList;
    private readonly Lazy<BlockIndex> index;

    // The rules of before whose index is there, to make this one's of; until it is made.
    private RuleSet? indexed;

    /// <exception cref="ArgumentException">
    /// Two objects of a kind share an id, two messages are for the same endpoint and reason, two lists have the same name, a range can
    /// never count or has not exactly one of a block and a list that is there, or there are too many.
    /// </exception>
    public RuleSet(
        IEnumerable<AddressRange> ranges,
        IEnumerable<DenialMessage> denialMessages,
        RuleSettings settings,
        IEnumerable<RuleTest>? ruleTests = null,
        IEnumerable<AddressList>? addressLists = null)
        : this([.. ranges], [.. denialMessages], settings, [.. ruleTests ?? []], [.. addressLists ?? []], Empty)
    {
    }

    /// <param name="before">Other rules. What they have in common is not looked at again.</param>
    internal RuleSet(
        ImmutableArray<AddressRange> ranges,
        ImmutableArray<DenialMessage> denialMessages,
        RuleSettings settings,
        ImmutableArray<RuleTest> ruleTests,
        ImmutableArray<AddressList> addressLists,
        RuleSet? before)
    {
        Settings = settings;
        Ranges = RuleObject.Sort(ranges, before?.Ranges ?? []);
        var (gone, come) = RuleObject.Compare(before?.Ranges ?? [], Ranges);
        rangesById = gone.Count + come.Count == 0 && before is not null ? before.rangesById : CheckRanges(before, gone, come);
        DenialMessages = denialMessages == before?.DenialMessages ? before.DenialMessages : CheckMessages(denialMessages);
        RuleTests = ruleTests == before?.RuleTests ? before.RuleTests : CheckTests(ruleTests);
        AddressLists = addressLists == before?.AddressLists ? before.AddressLists : CheckLists(addressLists);
        var lists = AddressLists.Select(list => list.Id).ToHashSet();
        var areAllThere = before?.AddressLists.All(list => lists.Contains(list.Id)) == true;
        Require(
            (areAllThere ? come : Ranges.AsEnumerable()).All(r => r.AddressListId is not { } id || lists.Contains(id)),
            "A range names an address list that isn't there.");
        indexed = before?.index.IsValueCreated == true ? before : before?.indexed;
        index = new(MakeIndex);
        var all = Ranges; // and not this rule set, which another one may outlive
        rangesByList = before is not null && gone.Concat(come).All(r => r.AddressListId is null)
            ? before.rangesByList
            : new(() => all.Where(r => r.AddressListId is not null).ToLookup(r => r.AddressListId!.Value));
    }

    /// <summary>The rules before the first change: no ranges, no messages, default settings. It lets nobody in.</summary>
    public static RuleSet Empty { get; } = new([], [], new(), [], [], null);

    /// <summary>Oldest first.</summary>
    public ImmutableArray<AddressRange> Ranges { get; }

    /// <summary>Oldest first.</summary>
    public ImmutableArray<DenialMessage> DenialMessages { get; }

    public RuleSettings Settings { get; }

    /// <summary>Oldest first. They decide nothing.</summary>
    public ImmutableArray<RuleTest> RuleTests { get; }

    /// <summary>Oldest first.</summary>
    public ImmutableArray<AddressList> AddressLists { get; }

    public bool IsReportOnly => Settings.Enforcement == Enforcement.ReportOnly;

    /// <summary>One range; null if there is none.</summary>
    public AddressRange? FindRange(Guid id) => rangesById.GetValueOrDefault(id);

    /// <summary>The ranges that name an address list, the oldest first.</summary>
    public IEnumerable<AddressRange> RangesOf(Guid addressListId) => rangesByList.Value[addressListId];

    public IReadOnlyList<Candidate> Containing(Address address) => Containing(address, isEnabledOnly: true);

    /// <summary>As <see cref="Containing(Address)"/>, but with disabled ranges, if they are asked for.</summary>
    public IReadOnlyList<Candidate> Containing(Address address, bool isEnabledOnly)
    {
        List<(int PrefixLength, BlockOwner Owner)>? found = null;
        index.Value.Find(address, ref found);
        if (found is null)
        {
            return [];
        }

        var candidates = new List<Candidate>(found.Count);
        List<Guid>? lists = null;
        found.Sort((a, b) => b.PrefixLength.CompareTo(a.PrefixLength)); // so that a list's longest entry comes first
        foreach (var (prefixLength, owner) in found)
        {
            var cidr = new Cidr(address with { Value = address.Value & ~Cidr.HostBits(address.Width, prefixLength) }, prefixLength);
            if (!owner.IsList)
            {
                candidates.Add(new(rangesById[owner.Id], cidr, null));
            }
            else if (lists?.Contains(owner.Id) != true)
            {
                (lists ??= []).Add(owner.Id);
                var list = FindList(owner.Id);
                foreach (var range in RangesOf(owner.Id))
                {
                    candidates.Add(new(range, cidr, list));
                }
            }
        }

        if (isEnabledOnly)
        {
            candidates.RemoveAll(candidate => !candidate.Range.Enabled);
        }

        candidates.Sort(Candidate.Compare);
        return candidates;
    }

    private AddressList? FindList(Guid id)
    {
        foreach (var list in AddressLists)
        {
            if (list.Id == id)
            {
                return list;
            }
        }

        return null;
    }

    public string MessageFor(ConnectionEvent connection, DenialReason reason) => DenialText.For(connection, reason, DenialMessages);

    public ImmutableArray<string> PostureStatuses(DenialReason? reason, Guid? rangeId, long revision) =>
        Settings.PostureStatuses(reason, rangeId, revision);

    public RuleSet With(IEnumerable<AddressRange> ranges) => new([.. ranges], DenialMessages, Settings, RuleTests, AddressLists, this);

    public RuleSet With(IEnumerable<DenialMessage> denialMessages) =>
        new(Ranges, [.. denialMessages], Settings, RuleTests, AddressLists, this);

    public RuleSet With(RuleSettings settings) => new(Ranges, DenialMessages, settings, RuleTests, AddressLists, this);

    public RuleSet With(IEnumerable<RuleTest> ruleTests) => new(Ranges, DenialMessages, Settings, [.. ruleTests], AddressLists, this);

    public RuleSet With(IEnumerable<AddressList> addressLists) =>
        new(Ranges, DenialMessages, Settings, RuleTests, [.. addressLists], this);

    private BlockIndex MakeIndex()
    {
        var before = indexed;
        indexed = null;
        return before is null ? new(Blocks())
            : Ranges == before.Ranges && AddressLists == before.AddressLists ? before.index.Value
            : before.index.Value.Edit(before.BlocksNotIn(this), BlocksNotIn(before)) ?? new(Blocks());
    }

    private IEnumerable<OwnedBlock> Blocks() => Ranges.Where(r => r.Cidr is not null).Select(BlockOf)
        .Concat(AddressLists.SelectMany(list => BlocksOf(list.Id, list.Entries)));

    /// <summary>The blocks that other rules don't have.</summary>
    private IEnumerable<OwnedBlock> BlocksNotIn(RuleSet other)
    {
        foreach (var range in RuleObject.Compare(other.Ranges, Ranges).OnlyAfter)
        {
            if (range.Cidr is not null && other.FindRange(range.Id)?.Cidr != range.Cidr)
            {
                yield return BlockOf(range);
            }
        }

        var lists = AddressLists == other.AddressLists ? [] : other.AddressLists.ToDictionary(list => list.Id, list => list.Entries);
        foreach (var list in AddressLists == other.AddressLists ? [] : AddressLists)
        {
            var theirs = lists.GetValueOrDefault(list.Id, []);
            foreach (var block in BlocksOf(list.Id, AddressList.Compare(list.Entries, theirs).OnlyBefore))
            {
                // Another note makes no other block.
                if (AddressList.WithBlock(theirs, new(new(block.Network, block.PrefixLength))).IsEmpty)
                {
                    yield return block;
                }
            }
        }
    }

    private static OwnedBlock BlockOf(AddressRange range) =>
        new(range.Cidr!.Network, (byte)range.Cidr.PrefixLength, new(range.Id, IsList: false));

    private static IEnumerable<OwnedBlock> BlocksOf(Guid listId, IReadOnlyList<AddressEntry> entries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (i == 0 || entries[i - 1].CompareBlock(entries[i]) != 0)
            {
                yield return new(entries[i].Network, (byte)entries[i].PrefixLength, new(listId, IsList: true));
            }
        }
    }

    private Dictionary<Guid, AddressRange> CheckRanges(RuleSet? before, List<AddressRange> gone, List<AddressRange> come)
    {
        Require(Ranges.Length <= MaxRanges, "There are too many ranges.");
        Require(come.All(r => !(r.ValidUntil <= r.ValidFrom)), "A range can never count.");
        Require(come.All(r => r.Cidr is null != r.AddressListId is null), "A range has not exactly one of a block and a list.");
        var byId = before is null ? [] : new Dictionary<Guid, AddressRange>(before.rangesById);
        gone.ForEach(r => byId.Remove(r.Id));
        Require(come.All(r => byId.TryAdd(r.Id, r)) && byId.Count == Ranges.Length, "Two ranges share an id.");
        return byId;
    }

    private static ImmutableArray<DenialMessage> CheckMessages(ImmutableArray<DenialMessage> messages)
    {
        Require(messages.Length <= MaxDenialMessages, "There are too many denial messages.");
        Require(AreDistinct(messages.Select(m => m.Id)), "Two denial messages share an id.");
        Require(AreDistinct(messages.Select(m => (m.EndpointId, m.Reason))), "Two denial messages are for the same endpoint and reason.");
        return RuleObject.Sort(messages, []);
    }

    private static ImmutableArray<RuleTest> CheckTests(ImmutableArray<RuleTest> tests)
    {
        Require(tests.Length <= MaxRuleTests, "There are too many rule tests.");
        Require(AreDistinct(tests.Select(t => t.Id)), "Two rule tests share an id.");
        return RuleObject.Sort(tests, []);
    }

    private static ImmutableArray<AddressList> CheckLists(ImmutableArray<AddressList> lists)
    {
        Require(lists.Length <= MaxAddressLists, "There are too many address lists.");
        Require(lists.Sum(list => list.EntryCount) <= MaxEntries, "The address lists have too many entries.");
        Require(AreDistinct(lists.Select(list => list.Id)), "Two address lists share an id.");
        Require(AreDistinct(lists.Select(list => list.Name.ToUpperInvariant())), "Two address lists have the same name.");
        return RuleObject.Sort(lists, []);
    }

    private static bool AreDistinct<T>(IEnumerable<T> values)
    {
        var seen = new HashSet<T>();
        return values.All(seen.Add);
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException(otherwise);
        }
    }
}
