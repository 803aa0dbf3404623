using System.Globalization;
using System.Text.Json;

namespace ClientVpnAdmin.Validation;

/// <summary>The words that stand for enum values outside the program: <c>AddressNotAllowed</c> is <c>address-not-allowed</c>.</summary>
public static class Words
{
    public static string Format<T>(T value)
        where T : struct, Enum
    {
        foreach (var (known, word) in Of<T>.All)
        {
            if (EqualityComparer<T>.Default.Equals(known, value))
            {
                return word;
            }
        }

        return JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
    }

    /// <summary>So many things: <c>1 range</c>, <c>2 ranges</c>.</summary>
    public static string Count(int count, string noun) =>
        string.Create(
            CultureInfo.InvariantCulture, $"{count} {(count == 1 ? noun : noun.EndsWith('y') ? $"{noun[..^1]}ies" : $"{noun}s")}");

    /// <summary>Null when no value has this word. Case counts.</summary>
    public static T? Parse<T>(string text)
        where T : struct, Enum
    {
        foreach (var (value, word) in Of<T>.All)
        {
            if (word == text)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>The words of one enum, made once.</summary>
    private static class Of<T>
        where T : struct, Enum
    {
        public static readonly (T Value, string Word)[] All = Array.ConvertAll(
            Enum.GetValues<T>(), value => (value, JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString())));
    }
}
