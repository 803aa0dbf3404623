using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ClientVpnAdmin.Handler;
using ClientVpnAdmin.Stores.Sqlite;

namespace ClientVpnAdmin.AdminApi.Evaluations;

public sealed class EvaluationsApiTests(SharedPortals shared) : IClassFixture<SharedPortals>, IDisposable
{
    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task The_seed_case_is_decided_as_Client_VPN_would_see_it()
    {
        var id = await portal.AddRangeAsync("203.0.113.0/24");
        await portal.PostAsync("/api/denial-messages", $$"""{ "text": "{{Some.SeedMessage}}" }""");
        Assert.Equal(
            $$$"""{"allowed":true,"reason":null,"rangeId":"{{{id}}}" """.TrimEnd()
            + ""","range":{"cidr":"203.0.113.0/24","addressListName":null,"action":"allow","description":""}"""
            + ""","entry":null,"problem":null,"message":null,"revision":2,"response":{"allow":true"""
            + ""","error-msg-on-failed-posture-compliance":"","posture-compliance-statuses":["compliant"],"schema-version":"v1"}"""
            + ""","nearMisses":[]}""",
            (await EvaluateAsync(Some.EventJson("203.0.113.7", "v1").ToJsonString())).Text);
        Assert.Equal(
            $$$"""{"allowed":false,"reason":"address-not-allowed","rangeId":null,"range":null,"entry":null,"problem":null"""
            + $$$""","message":"{{{Some.SeedMessage}}}","revision":2"""
            + ""","response":{"allow":false"""
            + $$$""","error-msg-on-failed-posture-compliance":"{{{Some.SeedMessage}}}","posture-compliance-statuses":[]"""
            + ""","schema-version":"v1"},"nearMisses":[]}""",
            (await EvaluateAsync(Some.EventJson("198.51.100.7", "v1").ToJsonString())).Text);
    }

    [Fact]
    public async Task What_is_known_of_a_connection_can_be_given_in_short()
    {
        await portal.AddRangeAsync(
            "203.0.113.0/24",
            """, "users": ["alice"], "groups": ["vpn"], "commonNames": ["laptop"], "platforms": ["win"],"""
            + """ "endpointIds": ["cvpn-endpoint-0f13eab7f860433cc"], "description": "Tokyo" """);
        const string Whole = """
            "publicIp": "203.0.113.7", "username": "Alice", "groups": ["vpn"], "commonName": "laptop", "platform": "win",
            "endpointId": "cvpn-endpoint-0f13eab7f860433cc"
            """;
        var answer = await portal.PostAsync("/api/evaluations", $"{{ {Whole} }}");
        Assert.True(answer.Expect(HttpStatusCode.OK)["allowed"]!.GetValue<bool>());
        Assert.Equal("""{"cidr":"203.0.113.0/24","addressListName":null,"action":"allow","description":"Tokyo"}""",
            answer.Json["range"]!.ToJsonString());
        foreach (var left in new[] { "username", "groups", "commonName", "platform", "endpointId" })
        {
            var without = JsonNode.Parse($"{{ {Whole} }}")!.AsObject();
            without.Remove(left);
            Assert.Equal("not-in-scope", (await portal.PostAsync("/api/evaluations", without.ToJsonString())).Json["reason"]!.ToString());
        }
    }

