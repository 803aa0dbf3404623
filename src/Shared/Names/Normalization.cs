using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace ClientVpnAdmin.Names;

/// <summary>Unicode's normalization forms (Unicode Standard Annex 15), by the data in <c>normalization.txt</c>.</summary>
/// <remarks>
/// .NET leaves this to ICU, without which the handler starts sooner: with <c>InvariantGlobalization</c> its own <c>Normalize</c> changes
/// nothing. The data is read when the first text outside ASCII is normalized.
/// </remarks>
internal static class Normalization
{
    // Hangul syllables are composed by counting (The Unicode Standard, section 3.12).
    private const int Syllables = 0xAC00;
    private const int Leading = 0x1100;
    private const int Vowels = 0x1161;
    private const int Trailing = 0x11A7; // one before the first
    private const int LeadingCount = 19;
    private const int VowelCount = 21;
    private const int TrailingCount = 28;
    private const int SyllableCount = LeadingCount * VowelCount * TrailingCount;

    private static readonly Lazy<Tables> Data = new(() => new Tables());

    /// <summary>Form C: what looks alike by definition (a letter with an accent, or the two of them) is the same.</summary>
    public static string FormC(string text) => Ascii.IsValid(text) ? text : Normalize(text, compatibly: false, composed: true);

    /// <summary>
    /// Form KD: what differs only in form (wide, narrow, ligature, superscript) is the same as well; a letter and its accents are apart.
    /// </summary>
    public static string FormKD(string text) => Ascii.IsValid(text) ? text : Normalize(text, compatibly: true, composed: false);

    private static string Normalize(string text, bool compatibly, bool composed)
    {
        var data = Data.Value;
        var characters = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, compatibly, data, characters);
        }

        Reorder(characters, data);
        var normalized = new StringBuilder(text.Length);
        foreach (var character in composed ? Compose(characters, data) : characters)
        {
            normalized.Append(new Rune(character));
        }

        return normalized.ToString();
    }

    private static void Decompose(int character, bool compatibly, Tables data, List<int> into)
    {
        if (character - Syllables is >= 0 and < SyllableCount and var syllable)
        {
            into.Add(Leading + (syllable / (VowelCount * TrailingCount)));
            into.Add(Vowels + (syllable / TrailingCount % VowelCount));
            if (syllable % TrailingCount > 0)
            {
                into.Add(Trailing + (syllable % TrailingCount));
            }
        }
        else if ((compatibly && data.Compatible.TryGetValue(character, out var parts)) || data.Canonical.TryGetValue(character, out parts))
        {
            Array.ForEach(parts, part => Decompose(part, compatibly, data, into));
        }
        else
        {
            into.Add(character);
        }
    }

    /// <summary>Sorts the marks on each character by their class; those of one class stay in their order.</summary>
    private static void Reorder(List<int> characters, Tables data)
    {
        for (var first = 0; first < characters.Count; first++)
        {
            var end = first;
            while (end < characters.Count && data.Class(characters[end]) > 0)
            {
                end++;
            }

            if (end - first > 1)
            {
                var sorted = characters[first..end].OrderBy(data.Class).ToList(); // keeps the order of equal ones
                CollectionsMarshal.AsSpan(sorted).CopyTo(CollectionsMarshal.AsSpan(characters)[first..end]);
                first = end;
            }
        }
    }

    private static List<int> Compose(List<int> characters, Tables data)
    {
        var composed = new List<int>(characters.Count);
        var starter = -1; // where in it the last character is that isn't a mark
        var between = 0; // the class of the last one after it that stayed
        foreach (var character in characters)
        {
            var @class = data.Class(character);
            var isBlocked = starter < 0 || (composed.Count - 1 > starter && between >= @class);
            if (!isBlocked && Pair(composed[starter], character, data) is { } pair)
            {
                composed[starter] = pair;
                continue;
            }

            if (@class == 0)
            {
                starter = composed.Count;
            }

            between = @class;
            composed.Add(character);
        }

        return composed;
    }

    private static int? Pair(int first, int second, Tables data)
    {
        if (first - Leading is >= 0 and < LeadingCount and var leading && second - Vowels is >= 0 and < VowelCount and var vowel)
        {
            return Syllables + (((leading * VowelCount) + vowel) * TrailingCount);
        }

        if (first - Syllables is >= 0 and < SyllableCount and var syllable && syllable % TrailingCount == 0
            && second - Trailing is > 0 and < TrailingCount and var trailing)
        {
            return first + trailing;
        }

        return data.Pairs.TryGetValue((first, second), out var pair) ? pair : null;
    }

    private sealed class Tables
    {
        private readonly Dictionary<int, byte> classes = [];

        public Tables()
        {
            using var data = new StreamReader(typeof(Normalization).Assembly.GetManifestResourceStream("normalization.txt")!);
            while (data.ReadLine() is { } line)
            {
                if (line[0] != '#')
                {
                    Add(line);
                }
            }
        }

        public Dictionary<int, int[]> Canonical { get; } = [];

        public Dictionary<int, int[]> Compatible { get; } = [];

        public Dictionary<(int First, int Second), int> Pairs { get; } = [];

        public byte Class(int character) => classes.GetValueOrDefault(character);

        private void Add(string line)
        {
            var kind = line.AsSpan().IndexOfAny("=!~:");
            var value = line[(kind + 1)..];
            if (line[kind] == ':')
            {
                var dash = line.IndexOf('-', StringComparison.Ordinal);
                var last = Character(line[(dash + 1)..kind]);
                for (var character = dash < 0 ? last : Character(line[..dash]); character <= last; character++)
                {
                    classes.Add(character, byte.Parse(value, CultureInfo.InvariantCulture));
                }

                return;
            }

            var parts = Array.ConvertAll(value.Split(' '), Character);
            (line[kind] == '~' ? Compatible : Canonical).Add(Character(line[..kind]), parts);
            if (line[kind] == '=')
            {
                Pairs.Add((parts[0], parts[1]), Character(line[..kind]));
            }
        }

        private static int Character(string hexadecimal) =>
            int.Parse(hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
