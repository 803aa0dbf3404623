using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace ClientVpnAdmin.AdminApi.RuleSets;

public sealed class RuleSetApiTests : IDisposable
{
    private const string Id = "019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b";
    private const string OtherId = "019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4c";
    private const string Settings = """{ "enforcement": "enforce", "allowedPostureStatuses": ["compliant"] }""";

    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task The_document_has_all_members_but_the_history_sorted_by_id_indented_and_with_text_as_it_is()
    {
        const string Given = """
            {
              "ruleTests": [
                {
                  "allowed": true, "id": "019B0D3C-7A1E-7C3F-9A52-3F6F0C1D2E4B", "description": "\u6771\u4eac\u3000\ud83d\uddfc",
                  "event": { "public-ip" : "203.0.113.7", "username": "\u00e9", "schema-version": "v3" }, "at": "2026-04-01T09:00:00+09:00"
                }
              ],
              "settings": {},
              "denialMessages": [ { "text": "<ここ> & \"there\"", "createdBy": "nobody" } ],
              "ranges": [
                { "id": "019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4c", "cidr": "2001:DB8::/32", "users": ["alice"], "action": "deny" },
                {
                  "id": "019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b", "cidr": "203.0.113.7", "updatedAt": "whenever",
                  "schedule": { "timeZone": "Asia/Tokyo", "windows": [{ "days": ["monday"], "from": "09:00", "to": "24:00" }] }
                }
              ]
            }
            """;
        Assert.Equal(
            """{"ranges":2,"addressLists":0,"denialMessages":1,"ruleTests":1,"revision":1}""", (await PutAsync(Given, "?force=true")).Text);
        var document = await portal.GetAsync("/api/rule-set");
        var message = (await portal.GetAsync("/api/denial-messages")).Items.Single()["id"]!.ToString();
        var expected = $$"""
            {
              "ranges": [
                {
                  "id": "{{Id}}",
                  "cidr": "203.0.113.7/32",
                  "addressListId": null,
                  "action": "allow",
                  "description": "",
                  "enabled": true,
                  "endpointIds": [],
                  "users": [],
                  "groups": [],
                  "commonNames": [],
                  "platforms": [],
                  "validFrom": null,
                  "validUntil": null,
                  "schedule": {
                    "timeZone": "Asia/Tokyo",
                    "windows": [
                      {
                        "days": [
                          "monday"
                        ],
                        "from": "09:00",
                        "to": "24:00"
                      }
                    ]
                  }
                },
                {
                  "id": "{{OtherId}}",
                  "cidr": "2001:db8::/32",
                  "addressListId": null,
                  "action": "deny",
                  "description": "",
                  "enabled": true,
                  "endpointIds": [],
                  "users": [
                    "alice"
                  ],
                  "groups": [],
                  "commonNames": [],
                  "platforms": [],
                  "validFrom": null,
                  "validUntil": null,
                  "schedule": null
                }
              ],
              "addressLists": [],
              "denialMessages": [
                {
                  "id": "{{message}}",
                  "text": "<ここ> & \"there\"",
                  "endpointId": null,
                  "reason": null
                }
              ],
              "settings": {
                "enforcement": "enforce",
                "allowedPostureStatuses": [
                  "compliant"
                ],
                "deniedPostureStatuses": []
              },
              "ruleTests": [
                {
                  "id": "{{Id}}",
                  "description": "東京IDEOGRAPHIC-SPACE🗼",
                  "event": {
                    "public-ip": "203.0.113.7",
                    "username": "é",
                    "schema-version": "v3"
                  },
                  "at": "2026-04-01T00:00:00Z",
                  "allowed": true
                }
              ]
            }

            """.Replace("IDEOGRAPHIC-SPACE", "\u3000", StringComparison.Ordinal);
        Assert.Equal(expected, document.Text);
        Assert.Equal(("application/json", "\"1\""), (document.ContentType, document.ETag));
        Assert.Equal("\"1\"", (await portal.SendAsync(HttpMethod.Head, "/api/rule-set")).ETag);
    }

