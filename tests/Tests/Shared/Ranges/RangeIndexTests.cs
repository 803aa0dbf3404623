using ClientVpnAdmin.Addresses;

namespace ClientVpnAdmin.Ranges;

public class RangeIndexTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "11.0.0.0/8")]
    [InlineData("10.0.0.0/8", "10.0.0.0/9")] // the outer one first
    [InlineData("10.0.0.0/9", "10.128.0.0/9")]
    [InlineData("255.255.255.255", "::/0")]
    [InlineData("2001:db8::/32", "2001:db8::/48")]
    public void Outer_ranges_come_before_those_inside_them_and_lower_ones_before_higher_ones(string before, string after)
    {
        var (one, other) = (Some.Range(before, age: 1), Some.Range(after, age: 2));
        Assert.InRange(RangeIndex.Compare(one, other), int.MinValue, -1);
        Assert.InRange(RangeIndex.Compare(other, one), 1, int.MaxValue);
    }

    [Fact]
    public void Of_ranges_with_the_same_addresses_the_older_comes_first()
    {
        var (older, newer) = (Some.Range("10.0.0.0/8", age: 2), Some.Range("10.0.0.0/8", age: 1));
        Assert.InRange(RangeIndex.Compare(older, newer), int.MinValue, -1);
        Assert.InRange(RangeIndex.Compare(newer, older), 1, int.MaxValue);
    }

    [Theory]
    [InlineData("10.0.0.0/8", "9.0.0.0/8")]
    [InlineData("10.0.0.0/9", "10.0.0.0/8")]
    [InlineData("2001:db8::/33", "2001:db8::/32")]
    public void What_is_added_out_of_order_is_refused(string first, string second)
    {
        var index = new RangeIndex(_ => Some.Range(first), 2);
        Add(index, first, 0);
        Assert.Throws<ArgumentException>(() => Add(index, second, 1));
    }

    [Theory]
    [InlineData("10.0.0.0", 33)]
    [InlineData("::", 129)]
    public void No_prefix_is_longer_than_an_address(string network, int prefixLength) => Assert.Throws<ArgumentOutOfRangeException>(
        () => new RangeIndex(_ => Some.Range(network), 1).Add(Address.Parse(network)!.Value, prefixLength, 0));

    [Theory]
    [InlineData("10.0.0.0/31", "10.0.0.1/32", "10.0.0.1", "10.0.0.1/32 10.0.0.0/31")] // the last address of the outer one
    [InlineData("10.0.0.0/31", "10.0.0.0/32", "10.0.0.0", "10.0.0.0/32 10.0.0.0/31")]
    [InlineData("10.0.0.0/24", "10.0.0.255/32", "10.0.0.255", "10.0.0.255/32 10.0.0.0/24")]
    [InlineData("10.0.0.0/25", "10.0.0.128/25", "10.0.0.128", "10.0.0.128/25")]
    [InlineData("10.0.0.0/25", "10.0.0.128/25", "10.0.0.127", "10.0.0.0/25")]
    [InlineData("10.0.0.1/32", "10.0.0.1/32", "10.0.0.1", "10.0.0.1/32 10.0.0.1/32")]
    [InlineData("0.0.0.0/0", "255.255.255.255/32", "255.255.255.255", "255.255.255.255/32 0.0.0.0/0")]
    [InlineData("::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128 ::/0")]
    public void The_first_and_the_last_address_of_a_range_are_in_it(string one, string other, string address, string expected)
    {
        string[] ranges = [one, other];
        var index = new RangeIndex(position => Some.Range(ranges[position]), 2);
        Add(index, one, 0);
        Add(index, other, 1);
        Assert.Equal(expected, string.Join(' ', index.Containing(Address.Parse(address)!.Value).Select(r => r.Cidr)));
    }

    private static void Add(RangeIndex index, string cidr, int position)
    {
        var block = Cidr.Parse(cidr, out _)!;
        index.Add(block.Network, block.PrefixLength, position);
    }
}
