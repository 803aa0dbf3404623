using ClientVpnAdmin.Addresses;

namespace ClientVpnAdmin.Ranges;

public class BlockIndexTests
{
    private static readonly BlockOwner One = new(Guid.NewGuid(), IsList: false);
    private static readonly BlockOwner Other = One with { IsList = true };

    [Theory]
    [InlineData("10.0.0.0", 33)]
    [InlineData("::", 129)]
    public void No_prefix_is_longer_than_an_address(string network, byte prefixLength) => Assert.Throws<ArgumentOutOfRangeException>(
        () => new BlockIndex([new(Address.Parse(network)!.Value, prefixLength, One)]));

    [Theory]
    [InlineData("10.0.0.0/31", "10.0.0.1/32", "10.0.0.1", "32 31")] // the last address of the outer one
    [InlineData("10.0.0.0/31", "10.0.0.0/32", "10.0.0.0", "32 31")]
    [InlineData("10.0.0.0/24", "10.0.0.255/32", "10.0.0.255", "32 24")]
    [InlineData("10.0.0.0/25", "10.0.0.128/25", "10.0.0.128", "25")]
    [InlineData("10.0.0.0/25", "10.0.0.128/25", "10.0.0.127", "25")]
    [InlineData("10.0.0.1/32", "10.0.0.1/32", "10.0.0.1", "32 32")]
    [InlineData("0.0.0.0/0", "255.255.255.255/32", "255.255.255.255", "32 0")]
    [InlineData("::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "128 0")]
    [InlineData("0.0.0.0/0", "::/0", "::", "0")]
    [InlineData("10.0.0.0/8", "12.0.0.0/8", "11.255.255.255", "")]
    public void The_first_and_the_last_address_of_a_block_are_in_it(string one, string other, string address, string expected)
    {
        foreach (var index in new[] { new BlockIndex([Block(other, Other), Block(one, One)]),
            new BlockIndex([]).Edit([], [Block(other, Other), Block(one, One)])! })
        {
            Assert.Equal(expected, Find(index, address));
        }
    }

    [Fact]
    public void Among_many_blocks_those_that_contain_an_address_are_found()
    {
        // More than the direct index needs to be made, on both sides of its borders.
        var random = new Random(1);
        var blocks = Enumerable.Range(0, 200_000)
            .Select(_ => new OwnedBlock(Masked((uint)random.NextInt64(1L << 32), out var length), length, One))
            .ToList();
        var index = new BlockIndex(blocks);
        var byLength = blocks.GroupBy(b => b.PrefixLength).ToDictionary(g => g.Key, g => g.Select(b => b.Network.Value).ToHashSet());
        for (var i = 0; i < 20_000; i++)
        {
            var address = (i % 3) switch
            {
                0 => (uint)random.NextInt64(1L << 32),
                1 => (uint)blocks[i].Network.Value,
                _ => (uint)blocks[i].Network.Value - 1,
            };
            var expected = byLength.Keys.OrderDescending().Where(length => byLength[length].Contains(Mask(address, length)));
            Assert.Equal(string.Join(' ', expected), string.Join(' ', Find(index, $"{new Address(false, address)}").Split(' ').Distinct()));
        }

        Address Masked(uint value, out byte length)
        {
            length = (byte)random.Next(8, 33);
            return new(false, Mask(value, length));
        }

        static uint Mask(uint value, byte length) => value & (uint.MaxValue << (32 - length));
    }

    [Fact]
    public void A_miss_makes_no_garbage()
    {
        var index = new BlockIndex(Enumerable.Range(0, 100_000).Select(i => new OwnedBlock(new(false, (uint)i << 8), 25, One)));
        var address = Address.Parse("0.0.1.200")!.Value;
        const int Times = 1_000;
        Miss();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Times; i++)
        {
            Miss();
        }

        // None each time; the runtime has now and then something of its own.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Times - 1);

        void Miss()
        {
            List<(int PrefixLength, BlockOwner Owner)>? found = null;
            index.Find(address, ref found);
            Assert.Null(found);
        }
    }

    [Fact]
    public void With_many_edits_it_wants_to_be_made_anew()
    {
        var index = new BlockIndex([Block("10.0.0.0/8", One)]);
        Assert.Null(index.Edit([], Enumerable.Range(0, 2_000).Select(i => new OwnedBlock(new(false, (uint)i << 8), 24, One))));
        Assert.Equal("", Find(index.Edit([Block("10.0.0.0/8", One)], [])!, "10.0.0.1"));
        Assert.Equal("8", Find(index.Edit([Block("10.0.0.0/8", Other)], [])!, "10.0.0.1")); // that of another isn't there
        Assert.Equal("8", Find(index.Edit([Block("10.0.0.0/8", One)], [])!.Edit([], [Block("10.0.0.0/8", One)])!, "10.0.0.1"));
        Assert.Equal("8", Find(index.Edit([], [Block("10.0.0.0/9", One)])!.Edit([Block("10.0.0.0/9", One)], [])!, "10.0.0.1"));
    }

    private static OwnedBlock Block(string cidr, BlockOwner owner)
    {
        var block = Cidr.Parse(cidr, out _)!;
        return new(block.Network, (byte)block.PrefixLength, owner);
    }

    /// <summary>The lengths of the prefixes, the longest first.</summary>
    private static string Find(BlockIndex index, string address)
    {
        List<(int PrefixLength, BlockOwner Owner)>? found = null;
        index.Find(Address.Parse(address)!.Value, ref found);
        return string.Join(' ', (found ?? []).Select(block => block.PrefixLength).OrderDescending());
    }
}
