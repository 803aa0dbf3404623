using System.Text;
using BenchmarkDotNet.Attributes;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Ranges;

namespace ClientVpnAdmin.RuleSets;

/// <summary>
/// One decision by an address list through the index, and a look for an address that no entry has, as ratios to looking at every entry;
/// and a whole decision, from the event's bytes to the answer's.
/// </summary>
[MemoryDiagnoser]
public class DecisionBenchmarks
{
    private static readonly DateTimeOffset Time = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Address Missed = Address.Parse("255.255.255.255")!.Value;

    private RuleSet rules = RuleSet.Empty;
    private ConnectionEvent connection = new();
    private byte[] connectionEvent = [];

    [Params(10, 10_000, 1_000_000)]
    public int Entries { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        var random = new Random(1);
        var list = new AddressList
        {
            Id = Guid.CreateVersion7(Time),
            Name = "many",
            Entries =
            [
                .. Enumerable.Range(0, Entries).Select(_ => (uint)random.NextInt64(0xFF000000L) & 0xFFFFFF00)
                    .Select(network => new AddressEntry(new(new(false, network), 24))),
            ],
            CreatedAt = Time,
            CreatedBy = "admin",
            UpdatedAt = Time,
            UpdatedBy = "admin",
        };
        var range = new AddressRange
        {
            Id = Guid.CreateVersion7(Time),
            AddressListId = list.Id,
            CreatedAt = Time,
            CreatedBy = "admin",
            UpdatedAt = Time,
            UpdatedBy = "admin",
        };
        rules = new RuleSet([range], [], new(), [], [list]);
        var publicIp = list.Entries[Entries / 2].Network;
        connectionEvent = Encoding.UTF8.GetBytes(
            $$"""
            {
              "connection-id": "cvpn-connection-04e7e1b2f0daf9460", "endpoint-id": "cvpn-endpoint-0f13eab7f860433cc", "common-name": "",
              "username": "alice@example.co.jp", "platform": "win", "platform-version": "10.0.22631", "public-ip": "{{publicIp}}",
              "client-openvpn-version": "2.6.10", "aws-client-version": "5.2.1", "groups": ["vpn-users", "staff"], "schema-version": "v3"
            }
            """);
        connection = ConnectionEvent.Parse(connectionEvent);
        if (!Evaluator.Decide(connection, Time, rules, 1).Allowed || ScanEveryEntry() is null || Miss() > 0)
        {
            throw new InvalidOperationException("The benchmark doesn't measure what it should.");
        }
    }

    [Benchmark(Baseline = true)]
    public AddressEntry? ScanEveryEntry()
    {
        AddressEntry? longest = null;
        foreach (var entry in rules.AddressLists[0].Entries)
        {
            if (entry.Contains(connection.Address!.Value) && !(entry.PrefixLength <= longest?.PrefixLength))
            {
                longest = entry;
            }
        }

        return longest;
    }

    [Benchmark]
    public int Miss() => rules.Containing(Missed).Count;

    [Benchmark]
    public Decision Decide() => Evaluator.Decide(connection, Time, rules, 1);

    [Benchmark]
    public byte[] WholeDecision() => Evaluator.Decide(ConnectionEvent.Parse(connectionEvent), Time, rules, 1).Response.ToJson();
}
