using System.Globalization;
using System.Text.Json;

namespace ClientVpnAdmin.Names;

public class NameTests
{
    [Theory]
    [InlineData("al\u180Fice")] // the first and the last of each row of variation selectors
    [InlineData("al\u180Bice")]
    [InlineData("al\uFE00ice")]
    [InlineData("al\uFE0Fice")]
    [InlineData("al\U000E0100ice")]
    [InlineData("al\U000E01EFice")]
    public void Variation_selectors_tell_no_names_apart(string name) => Assert.Equal("alice", Name.Loosely(name), ignoreCase: true);

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
    [InlineData("a\u007Fb\u180Bc\U000E01EFd", "ABCD")]
    [InlineData("i\u0307brahim", "IBRAHIM")]
    [InlineData("J\u030C", "J\u030C")]
    [InlineData("ǰ", "J\u030C")]
    [InlineData("葛\U000E0100城", "葛城")]
    [InlineData("ｶﾞ", "ガ")]
    [InlineData("al ice", "AL ICE")]
    [InlineData("CORP\\alice", "CORP\\ALICE")]
    [InlineData(" \u200B\0", "")]
    public void Loosely_a_name_is_what_can_be_seen_of_it_in_any_form_and_case(string name, string loosely) =>
        Assert.Equal(loosely, Name.Loosely(name));

    [Fact]
    public void What_a_name_is_loosely_it_stays_whatever_character_is_in_it() => Assert.All(
        Enumerable.Range(0, 0x110000).Where(c => c is < 0xD800 or > 0xDFFF).Select(c => $"x{char.ConvertFromUtf32(c)}x"),
        name => Assert.Equal(Name.Loosely(name), Name.Loosely(Name.Loosely(name))));

    [Fact]
    public void No_control_or_format_character_is_left_in_what_a_name_is_loosely() => Assert.All(
        Enumerable.Range(0, 0x110000).Where(
            c => CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format),
        c => Assert.Equal("AB", Name.Loosely($"a{char.ConvertFromUtf32(c)}b")));

    [Theory]
    [InlineData("contractors", "CONTRACTORS")]
    [InlineData("vpn,contractors", "VPN,CONTRACTORS|VPN|CONTRACTORS")]
    [InlineData("contractors ; vpn", "CONTRACTORS ; VPN|CONTRACTORS|VPN")]
    [InlineData("CN=a,OU=b;CN=c,OU=b", "CN=A,OU=B;CN=C,OU=B|CN=A,OU=B|CN=C,OU=B|CN=A|CN=C|OU=B|OU=B;CN=C")]
    [InlineData("[contractors, vpn]", "[CONTRACTORS, VPN]|CONTRACTORS, VPN|[CONTRACTORS|CONTRACTORS|VPN]|VPN")]
    [InlineData("\u200B[\"\\u0063\"]", "[\"\\U0063\"]|\\U0063|C")]
    [InlineData("x;[\"\\u0063\"]", "X;[\"\\U0063\"]|X;[\"\\U0063|X|[\"\\U0063\"]|\\U0063|C")]
    [InlineData("[\"\\u0063\",\"\\ud800\"]", "C", "the array has half of a surrogate pair in it")]
    [InlineData("[\"a;b\",[\"c\"],1]", "A|B|A;B|C|1", "with what lies between")]
    [InlineData(" , ;", "")]
    [InlineData("[]", "")]
    [InlineData("[\"\",\"\"]", "")]
    [InlineData("", "")]
    public void A_text_can_mean_several_groups(string text, string all, string? andMore = null)
    {
        var found = Name.AllForms([text]);
        var expected = all.Split('|', StringSplitOptions.RemoveEmptyEntries);
        Assert.Subset(found, expected.ToHashSet());
        Assert.True(andMore is not null || found.Count == expected.Length, string.Join('|', found));
    }

    [Fact]
    public void Nested_arrays_take_no_longer_than_they_are() => // each level twice would take 2^60 steps
        Assert.Contains("X", Name.AllForms([$"{new string('[', 60)}\"x\"{new string(']', 60)}"]));

    [Fact]
    public void Many_accents_on_one_letter_take_no_longer_than_they_are() => // in pairs it would be minutes
        Assert.Equal(400_001, Name.Loosely($"x{new string('\u0301', 200_000)}{new string('\u0316', 200_000)}").Length);

    [Fact]
    public async Task A_name_in_capitals_or_small_letters_is_the_same_name_loosely()
    {
        // By Node.js, whose letters change into several where Unicode says so;
        // Greek's iota below, and Cherokee, which .NET leaves as it is, aside.
        const string Script = """
            const lines = require('fs').readFileSync(0, 'utf8').trim().split('\n').map(l => JSON.parse(l));
            console.log(lines.map(t => JSON.stringify([t.toUpperCase(), t.toLowerCase()])).join('\n'));
            """;
        var letters = Enumerable.Range(0x80, 0x2FFF).Where(c => char.IsLetter((char)c)).Select(c => $"x{(char)c}x").ToList();
        using var node = new RunningProgram("node", ["-e", Script], AppContext.BaseDirectory);
        foreach (var letter in letters)
        {
            await node.Input.WriteLineAsync(JsonSerializer.Serialize(letter));
        }

        node.Input.Close();
        Assert.True(await node.ExitAsync() == 0, node.Error);
        var changed = node.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonSerializer.Deserialize<string[]>(l)!);
        Assert.Empty(
            letters.Zip(changed)
                .Where(p => p.Second.Any(c => Name.Loosely(c) != Name.Loosely(p.First)))
                .Select(p => $"{(int)p.First[1]:X4} {p.First}"));
    }

    [Theory]
    [InlineData("alice", null)]
    [InlineData("*", null)]
    [InlineData("**", null)]
    [InlineData("佐藤 太郎", null)]
    [InlineData("alice ", "white space")]
    [InlineData("\u3000alice", "white space")]
    [InlineData("al\u200Bice", "U+200B as its character 3")]
    [InlineData("\U0001F600\0", "U+0000 as its character 2")]
    [InlineData("\u3164", "Nobody sees anything")]
    [InlineData("*\u3164*", "Nobody sees anything")]
    public void A_name_that_looks_like_another_is_no_name_for_a_rule(string name, string? fault)
    {
        if (fault is null)
        {
            Assert.Null(Name.Fault(name));
        }
        else
        {
            Assert.Contains(fault, Name.Fault(name)!.Message, StringComparison.Ordinal);
        }
    }
}
