using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ClientVpnAdmin.Names;

/// <summary>How the names of people, groups, certificates and platforms compare. They are text that somebody else writes.</summary>
internal static class Name
{
    private static readonly char[] Separators = [',', ';'];
    private static readonly char[] Enclosing = ['[', ']', '"', '\'', ' '];

    /// <summary>The name without what doesn't tell two names apart for certain: form, case, what can't be seen, white space at its ends.</summary>
    /// <returns>Something to compare with others of its kind only; empty for a name with nothing to be seen in it.</returns>
    public static string Loosely(string name)
    {
        if (Ascii.IsValid(name) && !name.AsSpan().ContainsAnyInRange('\0', '\x1F') && !name.Contains('\x7F', StringComparison.Ordinal))
        {
            return name.Trim().ToUpperInvariant();
        }

        var visible = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            if (!IsInvisible(rune))
            {
                visible.Append(rune);
            }
        }

        // Down and up again, for letters that have no way there but this one; and the few whose capitals are others than themselves.
        return Normalization.FormKC(visible.ToString()).Trim().ToLowerInvariant().ToUpperInvariant()
            .Replace("ß", "SS", StringComparison.Ordinal).Replace('İ', 'I').Replace('ı', 'I');
    }

    /// <summary>Whether a name is what a pattern says, in any case; a <c>*</c> at the pattern's beginning or end stands for any characters.</summary>
    /// <param name="pattern">The pattern.</param>
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
    /// All names that a list of groups could mean, as <see cref="Loosely"/> has them: each text whole, its parts between commas and semicolons,
    /// and what is in it if it is a JSON array. AWS documents no type for them, only "a list of" groups.
    /// </summary>
    public static HashSet<string> AllOf(IEnumerable<string> groups)
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        foreach (var group in groups)
        {
            Add(group);
        }

        return all;

        void Add(string text)
        {
            var whole = Loosely(text);
            foreach (var part in text.Split(Separators))
            {
                var name = Loosely(part);
                if (name.Trim(Enclosing) is { Length: > 0 } bare)
                {
                    all.UnionWith([bare, name, whole]);
                }
            }

            foreach (var element in Elements(text))
            {
                Add(element);
            }
        }
    }

    /// <summary>What can't be in a rule's name, since nobody would see it: control and format characters, white space at the ends. Null if it is fit.</summary>
    public static string? Fault(string name)
    {
        var at = 0;
        foreach (var rune in name.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format)
            {
                return $"It has U+{rune.Value:X4} as its character {at + 1}, which nobody sees: remove it.";
            }

            at++;
        }

        return char.IsWhiteSpace(name, 0) || char.IsWhiteSpace(name, name.Length - 1) ? "It begins or ends with white space: remove that." : null;
    }

    private static ImmutableArray<string> Elements(string text)
    {
        if (!text.Contains('[', StringComparison.Ordinal))
        {
            return [];
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind != JsonValueKind.Array
                ? []
                : [.. json.RootElement.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.String ? e.GetString()! : e.GetRawText())];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return []; // no array, or with half of a surrogate pair in it: its parts are looked at all the same
        }
    }

    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        || rune.Value is 0x034F or 0x115F or 0x1160 or 0x3164 or 0xFFA0 // joiner and fillers
            or (>= 0x17B4 and <= 0x17B5) or (>= 0x180B and <= 0x180F) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF); // variation selectors
}
