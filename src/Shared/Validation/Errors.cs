using System.Text;

namespace ClientVpnAdmin.Validation;

/// <summary>Everything wrong with what somebody gave: for each bad field, what is wrong and how to mend it.</summary>
public sealed class Errors
{
    /// <summary>So many are named; of further ones it is only said how many there are.</summary>
    public const int MaxNamed = 100;

    private const int MaxQuote = 60;
    private const int MaxField = 200;
    private readonly List<(string Field, Fault Fault)> all = [];
    private readonly HashSet<string> unreadable = new(StringComparer.Ordinal);

    public bool Any => all.Count > 0;

    /// <summary>The first ones, in the order in which they were found.</summary>
    public IReadOnlyList<(string Field, Fault Fault)> All => all;

    /// <summary>How many there are besides.</summary>
    public int More { get; private set; }

    /// <param name="field">A path in the input's own words: <c>cidr</c>, <c>[17].cidr</c>, <c>endpointIds[2]</c>.</param>
    /// <param name="fault">What is wrong with it.</param>
    public void Add(string field, Fault fault)
    {
        if (IsUnreadable(field))
        {
            return;
        }

        if (all.Count < MaxNamed)
        {
            all.Add((field.Length > MaxField ? $"{field[..MaxField]}…" : field, fault));
        }
        else
        {
            More++;
        }
    }

    /// <param name="field">A path in the input's own words.</param>
    /// <param name="code">What is wrong, for programs.</param>
    /// <param name="message">What is wrong and the remedy, as a sentence.</param>
    /// <param name="values">What the sentence says of this case alone, by name.</param>
    public void Add(string field, string code, string message, params ReadOnlySpan<(string Name, object Value)> values) =>
        Add(field, new Fault(code, message, values));

    /// <summary>Adds what is wrong with a field that can't be read, so that what else is found about it isn't worth saying.</summary>
    public void AddUnreadable(string field, Fault fault)
    {
        Add(field, fault);
        unreadable.Add(field);
    }

    /// <summary>
    /// Adds what is wrong with a part of the input, whose place in it is <paramref name="path"/>; empty for the whole. A field without a
    /// name is the part itself.
    /// </summary>
    public void AddAll(string path, Errors part)
    {
        foreach (var (field, fault) in part.all)
        {
            Add(Whole(field), fault);
        }

        More += part.More;
        unreadable.UnionWith(part.unreadable.Select(Whole));

        string Whole(string field) => field.Length == 0 ? path : path.Length == 0 ? field : $"{path}.{field}";
    }

    /// <summary>The sentences about each field.</summary>
    public Dictionary<string, string[]> ToDictionary() => all
        .GroupBy(e => e.Field, e => e.Fault.Message, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);

    /// <summary>The text in quotes, for an error message: shortened when long, control characters shown as <c>?</c>.</summary>
    public static string Quote(string text) => $"'{Shown(text)}'";

    /// <summary>The text for a fault's value: shortened, and without control characters, as in <see cref="Quote"/>.</summary>
    public static string Shown(string text)
    {
        var shown = new StringBuilder();
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, MaxQuote)))
        {
            shown.Append(char.IsControl(c) || char.IsSurrogate(c) ? '?' : c);
        }

        return shown.Append(text.Length > MaxQuote ? "…" : "").ToString();
    }

    /// <summary>Whether this field or one around it can't be read.</summary>
    private bool IsUnreadable(string field) =>
        unreadable.Count > 0
        && (unreadable.Contains(field)
            || Enumerable.Range(0, field.Length).Any(i => field[i] is '.' or '[' && unreadable.Contains(field[..i])));
}
