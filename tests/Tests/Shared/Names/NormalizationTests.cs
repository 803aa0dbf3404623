using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ClientVpnAdmin.Names;

/// <summary>Against the normalization of Node.js, which is ICU's.</summary>
public class NormalizationTests
{
    // What Node.js doesn't know yet, in another version than this one's data, comes back as null.
    private const string Script = """
        const lines = require('fs').readFileSync(0, 'utf8').trim().split('\n').map(l => JSON.parse(l));
        console.log(lines.map(t => JSON.stringify(/\p{Cn}/u.test(t) ? null : [t.normalize('NFC'), t.normalize('NFKD')])).join('\n'));
        """;

    [Fact]
    public void The_runtime_itself_normalizes_nothing_without_ICU() =>
        Assert.Equal("jose\u0301", "jose\u0301".Normalize(NormalizationForm.FormC)); // the reason for our own; it can go when this fails

    [Fact]
    public async Task Every_character_is_normalized_as_ICU_does()
    {
        var compared = await CompareAsync([.. Enumerable.Range(0, 0x110000).Where(c => c is < 0xD800 or > 0xDFFF)
            .Where(c => CharUnicodeInfo.GetUnicodeCategory(c) is not (UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse))
            .Select(char.ConvertFromUtf32)]);
        Assert.True(compared > 140_000, $"Only {compared} characters were compared.");
    }

    [Fact]
    public async Task Marks_and_syllables_in_any_order_are_normalized_as_ICU_does()
    {
        // Of these, many compose, some are sorted, some stand in each other's way.
        string[] parts =
        [
            "a", "e", "s", "A", "é", "ﬁ", "ｶ", "ﾞ", "が", "ᄀ", "ᅡ", "ᆨ", "가", "각", "\u0301", "\u0302", "\u0307", "\u0323", "\u0327",
            "\u0334", "\u0345", "\u3099", "\u0315", "\u05B0", "\u0C56", "\u1100", "\u09C7", "\u09BE", "Å", "Ω", "①", "\uFDFA",
            "\u0344", "\u0958", "\U0001D15E", "\U00011131", "\U00011127", "豈", " ",
        ];
        var random = new Random(1);
        Assert.Equal(30_000, await CompareAsync([.. Enumerable.Range(0, 30_000)
            .Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => parts[random.Next(parts.Length)])))]));
    }

    /// <returns>How many of the texts both know.</returns>
    private static async Task<int> CompareAsync(IReadOnlyList<string> texts)
    {
        using var node = new RunningProgram("node", ["-e", Script], AppContext.BaseDirectory);
        foreach (var text in texts)
        {
            await node.Input.WriteLineAsync(JsonSerializer.Serialize(text)); // all of it in ASCII
        }

        node.Input.Close();
        Assert.True(await node.ExitAsync() == 0, node.Error);
        var answers = node.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => JsonSerializer.Deserialize<string[]?>(l))
            .ToList();
        Assert.Equal(texts.Count, answers.Count);
        var known = texts.Zip(answers).Where(p => p.Second is not null).ToList();
        Assert.Equal(known.Select(p => p.Second![0]), known.Select(p => Normalization.FormC(p.First)));
        Assert.Equal(known.Select(p => p.Second![1]), known.Select(p => Normalization.FormKD(p.First)));
        return known.Count;
    }
}
