using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;

namespace ClientVpnAdmin.AdminApi.Sources;

public sealed class SourceChangeTests
{
    [Theory]
    [InlineData(100, 5, 5, 10, true)]
    [InlineData(100, 6, 5, 10, false)]
    [InlineData(100, 0, 11, 10, false)]
    [InlineData(100, 11, 0, 10, false)]
    [InlineData(5, 5, 5, 10, true)] // 10 may always change
    [InlineData(5, 6, 5, 10, false)]
    [InlineData(1000, 60, 40, 10, true)]
    [InlineData(1000, 61, 40, 10, false)]
    [InlineData(1000, 250, 250, 50, true)]
    [InlineData(1000, 10, 0, 0, true)]
    [InlineData(1000, 11, 0, 0, false)]
    [InlineData(1000, 500, 500, 100, true)]
    [InlineData(109, 10, 0, 10, true)] // 10.9 of them
    [InlineData(109, 11, 0, 10, false)]
    public void So_much_may_change_by_itself_and_no_more(int old, int added, int removed, int maxChange, bool isAllowed)
    {
        var change = SourceChange.Between(Entries(0, old), Entries(removed, old + added), new ListSource { MaxChange = maxChange });
        Assert.Equal((added, removed), (change.Added.Count, change.Removed.Count));
        if (isAllowed)
        {
            Assert.Null(change.Refusal);
            return;
        }

        Assert.Equal("source-changed-much", change.Refusal!.Code);
        Assert.Equal(($"{added}", $"{removed}", $"{old}"), (
            change.Refusal.Values["added"], change.Refusal.Values["removed"], change.Refusal.Values["old"]));
        Assert.Contains($"{added} of ", change.Refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_came_and_what_went_is_said()
    {
        var change = SourceChange.Between(Entries(0, 3), Entries(1, 4), new ListSource());
        Assert.Equal("8.0.0.3/32", Assert.Single(change.Added).Cidr.ToString());
        Assert.Equal("8.0.0.0/32", Assert.Single(change.Removed).Cidr.ToString());
    }

    [Fact]
    public void A_changed_note_alone_does_not_count()
    {
        var change = SourceChange.Between(Entries(0, 50), Entries(0, 50, "new"), new ListSource());
        Assert.Equal((0, 0, null), (change.Added.Count, change.Removed.Count, change.Refusal));
    }

    [Fact]
    public void An_empty_list_is_filled_by_itself() =>
        Assert.Null(SourceChange.Between([], Entries(0, 5000), new ListSource()).Refusal);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    public void A_source_that_is_empty_is_never_taken_over_by_itself(int old)
    {
        var change = SourceChange.Between(Entries(0, old), [], new ListSource { MaxChange = 100 });
        Assert.Equal(("source-empty", $"{old}"), (change.Refusal!.Code, change.Refusal.Values["old"]));
        Assert.Equal(old, change.Removed.Count);
    }

    [Theory]
    [InlineData("", "20.0.0.0/8", SourceKind.Url, null)]
    [InlineData("", "20.0.0.0/8 30.0.0.0/32", SourceKind.Url, "IPv4")] // the very first fill as well
    [InlineData("", "20.0.0.0/9 20.128.0.0/9 30.0.0.0/32", SourceKind.Url, "IPv4")]
    [InlineData("", "20.0.0.0/8 30.0.0.0/32", SourceKind.Countries, null)]
    [InlineData("", "2600::/16 2001:4860::/32", SourceKind.Url, "IPv6")]
    [InlineData("", "20.0.0.0/8 2600::/16", SourceKind.Url, null)]
    [InlineData("20.0.0.0/32", "20.0.0.0/8 30.0.0.0/32", SourceKind.Url, "IPv4")] // few entries, many addresses
    [InlineData("20.0.0.0/8 30.0.0.0/8", "20.0.0.0/8 30.0.0.0/8 40.0.0.0/32", SourceKind.Url, null)]
    [InlineData("20.0.0.0/8 30.0.0.0/8", "20.0.0.0/8 30.0.0.0/8 40.0.0.0/12", SourceKind.Url, null)] // 10 % would be a fifth of a /8
    [InlineData("20.0.0.0/8 30.0.0.0/8", "20.0.0.0/8 30.0.0.0/8 40.0.0.0/10", SourceKind.Url, "IPv4")]
    [InlineData("20.0.0.0/8 30.0.0.0/8", "20.0.0.0/8", SourceKind.Url, null)]
    public void So_many_addresses_may_come_by_themselves_and_no_more(string old, string @new, SourceKind kind, string? family)
    {
        var change = SourceChange.Between(Read(old), Read(@new), new ListSource { Kind = kind });
        Assert.Equal(family is null ? null : ("source-wide", family), change.Refusal is { } refusal
            ? (refusal.Code, refusal.Values["family"])
            : ((string, string)?)null);

        static List<AddressEntry> Read(string blocks) =>
            [.. blocks.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(block => new AddressEntry(Cidr.Parse(block, out _)!))];
    }

    private static List<AddressEntry> Entries(int from, int to, string note = "") =>
        [.. Enumerable.Range(from, to - from).Select(i => new AddressEntry(new Cidr(new(false, (UInt128)(0x0800_0000 + i)), 32), note))];
}