    [Theory]
    [InlineData("""{ "public-ip": "203.0.113.7" }""", "missing", "'schema-version' is missing.")]
    [InlineData("""{ "schema-version": "v3" }""", "missing", "'public-ip' is missing")]
    [InlineData("""{ "public-ip": "x", "schema-version": "v3" }""", "not-an-address", "'public-ip' is not an IP address.")]
    [InlineData("5", "not-an-object", "The event is not a JSON object.")]
    public async Task An_event_that_cannot_be_read_is_denied_and_what_is_wrong_is_said(string json, string code, string sentence)
    {
        var answer = (await EvaluateAsync(shared.Empty, json)).Expect(HttpStatusCode.OK);
        Assert.Equal("invalid-request", answer["reason"]!.ToString());
        Assert.Equal(code, answer["problem"]!["code"]!.ToString());
        Assert.Contains(sentence, answer["problem"]!["message"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_time_can_be_given_and_is_now_if_not()
    {
        await portal.AddRangeAsync("203.0.113.0/24", """, "validUntil": "2026-05-01T00:00:00Z" """);
        var json = Some.EventJson().ToJsonString();
        Assert.True((await EvaluateAsync(json)).Json["allowed"]!.GetValue<bool>());
        Assert.Equal(
            "outside-validity", (await EvaluateAsync(json, """, "at": "2026-05-01T09:00:00+09:00" """)).Json["reason"]!.ToString());
        portal.Time.Advance(TimeSpan.FromDays(40));
        Assert.Equal("outside-validity", (await EvaluateAsync(json)).Json["reason"]!.ToString());
    }

    [Fact]
    public async Task A_revision_can_be_given_and_is_the_newest_if_not()
    {
        var id = await portal.AddRangeAsync("203.0.113.0/24");
        await portal.DeleteAsync($"/api/ranges/{id}");
        var json = Some.EventJson().ToJsonString();
        Assert.Equal((false, 2), Outcome(await EvaluateAsync(json)));
        Assert.Equal((true, 1), Outcome(await EvaluateAsync(json, ", \"revision\": 1")));
        Assert.Equal((false, 0), Outcome(await EvaluateAsync(json, ", \"revision\": 0")));
        Assert.Contains(
            "GET /api/revisions", (await EvaluateAsync(json, ", \"revision\": 3")).ExpectError("revision"), StringComparison.Ordinal);
        (await EvaluateAsync(json, ", \"revision\": -1")).ExpectError("revision");
        (await EvaluateAsync(json, ", \"revision\": \"1\"")).ExpectError("revision");

        static (bool Allowed, long Revision) Outcome(Answer answer) =>
            (answer.Json["allowed"]!.GetValue<bool>(), answer.Json["revision"]!.GetValue<long>());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("\"hello\"")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{ "public-ip": 5 }""")]
    [InlineData("""{ "public-ip": "1", "schema-version": "v1" }""")]
    [InlineData("""{ "public-ip": "203.0.113.7", "public-ip": "203.0.113.7", "schema-version": "v1" }""")]
    [InlineData("""{ "public-ip": "203.0.113.7", "schema-version": "v4" }""")]
    [InlineData("""{ "public-ip": "203.0.113.7", "schema-version": "v3", "\ud800": 1 }""")]
    [InlineData("""{ "public-ip": "203.0.113.7", "schema-version": "v3", "x": [{ "y": "\udc00" }] }""")]
    public async Task An_event_is_taken_as_the_handler_takes_it_whatever_is_in_it(string json)
    {
        var asked = await shared.FilledAsync(made => made.AddRangeAsync("0.0.0.0/0"));
        var answer = await EvaluateAsync(asked, json);
        Assert.Equal("invalid-request", answer.Expect(HttpStatusCode.OK)["reason"]!.ToString());
        var handler = new ConnectHandler(
            () => Store.In(SqliteFile.Existing(asked.StorePath)), new(TimeSpan.FromDays(30), default), asked.Time, TextWriter.Null);
        Assert.Equal(
            Encoding.UTF8.GetString((await handler.HandleAsync(Encoding.UTF8.GetBytes(json))).Response.ToJson()),
            answer.Json["response"]!.ToJsonString());
    }

    [Theory]
    [InlineData("{}", "publicIp", "or the whole event")]
    [InlineData("""{ "event": {}, "publicIp": "203.0.113.7" }""", "event", "leave one of them out")]
    [InlineData("""{ "event": {}, "at": "now" }""", "at", "Write RFC 3339")]
    [InlineData("""{ "event": {}, "time": "2026-05-01T00:00:00Z" }""", "time", "There is no such member")]
    [InlineData("""{ "event": {}, "revision": 1.5 }""", "revision", "Write a whole number")]
    [InlineData("[]", "body", "Write an object, in braces.")]
    public async Task A_bad_request_is_refused_with_an_error_that_names_the_field_and_the_remedy(
        string json, string field, string remedy) =>
        Assert.Contains(remedy, (await shared.Empty.PostAsync("/api/evaluations", json)).ExpectError(field), StringComparison.Ordinal);

    [Fact]
    public async Task Nothing_is_changed_and_a_reader_may_do_it()
    {
        (await portal.PostAsync("/api/evaluations", $$"""{ "event": {{Some.EventJson().ToJsonString()}} }""", "reader.token"))
            .Expect(HttpStatusCode.OK);
        Assert.Equal(0, await portal.HeadAsync());
    }

    private Task<Answer> EvaluateAsync(string json, string more = "") => EvaluateAsync(portal, json, more);

    private static Task<Answer> EvaluateAsync(Portal portal, string json, string more = "") =>
        portal.PostAsync("/api/evaluations", $$"""{ "event": {{json}} {{more}} }""");

    [Fact]
    public async Task The_near_misses_say_which_condition_of_which_range_was_not_met()
    {
        var id = await portal.AddRangeAsync(
            "203.0.113.0/24",
            """
            , "description": "Night shift", "users": ["alice"],
            "schedule": { "timeZone": "Asia/Tokyo", "windows": [{ "days": ["monday"], "from": "22:00", "to": "06:00" }] }
            """);
        await portal.AddRangeAsync("198.51.100.0/24");
        var shown = (await portal.GetAsync($"/api/ranges/{id}")).Json;
        Assert.Equal(
            """{"timeZone":"Asia/Tokyo","windows":[{"days":["monday"],"from":"22:00","to":"06:00"}]}""", shown["schedule"]!.ToJsonString());

        var denied = await portal.PostAsync(
            "/api/evaluations", $$"""{ "event": {{Some.EventJson().ToJsonString()}}, "at": "2026-04-07T00:00:00Z" }""");
        Assert.Equal("outside-schedule", denied.Expect(HttpStatusCode.OK)["reason"]!.ToString());
        Assert.Equal(
            $$"""[{"rangeId":"{{id}}","cidr":"203.0.113.0/24","entry":null,"action":"allow" """.TrimEnd()
            + ""","description":"Night shift","failed":"schedule"}]""",
            denied.Json["nearMisses"]!.ToJsonString());
        var allowed = await portal.PostAsync(
            "/api/evaluations", $$"""{ "event": {{Some.EventJson().ToJsonString()}}, "at": "2026-04-06T20:59:00Z" }""");
        Assert.True(allowed.Expect(HttpStatusCode.OK)["allowed"]!.GetValue<bool>());
        Assert.Empty(allowed.Json["nearMisses"]!.AsArray());
    }
}
