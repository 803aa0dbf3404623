using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Ranges;

namespace ClientVpnAdmin.RuleSets;

/// <summary>
/// One decision through the index, as a ratio to looking at every range.
/// </summary>
[MemoryDiagnoser]
public class DecisionBenchmarks
{
    private static readonly DateTimeOffset Time = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);

    private RuleSet rules = RuleSet.Empty;
    private ConnectionEvent connection = new();

    [Params(100, 1_000, 10_000)]
    public int Ranges { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        rules = new RuleSet(Enumerable.Range(0, Ranges).Select(i => new AddressRange
        {
            Id = Guid.CreateVersion7(Time),
            Cidr = Cidr.Parse($"10.{i / 256}.{i % 256}.0/24", out _)!,
            Description = $"Office {i}",
            CreatedAt = Time,
            CreatedBy = "admin",
            UpdatedAt = Time,
            UpdatedBy = "admin",
        }), [], new());
        var publicIp = string.Create(CultureInfo.InvariantCulture, $"10.{(Ranges - 1) / 256}.{(Ranges - 1) % 256}.7");
        connection = ConnectionEvent.Parse(Encoding.UTF8.GetBytes($$"""{ "public-ip": "{{publicIp}}", "schema-version": "v3" }"""));
        if (!Evaluator.Decide(connection, Time, rules, 1).Allowed || ScanEveryRange() is null)
        {
            throw new InvalidOperationException("The benchmark doesn't measure what it should.");
        }
    }

    [Benchmark(Baseline = true)]
    public AddressRange? ScanEveryRange()
    {
        AddressRange? longest = null;
        foreach (var range in rules.Ranges)
        {
            if (range.Enabled && range.Cidr.Contains(connection.Address!.Value) && !(range.Cidr.PrefixLength <= longest?.Cidr.PrefixLength))
            {
                longest = range;
            }
        }

        return longest;
    }

    [Benchmark]
    public Decision Decide() => Evaluator.Decide(connection, Time, rules, 1);
}
