using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClientVpnAdmin.AdminApi.Swagger;

/// <summary>
/// A request made from the document, by chance: right, nearly right or broken. The same number makes the same request but for ids and tags.
/// </summary>
internal sealed class FuzzRequest
{
    // Characters for private use stand for bytes that are not UTF-8 until the body is written.
    private static readonly (string Mark, byte[] Bytes)[] BadBytes =
    [
        ("\uE000", [0xFF]), ("\uE001", [0xED, 0xA0, 0x80]), ("\uE002", [0xC3, 0x28]), ("\uE003", [0xC0, 0xAF]),
    ];

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW"];

    /// <summary>As they stand in a path or a query.</summary>
    private static readonly string[] Texts =
    [
        "", "%20", "null", "-1", "0", "1", "2", "3", "90", "999999999999999999999", "-9223372036854775808", "1e400", "NaN", "0x1", "true",
        "false", "TRUE", "%", "%00", "%zz", "%f", "%ff", "%c0%af", "%ed%a0%80", "%2F", "%5C", "..", ".", "*", "%27", "%22", "%0D%0A",
        "%F0%9F%98%80", "%E6%9D%B1%E4%BA%AC", "%EF%BB%BF", "a&b=c", "a=b", "a;b", "+", "{id}", new string('a', 3_000),
        "2026-04-01T00:00:00Z", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59.9999999-14:00", "2026-02-30T00:00:00Z", "2026-04-01",
        "10.0.0.0/8", "203.0.113.7", "::1", "::ffff:203.0.113.7", "fe80::1%25eth0", "01.2.3.4", "address-not-allowed", "alice",
        Some.Endpoint, "cvpn-endpoint-", Guid.Empty.ToString(),
    ];

