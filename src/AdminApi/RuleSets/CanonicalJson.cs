using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace ClientVpnAdmin.AdminApi.RuleSets;

/// <summary>
/// JSON in the one form that the same values always have: its white space is ours, and texts have no escapes that they don't need. The
/// framework's writer escapes some characters of every language, such as the ideographic space, whatever its encoder.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>On one line, without white space. Never longer than the JSON itself is.</summary>
    public static string Write(JsonElement json)
    {
        var text = new StringBuilder();
        Write(json, text, null);
        return text.ToString();
    }

    /// <summary>Indented with two spaces, with a line break at the end.</summary>
    public static string WriteIndented(JsonElement json)
    {
        var text = new StringBuilder();
        Write(json, text, "\n");
        return text.Append('\n').ToString();
    }

    /// <param name="lineBreak">With the indentation behind it; null for none.</param>
    private static void Write(JsonElement json, StringBuilder text, string? lineBreak)
    {
        var inner = lineBreak is null ? null : $"{lineBreak}  ";
        var separator = "";
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                foreach (var member in json.EnumerateObject())
                {
                    text.Append(separator).Append(inner);
                    WriteText(() => member.Name, JsonMarshal.GetRawUtf8PropertyName(member), text);
                    text.Append(inner is null ? ":" : ": ");
                    Write(member.Value, text, inner);
                    separator = ",";
                }

                text.Append(separator.Length > 0 ? lineBreak : null).Append('}');
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var element in json.EnumerateArray())
                {
                    text.Append(separator).Append(inner);
                    Write(element, text, inner);
                    separator = ",";
                }

                text.Append(separator.Length > 0 ? lineBreak : null).Append(']');
                break;
            case JsonValueKind.String:
                WriteText(() => json.GetString()!, JsonMarshal.GetRawUtf8Value(json)[1..^1], text);
                break;
            default:
                text.Append(json.GetRawText());
                break;
        }
    }

    /// <param name="read">Reads the text; fails on what isn't Unicode.</param>
    /// <param name="raw">The text as it is escaped in the JSON, without quotes.</param>
    private static void WriteText(Func<string> read, ReadOnlySpan<byte> raw, StringBuilder text)
    {
        text.Append('"');
        try
        {
            foreach (var c in read())
            {
                _ = c switch
                {
                    '"' => text.Append("\\\""),
                    '\\' => text.Append(@"\\"),
                    '\b' => text.Append(@"\b"),
                    '\f' => text.Append(@"\f"),
                    '\n' => text.Append(@"\n"),
                    '\r' => text.Append(@"\r"),
                    '\t' => text.Append(@"\t"),
                    < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                    _ => text.Append(c),
                };
            }
        }
        catch (InvalidOperationException)
        {
            text.Append(Encoding.UTF8.GetString(raw));
        }

        text.Append('"');
    }
}