    [Fact]
    public async Task The_empty_rules_have_a_document_as_well() => Assert.Equal(
        """
        {
          "ranges": [],
          "addressLists": [],
          "denialMessages": [],
          "settings": {
            "enforcement": "enforce",
            "allowedPostureStatuses": [
              "compliant"
            ],
            "deniedPostureStatuses": []
          },
          "ruleTests": []
        }

        """,
        (await portal.GetAsync("/api/rule-set")).Text);

    [Fact]
    public async Task What_is_read_can_be_applied_again_here_and_elsewhere_and_has_the_same_bytes_whatever_the_history()
    {
        using var other = new Portal();
        await other.AddRangeAsync("192.0.2.0/24", """, "description": "of another history" """);
        for (var seed = 0; seed < 25; seed++)
        {
            var given = RandomRules(new Random(seed));
            (await PutAsync(given, "?force=true")).Expect(HttpStatusCode.OK);
            var (document, head) = (await TextAsync(), await portal.HeadAsync());
            Assert.Equal(head, (int)(await PutAsync(document)).Expect(HttpStatusCode.OK)["revision"]!); // without force: nothing changes
            Assert.Equal(head, (int)(await PutAsync(given)).Expect(HttpStatusCode.OK)["revision"]!); // though it lacks some ids
            Assert.Equal((document, head), (await TextAsync(), await portal.HeadAsync()));

            // Over other rules, and with all its objects in another order and another form.
            (await other.PutAsync("/api/rule-set?force=true", Shuffled(document, new Random(seed)))).Expect(HttpStatusCode.OK);
            Assert.Equal(document, (await other.GetAsync("/api/rule-set")).Text);
        }
    }

    [Fact]
    public async Task Objects_keep_their_ids_and_those_that_say_the_same_when_and_by_whom_they_were_made()
    {
        var (kept, changed, removed) = (
            await portal.AddRangeAsync("10.0.0.0/8"), await portal.AddRangeAsync("10.1.0.0/16"), await portal.AddRangeAsync("10.2.0.0/16"));
        var before = (await portal.GetAsync($"/api/ranges/{kept}")).Text;
        var created = (await portal.GetAsync($"/api/ranges/{changed}")).Json["createdAt"]!.ToString();

        var body = $$"""
            { "cidr": "10.0.0.0/8", "id": "{{kept}}" }, { "cidr": "10.1.0.0/17", "id": "{{changed}}" },
            { "cidr": "1.1.1.1", "id": "{{Id}}" }
            """;
        (await PutAsync(Document(body), "?removals=1")).Expect(HttpStatusCode.OK);
        Assert.Equal(before, (await portal.GetAsync($"/api/ranges/{kept}")).Text);
        var now = (await portal.GetAsync($"/api/ranges/{changed}")).Json;
        Assert.Equal(("10.1.0.0/17", created), (now["cidr"]!.ToString(), now["createdAt"]!.ToString()));
        Assert.NotEqual(created, now["updatedAt"]!.ToString());
        Assert.Equal("1.1.1.1/32", (await portal.GetAsync($"/api/ranges/{Id}")).Json["cidr"]!.ToString()); // an unknown id is kept
        (await portal.GetAsync($"/api/ranges/{removed}")).ExpectProblem(HttpStatusCode.NotFound);
        Assert.Equal(
            "Replaced the whole rule set: ranges: 1 added, 1 changed, 1 removed.",
            (await portal.GetAsync("/api/revisions/4")).Json["summary"]!.ToString());
    }