    /// <summary>As they stand in JSON.</summary>
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "1", "1.5", "1e400", "-0", "99999999999999999999", "9223372036854775807", "[]", "{}", "[null]",
        "[[]]", "\"\"", "\" \"", "\"\\u0000\"", "{\"\\ud800\":1}", "{\"\uE003\":1}", "[\"\\udfff\"]", "\"\\ud83d\\ude00\"", "\"\uFEFF\"",
        "\"{reason}{\"", "\"{x}\"", "\"TEMP\"", "\"*\"", "\"**\"", "\"=1\"", "\"[\"", "\"a;b\"", "\"0001-01-01T00:00:00+14:00\"",
        "\"9999-12-31T23:59:59.9999999-14:00\"", "\"2026-04-01T00:00:00Z\"", "\"2026-13-01T00:00:00Z\"", "\"PT8H\"", "\"P30D\"",
        "\"P9999999999Y\"", "\"-P1D\"", "\"PT0S\"", "\"P10675199DT2H48M5.4775807S\"", "\"PT99999999999999999999H\"", "\"0.0.0.0/0\"",
        "\"::/0\"", "\"203.0.113.7/33\"", "\"203.0.113.5/24\"", "\"::ffff:203.0.113.0/120\"", "\"1.2.3\"", "\"24:00\"", "\"25:00\"",
        "\"Asia/Tokyo\"", "\"Asia/Nowhere\"", "\"monday\"", "\"deny\"", "\"report-only\"", "\"v4\"", Deep(70), Deep(2_000),
        $"\"{new string('x', 600)}\"", $"\"{new string('x', 12_000)}\"", "tru", "\"", "{", "]", "'a'", "//", "NaN",
    ];

    private static readonly string[] NotUnicode = ["\"\\ud800\"", "\"a\\udc00\\ud800\"", "\"\uE000\"", "\"\uE001\"", "\"a\uE002\""];

    private static readonly string[] ContentTypes =
    [
        "application/json; charset=\"utf-8\"", "application/json; charset=UTF-8", "application/json;charset=\"UTF-8\"",
        "application/json; charset=utf-7", "application/json; charset=utf-16", "application/json; charset=nonsense",
        "application/json; charset=", "application/json; charset=\"", "application/json; charset=\"\"",
        "application/json; charset=\"ut\\f-8\"", "application/json; charset=utf-8; charset=utf-7", "application/json; charset=\uE6F6",
        "application/json;;", "application/json, application/json", "application/vnd.x+json", "text/json", "text/csv; charset=\"utf-8\"",
        "text/csv; charset=utf-32; header=present", "text/csv; charset=x", "text/plain; charset=\"utf-8\"", "text/plain; charset=latin1",
        "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "", " ", "json", "/", "*/*", "application/*",
        "application/json/",
    ];

    private static readonly string[] Accepts =
    [
        "text/csv", "text/csv;q=0", "text/csv;q=0.5, application/json", "text/csv, */*;q=0.1", "*/*", "text/*", "application/xml",
        "text/csv;q=x", "text/csv;q=2", ",", "text", "",
    ];

    private static readonly string[] HeaderTexts =
    [
        "", " ", "*", "\"x\"", "W/\"x\"", "x", "\"", "\"a\", \"b\"", ",", "\"\u0001\"", "Ticket 4711", "東京", "\U0001F600", "\uFFFD",
        "\u007F", "\t", new string('x', 501), new string('x', 5_000),
    ];

    private readonly Random random;
    private readonly ApiDocument document;
    private readonly IReadOnlyList<string> objects;

    /// <param name="number">Chooses the request.</param>
    /// <param name="document">What it is made from.</param>
    /// <param name="objects">Paths of objects that there are.</param>
    /// <param name="eTag">The last one answered.</param>
    public FuzzRequest(int number, ApiDocument document, IReadOnlyList<string> objects, string eTag)
    {
        (random, this.document, this.objects) = (new Random(number), document, objects);
        var operation = Pick(document.Operations);
        Method = Chance(0.03) ? Pick(Methods) : operation.Method;
        Path = MakePath(operation);
        Query = MakeQuery(operation);
        Token = Chance(0.96) ? "admin" : Pick(["reader", null, "broken"]);
        foreach (var parameter in operation.Parameters.Where(p => p["in"]!.ToString() == "header"))
        {
            if (Chance(0.3))
            {
                Headers[parameter["name"]!.ToString()] = Chance(0.4) ? eTag : Pick(HeaderTexts);
            }
        }

        if (Chance(0.15))
        {
            Headers["Accept"] = Pick(Accepts);
        }

        if (operation.Bodies is { Count: > 0 } bodies && !Chance(0.02))
        {
            var (type, content) = Pick(bodies);
            Headers["Content-Type"] = Chance(0.9) ? type : Pick(ContentTypes);
            Body = type.EndsWith("json", StringComparison.Ordinal) ? MakeJson(content!) : MakeLines(type);
        }
        else if (Chance(0.05))
        {
            (Headers["Content-Type"], Body) = (Pick(ContentTypes), [(byte)'{']);
        }

        if (Chance(0.01))
        {
            Headers.Remove("Content-Type");
        }
    }

    public string Method { get; }

    public string Path { get; }

    public string Query { get; }

    /// <summary>Whose token is sent; null for none.</summary>
    public string? Token { get; }

    public Dictionary<string, string> Headers { get; } = new(StringComparer.Ordinal);

    public byte[]? Body { get; }

    public override string ToString() =>
        $"{Method} {Cut(Path + Query)} {string.Join(' ', Headers.Select(h => $"[{h.Key}: {Cut(h.Value)}]"))} as {Token ?? "nobody"} "
        + Cut(Encoding.UTF8.GetString(Body ?? []));

    private static string Cut(string text) => text.Length <= 300 ? text : $"{text[..300]}… ({text.Length})";

    private static string Deep(int levels) => new string('[', levels) + new string(']', levels);

    private static string Id(string path) => path.Split('/')[^1];

    private bool Chance(double probability) => random.NextDouble() < probability;

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    /// <summary>A range that there is, or whatever else if there is none.</summary>
    private string PickRange() =>
        objects.Where(o => o.StartsWith("/api/ranges/", StringComparison.Ordinal)).ToList() is { Count: > 0 } ranges
            ? Pick(ranges)
            : Pick(objects);

    private string MakePath(Operation operation)
    {
        var path = operation.Path;
        foreach (var parameter in operation.Parameters.Where(p => p["in"]!.ToString() == "path"))
        {
            var call = operation.Path.Replace("/preview", "", StringComparison.Ordinal);
            var list = call[..call.IndexOf('{', StringComparison.Ordinal)];
            var known = objects.Where(o => o.StartsWith(list, StringComparison.Ordinal)).ToList();
            var value = known.Count > 0 && Chance(0.8) ? Id(Pick(known)) : MakeText(parameter["schema"]!, "id");
            path = path.Replace($"{{{parameter["name"]}}}", value, StringComparison.Ordinal);
        }

        if (!Chance(0.04))
        {
            return Receivable(path);
        }

        var segments = path.Split('/').ToList();
        switch (random.Next(4))
        {
            case 0:
                segments[random.Next(1, segments.Count)] = Pick(Texts);
                break;
            case 1:
                segments.Insert(random.Next(1, segments.Count + 1), Pick(Texts));
                break;
            case 2:
                segments.RemoveAt(random.Next(1, segments.Count));
                break;
            default:
                segments = [.. segments.Select(s => s.ToUpperInvariant())];
                break;
        }

        return Receivable($"/{string.Join('/', segments).TrimStart('/')}");

        // Kestrel itself refuses a NUL in a path.
        static string Receivable(string path) => path.Replace("%00", "%01", StringComparison.Ordinal);
    }

    private string MakeQuery(Operation operation)
    {
        var query = new List<string>();
        foreach (var parameter in operation.Parameters.Where(p => p["in"]!.ToString() == "query"))
        {
            var name = parameter["name"]!.ToString();
            var isNeeded = name is "endpointId" or "cidr" || parameter["required"]?.GetValue<bool>() == true;
            for (var likely = isNeeded ? 0.8 : 0.25; Chance(likely); likely = 0.02)
            {
                var written = Chance(0.02) ? name.ToUpperInvariant() : name;
                query.Add(Chance(0.02) ? written : $"{written}={MakeText(parameter["schema"]!, name)}");
            }
        }

        if (Chance(0.02))
        {
            query.Add($"{Pick(Texts)}={Pick(Texts)}");
        }

        return query.Count == 0 ? "" : $"?{string.Join('&', query)}";
    }

    /// <summary>A value for a path or a query.</summary>
    private string MakeText(JsonNode schema, string name) => Chance(0.25) ? Pick(Texts) : $"{schema["type"]}" switch
    {
        "boolean" => Pick(["true", "false"]),
        "integer" => $"{random.Next(1, Chance(0.8) ? 20 : 2_000)}",
        _ when name == "id" => Chance(0.8) ? Id(PickRange()) : Guid.CreateVersion7(Some.Time).ToString(),
        _ => Example(name) is { } example ? Uri.EscapeDataString(example.ToString()) : Pick(Texts),
    };

    /// <summary>What the document gives anywhere as an example of a member of this name.</summary>
    private JsonNode? Example(string name)
    {
        var schemas = document.Json["components"]!["schemas"]!.AsObject();
        var examples = schemas.Select(s => s.Value!["properties"]?[name]?["example"]).OfType<JsonNode>().ToList();
        return examples.Count == 0 ? null : Pick(examples);
    }

    private byte[] MakeJson(JsonNode content)
    {
        var json = content["example"] is { } example && Chance(0.5) ? example.DeepClone() : MakeValue(content["schema"]!, "", 0);
        var text = new StringBuilder();
        Write(text, json, Chance(0.5) ? 0 : Chance(0.7) ? 0.08 : 0.3);
        return Damage(text);
    }

    private JsonNode? MakeValue(JsonNode schema, string name, int depth)
    {
        if (name == "id" && Chance(0.7))
        {
            return Id(PickRange());
        }

        var example = schema["example"] ?? Example(name);
        if (example is not null && Chance(0.7))
        {
            return example.DeepClone();
        }

        if (schema["$ref"] is { } reference)
        {
            return MakeValue(document.Json["components"]!["schemas"]![reference.ToString().Split('/')[^1]]!, name, depth);
        }

        if ((schema["allOf"] ?? schema["oneOf"]) is JsonArray parts)
        {
            return MakeValue(Pick([.. parts])!, name, depth);
        }

        if (schema["enum"] is JsonArray words)
        {
            return Pick([.. words])?.DeepClone();
        }

        switch ($"{schema["type"]}")
        {
            case "object" when schema["properties"] is JsonObject properties:
                var required = schema["required"]?.AsArray().Select(r => r!.ToString()).ToHashSet() ?? [];
                var made = new JsonObject();
                foreach (var (member, part) in properties.Where(p => required.Contains(p.Key) || Chance(0.3)))
                {
                    // Ids and the like are set by the portal.
                    if (part!["description"]?.ToString().StartsWith("The portal gives", StringComparison.Ordinal) != true || Chance(0.1))
                    {
                        made[member] = MakeValue(part, member, depth + 1);
                    }
                }

                return made;
            case "array":
                return new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => MakeValue(schema["items"]!, name, depth + 1))]);
            case "boolean":
                return Chance(0.5);
            case "integer":
                return random.Next(20);
            case "string":
                return Pick(["alice", "*@example.com", $"192.0.2.{random.Next(256)}", "monday", "09:00", "enforce", Some.Endpoint]);
            default:
                return Some.EventJson();
        }
    }

    /// <summary>Writes JSON; of its values and members, as many as the rate says are not as they should be.</summary>
    private void Write(StringBuilder text, JsonNode? json, double rate)
    {
        if (Chance(rate))
        {
            text.Append(Pick(Values));
            return;
        }

        switch (json)
        {
            case JsonObject members:
                var first = true;
                text.Append('{');
                foreach (var (name, value) in members)
                {
                    for (var likely = 1 - (rate / 2); Chance(likely); likely = rate / 4)
                    {
                        text.Append(first ? "" : ",");
                        text.Append(Chance(rate / 4) ? Pick([.. NotUnicode, "\"unknown\"", "\"\"", "1"]) : JsonSerializer.Serialize(name));
                        text.Append(':');
                        Write(text, value, rate);
                        first = false;
                    }
                }

                if (Chance(rate / 2))
                {
                    text.Append(first ? "" : ",").Append("\"more\":").Append(Chance(0.5) ? Pick(NotUnicode) : Pick(Values));
                }

                text.Append('}');
                break;
            case JsonArray items:
                text.Append('[');
                for (var i = 0; i < items.Count; i++)
                {
                    Write(text.Append(i == 0 ? "" : ","), items[i], rate);
                }

                text.Append(']');
                break;
            default:
                text.Append(Chance(rate / 2) ? Pick(NotUnicode) : json?.ToJsonString() ?? "null");
                break;
        }
    }

    private byte[] MakeLines(string type)
    {
        string[] csv = ["cidr\r\n", "cidr,description\n", "id,cidr,users,schedule,validFrom\n", "cidr,x\n", "", "\uFEFFcidr\n"];
        var text = new StringBuilder(type == "text/csv" ? Pick(csv) : "# office\n");
        for (var line = random.Next(4); line > 0; line--)
        {
            var (users, schedule) = (Pick(["a;b", "[\"\\ud800\"]", "[", "\"a\"\"b\""]), Pick(["{}", "{\"timeZone\":\"\\ud800\"}", "x"]));
            text.Append(Pick(
            [
                $"192.0.2.{random.Next(256)}\n", "203.0.113.0/24,x\n", "2001:db8::/32 # Osaka\n", "203.0.113.0/24,\"a\nb\"\n", "\"\n",
                "a\"b\n", "\uE000\n", "\0\n", $"{new string('1', 3_000)}\n",
                $"{Id(Pick(objects))},192.0.2.{random.Next(256)},{users},{schedule},2026-04-01T00:00:00Z\n",
            ]));
        }

        return Damage(text);
    }

    /// <summary>Few bodies are cut, or get a byte where none should be.</summary>
    private byte[] Damage(StringBuilder text)
    {
        if (Chance(0.03))
        {
            text.Length = random.Next(text.Length + 1);
        }

        if (Chance(0.03))
        {
            string[] odd = ["\uE000", "\uE001", "\uE002", "\uE003", "\0", "\uFEFF", "\"", "\\", "}", ",", "\\ud800", "/**/"];
            text.Insert(random.Next(text.Length + 1), Pick(odd));
        }

        var body = Encoding.UTF8.GetBytes(text.ToString());
        foreach (var (mark, bytes) in BadBytes)
        {
            body = Replace(body, Encoding.UTF8.GetBytes(mark), bytes);
        }

        return body;
    }

    private static byte[] Replace(byte[] body, byte[] mark, byte[] bytes)
    {
        var replaced = new List<byte>(body.Length);
        for (var i = 0; i < body.Length; i++)
        {
            if (body.AsSpan(i).StartsWith(mark))
            {
                replaced.AddRange(bytes);
                i += mark.Length - 1;
            }
            else
            {
                replaced.Add(body[i]);
            }
        }

        return [.. replaced];
    }
}
