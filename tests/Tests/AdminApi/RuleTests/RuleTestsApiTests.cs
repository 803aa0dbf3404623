using System.Net;

namespace ClientVpnAdmin.AdminApi.RuleTests;

public sealed class RuleTestsApiTests(SharedPortals shared) : IClassFixture<SharedPortals>, IDisposable
{
    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task A_rule_test_is_added_shown_changed_and_deleted()
    {
        await portal.AddRangeAsync("203.0.113.0/24");
        var added = await AddAsync("Office", "203.0.113.7", allowed: true);
        var path = $"/api/rule-tests/{added.Expect(HttpStatusCode.Created)["id"]}";
        Assert.Equal("203.0.113.7", added.Json["event"]!["public-ip"]!.ToString());
        Assert.Equal((added.Text, added.ETag), ((await portal.GetAsync(path)).Text, (await portal.GetAsync(path)).ETag));
        Assert.Equal(added.Text, (await portal.GetAsync("/api/rule-tests")).Items.Single().ToJsonString());

        Assert.Equal(added.Text, (await portal.PutAsync(path, added.Text, added.ETag)).Text);
        Assert.Equal(2, await portal.HeadAsync());
        var changed = await portal.PutAsync(path, Body("Elsewhere", "198.51.100.7", allowed: false), added.ETag);
        Assert.False(changed.Expect(HttpStatusCode.OK)["allowed"]!.GetValue<bool>());
        (await portal.PutAsync(path, added.Text, added.ETag)).ExpectProblem(HttpStatusCode.PreconditionFailed);
        (await portal.DeleteAsync(path)).Expect(HttpStatusCode.NoContent);
        (await portal.GetAsync(path)).ExpectProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_event_that_could_not_be_shown_is_refused()
    {
        await portal.AddRangeAsync("203.0.113.0/24");
        (await AddWithAsync(Nested(31))).Expect(HttpStatusCode.Created);
        (await portal.GetAsync("/api/rule-tests")).Expect(HttpStatusCode.OK);
        Assert.Contains("nested deeper than 32 levels", (await AddWithAsync(Nested(32))).ExpectError("event"), StringComparison.Ordinal);
        Assert.Contains("not Unicode", (await AddWithAsync("\"\\ud800\"")).ExpectError("event"), StringComparison.Ordinal);

        static string Nested(int levels) => new string('[', levels) + new string(']', levels);

        Task<Answer> AddWithAsync(string unused) => portal.PostAsync(
            "/api/rule-tests",
            $$$"""{ "description": "x", "event": {{{Some.EventJson().ToJsonString()[..^1]}}}, "x": {{{unused}}} }, "allowed": true }""");
    }

    [Fact]
    public async Task A_change_that_breaks_a_rule_test_is_refused_and_names_it()
    {
        var id = await portal.AddRangeAsync("203.0.113.0/24");
        var test = (await AddAsync("Administrators get in", "203.0.113.7", allowed: true)).Expect(HttpStatusCode.Created)["id"]!.ToString();
        (await AddAsync("Nobody gets in from elsewhere", "198.51.100.7", allowed: false)).Expect(HttpStatusCode.Created);

        var refused = await portal.DeleteAsync($"/api/ranges/{id}");
        Assert.Contains(
            $"It breaks 1 rule test: 'Administrators get in' ({test}).",
            refused.ExpectProblem(HttpStatusCode.Conflict),
            StringComparison.Ordinal);
        Assert.Equal(
            $$"""[{"id":"{{test}}","description":"Administrators get in","expected":true,"reason":"address-not-allowed","rangeId":null}]""",
            refused.Json["brokenRuleTests"]!.ToJsonString());
        var blocking = await portal.PostAsync("/api/ranges", """{ "cidr": "203.0.113.7", "action": "deny" }""");
        Assert.Equal("address-blocked", blocking.Expect(HttpStatusCode.Conflict)["brokenRuleTests"]![0]!["reason"]!.ToString());
        var opening = await portal.PutAsync("/api/ranges?removals=1", """[{ "cidr": "0.0.0.0/0" }]""");
        Assert.Contains("'Nobody gets in from elsewhere'", opening.ExpectProblem(HttpStatusCode.Conflict), StringComparison.Ordinal);
        Assert.Equal(3, await portal.HeadAsync());

        (await portal.SendAsync(HttpMethod.Delete, $"/api/ranges/{id}?force=true")).Expect(HttpStatusCode.NoContent);

        // It is broken already now: that must not be in the way of other changes, least of all of those that mend it.
        await portal.AddRangeAsync("192.0.2.0/24");
        await portal.AddRangeAsync("203.0.113.0/24");
        (await portal.PutAsync("/api/ranges", "[]")).ExpectProblem(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_rule_test_that_is_not_met_is_refused_itself()
    {
        (await AddAsync("Office", "203.0.113.7", allowed: true)).ExpectProblem(HttpStatusCode.Conflict);
        var test = (await AddAsync("Elsewhere", "203.0.113.7", allowed: false)).Expect(HttpStatusCode.Created)["id"];
        (await portal.PutAsync($"/api/rule-tests/{test}", Body("Office", "203.0.113.7", allowed: true)))
            .ExpectProblem(HttpStatusCode.Conflict);
        (await portal.SendAsync(HttpMethod.Put, $"/api/rule-tests/{test}?force=true", Body("Office", "203.0.113.7", allowed: true)))
            .Expect(HttpStatusCode.OK);

        // That it failed before is no leave for another expectation that isn't met.
        (await portal.PutAsync($"/api/rule-tests/{test}", Body("Office", "203.0.113.8", allowed: true)))
            .ExpectProblem(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_rule_test_runs_at_its_own_time_or_at_that_of_the_change()
    {
        await portal.AddRangeAsync("203.0.113.0/24", """, "validUntil": "2026-04-01T01:00:00Z" """);
        (await AddAsync("Now", "203.0.113.7", allowed: true)).Expect(HttpStatusCode.Created);
        (await AddAsync("Later", "203.0.113.7", allowed: false, "2026-04-01T01:00:00Z")).Expect(HttpStatusCode.Created);
        (await AddAsync("Later", "203.0.113.7", allowed: true, "2026-04-01T01:00:00Z")).ExpectProblem(HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData(
        """{ "event": { "public-ip": "203.0.113.7", "schema-version": "v3" }, "allowed": true }""",
        "description",
        "Say what the test is about")]
    [InlineData("""{ "description": "x", "allowed": true }""", "event", "Give the connection event")]
    [InlineData(
        """{ "description": "x", "event": [], "allowed": true }""",
        "event",
        "The event is not a JSON object. Such an event is always denied")]
    [InlineData(
        """{ "description": "x", "event": { "public-ip": "1", "schema-version": "v3" }, "allowed": true }""",
        "event",
        "'public-ip' is not an IP address.")]
    [InlineData(
        """{ "description": "x", "event": { "public-ip": "::1", "schema-version": "v3", "platform-version": 10 }, "allowed": true }""",
        "event",
        "Write texts in its fields")]
    [InlineData(
        """{ "description": "x", "event": { "public-ip": "203.0.113.7", "schema-version": "v3" } }""",
        "allowed",
        "Say what the rules must say")]
    [InlineData(
        """{ "description": "x", "event": { "public-ip": "203.0.113.7", "schema-version": "v3" }, "allowed": true, "at": "noon" }""",
        "at",
        "'noon' is not a time")]
    public async Task A_bad_rule_test_is_refused_with_an_error_that_names_the_field_and_the_remedy(
        string json, string field, string remedy) =>
        Assert.Contains(remedy, (await shared.Empty.PostAsync("/api/rule-tests", json)).ExpectError(field), StringComparison.Ordinal);

    private Task<Answer> AddAsync(string description, string publicIp, bool allowed, string? at = null) =>
        portal.PostAsync("/api/rule-tests", Body(description, publicIp, allowed, at));

    private static string Body(string description, string publicIp, bool allowed, string? at = null) =>
        $$"""{ "description": "{{description}}", "event": {{Some.EventJson(publicIp).ToJsonString()}}"""
        + $$""", "allowed": {{(allowed ? "true" : "false")}}, "at": {{(at is null ? "null" : $"\"{at}\"")}} }""";
}