    [Fact]
    public async Task An_object_without_an_id_is_the_one_that_says_the_same_if_no_other_has_claimed_that()
    {
        // By hand, with two equal objects: applied twice it is no change the second time.
        const string Messages = """{ "text": "x" }, { "text": "x", "reason": "not-in-scope" }""";
        const string Denied = """{ "cidr": "10.0.0.0/8", "action": "deny" }""";
        var tests = $"{Test("a")}, {Test("a")}";
        var hand = Document($$"""{ "cidr": "10.0.0.0/8" }, { "cidr": "10.0.0.0/8", "action": "allow" }, {{Denied}}""", Messages, tests);
        Assert.Equal(1, (int)(await PutAsync(hand, "?force=true")).Expect(HttpStatusCode.OK)["revision"]!);
        Assert.Equal(1, (int)(await PutAsync(hand)).Expect(HttpStatusCode.OK)["revision"]!);
        var ids = (await portal.GetAsync("/api/ranges")).Items.Select(r => r["id"]!.ToString()).ToList();
        Assert.Equal(3, ids.Count);

        // One of the two equal ones is claimed by its id, and the item without an id is the other one.
        var same = Document($$"""{ "cidr": "10.0.0.0/8" }, { "cidr": "10.0.0.0/8", "id": "{{ids[0]}}" }, {{Denied}}""", Messages, tests);
        Assert.Equal(1, (int)(await PutAsync(same)).Expect(HttpStatusCode.OK)["revision"]!);

        // Of equal ones the oldest is meant.
        (await PutAsync(Document("""{ "cidr": "10.0.0.0/8" }"""), "?removals=2")).Expect(HttpStatusCode.OK);
        Assert.Equal(ids[0], (await portal.GetAsync("/api/ranges")).Items.Single()["id"]!.ToString());

        // Where one is claimed and says something else then, it is no longer the one that says the same.
        var moved = $$"""{ "cidr": "10.0.0.0/8" }, { "cidr": "10.0.0.0/9", "id": "{{ids[0]}}" }""";
        (await PutAsync(Document(moved))).Expect(HttpStatusCode.OK);
        var ranges = (await portal.GetAsync("/api/ranges")).Items.ToDictionary(r => r["cidr"]!.ToString(), r => r["id"]!.ToString());
        Assert.Equal(ids[0], ranges["10.0.0.0/9"]);
        Assert.DoesNotContain(ranges["10.0.0.0/8"], ids);
    }

    [Fact]
    public async Task An_event_that_is_only_written_in_another_way_is_no_change()
    {
        // As long as an event can be, so that it would be too long if the document's own white space counted.
        var connection = Some.EventJson("203.0.113.7");
        connection["username"] = "é";
        connection["x"] = "";
        connection["x"] = new string('x', 10_000 - RawLength(connection));
        var raw = connection.ToJsonString().Replace("\"é\"", "\"\\u00e9\"", StringComparison.Ordinal);
        (await portal.PostAsync("/api/rule-tests", $$"""{ "description": "x", "allowed": false, "event": {{raw}} }"""))
            .Expect(HttpStatusCode.Created);
        var document = await TextAsync();
        Assert.Equal(1, (int)(await PutAsync(document)).Expect(HttpStatusCode.OK)["revision"]!);
        Assert.Equal(1, (int)(await PutAsync(JsonNode.Parse(document)!.ToJsonString())).Expect(HttpStatusCode.OK)["revision"]!);

        static int RawLength(JsonObject json) => json.ToJsonString().Length;
    }

    [Fact]
    public async Task Whatever_is_missing_is_said_so_that_nobody_empties_it_by_leaving_it_out()
    {
        await portal.AddRangeAsync("10.0.0.0/8");
        var empty = await PutAsync("{}");
        foreach (var member in new[] { "ranges", "denialMessages", "settings", "ruleTests" })
        {
            Assert.Contains("all four", empty.ExpectError(member), StringComparison.Ordinal);
            var others = JsonNode.Parse(Document(""))!.AsObject();
            others.Remove(member);
            (await PutAsync(others.ToJsonString(), "?force=true")).ExpectError(member);
            others[member] = null;
            (await PutAsync(others.ToJsonString(), "?force=true")).ExpectError(member);
        }

        Assert.Equal(1, await portal.HeadAsync());
    }

