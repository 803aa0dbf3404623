using System.Collections.Immutable;
using ClientVpnAdmin.Addresses;
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
    private readonly Address? address;
    private readonly List<AddressRange> containing;
    private readonly ImmutableArray<DenialMessage> messages;
    private readonly RuleSettings settings;

    private ConnectionRules(Address? address, List<AddressRange> containing, ImmutableArray<DenialMessage> messages, RuleSettings settings)
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
        var ranges = new List<AddressRange>();
        var messages = ImmutableArray.CreateBuilder<DenialMessage>();
        var settings = new RuleSettings();
        foreach (var item in await Trie.FindAsync(root, IsNeeded, nodes, cancellationToken))
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
                    ranges.Add(RuleItems.ReadRange(item));
                    break;
            }
        }

        ranges.RemoveAll(range => !range.Enabled);
        ranges.Sort((a, b) => b.Cidr.PrefixLength.CompareTo(a.Cidr.PrefixLength) is not 0 and var order
            ? order
            : AddressRange.CompareByAge(a, b));
        return new(connection.Address, ranges, messages.ToImmutable(), settings);

        bool IsNeeded(Part part) =>
            RuleKeys.Begins(part, RuleKeys.Settings)
            || RuleKeys.Begins(part, forAll)
            || RuleKeys.Begins(part, forOne)
            || (way is not null && RuleKeys.IsOnWay(part, way));
    }

    /// <exception cref="ArgumentException">These are not the rules for connections from this address.</exception>
    public IEnumerable<AddressRange> Containing(Address address) =>
        address == this.address ? containing : throw new ArgumentException("These rules are for another address.", nameof(address));

    public string MessageFor(ConnectionEvent connection, DenialReason reason) => DenialText.For(connection, reason, messages);

    public ImmutableArray<string> PostureStatuses(DenialReason? reason, Guid? rangeId, long revision) =>
        settings.PostureStatuses(reason, rangeId, revision);
}
