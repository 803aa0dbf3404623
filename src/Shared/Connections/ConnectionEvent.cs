using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.Connections;

/// <summary>
/// What Client VPN says of a new connection. Reading one never fails: what can't be read is left empty, and <see cref="Problem"/> says so.
/// </summary>
/// <remarks>
/// AWS Client VPN Administrator Guide, "Connection authorization". Any field may be absent, null or empty, which all mean the same;
/// unknown fields are passed over, since AWS adds some.
/// </remarks>
public sealed record ConnectionEvent
{
    // Real events are under 60 KB; nothing longer is worth the time that reading it takes.
    private const int MaxBytes = 1_000_000;

    // The serializer writes 64 levels at most, and an answer has some of its own around an event. DynamoDB's items end at 400 KB.
    private const int MaxRecordedDepth = 32;
    private const int MaxRecordedBytes = 100_000;

    private static readonly string[] V1Fields =
    [
        "connection-id", "endpoint-id", "common-name", "username", "platform", "platform-version", "public-ip", "client-openvpn-version",
    ];

    // Those of later versions, but for groups.
    private static readonly string[] TextFields = [.. V1Fields, "aws-client-version", "schema-version"];

    private static readonly string[] Fields = [.. TextFields, "groups"];

    public string ConnectionId { get; private set; } = "";

    public string EndpointId { get; private set; } = "";

    public string CommonName { get; private set; } = "";

    public string Username { get; private set; } = "";

    /// <summary>The groups of the user: given as a list or as one text, without empty ones.</summary>
    public ImmutableArray<string> Groups { get; private set; } = [];

    /// <summary>The device's operating system, by its own word.</summary>
    public string Platform { get; private set; } = "";

    /// <summary>The device's public address; null when what was sent is none.</summary>
    public Address? Address { get; private set; }

    /// <summary>The device's public address as RFC 5952 writes it; what was sent when that is none.</summary>
    public string PublicIp { get; private set; } = "";

    /// <summary>The schema version to answer in: the event's own, or the newest when that is unknown.</summary>
    public SchemaVersion SchemaVersion { get; private set; } = SchemaVersion.V3;

    /// <summary>False when this is no JSON object, so that there is no connection to let in, not even in report-only mode.</summary>
    public bool IsEvent { get; private set; }

    /// <summary>
    /// The event as it came, if it can be recorded and shown: a JSON object of at most 100,000 bytes and 32 levels, all of it Unicode.
    /// Else null.
    /// </summary>
    public JsonElement? Recordable
    {
        get
        {
            if (!unparsed.IsEmpty)
            {
                Recordable = JsonElement.Parse(unparsed.Span);
            }

            return field;
        }

        internal set => (field, unparsed) = (value, default);
    }

    // What is recordable, until it is asked for: that is after the answer, and nobody waits for a copy of the event before.
    private ReadOnlyMemory<byte> unparsed;

    /// <summary>What is wrong with the event, naming the field; null when it is fit to be decided.</summary>
    public Fault? Problem { get; private set; }

    /// <summary>What stands in for an event of which nothing could be read.</summary>
    public static ConnectionEvent Unread { get; } = new() { Problem = new("unreadable", "The event can't be read.") };

    private static ConnectionEvent TooLong => new()
    {
        Problem = new("too-long", $"The event is longer than {MaxBytes:N0} bytes, and was not read.", ("max", MaxBytes)),
    };

    /// <param name="utf8Json">The event; it must stay as it is.</param>
    public static ConnectionEvent Parse(ReadOnlyMemory<byte> utf8Json)
    {
        if (utf8Json.Length > MaxBytes)
        {
            return TooLong;
        }

        try
        {
            using var document = JsonDocument.Parse(utf8Json);
            var connection = Parse(document.RootElement, out var isRecordable);
            connection.unparsed = isRecordable ? utf8Json : default;
            return connection;
        }
        catch (JsonException)
        {
            return new ConnectionEvent { Problem = new("not-json", "The event is not JSON.") };
        }
    }

    public static ConnectionEvent Parse(JsonElement json)
    {
        var connection = Parse(json, out var isRecordable);
        connection.Recordable = isRecordable ? json : null;
        return connection;
    }

    private static ConnectionEvent Parse(JsonElement json, out bool isRecordable)
    {
        isRecordable = false;
        if (json.ValueKind != JsonValueKind.Object)
        {
            return new ConnectionEvent { Problem = new("not-an-object", "The event is not a JSON object.") };
        }

        var utf8Json = JsonMarshal.GetRawUtf8Value(json);
        if (utf8Json.Length > MaxBytes)
        {
            return TooLong;
        }

        var connection = new ConnectionEvent { IsEvent = true };
        var fields = new Dictionary<string, JsonElement>(Fields.Length, StringComparer.Ordinal);
        foreach (var property in json.EnumerateObject())
        {
            if (NameOf(property) is not { } name)
            {
                connection.Problem ??= new("not-unicode", "A field's name is not a text.");
            }
            else if (!fields.TryAdd(name, property.Value))
            {
                connection.Problem ??= new("given-twice", $"{Errors.Quote(name)} is given twice.", ("name", Errors.Shown(name)));
            }
        }

        connection.ConnectionId = connection.Text(fields, "connection-id");
        connection.EndpointId = connection.Text(fields, "endpoint-id");
        connection.CommonName = connection.Text(fields, "common-name");
        connection.Username = connection.Text(fields, "username");
        connection.Platform = connection.Text(fields, "platform");
        connection.ParseGroups(fields);
        var publicIp = connection.Text(fields, "public-ip");
        connection.Address = Addresses.Address.Parse(publicIp);
        connection.PublicIp = connection.Address is { IsIPv6: false } && !publicIp.Contains(':', StringComparison.Ordinal)
            ? publicIp // dotted quads are read in their canonical form only
            : connection.Address?.ToString() ?? publicIp;
        if (connection.Address is null)
        {
            connection.Problem ??= publicIp.Length == 0
                ? new("missing", "'public-ip' is missing: the event needs the device's public address.", ("name", "public-ip"))
                : new("not-an-address", "'public-ip' is not an IP address.", ("given", Errors.Shown(publicIp)));
        }

        connection.ParseSchemaVersion(fields);
        if (!IsUnicode(utf8Json))
        {
            // Such an event could be neither recorded nor shown: whoever it let in would have come in without a trace.
            connection.Problem ??= new(
                "not-unicode", "The event has text that is not Unicode: bytes that aren't UTF-8, or half of a surrogate pair.");
            return connection;
        }

        isRecordable = utf8Json.Length <= MaxRecordedBytes && HasDepth(utf8Json, MaxRecordedDepth);
        return connection;
    }

