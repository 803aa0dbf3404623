using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.RuleSets;
using CsCheck;

namespace ClientVpnAdmin.Connections;

public class ConnectionEventTests
{
    [Theory]
    [InlineData("v1-go-sdk.json", SchemaVersion.V1, "10.11.12.13", "username")]
    [InlineData("v1-office.json", SchemaVersion.V1, "203.0.113.7", "username")]
    [InlineData("v2-groups-string.json", SchemaVersion.V2, "198.51.100.24", "alice@example.co.jp")]
    [InlineData("v3-future-field.json", SchemaVersion.V3, "203.0.113.7", "")]
    [InlineData("v3-groups-list-ipv6.json", SchemaVersion.V3, "2001:db8:1234::7", "bob@example.co.jp")]
    public void Reads_each_sample_event(string file, SchemaVersion version, string address, string username)
    {
        var connection = ConnectionEvent.Parse(File.ReadAllBytes(Some.EventFile(file)));
        Assert.Null(connection.Problem);
        Assert.True(connection.IsEvent);
        Assert.Equal(version, connection.SchemaVersion);
        Assert.Equal(address, connection.Address.ToString());
        Assert.Equal(username, connection.Username);
        Assert.StartsWith("cvpn-connection-", connection.ConnectionId, StringComparison.Ordinal);
        Assert.StartsWith("cvpn-endpoint-", connection.EndpointId, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_sample_event_is_as_documented() => Assert.All(
        Some.EventFiles, file => Assert.True(ConnectionEvent.IsAsDocumented(JsonElement.Parse(File.ReadAllBytes(file))), file));

    [Theory]
    [InlineData("""{ "public-ip": "" }""", true)]
    [InlineData("""{ "public-ip": "x", "username": null, "groups": ["a"], "schema-version": "v4", "more": [1] }""", true)]
    [InlineData("""{ "public-ip": "x", "groups": null }""", true)]
    [InlineData("""{ "public-ip": "x", "groups": "a" }""", true)]
    [InlineData("""{ "public-ip": "x", "groups": ["a", null] }""", false)]
    [InlineData("""{ "public-ip": "x", "groups": [1] }""", false)]
    [InlineData("""{ "public-ip": "x", "platform-version": 10 }""", false)]
    [InlineData("""{ "public-ip": "x", "username": ["alice"] }""", false)]
    [InlineData("""{ "public-ip": null }""", false)]
    [InlineData("""{ "public-ip": 1, "public-ip": "x" }""", false)]
    [InlineData("{}", false)]
    [InlineData("[]", false)]
    [InlineData("null", false)]
    public void An_event_is_as_documented_when_each_field_that_AWS_documents_has_its_type(string json, bool expected) =>
        Assert.Equal(expected, ConnectionEvent.IsAsDocumented(JsonElement.Parse(json)));

    [Theory]
    [InlineData("connection-id")]
    [InlineData("endpoint-id")]
    [InlineData("common-name")]
    [InlineData("username")]
    public void An_absent_a_null_and_an_empty_field_are_alike(string field)
    {
        var absent = Some.EventJson();
        absent.Remove(field);
        var isNull = Some.EventJson();
        isNull[field] = null;
        var empty = Some.EventJson();
        empty[field] = "";
        Assert.Null(empty.Read().Problem);
        Assert.Equal(empty.Read() with { Recordable = null }, isNull.Read() with { Recordable = null });
        Assert.Equal(empty.Read() with { Recordable = null }, absent.Read() with { Recordable = null });
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("2001:0DB8:0:0::7", "2001:db8::7")]
    [InlineData("203.0.113.007", "203.0.113.007")] // no address: as it was sent
    public void The_address_is_written_one_way(string sent, string written) => Assert.Equal(written, Some.Event(sent).PublicIp);

    [Theory]
    [InlineData(100_000, true)]
    [InlineData(100_001, false)]
    public void An_event_of_100_000_bytes_can_be_recorded_and_a_longer_one_not(int bytes, bool can)
    {
        var json = $$"""{"x":"{{new string('x', bytes - """{"x":""}""".Length)}}"}""";
        Assert.Equal(can, Some.Read(json).Recordable is not null);
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public void An_event_of_32_levels_can_be_recorded_and_a_deeper_one_not(int levels, bool can)
    {
        string[] deep =
        [
            string.Concat(Enumerable.Repeat("""{"x":""", levels - 2)) + "{}" + new string('}', levels - 2), // levels - 1 of them
            new string('[', levels - 1) + new string(']', levels - 1),
            string.Concat(Enumerable.Repeat("[1,", levels - 2)) + "[]" + string.Concat(Enumerable.Repeat(",1]", levels - 2)),
        ];
        Assert.All(deep, value =>
        {
            Assert.Equal(can, Some.Read($$"""{"a":1,"x":{{value}}}""").Recordable is not null);
            Assert.Equal(can, Some.Read($$"""{"x":{{value}},"a":1}""").Recordable is not null);
        });
    }

    [Theory]
    [InlineData("""["vpn-users", "S-1-5-21-1104"]""", "vpn-users|S-1-5-21-1104")]
    [InlineData("""["vpn-users", "", null]""", "vpn-users")]
    [InlineData("""[]""", "")]
    [InlineData("\"vpn-users\"", "vpn-users")]
    [InlineData("\"vpn-users, others\"", "vpn-users, others")]
    [InlineData("\"\"", "")]
    [InlineData("null", "")]
    public void Groups_are_a_list_or_one_text_or_none(string groups, string expected)
    {
        var json = Some.EventJson();
        json["groups"] = JsonNode.Parse(groups);
        var connection = json.Read();
        Assert.Null(connection.Problem);
        Assert.Equal(expected, string.Join('|', connection.Groups));
        json.Remove("groups");
        Assert.Empty(json.Read().Groups);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""["vpn-users", 1]""")]
    [InlineData("""[["vpn-users"]]""")]
    public void Groups_of_another_shape_cannot_be_decided_about(string groups)
    {
        // A deny range for a group must not be passed by because its groups couldn't be read.
        var json = Some.EventJson();
        json["groups"] = JsonNode.Parse(groups);
        Assert.Equal("'groups' is neither a text nor a list of texts.", json.Read().Problem?.Message);
    }

    [Fact]
    public void Unknown_fields_are_passed_over()
    {
        var json = Some.EventJson();
        json["added-by-aws-later"] = JsonNode.Parse("""{ "deeply": [{ "nested": true }] }""");
        Assert.Null(json.Read().Problem);
    }

    [Fact]
    public void Field_names_are_case_sensitive()
    {
        var json = Some.EventJson();
        json.Remove("public-ip");
        json["Public-IP"] = "203.0.113.7";
        Assert.Equal("'public-ip' is missing: the event needs the device's public address.", json.Read().Problem?.Message);
    }

    [Theory]
    [InlineData("v1", SchemaVersion.V1)]
    [InlineData("v2", SchemaVersion.V2)]
    [InlineData("v3", SchemaVersion.V3)]
    public void Is_answered_in_its_own_schema_version(string text, SchemaVersion version)
    {
        Assert.Equal(version, Some.Event(version: text).SchemaVersion);
        Assert.Null(Some.Event(version: text).Problem);
    }

    [Theory]
    [InlineData("\"v4\"")]
    [InlineData("\"V1\"")]
    [InlineData("\" v1\"")]
    [InlineData("\"1\"")]
    [InlineData("1")]
    [InlineData("[\"v1\"]")]
    [InlineData("\"\\ud800\"")]
    public void An_unknown_schema_version_is_a_problem_and_is_answered_in_the_newest(string version)
    {
        var connection = Some.Read($$"""{ "public-ip": "203.0.113.7", "schema-version": {{version}} }""");
        Assert.Contains("'schema-version'", connection.Problem?.Message, StringComparison.Ordinal);
        Assert.Equal(SchemaVersion.V3, connection.SchemaVersion);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("absent")]
    public void Without_a_version_but_with_the_fields_of_v1_it_is_v1(string? version)
    {
        var json = Some.EventJson();
        json["schema-version"] = version;
        if (version == "absent")
        {
            json.Remove("schema-version");
        }

        Assert.Null(json.Read().Problem);
        Assert.Equal(SchemaVersion.V1, json.Read().SchemaVersion);
    }

    [Fact]
    public void Without_a_version_and_without_one_of_the_fields_of_v1_it_is_a_problem()
    {
        foreach (var field in Some.EventJson().Select(f => f.Key).Where(k => k != "schema-version"))
        {
            var json = Some.EventJson();
            json.Remove("schema-version");
            json.Remove(field);
            Assert.NotNull(json.Read().Problem);
            Assert.Equal(SchemaVersion.V3, json.Read().SchemaVersion);
        }
    }

    [Theory]
    [InlineData("public-ip", "3405803783", "'public-ip' is not a text.")]
    [InlineData("public-ip", "[\"203.0.113.7\"]", "'public-ip' is not a text.")]
    [InlineData("public-ip", "null", "'public-ip' is missing: the event needs the device's public address.")]
    [InlineData("public-ip", "\"\"", "'public-ip' is missing: the event needs the device's public address.")]
    [InlineData("public-ip", "\"203.0.113.7, 198.51.100.1\"", "'public-ip' is not an IP address.")]
    [InlineData("public-ip", "\"203.0.113.007\"", "'public-ip' is not an IP address.")]
    [InlineData("public-ip", "\"203.0.113.7\\ud800\"", "'public-ip' is not a text.")]
    [InlineData("endpoint-id", "{}", "'endpoint-id' is not a text.")]
    [InlineData("username", "true", "'username' is not a text.")]
    [InlineData("common-name", "5", "'common-name' is not a text.")]
    [InlineData("connection-id", "5", "'connection-id' is not a text.")]
    [InlineData("schema-version", "5", "'schema-version' is not a text.")]
    public void A_field_that_cannot_be_read_is_a_problem_that_names_it(string field, string json, string problem)
    {
        var text = Some.EventJson();
        text.Remove(field);
        Assert.Equal(problem, Some.Read(text.ToJsonString()[..^1] + $",\"{field}\":{json}}}").Problem?.Message);
    }

    [Fact]
    public void A_missing_address_is_a_problem()
    {
        var json = Some.EventJson();
        json.Remove("public-ip");
        Assert.Equal("'public-ip' is missing: the event needs the device's public address.", json.Read().Problem?.Message);
    }

    [Theory]
    [InlineData("public-ip")]
    [InlineData("schema-version")]
    [InlineData("something-unknown")]
    public void A_field_given_twice_is_a_problem_since_nobody_knows_which_one_counts(string field)
    {
        var json = Some.EventJson().ToJsonString()[..^1] + ",\"something-unknown\":1" + $",\"{field}\":\"203.0.113.9\"}}";
        Assert.Equal($"'{field}' is given twice.", Some.Read(json).Problem?.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("""{ "public-ip": "203.0.113.7" """)]
    [InlineData("""{ "public-ip": "203.0.113.7" } {}""")]
    [InlineData("""{ "public-ip": "203.0.113.7", }""")]
    [InlineData("""{ 'public-ip': '203.0.113.7' }""")]
    [InlineData("hello")]
    public void What_is_not_JSON_is_no_event(string text)
    {
        var connection = Some.Read(text);
        Assert.Equal("The event is not JSON.", connection.Problem?.Message);
        Assert.False(connection.IsEvent);
        Assert.Null(connection.Address);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"203.0.113.7\"")]
    [InlineData("42")]
    public void What_is_no_JSON_object_is_no_event(string text)
    {
        Assert.Equal("The event is not a JSON object.", Some.Read(text).Problem?.Message);
        Assert.False(Some.Read(text).IsEvent);
    }

    [Fact]
    public void Nesting_of_a_thousand_levels_and_bytes_that_are_not_UTF_8_are_problems()
    {
        Assert.NotNull(Some.Read(new string('[', 1_000)).Problem);
        Assert.NotNull(Some.Read("{\"x\":" + new string('[', 1_000) + new string(']', 1_000) + "}").Problem);
        Assert.NotNull(ConnectionEvent.Parse(new byte[] { 0xFF, 0xFE, 0x7B, 0x00 }).Problem);
        Assert.NotNull(
            ConnectionEvent.Parse(
                Encoding.Latin1.GetBytes("""{ "public-ip": "203.0.113.7", "schema-version": "v3", "username": "é" }""")).Problem);
        Assert.NotNull(
            ConnectionEvent.Parse(Encoding.Latin1.GetBytes("""{ "public-ip": "203.0.113.7", "schema-version": "v3", "é": "" }""")).Problem);
        Assert.NotNull(Some.Read("""{ "public-ip": "203.0.113.7", "schema-version": "v3", "\ud800": "" }""").Problem);
    }

    [Theory]
    [InlineData("\"x\": \"\\ud800\"")]
    [InlineData("\"x\": \"\\udc00\"")]
    [InlineData("\"x\": \"\\ud83dx\"")]
    [InlineData("\"x\": [{ \"y\": { \"z\": \"\\ude00\\ud83d\" } }]")]
    [InlineData("\"x\": { \"\\udfff\": 1 }")]
    [InlineData("\"aws-client-version\": \"\\uD800\"")]
    public void Half_of_a_surrogate_pair_anywhere_is_a_problem_also_where_nothing_is_read(string field)
    {
        var json = Some.EventJson().ToJsonString()[..^1] + $", {field} }}";
        AssertIsNotUnicode(Encoding.UTF8.GetBytes(json));
        Assert.Equal(Some.Read(json).Problem?.Message, ConnectionEvent.Parse(JsonElement.Parse(json)).Problem?.Message);
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_anywhere_are_a_problem_also_where_nothing_is_read()
    {
        byte[][] parts = [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF5, 0x80, 0x80, 0x80]];
        foreach (var part in parts)
        {
            var before = Some.EventJson().ToJsonString()[..^1];
            AssertIsNotUnicode([.. Encoding.UTF8.GetBytes(before + ",\"x\":[\""), .. part, .. "\"]}"u8]);
            AssertIsNotUnicode([.. Encoding.UTF8.GetBytes(before + ",\"x\":{\""), .. part, .. "\":1}}"u8]);
        }
    }

    [Fact]
    public void All_that_is_Unicode_is_read_however_it_is_written()
    {
        var json = Some.EventJson().ToJsonString()[..^1]
            + ", \"x\": \"東京 😀 \\ud83d\\ude00 \\u0000 \\\\ud800 \\u6771 \\\" \\uFFFF\", \"\\ud83d\\ude00\": \"\" }";
        Assert.Null(Some.Read(json).Problem);
        Assert.Null(ConnectionEvent.Parse(JsonElement.Parse(json)).Problem);
    }

    [Fact]
    public void A_longer_event_than_any_real_one_is_a_problem_and_is_not_read()
    {
        var json = Some.EventJson();
        json["x"] = "";
        json["x"] = new string('x', 1_000_000 - json.ToJsonString().Length);
        Assert.Null(json.Read().Problem);
        json["x"] = $"{json["x"]}x";
        var element = JsonElement.Parse(json.ToJsonString());
        foreach (var connection in new[] { json.Read(), ConnectionEvent.Parse(element), ConnectionEvent.Parse(new byte[1_000_001]) })
        {
            Assert.Equal("The event is longer than 1,000,000 bytes, and was not read.", connection.Problem?.Message);
            Assert.Equal((false, "", null), (connection.IsEvent, connection.Username, connection.Address));
        }
    }

    private static void AssertIsNotUnicode(byte[] json)
    {
        var connection = ConnectionEvent.Parse(json);
        Assert.StartsWith("The event has text that is not Unicode", connection.Problem!.Message, StringComparison.Ordinal);
        Assert.Equal((true, "alice"), (connection.IsEvent, connection.Username));
        var rules = new RuleSet([Some.Range("0.0.0.0/0")], [], new());
        Assert.Equal(DenialReason.InvalidRequest, Evaluator.Decide(connection, Some.Time, rules, 1).Reason);
    }

    [Fact]
    public void Reading_never_fails_whatever_bytes_come()
    {
        var samples = Some.EventFiles.Select(File.ReadAllBytes).ToArray();
        var damaged =
            from sample in Gen.Int[0, samples.Length - 1]
            from edits in Gen.Select(Gen.Int[0, 1_000], Gen.Byte).Array[1, 8]
            select (sample, edits);
        damaged.Sample(
            d =>
            {
                var bytes = samples[d.sample].ToArray();
                foreach (var (position, value) in d.edits)
                {
                    bytes[position % bytes.Length] = value;
                }

                var connection = ConnectionEvent.Parse(bytes);
                return connection.Problem is not null || connection.Address is not null;
            },
            iter: 50_000);
    }

    [Theory]
    [InlineData("""{ "username": 5, "platform": 5 }""", "'username' is not a text.")]
    [InlineData("""{ "username": "x", "username": "y", "platform": "x", "platform": "y" }""", "'username' is given twice.")]
    [InlineData("""{ "x": 1, "x": 1, "\ud800": 1 }""", "'x' is given twice.")]
    [InlineData("""{ "username": 5, "groups": 5 }""", "'username' is not a text.")]
    public void Of_several_problems_the_first_is_named(string json, string problem) =>
        Assert.Equal(problem, Some.Read(json).Problem?.Message);
}
