namespace ClientVpnAdmin.Addresses;

public class AddressTests
{
    [Theory]
    [InlineData("0.0.0.0", "0.0.0.0")]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("255.255.255.255", "255.255.255.255")]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("2001:DB8:0:0:0:0:0:7", "2001:db8::7")]
    [InlineData("2001:0db8::0007", "2001:db8::7")]
    [InlineData("64:ff9b::192.0.2.33", "64:ff9b::c000:221")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void Reads_dotted_quads_and_RFC_4291_text(string text, string canonical) =>
        Assert.Equal(canonical, Address.Parse(text).ToString());

    [Theory]
    [InlineData("::ffff:203.0.113.7")]
    [InlineData("::FFFF:203.0.113.7")]
    [InlineData("::ffff:cb00:7107")]
    [InlineData("0:0:0:0:0:ffff:cb00:7107")]
    [InlineData("0000:0000:0000:0000:0000:ffff:203.0.113.7")]
    public void An_IPv4_mapped_address_is_its_IPv4_address(string text) => Assert.Equal(Address.Parse("203.0.113.7"), Address.Parse(text));

    [Theory]
    [InlineData("::ffff:7107")]
    [InlineData("::203.0.113.7")] // IPv4-compatible
    [InlineData("::fffe:203.0.113.7")]
    [InlineData("0:0:0:0:ffff:0:203.0.113.7")] // IPv4-translated
    [InlineData("64:ff9b::203.0.113.7")] // NAT64
    [InlineData("2002:cb00:7107::")] // 6to4
    public void No_other_IPv6_address_is_an_IPv4_address(string text) => Assert.True(Address.Parse(text)!.Value.IsIPv6);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("1")]
    [InlineData("2130706433")]
    [InlineData("0x7f.1")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.0x0.0x0.0x1")]
    [InlineData("127.1")]
    [InlineData("127.0.1")]
    [InlineData("010.0.0.1")]
    [InlineData("10.0.0.01")]
    [InlineData("00.0.0.0")]
    [InlineData("256.0.0.1")]
    [InlineData("123.456.789.0")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.")]
    [InlineData(".1.2.3")]
    [InlineData("1..2.3")]
    [InlineData("-1.2.3.4")]
    [InlineData("+1.2.3.4")]
    [InlineData("1.2.3.4/32")]
    [InlineData("1.2.3.4:443")]
    [InlineData(" 1.2.3.4")]
    [InlineData("1.2.3.4 ")]
    [InlineData("1.2.3.4\n")]
    [InlineData("1.2.3.4\0")]
    [InlineData("1.2.3.4, 5.6.7.8")]
    [InlineData("١.٢.٣.٤")]
    [InlineData("1.2.3.４")]
    [InlineData("1。2。3。4")]
    [InlineData("localhost")]
    [InlineData("[::1]")]
    [InlineData("[::1]:443")]
    [InlineData("::1%1")]
    [InlineData("fe80::1%eth0")]
    [InlineData("fe80::1%25eth0")]
    [InlineData("::1/128")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1::2::3")]
    [InlineData("::g")]
    [InlineData("12345::")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7:8::")]
    [InlineData("1:2:3:4:5:6:7:")]
    [InlineData(":1:2:3:4:5:6:7")]
    [InlineData("::1:")]
    [InlineData(" ::1")]
    [InlineData("::1 ")]
    [InlineData("::ffff:010.0.0.1")]
    [InlineData("::ffff:1.2.3.010")] // which IPAddress reads
    [InlineData("::ffff:1.2.3")]
    [InlineData("::ffff:1.2.3.256")]
    [InlineData("::ffff:0x7f.0.0.1")]
    [InlineData("::1.2.3.4:5")]
    [InlineData("1.2.3.4::")]
    [InlineData("1:2:3:4:5:6:7:1.2.3.4")]
    public void Reads_nothing_else(string? text) => Assert.Null(Address.Parse(text));

    [Fact]
    public void A_very_long_text_is_no_address()
    {
        Assert.Null(Address.Parse(new string('1', 1_000_000)));
        Assert.Null(Address.Parse(new string('0', 1_000_000) + "::1"));
    }
}
