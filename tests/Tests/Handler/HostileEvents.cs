using System.Text;
using System.Text.Json;

namespace ClientVpnAdmin.Handler;

/// <summary>What nobody should send, but somebody could; the same for the same seed.</summary>
internal static class HostileEvents
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly string[] Values =
    [
        "\"\\ud800\"", "\"\\udc00\\ud800\"", "{\"\\ud800\":1}", "1e999999", "-0", new string('9', 5_000), "[]", "null", "true",
        "\"\\u0000\"", "\"\\ud83d\\ude00\"",
        "{\"a\":1,\"a\":2}", "\"\u202e\u0000\"", "\"TEMP\"", "\"'\\\"{public-ip}\"", "[[\"vpn-users\"]]", "[\"\\ud800\"]", "\"\"",
        "\"203.0.113.7\"", "\"0x7f.1\"", "\"v4\"",
    ];

    private static readonly string[] Names =
    [
        "connection-id", "endpoint-id", "common-name", "username", "platform", "public-ip", "groups", "schema-version", "x", "\\ud800",
        "\\u0070ublic-ip", "",
    ];

    public static IEnumerable<byte[]> Make(int seed, int count)
    {
        var random = new Random(seed);
        var samples = Some.EventFiles.Select(File.ReadAllBytes).Append(Strict.GetBytes(Some.EventJson().ToJsonString())).ToArray();
        for (var i = 0; i < count; i++)
        {
            var sample = samples[random.Next(samples.Length)];
            yield return random.Next(10) switch
            {
                0 => Random(random, random.Next(200)),
                1 or 2 => Edited(random, sample),
                3 => Nested(random, sample, random.Next(1, 80)),
                4 => [.. Encoding.UTF8.Preamble, .. sample],
                5 => (random.Next(2) == 0 ? Encoding.Unicode : Encoding.BigEndianUnicode).GetBytes(Strict.GetString(sample)),
                6 => [.. sample.AsSpan(0, random.Next(sample.Length))],
                7 => [.. sample, .. new byte[random.Next(3)], .. random.Next(2) == 0 ? sample : []],
                8 when i % 20 == 0 => WithField(sample, "x", $"\"{new string('x', random.Next(50_000, 1_100_000))}\""),
                _ => WithField(sample, random.GetItems(Names, 1)[0], random.GetItems(Values, 1)[0]),
            };
        }
    }

    /// <summary>Whether an event may come in: it is JSON in Unicode throughout, has an allowed address, and gives nothing twice.</summary>
    public static bool IsSound(byte[] json)
    {
        try
        {
            Strict.GetString(json);
            using var document = JsonDocument.Parse(json);
            return json.Length <= 1_000_000
                && document.RootElement.EnumerateObject().CountBy(p => p.Name).All(n => n.Value == 1)
                && document.RootElement.GetProperty("public-ip").GetString()!.Replace("::ffff:", "", StringComparison.OrdinalIgnoreCase)
                    .StartsWith("203.0.113.", StringComparison.Ordinal)
                && IsText(document.RootElement);
        }
        catch (Exception e) when (e is DecoderFallbackException or JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsText(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => json.EnumerateObject().All(p => p.Name.Length >= 0 && IsText(p.Value)),
        JsonValueKind.Array => json.EnumerateArray().All(IsText),
        JsonValueKind.String => json.GetString() is not null,
        _ => true,
    };

    private static byte[] Random(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Edited(Random random, byte[] sample)
    {
        var bytes = sample.ToArray();
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }

    private static byte[] Nested(Random random, byte[] sample, int levels) => random.Next(2) == 0
        ? WithField(sample, "x", new string('[', levels) + new string(']', levels))
        : WithField(sample, "x", string.Concat(Enumerable.Repeat("{\"y\":", levels)) + "0" + new string('}', levels));

    private static byte[] WithField(byte[] sample, string name, string value)
    {
        var text = Strict.GetString(sample).TrimEnd();
        return Strict.GetBytes($"{text[..^1]}, \"{name}\": {value} }}");
    }
}
