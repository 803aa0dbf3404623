using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using NodaTime;

namespace ClientVpnAdmin.Validation;

/// <summary>Checks of single fields, shared by everything an administrator can give.</summary>
public static partial class Checks
{
    /// <summary>Reads an RFC 3339 time with its offset; null and absent mean no time.</summary>
    public static DateTimeOffset? Time(string? text, string field, Errors errors)
    {
        if (text is null)
        {
            return null;
        }

        if (Rfc3339().IsMatch(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return time.ToUniversalTime();
        }

        errors.Add(
            field,
            "not-a-time",
            $"{Errors.Quote(text)} is not a time. Write RFC 3339 with an offset, such as 2026-04-01T09:00:00Z.",
            ("given", Errors.Shown(text)));
        return null;
    }

    /// <summary>Reads the name of an IANA time zone; null if it is none.</summary>
    public static DateTimeZone? TimeZone(string? text, string field, Errors errors)
    {
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(text ?? "");
        if (zone is null)
        {
            errors.Add(
                field,
                "not-a-time-zone",
                $"{Errors.Quote(text ?? "")} is not an IANA time zone. Write one such as Asia/Tokyo, Europe/Berlin or UTC.",
                ("given", Errors.Shown(text ?? "")));
        }

        return zone;
    }

    /// <summary>Checks a text's length in UTF-16 code units.</summary>
    public static void Length(string text, int maxLength, string field, Errors errors)
    {
        if (text.Length > maxLength)
        {
            errors.Add(
                field,
                "too-long",
                $"This is {text.Length} characters long. At most {maxLength} are allowed: shorten it.",
                ("length", text.Length),
                ("max", maxLength));
        }
    }

    /// <summary>Checks a text's length in UTF-16 code units, and that it has no control characters.</summary>
    public static void Text(string text, int maxLength, string field, Errors errors)
    {
        Length(text, maxLength, field, errors);
        if (text.Any(char.IsControl))
        {
            errors.Add(
                field, "control-characters", "Control characters, line breaks and tabs among them, are not allowed: remove them.");
        }
    }

    public static void EndpointId(string? text, string field, Errors errors)
    {
        if (text is null || !EndpointIdPattern().IsMatch(text))
        {
            errors.Add(
                field,
                "not-an-endpoint-id",
                $"{Errors.Quote(text ?? "")} is not a Client VPN endpoint id. Write it as AWS shows it, such as "
                + "cvpn-endpoint-0f13eab7f860433cc.",
                ("given", Errors.Shown(text ?? "")));
        }
    }

    /// <summary>Reads one of an enum's values by its kebab-case word; null and absent mean <paramref name="absent"/>.</summary>
    public static T? Word<T>(string? text, T? absent, string field, Errors errors)
        where T : struct, Enum
    {
        if (text is null)
        {
            return absent;
        }

        if (Words.Parse<T>(text) is { } value)
        {
            return value;
        }

        var words = string.Join(", ", Enum.GetValues<T>().Select(Words.Format));
        errors.Add(
            field,
            "not-one-of",
            $"{Errors.Quote(text)} is not allowed here. Write one of: {words}.",
            ("given", Errors.Shown(text)),
            ("allowed", words));
        return absent;
    }

    /// <summary>A number that is too small or too big.</summary>
    public static Fault OutOfBounds(int min, int max) =>
        new("out-of-bounds", $"Give a number from {min} to {max}.", ("min", min), ("max", max));

    public static ImmutableArray<string> Distinct(IEnumerable<string?>? texts) =>
        [.. (texts ?? []).OfType<string>().Distinct(StringComparer.Ordinal)];

    [GeneratedRegex(
        @"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?([Zz]|[+-][0-9]{2}:[0-9]{2})\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Rfc3339();

    [GeneratedRegex(@"^cvpn-endpoint-[0-9A-Za-z-]{1,50}\z", RegexOptions.CultureInvariant)]
    private static partial Regex EndpointIdPattern();
}
