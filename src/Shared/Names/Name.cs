using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.Names;

/// <summary>How the names of people, groups, certificates and platforms compare. They are text that somebody else writes.</summary>
internal static class Name
{
    private static readonly char[][] Separators = [[','], [';'], [',', ';']];
    private static readonly char[] Enclosing = ['[', ']', '"', '\'', ' '];
    private static readonly SearchValues<char> NoName = SearchValues.Create([.. Enclosing, ',', ';']);

    /// <summary>
    /// The name without what doesn't tell two names apart for certain: form, case, what can't be seen, white space at its ends.
    /// </summary>
    /// <returns>Something to compare with others of its kind only; empty for a name with nothing to be seen in it.</returns>
    public static string Loosely(string name) => PartLoosely(name).Trim();

    /// <summary>The same of a part of a name, whose white space at its ends may lie in the middle of the name.</summary>
    public static string PartLoosely(string part)
    {
        var visible = Visible(part);
        if (Ascii.IsValid(visible))
        {
            return visible.ToUpperInvariant();
        }

        // Down and up again, for letters that have no way there but this one; and the few whose capitals are others than themselves.
        // Letters and accents apart meanwhile: some have a capital only so.
        return Normalization.FormC(Normalization.FormKD(visible).ToLowerInvariant().ToUpperInvariant()
            .Replace("ß", "SS", StringComparison.Ordinal).Replace("I\u0307", "I", StringComparison.Ordinal).Replace('ı', 'I'));
    }

    /// <summary>
    /// Whether a name is what a pattern says, in any case; a <c>*</c> at the pattern's beginning or end stands for any characters.
    /// </summary>
    /// <param name="name">The name, in that form already.</param>
    /// <param name="form">Brings the pattern's own characters into the form that the name has.</param>
    public static bool IsLike(string pattern, string name, Func<string, string> form)
    {
        var beginsAnyhow = pattern.StartsWith('*');
        var endsAnyhow = pattern.EndsWith('*') && pattern.Length > 1;
        var part = form(pattern[(beginsAnyhow ? 1 : 0)..(endsAnyhow ? ^1 : ^0)]);
        return (beginsAnyhow, endsAnyhow) switch
        {
            (true, true) => name.Contains(part, StringComparison.OrdinalIgnoreCase),
            (true, false) => name.EndsWith(part, StringComparison.OrdinalIgnoreCase),
            (false, true) => name.StartsWith(part, StringComparison.OrdinalIgnoreCase),
            (false, false) => name.Equals(part, StringComparison.OrdinalIgnoreCase),
        };
    }

    /// <summary>
    /// All names that a list of groups could mean, as <see cref="Loosely"/> has them: each text whole, its parts between commas and
    /// semicolons, and what is in it if it is a JSON array. AWS documents no type for them, only "a list of" groups.
    /// </summary>
    public static HashSet<string> AllForms(IEnumerable<string> groups)
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal); // so that nested arrays take no longer than they are
        foreach (var group in groups)
        {
            Add(group);
        }

        return all;

        void Add(string text)
        {
            if (!seen.Add(text))
            {
                return;
            }

            var name = Loosely(text);
            if (name.AsSpan().ContainsAnyExcept(NoName))
            {
                all.UnionWith([name, name.Trim(Enclosing)]);
            }

            foreach (var part in Separators.SelectMany(separators => text.Split(separators)).Concat(Elements(text)))
            {
                Add(part);
            }
        }
    }

    /// <summary>
    /// What can't be in a rule's name, since nobody sees it: control and format characters, white space at the ends. Null if it is fit.
    /// </summary>
    public static Fault? Fault(string name)
    {
        var at = 0;
        foreach (var rune in name.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format)
            {
                return new(
                    "invisible-character",
                    $"It has U+{rune.Value:X4} as its character {at + 1}, which nobody sees: remove it.",
                    ("character", $"U+{rune.Value:X4}"),
                    ("place", at + 1));
            }

            at++;
        }

        var part = name.Trim('*');
        return name.Trim().Length < name.Length ? new("white-space-at-ends", "It begins or ends with white space: remove that.")
            : part.Length > 0 && Loosely(part).Length == 0 ? new("invisible", "Nobody sees anything of it: write a name.")
            : null;
    }

    private static IEnumerable<string> Elements(string text)
    {
        if (Visible(text).Trim() is not ['[', .., ']'] array)
        {
            return [];
        }

        try
        {
            using var json = JsonDocument.Parse(array);
            return [.. json.RootElement.EnumerateArray().Select(Text)];
        }
        catch (JsonException)
        {
            return []; // its parts are looked at all the same
        }
    }

    private static string Text(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
        }
        catch (InvalidOperationException)
        {
            return element.GetRawText(); // half of a surrogate pair
        }
    }

    private static string Visible(string text)
    {
        if (Ascii.IsValid(text) && !text.AsSpan().ContainsAnyInRange('\0', '\x1F') && !text.Contains('\x7F', StringComparison.Ordinal))
        {
            return text;
        }

        var visible = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsInvisible(rune))
            {
                visible.Append(rune);
            }
        }

        return visible.ToString();
    }

    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        || rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or 0x3164 or 0xFFA0 // a joiner, fillers and vowels without a form
            or (>= 0x180B and <= 0x180F) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF); // variation selectors
}
