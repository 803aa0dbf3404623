using System.Globalization;
using System.Text.Json.Serialization;

namespace ClientVpnAdmin.Validation;

/// <summary>One thing that is wrong.</summary>
/// <param name="Code" example="host-bits">What, for programs: it stays the same, whatever becomes of the sentence.</param>
/// <param name="Message" example="'203.0.113.5/24' has host bits set.">What, and the remedy, as a sentence for people.</param>
/// <param name="Values" example='{ "network": "203.0.113.0/24" }'>What the sentence says of this case alone, by name.</param>
[method: JsonConstructor]
public sealed record Fault(string Code, string Message, IReadOnlyDictionary<string, string> Values)
{
    public Fault(string code, string message, params ReadOnlySpan<(string Name, object Value)> values)
        : this(code, message, ToDictionary(values))
    {
    }

    /// <summary>Values as they are answered.</summary>
    public static Dictionary<string, string> ToDictionary(ReadOnlySpan<(string Name, object Value)> values)
    {
        var texts = new Dictionary<string, string>(values.Length, StringComparer.Ordinal);
        foreach (var (name, value) in values)
        {
            texts.Add(name, Convert.ToString(value, CultureInfo.InvariantCulture)!);
        }

        return texts;
    }
}
