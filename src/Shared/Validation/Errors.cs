using System.Text;

namespace ClientVpnAdmin.Validation;

/// <summary>Everything wrong with what somebody gave: for each bad field, what is wrong and how to mend it.</summary>
public sealed class Errors
{
    private const int MaxQuote = 60;
    private readonly Dictionary<string, List<string>> byField = new(StringComparer.Ordinal);

    public bool Any => byField.Count > 0;

    /// <param name="field">A path in the input's own words: <c>cidr</c>, <c>[17].cidr</c>, <c>endpointIds[2]</c>.</param>
    /// <param name="message">What is wrong and the remedy, as a sentence.</param>
    public void Add(string field, string message)
    {
        if (!byField.TryGetValue(field, out var messages))
        {
            byField.Add(field, messages = []);
        }

        messages.Add(message);
    }

    /// <summary>
    /// Adds what is wrong with a part of the input, whose place in it is <paramref name="path"/>; empty for the whole. A field without a
    /// name is the part itself.
    /// </summary>
    public void AddAll(string path, Errors part)
    {
        foreach (var (field, messages) in part.byField)
        {
            foreach (var message in messages)
            {
                Add(field.Length == 0 ? path : path.Length == 0 ? field : $"{path}.{field}", message);
            }
        }
    }

    public Dictionary<string, string[]> ToDictionary() => byField.ToDictionary(e => e.Key, e => e.Value.ToArray(), StringComparer.Ordinal);

    /// <summary>The text in quotes, for an error message: shortened when long, control characters shown as <c>?</c>.</summary>
    public static string Quote(string text)
    {
        var shown = new StringBuilder("'");
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MaxQuote)))
        {
            shown.Append(char.IsControl(c) || char.IsSurrogate(c) ? '?' : c);
        }

        return shown.Append(text.Length > MaxQuote ? "…'" : "'").ToString();
    }
}
