using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Tries;
using CsCheck;

namespace ClientVpnAdmin.RuleSets;

public sealed class ConnectionRulesTests
{
    /// <summary>Prefixes that nest often: few networks, all lengths.</summary>
    private static readonly Gen<string> Prefix = Gen.Select(Gen.Bool, Gen.Int[0, 32], Gen.UInt[0, 15], Gen.UInt[0, 3]).Select(
        (isIPv6, length, high, low) => isIPv6
            ? Text(new Address(true, ((UInt128)high << 124) | ((UInt128)low << 96)), length)
            : Text(new Address(false, (high << 28) | low), length));

    [Fact]
    public Task What_is_read_for_one_connection_decides_as_the_whole_rules_do() =>
        Gen.Select(
            Prefix.Array[0, 150],
            Gen.Bool.Array[150],
            Gen.UInt[0, 15],
            Gen.UInt[0, 3],
            Gen.Bool,
            Prefix.Array[0, 40].Array[0, 60]).SampleAsync(
            async (prefixes, isEnabled, high, low, isIPv6, entries) =>
            {
                var lists = entries.Select((some, i) => Some.List($"{new string('x', 20 * i)}", some)).ToList();
                var rules = new RuleSet(
                    prefixes.Select((prefix, i) => Some.Range(prefix, age: i % 7) with
                    {
                        Enabled = isEnabled[i],
                        Cidr = i < lists.Count ? null : Cidr.Parse(prefix, out _),
                        AddressListId = i < lists.Count ? lists[i / 2].Id : null,
                        Description = new string('x', 3 * i),
                    }),
                    [Some.Message("all"), Some.Message("one", Some.Endpoint), Some.Message("other", Some.OtherEndpoint)],
                    new(),
                    addressLists: lists);
                var nodes = new Dictionary<Digest, byte[]>();
                var root = await Trie.EditAsync(
                    [], RuleItems.Between(RuleSet.Empty, rules), new InMemory(nodes), node => nodes[node.Digest] = node.Bytes, default);
                var address = isIPv6
                    ? new Address(true, ((UInt128)high << 124) | ((UInt128)low << 96))
                    : new Address(false, (high << 28) | low);
                var connection = Some.EventJson($"{address}").Read();
                var read = await ConnectionRules.ReadAsync(root, connection, new InMemory(nodes), default);
                Assert.Equal(
                    rules.Containing(address).Select(c => (c.Range.Id, c.Cidr, c.Entry)),
                    read.Containing(address).Select(c => (c.Range.Id, c.Cidr, c.Entry)));
                Assert.Equal("one", read.MessageFor(connection, DenialReason.AddressNotAllowed));
                Assert.Equal(
                    Evaluator.Decide(connection, Some.Time, rules, 1).Response.Json().GetRawText(),
                    Evaluator.Decide(connection, Some.Time, read, 1).Response.Json().GetRawText());
            },
            iter: 300);

    [Fact]
    public async Task They_are_for_no_other_address()
    {
        var rules = await ConnectionRules.ReadAsync([], Some.EventJson("203.0.113.7").Read(), new InMemory([]), default);
        Assert.Empty(rules.Containing(Address.Parse("203.0.113.7")!.Value));
        Assert.Throws<ArgumentException>(() => rules.Containing(Address.Parse("203.0.113.8")!.Value));
    }

    private static string Text(Address address, int length)
    {
        var prefixLength = Math.Min(length * (address.IsIPv6 ? 4 : 1), address.Width);
        return $"{address with { Value = address.Value & ~Cidr.HostBits(address.Width, prefixLength) }}/{prefixLength}";
    }

    private sealed class InMemory(Dictionary<Digest, byte[]> stored) : INodes
    {
        public Task<IReadOnlyList<Part[]>> ReadAsync(IReadOnlyList<Digest> digests, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<Part[]>>([.. digests.Select(digest => NodeFormat.Decode(digest, stored[digest]))]);
    }
}
