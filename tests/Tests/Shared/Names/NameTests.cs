using System.Globalization;

namespace ClientVpnAdmin.Names;

public class NameTests
{
    [Theory]
    [InlineData("alice", "ALICE")]
    [InlineData(" \talice\u3000\n", "ALICE")]
    [InlineData("al\0ice\u200B", "ALICE")]
    [InlineData("\u202Ealice\uFEFF", "ALICE")]
    [InlineData("al\u00ADi\u034Fc\uFE0Fe\u3164", "ALICE")]
    [InlineData("ａｌｉｃｅ", "ALICE")]
    [InlineData("jose\u0301", "JOSÉ")]
    [InlineData("jose\u200B\u0301", "JOSÉ")]
    [InlineData("ﬁ", "FI")]
    [InlineData("straße", "STRASSE")]
    [InlineData("STRAẞE", "STRASSE")]
    [InlineData("ΣΊΣΥΦΟΣ", "ΣΊΣΥΦΟΣ")]
    [InlineData("σίσυφος", "ΣΊΣΥΦΟΣ")]
    [InlineData("İı", "II")]
    [InlineData("葛\U000E0100城", "葛城")]
    [InlineData("ｶﾞ", "ガ")]
    [InlineData("al ice", "AL ICE")]
    [InlineData("CORP\\alice", "CORP\\ALICE")]
    [InlineData(" \u200B\0", "")]
    public void Loosely_a_name_is_what_can_be_seen_of_it_in_any_form_and_case(string name, string loosely) => Assert.Equal(loosely, Name.Loosely(name));

    [Fact]
    public void What_a_name_is_loosely_it_stays_whatever_character_is_in_it() => Assert.All(
        Enumerable.Range(0, 0x110000).Where(c => c is < 0xD800 or > 0xDFFF).Select(c => $"x{char.ConvertFromUtf32(c)}x"),
        name => Assert.Equal(Name.Loosely(name), Name.Loosely(Name.Loosely(name))));

    [Fact]
    public void No_control_or_format_character_is_left_in_what_a_name_is_loosely() => Assert.All(
        Enumerable.Range(0, 0x110000).Where(c => CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format),
        c => Assert.Equal("AB", Name.Loosely($"a{char.ConvertFromUtf32(c)}b")));

    [Theory]
    [InlineData("contractors", "CONTRACTORS")]
    [InlineData("vpn,contractors", "CONTRACTORS VPN VPN,CONTRACTORS")]
    [InlineData("contractors ; vpn", "CONTRACTORS CONTRACTORS ; VPN VPN")]
    [InlineData("[contractors, vpn]", "CONTRACTORS VPN VPN] [CONTRACTORS [CONTRACTORS, VPN]")]
    [InlineData("""["\u0063ontractors"]""", """["\U0063ONTRACTORS"] CONTRACTORS \U0063ONTRACTORS""")]
    [InlineData("""["a;b",["c"],1]""", "1 1] A B C [\"A [\"A;B\",[\"C\"],1] [\"C\"] A;B B\"")]
    [InlineData(" , ;", "")]
    [InlineData("[]", "")]
    [InlineData("""[""]""", "")]
    [InlineData("", "")]
    public void A_text_can_mean_several_groups(string text, string all) =>
        Assert.Equal(all.Split(' ').Order(StringComparer.Ordinal), string.Join(' ', Name.AllOf([text])).Split(' ').Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("alice", null)]
    [InlineData("佐藤 太郎", null)]
    [InlineData("alice ", "white space")]
    [InlineData("\u3000alice", "white space")]
    [InlineData("al\u200Bice", "U+200B as its character 3")]
    [InlineData("\U0001F600\0", "U+0000 as its character 2")]
    public void A_name_that_looks_like_another_is_no_name_for_a_rule(string name, string? fault)
    {
        if (fault is null)
        {
            Assert.Null(Name.Fault(name));
        }
        else
        {
            Assert.Contains(fault, Name.Fault(name), StringComparison.Ordinal);
        }
    }
}
