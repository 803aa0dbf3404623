namespace ClientVpnAdmin.Addresses;

public class CidrTests
{
    [Theory]
    [InlineData("203.0.113.0/24", "203.0.113.0/24")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("255.255.255.255/32", "255.255.255.255/32")]
    [InlineData("203.0.113.5", "203.0.113.5/32")]
    [InlineData("2001:db8::/32", "2001:db8::/32")]
    [InlineData("2001:DB8:0::/32", "2001:db8::/32")]
    [InlineData("2001:db8::7", "2001:db8::7/128")]
    [InlineData("::/0", "::/0")]
    [InlineData("::/96", "::/96")]
    [InlineData("::/80", "::/80")] // around the mapped addresses, but of IPv6 addresses
    public void Reads_a_block_or_a_single_address_and_writes_it_canonically(string text, string canonical)
    {
        Assert.Equal(canonical, Cidr.Parse(text, out var error)!.ToString());
        Assert.Null(error);
    }

    [Theory]
    [InlineData(
        "203.0.113.5/24",
        "'203.0.113.5/24' has host bits set. Write 203.0.113.0/24 for the network, or 203.0.113.5/32 for the single address.")]
    [InlineData("10.0.0.1/8", "'10.0.0.1/8' has host bits set. Write 10.0.0.0/8 for the network, or 10.0.0.1/32 for the single address.")]
    [InlineData("0.0.0.1/0", "'0.0.0.1/0' has host bits set. Write 0.0.0.0/0 for the network, or 0.0.0.1/32 for the single address.")]
    [InlineData(
        "2001:db8::7/32",
        "'2001:db8::7/32' has host bits set. Write 2001:db8::/32 for the network, or 2001:db8::7/128 for the single address.")]
    [InlineData("::1/0", "'::1/0' has host bits set. Write ::/0 for the network, or ::1/128 for the single address.")]
    public void Host_bits_are_an_error_that_names_the_network_meant(string text, string expected) => AssertError(text, expected);

    [Theory]
    [InlineData(
        "::ffff:203.0.113.0/120", "'::ffff:203.0.113.0/120' is an IPv4-mapped IPv6 network. Write the IPv4 network: 203.0.113.0/24.")]
    [InlineData("::ffff:10.0.0.0/104", "'::ffff:10.0.0.0/104' is an IPv4-mapped IPv6 network. Write the IPv4 network: 10.0.0.0/8.")]
    [InlineData("::ffff:0:0/96", "'::ffff:0:0/96' is an IPv4-mapped IPv6 network. Write the IPv4 network: 0.0.0.0/0.")]
    [InlineData("::ffff:1.2.3.4", "'::ffff:1.2.3.4' is an IPv4-mapped IPv6 network. Write the IPv4 network: 1.2.3.4/32.")]
    public void An_IPv4_mapped_network_is_an_error_that_names_the_IPv4_network(string text, string expected) => AssertError(text, expected);

    [Theory]
    [InlineData("203.0.113.0/33", "'33' is not a prefix length. For IPv4 write a number from 0 to 32.")]
    [InlineData("203.0.113.0/", "'' is not a prefix length. For IPv4 write a number from 0 to 32.")]
    [InlineData("203.0.113.0/024", "'024' is not a prefix length. For IPv4 write a number from 0 to 32.")]
    [InlineData("203.0.113.0/+24", "'+24' is not a prefix length. For IPv4 write a number from 0 to 32.")]
    [InlineData("203.0.113.0/-1", "'-1' is not a prefix length. For IPv4 write a number from 0 to 32.")]
    [InlineData("203.0.113.0/24 ", "'24 ' is not a prefix length. For IPv4 write a number from 0 to 32.")]
    [InlineData("203.0.113.0/24 junk", "'24 junk' is not a prefix length. For IPv4 write a number from 0 to 32.")]
    [InlineData("203.0.113.0/24/24", "'24/24' is not a prefix length. For IPv4 write a number from 0 to 32.")]
    [InlineData("203.0.113.0/255.255.255.0", "'255.255.255.0' is not a prefix length. For IPv4 write a number from 0 to 32.")]
    [InlineData("203.0.113.0/4294967320", "'4294967320' is not a prefix length. For IPv4 write a number from 0 to 32.")]
    [InlineData("203.0.113.0/٢٤", "'٢٤' is not a prefix length. For IPv4 write a number from 0 to 32.")]
    [InlineData("2001:db8::/129", "'129' is not a prefix length. For IPv6 write a number from 0 to 128.")]
    public void A_prefix_length_is_a_plain_decimal_number_in_bounds(string text, string expected) => AssertError(text, expected);