    [Fact]
    public async Task All_errors_are_in_one_answer_each_with_its_place()
    {
        var answer = await PutAsync(
            $$"""
            {
              "ranges": [
                { "cidr": "203.0.113.5/24", "id": "{{Id}}" }, { "cidr": "10.0.0.0/8", "id": "{{Id}}" }, null,
                { "cidr": "10.0.0.0/8", "id": "x" }, { "cidr": "10.0.0.0/8", "color": "red" }, { "cidr": 7 }
              ],
              "denialMessages": [
                { "text": "x" }, { "text": "TEMP" }, { "text": "y", "endpointId": null }, { "text": "z", "reason": "no-reason" }
              ],
              "settings": { "enforcement": "maybe" },
              "ruleTests": [ { "description": "x", "allowed": false, "event": {} }, { "description": " ", "event": 7 } ],
              "comment": "x"
            }
            """,
            "?impactDays=0");
        foreach (var (field, sentence) in new[]
        {
            ("ranges[0].cidr", "203.0.113.0/24"),
            ("ranges[1].id", "Another item has the same id"),
            ("ranges[2]", "in braces"),
            ("ranges[3].id", "'x' is not an id"),
            ("ranges[4].color", "no such member"),
            ("ranges[5].cidr", "Write a text"),
            ("denialMessages[1].text", "TEMP"),
            ("denialMessages[2]", "denialMessages[0]"),
            ("denialMessages[3].reason", "Write one of"),
            ("settings.enforcement", "enforce, report-only"),
            ("ruleTests[0].event", "always denied"),
            ("ruleTests[1].description", "Say what the test is about"),
            ("ruleTests[1].allowed", "true for allowed"),
            ("comment", "no such member"),
            ("impactDays", "from 1 to 90"),
        })
        {
            Assert.Contains(sentence, answer.ExpectError(field), StringComparison.Ordinal);
        }

        (await PutAsync("""{ "ranges": {}, "denialMessages": 7, "settings": [], "ruleTests": "x" }""")).ExpectError("settings");
        (await PutAsync("[]")).ExpectError("body");
        Assert.Equal(0, await portal.HeadAsync());
    }

    [Fact]
    public async Task There_is_a_limit_of_each_kind()
    {
        var messages = Many(1_001, i => $$"""{ "text": "x", "endpointId": "cvpn-endpoint-{{i}}" }""");
        var answer = await PutAsync(Document(Many(100_001, _ => """{ "cidr": "10.0.0.0/8" }"""), messages, Many(1_001, i => Test($"{i}"))));
        Assert.Contains("100001", answer.ExpectError("ranges"), StringComparison.Ordinal);
        Assert.Contains("1000", answer.ExpectError("denialMessages"), StringComparison.Ordinal);
        Assert.Contains("1000", answer.ExpectError("ruleTests"), StringComparison.Ordinal);

        static string Many(int count, Func<int, string> one) => string.Join(',', Enumerable.Range(0, count).Select(one));
    }

    [Fact]
    public async Task A_document_of_rules_that_have_changed_since_is_refused()
    {
        await portal.AddRangeAsync("10.0.0.0/8");
        var read = await portal.GetAsync("/api/rule-set");
        await portal.AddRangeAsync("10.1.0.0/16");
        (await portal.PutAsync("/api/rule-set?force=true", read.Text, read.ETag)).ExpectProblem(HttpStatusCode.PreconditionFailed);
        (await portal.PutAsync("/api/preview/rule-set", read.Text, read.ETag)).ExpectProblem(HttpStatusCode.PreconditionFailed);
        var answer = await portal.PutAsync("/api/rule-set?removals=1", read.Text, "\"2\"");
        Assert.Equal("""{"ranges":1,"addressLists":0,"denialMessages":0,"ruleTests":0,"revision":3}""", answer.Text);
        Assert.Equal("\"3\"", answer.ETag);
        (await portal.PutAsync("/api/rule-set", read.Text, "3")).ExpectError("If-Match");
    }

