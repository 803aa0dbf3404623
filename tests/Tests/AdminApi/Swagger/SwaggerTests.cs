using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace ClientVpnAdmin.AdminApi.Swagger;

public sealed class SwaggerTests(SharedPortals shared) : IClassFixture<SharedPortals>
{
    private readonly Portal portal = shared.Empty;

    [Fact]
    public async Task The_pages_are_there_without_signing_in()
    {
        var page = await portal.GetAsync("/swagger/index.html", token: null);
        page.ExpectText("swagger-ui");
        (await portal.GetAsync("/swagger", token: null)).ExpectText("swagger-ui");
        (await portal.GetAsync("/swagger/swagger-ui-bundle.js", token: null)).ExpectText("function");
        (await portal.GetAsync("/swagger/index.js", token: null)).ExpectText("v1/swagger.json");
    }

    [Fact]
    public async Task Every_call_has_a_name_a_summary_a_tag_and_described_parameters()
    {
        var operations = (await OperationsAsync()).ToList();
        Assert.True(operations.Count >= 18, $"Only {operations.Count} calls are documented.");
        Assert.All(operations, o =>
        {
            Assert.NotEmpty(o.Json["operationId"]!.ToString());
            Assert.EndsWith(".", o.Json["summary"]!.ToString(), StringComparison.Ordinal);
            Assert.Single(o.Json["tags"]!.AsArray());
            Assert.All(
                o.Json["parameters"]?.AsArray() ?? [], p => Assert.EndsWith(".", p!["description"]!.ToString(), StringComparison.Ordinal));
        });
        Assert.Equal(operations.Count, operations.Select(o => o.Json["operationId"]!.ToString()).Distinct().Count());
    }

