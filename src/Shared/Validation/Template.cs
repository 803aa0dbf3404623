using System.Buffers;
using System.Globalization;
using System.Text;

namespace ClientVpnAdmin.Validation;

/// <summary>A text with placeholders, <c>{name}</c>. A brace without its partner is itself.</summary>
internal static class Template
{
    // A brace, and the control characters.
    private static readonly SearchValues<char> Special =
        SearchValues.Create(['{', .. Enumerable.Range(0, 256).Select(c => (char)c).Where(char.IsControl)]);

    /// <summary>Reports every placeholder that there isn't.</summary>
    public static void Check(string text, IReadOnlyCollection<string> names, string field, Errors errors)
    {
        foreach (var (part, isPlaceholder) in Parts(text))
        {
            if (isPlaceholder && !names.Contains(part))
            {
                var placeholders = string.Join(", ", names.Select(n => $"{{{n}}}"));
                errors.Add(
                    field,
                    "unknown-placeholder",
                    $"{Errors.Quote($"{{{part}}}")} is not a placeholder. There are {placeholders}.",
                    ("given", Errors.Shown($"{{{part}}}")),
                    ("allowed", placeholders));
            }
        }
    }

    /// <summary>
    /// The text with values in its placeholders, without control characters, and cut without splitting a character as people see it.
    /// </summary>
    /// <param name="valueOf">A placeholder's value; null for one that there isn't, which stays as it is.</param>
    /// <param name="maxLength">In UTF-16 code units.</param>
    public static string Fill(string text, Func<string, string?> valueOf, int maxLength)
    {
        if (!text.AsSpan().ContainsAny(Special))
        {
            return Cut(text, maxLength); // as most are
        }

        var filled = new StringBuilder();
        foreach (var (part, isPlaceholder) in Parts(text))
        {
            var value = isPlaceholder ? valueOf(part) ?? $"{{{part}}}" : part;
            foreach (var c in value)
            {
                if (!char.IsControl(c))
                {
                    filled.Append(c);
                }
            }
        }

        return Cut(filled.ToString(), maxLength);
    }

    private static string Cut(string text, int maxLength)
    {
        if (text.Length <= maxLength)
        {
            return text;
        }

        var length = 0;
        while (StringInfo.GetNextTextElementLength(text.AsSpan(length)) is var next && length + next <= maxLength)
        {
            length += next;
        }

        return text[..length];
    }

    private static IEnumerable<(string Part, bool IsPlaceholder)> Parts(string text)
    {
        var literal = 0;
        for (var open = text.IndexOf('{', StringComparison.Ordinal); open >= 0; open = text.IndexOf('{', open + 1))
        {
            var close = text.IndexOfAny(['{', '}'], open + 1);
            if (close < 0 || text[close] == '{')
            {
                continue;
            }

            yield return (text[literal..open], false);
            yield return (text[(open + 1)..close], true);
            literal = close + 1;
            open = close;
        }

        yield return (text[literal..], false);
    }
}
