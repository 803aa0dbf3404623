using System.Collections.Immutable;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.DenialMessages;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Settings;
using ClientVpnAdmin.Tries;

namespace ClientVpnAdmin.RuleSets;

/// <summary>
/// Of the rules of one revision what one connection needs: the ranges that contain its address, its endpoint's messages, the settings.
/// </summary>
public sealed class ConnectionRules : IRules
{
    // So many nodes with lists are read at once with the way to an address.
    private const int MaxListNodes = 8;

    private readonly Address? address;
    private readonly List<Candidate> containing;
    private readonly ImmutableArray<DenialMessage> messages;
    private readonly RuleSettings settings;

    private ConnectionRules(Address? address, List<Candidate> containing, ImmutableArray<DenialMessage> messages, RuleSettings settings)
    {
        this.address = address;
        this.containing = containing;
        this.messages = messages;
        this.settings = settings;
    }

    public bool IsReportOnly => settings.Enforcement == Enforcement.ReportOnly;

    /// <param name="root">The root of the stored rules.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="nodes">Where the nodes below the root are.</param>
    /// <exception cref="InvalidDataException">A node is missing or damaged.</exception>
    internal static async Task<ConnectionRules> ReadAsync(
        Part[] root, ConnectionEvent connection, INodes nodes, CancellationToken cancellationToken)
    {
        var way = connection.Address is { } address ? RuleKeys.WayTo(address) : null;
        var (forAll, forOne) = (RuleKeys.OfMessagesFor(null), RuleKeys.OfMessagesFor(connection.EndpointId));
        var (candidates, entries) = (new List<Candidate>(), new List<(Guid ListId, Cidr Cidr)>());
        var messages = ImmutableArray.CreateBuilder<DenialMessage>();
        var settings = new RuleSettings();
        var lists = new List<Part>();
        IReadOnlyList<Part[]> read = [root];
        while (read.Count > 0)
        {
            var next = new List<Digest>();
            foreach (var parts in read)
            {
                foreach (var part in parts)
                {
                    Take(part, next);
                }
            }

            // With them as many lists as a request can bring besides: mostly all there are, and so none is needed for them alone.
            if (next.Count > 0 && lists.Count(part => part.Value is null) <= MaxListNodes)
            {
                next.AddRange(lists.Where(part => part.Value is null).Select(part => part.Node));
                lists.RemoveAll(part => part.Value is null);
            }

            read = next.Count > 0 ? await nodes.ReadAsync(next, cancellationToken) : [];
        }

        if (entries.Count > 0)
        {
            candidates.AddRange(await ReadListsAsync([.. lists], entries, nodes, cancellationToken));
        }

        candidates.RemoveAll(candidate => !candidate.Range.Enabled);
        candidates.Sort(Candidate.Compare);
        return new(connection.Address, candidates, messages.ToImmutable(), settings);

        void Take(Part part, List<Digest> next)
        {
            var isNeeded = RuleKeys.Begins(part, RuleKeys.Settings)
                || RuleKeys.Begins(part, forAll)
                || RuleKeys.Begins(part, forOne)
                || (way is not null && RuleKeys.IsOnWay(part, way));
            if (isNeeded && part.Value is null)
            {
                next.Add(part.Node);
            }
            else if (isNeeded)
            {
                TakeItem(part);
            }
            else if (RuleKeys.Begins(part, RuleKeys.Lists))
            {
                lists.Add(part);
            }
        }

        void TakeItem(Part item)
        {
            switch (item.Key[0])
            {
                case RuleKeys.OfSettings:
                    settings = ObjectCodec.DecodeSettings(item.Value!);
                    break;
                case RuleKeys.OfMessage:
                    messages.Add(RuleItems.ReadMessage(item));
                    break;
                default:
                    var (id, cidr, isEntry) = RuleKeys.ReadBlock(item.Key);
                    if (isEntry)
                    {
                        entries.Add((id, cidr));
                    }
                    else
                    {
                        candidates.Add(new(ObjectCodec.DecodeRange(id, cidr, null, item.Value!), cidr, null));
                    }

                    break;
            }
        }
    }

    /// <summary>The ranges with the lists whose entries contain the address.</summary>
    /// <param name="parts">What has all lists.</param>
    private static async Task<IEnumerable<Candidate>> ReadListsAsync(
        Part[] parts, List<(Guid ListId, Cidr Cidr)> entries, INodes nodes, CancellationToken cancellationToken)
    {
        var longest = entries.GroupBy(entry => entry.ListId)
            .ToDictionary(same => same.Key, same => same.MaxBy(entry => entry.Cidr.PrefixLength).Cidr);
        byte[][] wanted = [.. longest.Keys.Select(RuleKeys.OfListAnd)];
        var (lists, ranges) = (new Dictionary<Guid, AddressList>(), new List<AddressRange>());
        foreach (var item in await Trie.FindAsync(parts, IsWanted, nodes, cancellationToken))
        {
            var (listId, rangeId) = RuleKeys.ReadList(item.Key);
            if (rangeId is { } id)
            {
                ranges.Add(ObjectCodec.DecodeRange(id, null, listId, item.Value!));
            }
            else
            {
                lists.Add(listId, ObjectCodec.DecodeList(listId, item.Value!));
            }
        }

        return ranges.Select(range => new Candidate(
            range,
            longest[range.AddressListId!.Value],
            lists.GetValueOrDefault(range.AddressListId.Value) ?? throw new InvalidDataException("An address list is missing.")));

        bool IsWanted(Part part) => Array.Exists(wanted, beginning => RuleKeys.Begins(part, beginning));
    }

    /// <exception cref="ArgumentException">These are not the rules for connections from this address.</exception>
    public IReadOnlyList<Candidate> Containing(Address address) =>
        address == this.address ? containing : throw new ArgumentException("These rules are for another address.", nameof(address));

    public string MessageFor(ConnectionEvent connection, DenialReason reason) => DenialText.For(connection, reason, messages);

    public ImmutableArray<string> PostureStatuses(DenialReason? reason, Guid? rangeId, long revision) =>
        settings.PostureStatuses(reason, rangeId, revision);
}
