using ClientVpnAdmin.Addresses;
using CsCheck;

namespace ClientVpnAdmin.AdminApi.Ranges;

public sealed class AddressBlocksTests
{
    [Theory]
    [InlineData("203.0.113.0/24", "203.0.113.0/24")]
    [InlineData(" 203.0.113.7 ", "203.0.113.7")]
    [InlineData("203.0.113.0/255.255.255.0", "203.0.113.0/24")]
    [InlineData("203.0.113.0 / 255.255.255.128", "203.0.113.0/25")]
    [InlineData("203.0.113.7/255.255.255.255", "203.0.113.7/32")]
    [InlineData("0.0.0.0/0.0.0.0", "0.0.0.0/0")]
    [InlineData("203.0.113.5-203.0.113.20", "203.0.113.5/32 203.0.113.6/31 203.0.113.8/29 203.0.113.16/30 203.0.113.20/32")]
    [InlineData("203.0.113.0 - 203.0.113.255", "203.0.113.0/24")]
    [InlineData("203.0.113.7-203.0.113.7", "203.0.113.7/32")]
    [InlineData("0.0.0.0-255.255.255.255", "0.0.0.0/0")]
    [InlineData("2001:db8::-2001:db8::ffff", "2001:db8::/112")]
    [InlineData("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0")]
    [InlineData("２０３．０．１１３．０／２４", "203.0.113.0/24")]
    [InlineData("203.0.113.0～203.0.113.3", "203.0.113.0/30")]
    [InlineData("203.0.113.0〜203.0.113.3", "203.0.113.0/30")]
    [InlineData("203.0.113.0–203.0.113.3", "203.0.113.0/30")]
    public void Networks_with_netmasks_and_spans_become_blocks(string text, string blocks)
    {
        Assert.Equal(blocks, string.Join(' ', AddressBlocks.Parse(text, out var fault)));
        Assert.Null(fault);
    }

    [Theory]
    [InlineData("203.0.113.0/255.0.255.0", "not-a-netmask", "its ones must come before its zeros")]
    [InlineData("203.0.113.0/0.0.0.255", "not-a-netmask", "write 255.255.255.0")]
    [InlineData("203.0.113.0/255.255.255", "not-a-netmask", "is not a netmask")]
    [InlineData("203.0.113.20-203.0.113.5", "not-a-span", "give the lower address first")]
    [InlineData("203.0.113.5-2001:db8::7", "not-a-span", "of the same kind")]
    [InlineData("203.0.113.5-20", "not-an-address", "both addresses in full")]
    [InlineData("x-y", "not-an-address", "'x' is not an IP address")]
    public void What_is_none_is_a_fault_with_the_remedy(string text, string code, string remedy)
    {
        Assert.Empty(AddressBlocks.Parse(text, out var fault));
        Assert.Equal(code, fault!.Code);
        Assert.Contains(remedy, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_blocks_of_a_span_are_that_span_exactly_and_none_could_be_joined() => Gen
        .Select(Gen.Bool, Gen.ULong, Gen.ULong, Gen.ULong, Gen.ULong).Sample((isIPv6, a, b, c, d) =>
        {
            var mask = isIPv6 ? UInt128.MaxValue : uint.MaxValue;
            var (one, other) = (new UInt128(a, b) & mask, new UInt128(c, d) & mask);
            var (first, last) = one < other ? (one, other) : (other, one);
            if (new Address(isIPv6, first).ToString().Contains('.', StringComparison.Ordinal) == isIPv6)
            {
                return; // written as IPv4
            }

            var texts = AddressBlocks.Parse($"{new Address(isIPv6, first)}-{new Address(isIPv6, last)}", out _);
            var blocks = texts.Select(text => Cidr.Parse(text, out _)!).ToList();
            var next = first;
            foreach (var block in blocks)
            {
                Assert.Equal(next, block.Network.Value);
                next += UInt128.One << (block.Network.Width - block.PrefixLength);
            }

            Assert.Equal(last, next - 1);
            Assert.DoesNotContain(blocks.Zip(blocks.Skip(1)), pair =>
                pair.First.PrefixLength == pair.Second.PrefixLength
                && (pair.First.Network.Value >> (pair.First.Network.Width - pair.First.PrefixLength)) % 2 == 0);
        });
}