    [Fact]
    public async Task Ranges_are_removed_only_when_it_is_said_how_many_but_messages_and_tests_without_that()
    {
        var full = Document("""{ "cidr": "10.0.0.0/8" }, { "cidr": "10.1.0.0/16" }""", """{ "text": "x" }""", Test("x"));
        (await PutAsync(full, "?force=true")).Expect(HttpStatusCode.OK);
        (await PutAsync(Document("""{ "cidr": "10.0.0.0/8" }, { "cidr": "10.1.0.0/16" }"""))).Expect(HttpStatusCode.OK);
        foreach (var query in new[] { "", "?removals=1", "?removals=3", "?force=false" })
        {
            var refused = await PutAsync(Document(""), query);
            Assert.Contains("?removals=2", refused.ExpectProblem(HttpStatusCode.Conflict), StringComparison.Ordinal);
            Assert.Equal(("removals", "2"), (refused.Json["code"]!.ToString(), refused.Json["values"]!["removals"]!.ToString()));
        }

        var preview = (await portal.PutAsync("/api/preview/rule-set", Document(""))).Expect(HttpStatusCode.OK);
        Assert.Equal(2, preview["changes"]!["ranges"]!["removed"]!.AsArray().Count);
        Assert.Equal(2, await portal.HeadAsync());
        (await PutAsync(Document(""), "?removals=2")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_same_address_twice_needs_force_unless_it_was_so_already()
    {
        var twice = Document("""{ "cidr": "10.0.0.0/8" }, { "cidr": "10.0.0.0/8", "description": "again" }""");
        var refused = await PutAsync(twice);
        Assert.StartsWith("10.0.0.0/8 is twice in what was sent", refused.ExpectProblem(HttpStatusCode.Conflict), StringComparison.Ordinal);
        Assert.Equal("address-twice", refused.Json["code"]!.ToString());
        (await portal.PutAsync("/api/preview/rule-set", twice)).ExpectProblem(HttpStatusCode.Conflict);
        (await PutAsync(twice, "?force=true")).Expect(HttpStatusCode.OK);
        var third = twice.Replace("\"ranges\": [", "\"ranges\": [ { \"cidr\": \"10.1.0.0/16\" },", StringComparison.Ordinal);
        (await PutAsync(third)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_rules_must_meet_the_tests_that_are_in_the_same_document()
    {
        var works = Document("""{ "cidr": "203.0.113.0/24" }""", ruleTests: Test("The office gets in", allowed: true));
        (await PutAsync(works)).Expect(HttpStatusCode.OK);
        var broken = Document("""{ "cidr": "198.51.100.0/24" }""", ruleTests: Test("The office gets in", allowed: true));
        var refused = await PutAsync(broken, "?removals=1");
        Assert.Contains("'The office gets in'", refused.ExpectProblem(HttpStatusCode.Conflict), StringComparison.Ordinal);
        Assert.Equal("needs-force", refused.Json["code"]!.ToString());
        var preview = (await portal.PutAsync("/api/preview/rule-set", broken, token: "reader.token")).Expect(HttpStatusCode.OK);
        Assert.True((bool)preview["needsForce"]!);
        Assert.Equal("The office gets in", preview["brokenRuleTests"]!.AsArray().Single()!["description"]!.ToString());

        // Rules and their tests may change together.
        (await PutAsync(Document("""{ "cidr": "198.51.100.0/24" }""", ruleTests: Test("The office is out")), "?removals=1"))
            .Expect(HttpStatusCode.OK);
        Assert.Equal(2, await portal.HeadAsync());
    }

    [Fact]
    public async Task Only_editors_replace_the_rules_and_the_comment_is_kept()
    {
        (await portal.GetAsync("/api/rule-set", "reader.token")).Expect(HttpStatusCode.OK);
        (await portal.PutAsync("/api/rule-set", Document(""), token: "reader.token")).ExpectProblem(HttpStatusCode.Forbidden);
        var settings = Document("").Replace("\"enforce\"", "\"report-only\"", StringComparison.Ordinal);
        (await PutAsync(settings, "?comment=%E6%9D%B1%E4%BA%AC")).Expect(HttpStatusCode.OK);
        var revision = (await portal.GetAsync("/api/revisions/1")).Json;
        Assert.Equal(
            ("東京", "Replaced the whole rule set: enforcement is report-only."),
            (revision["comment"]!.ToString(), revision["summary"]!.ToString()));
    }

    private static string Test(string description, bool allowed = false) =>
        $$"""
        {
          "description": "{{description}}", "allowed": {{(allowed ? "true" : "false")}},
          "event": { "public-ip": "203.0.113.7", "schema-version": "v3" }
        }
        """;

    private static string Document(string ranges, string denialMessages = "", string ruleTests = "") =>
        $$"""
        {
          "ranges": [{{ranges}}],
          "denialMessages": [{{denialMessages}}],
          "settings": {{Settings}},
          "ruleTests": [{{ruleTests}}]
        }
        """;

    /// <summary>Some of each kind, every second one without an id, with all members that there are.</summary>
    private static string RandomRules(Random random)
    {
        string[] texts =
            ["", "東京\u3000オフィス 🗼", "\"quoted\" \\ back", "<b>&amp;</b> | `x` @all", "é e\u0301 \u200b\u00a0", "\ue000\uffff"];
        return new JsonObject
        {
            ["ranges"] = Many(20, i => new JsonObject
            {
                ["cidr"] = (i % 2 == 0) ? $"10.{random.Next(4)}.{i}.0/24" : $"2001:db8:{random.Next(4)}:{i:x}::/64",
                ["action"] = random.Next(2) == 0 ? "allow" : "deny",
                ["description"] = Pick(),
                ["enabled"] = random.Next(4) > 0,
                ["endpointIds"] = random.Next(2) == 0 ? null : new JsonArray(Some.Endpoint, Some.OtherEndpoint),
                ["users"] = random.Next(2) == 0 ? null : new JsonArray("alice", "*@example.com", "東京*"),
                ["groups"] = random.Next(2) == 0 ? null : new JsonArray("vpn", "管理者"),
                ["commonNames"] = random.Next(2) == 0 ? null : new JsonArray("laptop-*"),
                ["platforms"] = random.Next(2) == 0 ? null : new JsonArray("win", "MAC"),
                ["validFrom"] = random.Next(2) == 0 ? null : Time(1),
                ["validUntil"] = random.Next(2) == 0 ? null : Time(100_000),
                ["schedule"] = random.Next(2) == 0 ? null : new JsonObject
                {
                    ["timeZone"] = "Asia/Tokyo",
                    ["windows"] = new JsonArray(
                        new JsonObject { ["days"] = new JsonArray("sunday", "monday"), ["from"] = "22:00", ["to"] = "05:30" }),
                },
            }),
            ["denialMessages"] = Many(5, i => new JsonObject
            {
                ["text"] = $"{{public-ip}} {Pick()}",
                ["endpointId"] = $"cvpn-endpoint-{i}",
                ["reason"] = random.Next(2) == 0 ? null : "not-in-scope",
            }),
            ["settings"] = new JsonObject
            {
                ["enforcement"] = random.Next(2) == 0 ? "enforce" : "report-only",
                ["deniedPostureStatuses"] = random.Next(2) == 0 ? null : new JsonArray("{reason}", "東京"),
            },
            ["ruleTests"] = Many(5, i => new JsonObject
            {
                ["description"] = $"{i} {Pick()}",
                ["event"] = new JsonObject
                {
                    ["public-ip"] = $"10.0.{i}.1",
                    ["x"] = new JsonArray(Pick(), 1.50, null, new JsonObject()),
                    ["schema-version"] = "v3",
                },
                ["at"] = random.Next(2) == 0 ? null : Time(5_000),
                ["allowed"] = random.Next(2) == 0,
            }),
        }.ToJsonString();

        string Pick() => texts[random.Next(texts.Length)];

        string Time(int hours) => Some.Time.AddHours(hours).AddTicks(random.Next(10_000_000))
            .ToOffset(TimeSpan.FromHours(9)).ToString("yyyy-MM-ddTHH:mm:ss.fffffffzzz", CultureInfo.InvariantCulture);

        JsonArray Many(int most, Func<int, JsonObject> make) => new([.. Enumerable.Range(0, random.Next(most)).Select(i =>
        {
            var one = make(i);
            if (random.Next(2) == 0)
            {
                var id = new byte[16];
                random.NextBytes(id);
                one["id"] = $"{new Guid(id)}";
            }

            return one;
        })]);
    }

    /// <summary>The same in another order, on one line, and with its text escaped.</summary>
    private static string Shuffled(string document, Random random)
    {
        var json = JsonNode.Parse(document)!.AsObject();
        foreach (var (member, value) in json.ToList())
        {
            if (value is JsonArray list)
            {
                var items = list.ToArray();
                list.Clear();
                random.Shuffle(items);
                json[member] = new JsonArray(items);
            }
        }

        return new JsonObject(json.Reverse().Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone()))).ToJsonString();
    }

    private Task<Answer> PutAsync(string document, string query = "") => portal.PutAsync($"/api/rule-set{query}", document);

    private async Task<string> TextAsync() => (await portal.GetAsync("/api/rule-set")).Text;
}