    [Fact]
    public async Task Every_tag_is_described_in_the_order_of_an_administrators_work()
    {
        var document = (await portal.GetAsync("/swagger/v1/swagger.json", token: null)).Json;
        var tags = document["tags"]!.AsArray().Select(t => t!["name"]!.ToString()).ToList();
        Assert.Equal(
            [
                "Ranges", "Address lists", "Denial messages", "Evaluations", "Decisions", "Rule tests", "Settings", "Rule set", "Revisions",
                "Sessions", "Access", "Health",
            ],
            tags);
        Assert.All(document["tags"]!.AsArray(), t => Assert.EndsWith(
            t!["name"]!.ToString() == "Evaluations" ? "?" : ".", t["description"]!.ToString(), StringComparison.Ordinal));
        var used = (await OperationsAsync()).Select(o => o.Json["tags"]![0]!.ToString()).Distinct();
        Assert.Equal(tags.Order(StringComparer.Ordinal), used.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_call_of_the_API_says_that_it_needs_signing_in_and_which_role()
    {
        foreach (var (method, path, json) in await OperationsAsync())
        {
            var asksWho = path.StartsWith("/api", StringComparison.Ordinal) && path != "/api/sign-in";
            Assert.Equal(asksWho, json["security"]!.AsArray().Count > 0);
            Assert.Equal(asksWho, json["responses"]!["403"] is not null);
            Assert.Equal(asksWho || (method, path) == ("post", "/api/sign-in"), json["responses"]!["401"] is not null);
            if (asksWho)
            {
                Assert.Contains(
                    method == "get" || path is "/api/evaluations" or "/api/sign-out"
                        || path.StartsWith("/api/preview", StringComparison.Ordinal)
                        ? "Needs the role reader or editor." : "Needs the role editor.",
                    json["description"]!.ToString(),
                    StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Every_property_is_described_and_has_an_example_or_parts_that_have()
    {
        var schemas = (await DocumentAsync())["components"]!["schemas"]!.AsObject().Where(s => s.Value!["properties"] is not null);
        Assert.All(schemas.SelectMany(s => s.Value!["properties"]!.AsObject().Select(p => (Name: $"{s.Key}.{p.Key}", Json: p.Value!))), p =>
        {
            Assert.True(p.Json["description"] is not null, $"{p.Name} has no description.");
            Assert.DoesNotContain("ClientVpnAdmin.", p.Json["description"]!.ToString(), StringComparison.Ordinal);
            Assert.True(
                p.Json.AsObject().ContainsKey("example") || (p.Json["items"] ?? p.Json)["$ref"] is not null
                    || (p.Json["allOf"] ?? p.Json["oneOf"]) is not null,
                $"{p.Name} has no example.");
        });
    }

    [Fact]
    public async Task Every_example_body_is_accepted_as_it_is()
    {
        using var own = new Portal();
        var id = await own.AddRangeAsync("198.51.100.0/24");
        var message = (await own.PostAsync("/api/denial-messages", """{ "text": "x", "reason": "not-in-scope" }"""))
            .Json["id"]!.ToString();
        const string Test = """{ "description": "x", "event": { "public-ip": "192.0.2.1", "schema-version": "v3" }, "allowed": false }""";
        var test = (await own.PostAsync("/api/rule-tests", Test)).Json["id"]!.ToString();
        var decision = $"{(await own.DecideAsync(Some.EventJson("8.8.8.8"))).Id}";
        var list = (await own.PostAsync("/api/address-lists", """{ "name": "x" }""")).Json["id"]!.ToString();
        var withBody = (await OperationsAsync())
            .Where(o => o.Json["requestBody"] is not null && o.Path != "/api/sign-in") // whose code would be good once
            .OrderBy(o => !o.Path.StartsWith("/api/preview", StringComparison.Ordinal))
            .ThenBy(o => (o.Method, o.Path) switch
            {
                ("post", "/api/ranges") => 0,
                ("put", "/api/ranges") => 2,
                ("put", "/api/rule-set") => 3,
                _ => 1,
            })
            .ToList();
        Assert.Equal(43, withBody.Count);
        foreach (var (method, path, json) in withBody)
        {
            var example = json["requestBody"]!["content"]!["application/json"]!["example"]!.ToJsonString()
                .Replace("019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b", id, StringComparison.Ordinal);
            var address = path.Replace(
                "{id}",
                path.Replace("/preview", "", StringComparison.Ordinal).Split('/')[2] switch
                {
                    "ranges" => id,
                    "rule-tests" => test,
                    "decisions" => decision,
                    "address-lists" => list,
                    _ => message,
                },
                StringComparison.Ordinal);
            var query = (method, path) is
                ("put", "/api/ranges" or "/api/rule-set" or "/api/address-lists/{id}/entries" or "/api/address-lists/{id}")
                ? "?force=true" // it removes those there are
                : "";
            var answer = await own.SendAsync(new HttpMethod(method), address + query, example);
            Assert.True(
                json["responses"]![$"{(int)answer.Status}"] is not null && (int)answer.Status < 300, $"{method} {path}: {answer.Text}");
            Assert.Equal(json["responses"]![$"{(int)answer.Status}"]!["headers"]?["ETag"] is not null, answer.ETag is not null);
        }
    }

    [Fact]
    public async Task Every_call_that_changes_the_rules_has_a_preview_with_the_same_path_parameters_and_body()
    {
        var operations = (await OperationsAsync()).ToDictionary(o => (o.Method, o.Path), o => o.Json);
        var changes = operations
            .Where(o => o.Value["description"]?.ToString().Contains("Needs the role editor.", StringComparison.Ordinal) == true)
            .Where(o => o.Key.Path != "/api/sessions/review") // ends connections, and without terminate only lists them
            .Where(o => o.Key.Path != "/api/address-lists/refresh") // what the portal does by itself; each list has a preview of its own
            .ToList();
        Assert.NotEmpty(changes);
        Assert.All(changes, change =>
        {
            var preview = operations[(change.Key.Method, change.Key.Path.Replace("/api", "/api/preview", StringComparison.Ordinal))];
            Assert.Equal(change.Value["parameters"]!.ToJsonString(), preview["parameters"]!.ToJsonString());
            Assert.Equal(change.Value["requestBody"]?.ToJsonString(), preview["requestBody"]?.ToJsonString());
            Assert.Equal(
                """{"$ref":"#/components/schemas/Preview"}""",
                preview["responses"]!["200"]!["content"]!["application/json"]!["schema"]!.ToJsonString());
        });
        Assert.Equal(changes.Count, operations.Keys.Count(o => o.Path.StartsWith("/api/preview", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Every_call_has_one_success_only() => Assert.All(
        await OperationsAsync(), o => Assert.Single(o.Json["responses"]!.AsObject(), r => r.Key.StartsWith('2')));

    [Fact]
    public async Task Every_status_that_a_call_can_answer_is_documented()
    {
        // What the other tests see, call by call; 401, 403 and 503 go with every call of the API. A preview answers as its call, or 200.
        var expected = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ListRanges"] = "200 304 400",
            ["AddRange"] = "201 400 409 413 415",
            ["ReplaceRanges"] = "200 400 409 412 413 415",
            ["ChangeRanges"] = "200 400 404 409 412 413 415",
            ["DeleteRanges"] = "200 400 404 409 412",
            ["GetRange"] = "200 304 400 404",
            ["ReplaceRange"] = "200 400 404 409 412 413 415",
            ["ChangeRange"] = "200 400 404 409 412 413 415",
            ["DeleteRange"] = "204 400 404 409 412",
            ["ListRangeHistory"] = "200 400",
            ["ListAddressLists"] = "200 304 400",
            ["AddAddressList"] = "201 400 409 413 415",
            ["GetAddressList"] = "200 304 400 404",
            ["ReplaceAddressList"] = "200 400 404 409 412 413 415",
            ["ChangeAddressList"] = "200 400 404 409 412 413 415",
            ["DeleteAddressList"] = "204 400 404 409 412",
            ["ListAddressListHistory"] = "200 400",
            ["ListAddressListFindings"] = "200 400",
            ["ListAddressListEntries"] = "200 304 400 404",
            ["AddAddressListEntries"] = "200 400 404 409 412 413 415",
            ["ReplaceAddressListEntries"] = "200 400 404 409 412 413 415",
            ["RemoveAddressListEntries"] = "200 400 404 409 412",
            ["ListAddressListRefreshes"] = "200 400",
            ["RefreshDueAddressLists"] = "200 400",
            ["RefreshAddressList"] = "200 400 404 409 502",
            ["ListDenialMessages"] = "200 304 400",
            ["AddDenialMessage"] = "201 400 409 413 415",
            ["GetDenialMessage"] = "200 304 400 404",
            ["ReplaceDenialMessage"] = "200 400 404 409 412 413 415",
            ["ChangeDenialMessage"] = "200 400 404 409 412 413 415",
            ["DeleteDenialMessage"] = "204 400 404 409 412",
            ["ListDenialMessageHistory"] = "200 400",
            ["GetSettings"] = "200 304 400",
            ["ReplaceSettings"] = "200 400 409 412 413 415",
            ["ChangeSettings"] = "200 400 409 412 413 415",
            ["GetRuleSet"] = "200 304 400",
            ["ReplaceRuleSet"] = "200 400 409 412 413 415",
            ["Evaluate"] = "200 400 413 415",
            ["GetMe"] = "200 400",
            ["GetSignIn"] = "200 400",
            ["SignIn"] = "200 400 404 413 415",
            ["SignOut"] = "204 400",
            ["ListRevisions"] = "200 400",
            ["ListRangeFindings"] = "200 400",
            ["ExportRanges"] = "200 304 400",
            ["ImportRanges"] = "200 400 409 413 415",
            ["ListRuleTests"] = "200 304 400",
            ["AddRuleTest"] = "201 400 409 413 415",
            ["GetRuleTest"] = "200 304 400 404",
            ["ReplaceRuleTest"] = "200 400 404 409 412 413 415",
            ["ChangeRuleTest"] = "200 400 404 409 412 413 415",
            ["DeleteRuleTest"] = "204 400 404 409 412",
            ["ListRuleTestHistory"] = "200 400",
            ["ListChanges"] = "200 400 404",
            ["RestoreRevision"] = "200 400 404 409",
            ["UndoRevision"] = "200 400 404 409",
            ["GetRevision"] = "200 304 400 404",
            ["AllowDecision"] = "201 400 404 409 413 415",
            ["ReviewSessions"] = "200 400 502",
            ["ListDecisions"] = "200 400",
            ["SummarizeDecisions"] = "200 400",
            ["VerifyRevisions"] = "200 400",
            ["GetDecision"] = "200 400 404",
            ["IsLive"] = "200 431",
            ["IsReady"] = "200 431",
        };
        foreach (var (name, statuses) in expected.Where(e => e.Value.Contains("409", StringComparison.Ordinal)).ToList())
        {
            expected.Add($"Preview{name}", $"200{statuses[3..]}");
        }

        string[] always = ["401", "403", "503"];
        Assert.Equal(
            expected.OrderBy(e => e.Key, StringComparer.Ordinal),
            (await OperationsAsync()).Select(o => KeyValuePair.Create(
                o.Json["operationId"]!.ToString(),
                string.Join(' ', o.Json["responses"]!.AsObject().Select(r => r.Key).Except(always).Order(StringComparer.Ordinal))))
                .OrderBy(e => e.Key, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("RangeInput.action", "allow deny null")]
    [InlineData("RangeInput.platforms[]", "android freebsd ios linux mac netbsd openbsd solaris uwp win")]
    [InlineData("AddressRange.platforms[]", "android freebsd ios linux mac netbsd openbsd solaris uwp win")]
    [InlineData("RangeInput.validFrom", "date-time null")]
    [InlineData("RangeInput.id", "uuid null")]
    [InlineData("ScheduleWindowInput.days[]", "sunday monday tuesday wednesday thursday friday saturday")]
    [InlineData("ScheduleWindowInput.to", "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
    [InlineData(
        "DenialMessageInput.reason",
        "invalid-request rules-unavailable address-blocked address-not-allowed not-in-scope outside-validity outside-schedule null")]
    [InlineData("SettingsInput.enforcement", "enforce report-only null")]
    [InlineData("RuleTestInput.at", "date-time null")]
    [InlineData("RuleTestInput.event", "ConnectionEvent")]
    [InlineData("EvaluationInput.event", "ConnectionEvent")]
    [InlineData("Evaluation.response", "ConnectionResponse")]
    [InlineData("RuleTest.event", "ConnectionEvent")]
    [InlineData("ShownDecision.event", "ConnectionEvent null")]
    [InlineData("ShownDecision.otherEvent", "object null")]
    [InlineData("AddressRange.schedule", "Schedule null")]
    public async Task A_member_is_shown_as_what_it_is(string member, string expected)
    {
        var schemas = (await DocumentAsync())["components"]!["schemas"]!;
        var (schema, name) = (member.Split('.')[0], member.Split('.')[1]);
        var property = schemas[schema]!["properties"]![name.TrimEnd('[', ']')]!;
        Assert.Equal(expected, What(schemas, name.EndsWith(']') ? property["items"]! : property));
    }

    [Fact]
    public async Task A_parameter_is_shown_as_what_it_is()
    {
        var document = await DocumentAsync();
        var list = document["paths"]!["/api/decisions"]!["get"]!["parameters"]!.AsArray();
        var from = list.Single(p => p!["name"]!.ToString() == "from")!["schema"]!;
        var reason = list.Single(p => p!["name"]!.ToString() == "reason")!["schema"]!;
        Assert.Equal("date-time", What(document, from));
        Assert.StartsWith("invalid-request ", What(document["components"]!["schemas"]!, reason), StringComparison.Ordinal);
        var ids = (await OperationsAsync()).Where(o => o.Path.Contains("{id}", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(ids);
        Assert.All(ids, o => Assert.Equal(
            "uuid", o.Json["parameters"]!.AsArray().Single(p => p!["name"]!.ToString() == "id")!["schema"]!["format"]!.ToString()));
    }

    [Fact]
    public async Task What_an_answer_always_has_is_required()
    {
        var schemas = (await DocumentAsync())["components"]!["schemas"]!;
        Assert.All(["AddressRange", "AddressRangePage", "Evaluation", "Impact", "Schedule", "RuleSettings", "ShownDecision"], name =>
            Assert.Equal(
                schemas[name]!["properties"]!.AsObject().Select(p => p.Key), schemas[name]!["required"]!.AsArray().Select(r => $"{r}")));
        Assert.Null(schemas["RangeInput"]!["required"]); // cidr or addressListId
        Assert.Equal("""["name"]""", schemas["AddressListInput"]!["required"]!.ToJsonString());
        Assert.Equal("""["public-ip"]""", schemas["ConnectionEvent"]!["required"]!.ToJsonString());
        Assert.Equal("""["status","code","detail","values","title"]""", schemas["Problem"]!["required"]!.ToJsonString());
    }

    [Fact]
    public async Task The_CSV_of_all_ranges_is_documented()
    {
        var list = (await OperationsAsync()).Single(o => o.Json["operationId"]!.ToString() == "ListRanges").Json;
        Assert.Equal("""{"type":"string"}""", list["responses"]!["200"]!["content"]!["text/csv"]!["schema"]!.ToJsonString());
    }

    [Fact]
    public async Task Every_error_is_documented_as_a_problem() => Assert.All(
        (await OperationsAsync()).SelectMany(
            o => o.Json["responses"]!.AsObject().Where(r => r.Key is not "431" && int.Parse(r.Key, CultureInfo.InvariantCulture) >= 400)),
        r => Assert.Equal(["application/problem+json"], r.Value!["content"]!.AsObject().Select(c => c.Key)));

    /// <summary>The words, format, pattern or name of a schema; and null, if it can be that.</summary>
    private static string What(JsonNode schemas, JsonNode schema)
    {
        var reference = (schema["allOf"] ?? schema["oneOf"])?[0] ?? schema;
        var name = reference["$ref"]?.ToString().Split('/')[^1];
        var what = name is null ? $"{schema["format"] ?? schema["pattern"] ?? schema["type"]}"
            : schemas[name]!["enum"] is JsonArray words ? string.Join(' ', words)
            : name;
        var isNullable = schema["nullable"] is not null || schema["oneOf"]?[1]?["nullable"] is not null;
        return isNullable ? $"{what} null" : what;
    }

    private async Task<JsonNode> DocumentAsync() =>
        (await portal.GetAsync("/swagger/v1/swagger.json", token: null)).Expect(HttpStatusCode.OK);

    private async Task<IEnumerable<(string Method, string Path, JsonNode Json)>> OperationsAsync() =>
        from path in (await DocumentAsync())["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select (operation.Key, path.Key, operation.Value!);
}