    /// <summary>
    /// Whether some JSON, all of it Unicode, is as the OpenAPI document shows an event: an object with an address; groups are a text
    /// or a list of texts, each other field that AWS documents is a text, or they are null.
    /// </summary>
    public static bool IsAsDocumented(JsonElement json)
    {
        return json.ValueKind == JsonValueKind.Object
            && json.TryGetProperty("public-ip", out var publicIp)
            && IsText(publicIp)
            && json.EnumerateObject().All(
                field => field.Value.ValueKind == JsonValueKind.Null
                    || IsText(field.Value)
                    || (field.Name == "groups" ? AreTexts(field.Value) : !TextFields.Contains(field.Name)));

        static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String;

        static bool AreTexts(JsonElement value) => value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(IsText);
    }

    /// <summary>Whether every text of some valid JSON, names among them, can be decoded.</summary>
    internal static bool IsUnicode(ReadOnlySpan<byte> utf8Json)
    {
        if (!Utf8.IsValid(utf8Json))
        {
            return false;
        }

        if (utf8Json.IndexOf("\\u"u8) < 0)
        {
            return true; // only an escape can be half of a surrogate pair
        }

        var tokens = new Utf8JsonReader(utf8Json, new JsonReaderOptions { MaxDepth = 1_000 }); // whatever could be parsed
        try
        {
            while (tokens.Read())
            {
                if (tokens.ValueIsEscaped)
                {
                    tokens.GetString();
                }
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Whether some valid JSON has so many levels at most.</summary>
    private static bool HasDepth(ReadOnlySpan<byte> utf8Json, int levels)
    {
        var tokens = new Utf8JsonReader(utf8Json, new JsonReaderOptions { MaxDepth = 1_000 }); // whatever could be parsed
        while (tokens.Read())
        {
            if (tokens.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && tokens.CurrentDepth >= levels)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>AWS documents no JSON type: "a list of" groups, "empty" without any.</summary>
    private void ParseGroups(Dictionary<string, JsonElement> fields)
    {
        if (!fields.TryGetValue("groups", out var json) || json.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        var groups = new List<string>();
        if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (var element in json.EnumerateArray())
            {
                if (element.ValueKind != JsonValueKind.Null)
                {
                    Add(element);
                }
            }
        }
        else
        {
            Add(json);
        }

        Groups = [.. groups];

        void Add(JsonElement element)
        {
            if (TextOf(element) is not { } group)
            {
                Problem ??= new("not-a-text", "'groups' is neither a text nor a list of texts.", ("name", "groups"));
            }
            else if (group.Length > 0)
            {
                groups.Add(group);
            }
        }
    }

    private void ParseSchemaVersion(Dictionary<string, JsonElement> fields)
    {
        var isAbsent = !fields.TryGetValue("schema-version", out var json) || json.ValueKind == JsonValueKind.Null
            || (json.ValueKind == JsonValueKind.String && json.ValueEquals(""));
        if (Words.Parse<SchemaVersion>(Text(fields, "schema-version")) is { } version)
        {
            SchemaVersion = version;
        }
        else if (isAbsent && V1Fields.All(fields.ContainsKey))
        {
            SchemaVersion = SchemaVersion.V1;
        }
        else if (isAbsent)
        {
            var missing = string.Join(", ", V1Fields.Where(f => !fields.ContainsKey(f)));
            Problem ??= new(
                "missing",
                $"'schema-version' is missing. Without it the event needs all fields of v1, and these are missing as well: {missing}.",
                ("name", "schema-version"),
                ("others", missing));
        }
        else
        {
            Problem ??= new("unknown-schema-version", "'schema-version' is not v1, v2 or v3.");
        }
    }

    private string Text(Dictionary<string, JsonElement> fields, string name)
    {
        if (!fields.TryGetValue(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return "";
        }

        if (TextOf(value) is { } text)
        {
            return text;
        }

        Problem ??= new("not-a-text", $"'{name}' is not a text.", ("name", name));
        return "";
    }

    /// <summary>Null if it has bytes that aren't UTF-8 or half of a surrogate pair.</summary>
    private static string? NameOf(JsonProperty property)
    {
        try
        {
            foreach (var field in Fields)
            {
                if (property.NameEquals(field))
                {
                    return field; // without making the same text anew
                }
            }

            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Null if it isn't a string, or one with bytes that aren't UTF-8 or half of a surrogate pair.</summary>
    private static string? TextOf(JsonElement json)
    {
        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
