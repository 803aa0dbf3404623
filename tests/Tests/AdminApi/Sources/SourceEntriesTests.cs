using System.Net;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;

namespace ClientVpnAdmin.AdminApi.Sources;

public sealed class SourceEntriesTests
{
    [Fact]
    public void Entries_are_sorted_and_each_block_is_there_once_with_its_first_note_and_nested_ones_are_kept()
    {
        AddressEntry[] given =
        [
            Entry("2001:db8::/32"), Entry("203.0.113.7/32", "b"), Entry("203.0.113.0/24"), Entry("203.0.113.7/32", "a"), Entry("8.0.0.0/8"),
        ];
        string[] expected = ["8.0.0.0/8 ", "203.0.113.0/24 ", "203.0.113.7/32 a", "2001:db8::/32 "];
        Assert.Equal(expected, SourceEntries.Checked(given).Select(e => $"{e.Cidr} {e.Note}"));
        Assert.Equal(expected, SourceEntries.Checked(given.Reverse()).Select(e => $"{e.Cidr} {e.Note}"));
    }

    [Theory]
    [InlineData("10.1.2.3/32", "10.0.0.0/8")]
    [InlineData("172.16.0.0/16", "172.16.0.0/12")]
    [InlineData("172.0.0.0/8", "172.16.0.0/12")]
    [InlineData("192.0.0.0/9", "192.0.0.0/24")]
    [InlineData("192.168.0.0/15", "192.168.0.0/16")]
    [InlineData("169.254.169.254/32", "169.254.0.0/16")]
    [InlineData("100.64.0.0/11", "100.64.0.0/10")]
    [InlineData("127.0.0.1/32", "127.0.0.0/8")]
    [InlineData("0.0.0.0/8", "0.0.0.0/8")]
    [InlineData("198.19.0.0/16", "198.18.0.0/15")]
    [InlineData("224.0.0.1/32", "224.0.0.0/4")]
    [InlineData("255.255.255.255/32", "240.0.0.0/4")]
    [InlineData("::1/128", "::/3")]
    [InlineData("fd00:ec2::254/128", "8000::/1")]
    [InlineData("fe80::/64", "8000::/1")]
    [InlineData("ff02::1/128", "8000::/1")]
    [InlineData("64:ff9b::808:808/128", "::/3")]
    [InlineData("2002:808:808::/48", "2002::/16")]
    [InlineData("2001::/32", "2001::/23")]
    [InlineData("2001::/16", "2001::/23")]
    [InlineData("4000::/16", "4000::/2")]
    public void A_block_with_special_addresses_is_refused_by_name(string cidr, string special)
    {
        var fault = Assert.Throws<SourceException>(() => SourceEntries.Checked([Entry("8.8.8.8/32"), Entry(cidr)])).Fault;
        Assert.Equal(("special-address", cidr, special), (fault.Code, fault.Values["cidr"], fault.Values["special"]));
    }

    [Theory]
    [InlineData("8.0.0.0/7", 8)]
    [InlineData("0.0.0.0/0", 8)]
    [InlineData("2400::/15", 16)]
    [InlineData("::/0", 16)]
    public void A_block_that_is_a_part_of_the_Internet_is_refused_by_name(string cidr, int prefixLength)
    {
        var fault = Assert.Throws<SourceException>(() => SourceEntries.Checked([Entry(cidr)])).Fault;
        Assert.Equal(("too-wide", cidr, $"{prefixLength}"), (fault.Code, fault.Values["cidr"], fault.Values["prefixLength"]));
    }

    [Theory]
    [InlineData("8.0.0.0/8")]
    [InlineData("100.0.0.0/10")]
    [InlineData("100.128.0.0/9")]
    [InlineData("172.32.0.0/11")]
    [InlineData("223.255.255.255/32")]
    [InlineData("203.0.113.0/24")]
    [InlineData("2400::/16")]
    [InlineData("2001:200::/23")]
    [InlineData("2001:db8::/32")]
    public void A_block_beside_special_addresses_and_one_for_examples_is_taken(string cidr) =>
        Assert.Equal([Entry(cidr)], SourceEntries.Checked([Entry(cidr)]));

    [Theory]
    [InlineData(SourceEntries.MaxEntries, null)]
    [InlineData(SourceEntries.MaxEntries + 1, "too-many")]
    public void There_are_at_most_a_million_entries(int count, string? code)
    {
        var entries = Enumerable.Range(0, count).Select(i => new AddressEntry(new Cidr(new(false, (UInt128)(0x0800_0000 + i)), 32)));
        if (code is null)
        {
            Assert.Equal(count, SourceEntries.Checked(entries).Count);
        }
        else
        {
            Assert.Equal(code, Assert.Throws<SourceException>(() => SourceEntries.Checked(entries)).Fault.Code);
        }
    }

    [Fact]
    public void A_note_is_one_line_of_at_most_200_characters_of_which_none_is_split()
    {
        Assert.Equal("Tokyo  office", SourceEntries.Note(" Tokyo\r\noffice\t"));
        Assert.Equal(new string('x', 200), SourceEntries.Note(new string('x', 201)));
        Assert.Equal(new string('x', 199), SourceEntries.Note($"{new string('x', 199)}😀"));
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2600:1f68:4000::1", true)]
    [InlineData("64:ff9b::808:808", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("203.0.113.7", false)]
    [InlineData("2001:db8::7", false)]
    [InlineData("3fff::7", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("100.100.100.200", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("192.0.0.192", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("239.1.2.3", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::8.8.8.8", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:0:10.0.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("64:ff9b:1::808:808", false)]
    [InlineData("2002:a00:1::1", false)]
    [InlineData("2001:0:808:808::f5ff:fffe", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fe80::1%2", false)]
    [InlineData("2600::1%2", false)]
    [InlineData("fec0::1", false)]
    [InlineData("ff02::1", false)]
    public void Only_addresses_of_the_public_Internet_are_reached(string address, bool isReached) =>
        Assert.Equal(isReached, PublicInternet.Reaches(IPAddress.Parse(address)));

    [Fact]
    public async Task A_list_that_people_give_has_nothing_to_refresh() => Assert.Equal(
        "nothing-to-refresh",
        (await Assert.ThrowsAsync<SourceException>(() => new SourceReader(null).ReadAsync(new ListSource(), default))).Fault.Code);

    private static AddressEntry Entry(string cidr, string note = "") => new(Cidr.Parse(cidr, out _)!, note);
}