    [Theory]
    [InlineData("1", "'1'")]
    [InlineData("1/8", "'1'")]
    [InlineData("10.1/16", "'10.1'")]
    [InlineData("010.0.0.0/8", "'010.0.0.0'")]
    [InlineData("0x0a.0.0.0/8", "'0x0a.0.0.0'")]
    [InlineData("123.456.789.0/24", "'123.456.789.0'")]
    [InlineData("/24", "''")]
    [InlineData(" 10.0.0.0/8", "' 10.0.0.0'")]
    [InlineData("10.0.0.0 /8", "'10.0.0.0 '")]
    [InlineData("fe80::%1/64", "'fe80::%1'")]
    [InlineData("any", "'any'")]
    [InlineData("10.0.0.0\r\n/8", "'10.0.0.0??'")]
    public void An_address_that_is_none_is_quoted_in_the_error(string text, string quoted) =>
        AssertError(
            text,
            $"{quoted} is not an IP address. Write IPv4 as four decimal numbers from 0 to 255 without leading zeros (203.0.113.0/24), "
            + "or IPv6 without zone or brackets (2001:db8::/32).");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Nothing_at_all_is_an_error_with_examples(string? text) =>
        AssertError(text, "Give a CIDR block such as 203.0.113.0/24 or 2001:db8::/32, or a single address such as 203.0.113.5.");

    [Fact]
    public void A_megabyte_of_text_is_quoted_in_short()
    {
        Assert.Null(Cidr.Parse(new string('1', 1_000_000), out var error));
        Assert.InRange(error!.Message.Length, 100, 400);
    }

    [Theory]
    [InlineData("203.0.113.0/24", "203.0.113.0", true)]
    [InlineData("203.0.113.0/24", "203.0.113.255", true)]
    [InlineData("203.0.113.0/24", "203.0.112.255", false)]
    [InlineData("203.0.113.0/24", "203.0.114.0", false)]
    [InlineData("0.0.0.0/0", "255.255.255.255", true)]
    [InlineData("0.0.0.0/0", "::ffff:1.2.3.4", true)]
    [InlineData("0.0.0.0/0", "::1.2.3.4", false)]
    [InlineData("0.0.0.0/0", "::", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("::/0", "1.2.3.4", false)]
    [InlineData("::/0", "::ffff:1.2.3.4", false)]
    [InlineData("::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8::/33", "2001:db8:7fff:ffff::", true)]
    [InlineData("2001:db8::/33", "2001:db8:8000::", false)]
    [InlineData("::1", "::1", true)]
    [InlineData("::1", "0.0.0.1", false)]
    public void Contains_the_addresses_of_its_own_family_whose_leading_bits_are_its_own(string cidr, string address, bool expected) =>
        Assert.Equal(expected, Cidr.Parse(cidr, out _)!.Contains(Address.Parse(address)!.Value));

    [Fact]
    public void Cannot_be_made_with_what_reading_refuses()
    {
        var address = Address.Parse("203.0.113.5")!.Value;
        Assert.Throws<ArgumentException>(() => new Cidr(address, 24));
        Assert.Throws<ArgumentException>(() => new Cidr(address, 33));
        Assert.Throws<ArgumentException>(() => new Cidr(address, -1));
        Assert.Throws<ArgumentException>(() => new Cidr(new Address(true, (UInt128)0xFFFF << 32), 96));
    }

    private static void AssertError(string? text, string expected)
    {
        Assert.Null(Cidr.Parse(text, out var error));
        Assert.Equal(expected, error?.Message);
    }

    [Theory]
    [InlineData(false, -1)]
    [InlineData(false, 33)]
    [InlineData(true, -1)]
    [InlineData(true, 129)]
    public void A_prefix_is_no_longer_than_an_address(bool isIPv6, int length) =>
        Assert.Throws<ArgumentException>(() => new Cidr(new Address(isIPv6, 0), length));
}
