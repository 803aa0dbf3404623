using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClientVpnAdmin.AdminApi.Http;

public sealed class MergePatchTests(SharedPortals shared) : IClassFixture<SharedPortals>, IDisposable
{
    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task What_a_patch_leaves_out_stays_null_takes_the_default_and_a_list_is_replaced_whole()
    {
        var id = await portal.AddRangeAsync(
            "203.0.113.0/24", """, "description": "Tokyo", "users": ["alice", "bob"], "validUntil": "2036-01-01T00:00:00Z" """);
        var before = await portal.GetAsync($"/api/ranges/{id}");
        var patched = await PatchAsync(
            $"/api/ranges/{id}", """{ "users": ["carol"], "validUntil": null, "enabled": false }""", before.ETag);
        var expected = before.Json;
        (expected["users"], expected["validUntil"], expected["enabled"]) = (new JsonArray("carol"), null, false);
        expected["updatedAt"] = patched.Expect(HttpStatusCode.OK)["updatedAt"]!.ToString();
        Assert.Equal(expected.ToJsonString(), patched.Json.ToJsonString());
        Assert.NotEqual(before.Json["updatedAt"]!.ToString(), patched.Json["updatedAt"]!.ToString());
        Assert.Equal((patched.Text, patched.ETag), ((await portal.GetAsync($"/api/ranges/{id}")).Text, patched.ETag));
        (await PatchAsync($"/api/ranges/{id}", """{ "enabled": true }""", before.ETag)).ExpectProblem(HttpStatusCode.PreconditionFailed);
        (await PatchAsync($"/api/ranges/{id}", "{}")).Expect(HttpStatusCode.OK);
        Assert.Equal(2, await portal.HeadAsync());
    }

    [Fact]
    public async Task An_object_within_is_merged_as_well()
    {
        var id = await portal.AddRangeAsync(
            "203.0.113.0/24",
            """, "schedule": { "timeZone": "Asia/Tokyo", "windows": [{ "days": ["monday"], "from": "09:00", "to": "18:00" }] }""");
        var moved = (await PatchAsync($"/api/ranges/{id}", """{ "schedule": { "timeZone": "Europe/Berlin" } }""")).Json["schedule"]!;
        Assert.Equal(("Europe/Berlin", 1), (moved["timeZone"]!.ToString(), moved["windows"]!.AsArray().Count));
        (await PatchAsync($"/api/ranges/{id}", """{ "schedule": { "windows": null } }""")).ExpectError("schedule.windows");
        Assert.Null((await PatchAsync($"/api/ranges/{id}", """{ "schedule": null }""")).Expect(HttpStatusCode.OK)["schedule"]);
    }

    [Fact]
    public async Task Messages_and_rule_tests_are_patched_too()
    {
        var message = (await portal.PostAsync("/api/denial-messages", """{ "text": "x", "reason": "not-in-scope" }""")).Json["id"];
        var patched = (await PatchAsync($"/api/denial-messages/{message}", """{ "text": "y" }""")).Expect(HttpStatusCode.OK);
        Assert.Equal(("y", "not-in-scope"), (patched["text"]!.ToString(), patched["reason"]!.ToString()));
        (await PatchAsync($"/api/denial-messages/{message}", """{ "text": null }""")).ExpectError("text");

        var test = (await portal.PostAsync(
            "/api/rule-tests",
            """{ "description": "x", "event": { "public-ip": "192.0.2.7", "schema-version": "v3" }, "allowed": false }""")).Json["id"];
        patched = (await PatchAsync($"/api/rule-tests/{test}", """{ "event": { "username": "alice" } }""")).Expect(HttpStatusCode.OK);
        Assert.Equal(
            """{"public-ip":"192.0.2.7","schema-version":"v3","username":"alice"}""", patched["event"]!.ToJsonString());
        (await PatchAsync($"/api/rule-tests/{test}", """{ "event": { "a": "\ud800" } }""")).ExpectProblem(HttpStatusCode.BadRequest);
        (await PatchAsync($"/api/rule-tests/{test}", """{ "event": { "\ud800": 1 } }""")).ExpectProblem(HttpStatusCode.BadRequest);
        (await PatchAsync($"/api/rule-tests/{test}", """{ "event": { "a": 1, "a": 2 } }""")).ExpectError("event");
    }

    [Fact]
    public async Task To_enforce_only_switches_and_keeps_the_posture_statuses()
    {
        await portal.PutAsync(
            "/api/settings", """{ "enforcement": "report-only", "allowedPostureStatuses": ["office"], "deniedPostureStatuses": ["x"] }""");
        Assert.Equal(
            """{"enforcement":"enforce","allowedPostureStatuses":["office"],"deniedPostureStatuses":["x"]}""",
            (await PatchAsync("/api/settings", """{ "enforcement": "enforce" }""")).Text);
    }

    [Theory]
    [InlineData("""{ "cidr": "203.0.113.5/24", "x": 1 }""", "x")] // what a patch says is looked at before what it makes
    [InlineData("""{ "cidr": "203.0.113.5/24" }""", "cidr")]
    [InlineData("""{ "id": "019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b" }""", "id")]
    [InlineData("[]", "body")]
    [InlineData("null", "body")]
    public async Task A_bad_patch_is_refused_with_an_error_that_names_the_field(string patch, string field)
    {
        var patched = await shared.FilledAsync(made => made.AddRangeAsync("203.0.113.0/24"));
        var id = Assert.Single((await patched.GetAsync("/api/ranges")).Items)["id"];
        (await PatchAsync(patched, $"/api/ranges/{id}", patch)).ExpectError(field);
        Assert.Equal(1, await patched.HeadAsync());
    }

    [Theory]
    [InlineData("""{ "a": "b" }""", """{ "a": "c" }""", """{"a":"c"}""")] // RFC 7396, appendix A, as far as the target is an object
    [InlineData("""{ "a": "b" }""", """{ "b": "c" }""", """{"a":"b","b":"c"}""")]
    [InlineData("""{ "a": "b" }""", """{ "a": null }""", "{}")]
    [InlineData("""{ "a": "b", "b": "c" }""", """{ "a": null }""", """{"b":"c"}""")]
    [InlineData("""{ "a": ["b"] }""", """{ "a": "c" }""", """{"a":"c"}""")]
    [InlineData("""{ "a": "c" }""", """{ "a": ["b"] }""", """{"a":["b"]}""")]
    [InlineData("""{ "a": { "b": "c" } }""", """{ "a": { "b": "d", "c": null } }""", """{"a":{"b":"d"}}""")]
    [InlineData("""{ "a": [{ "b": "c" }] }""", """{ "a": [1] }""", """{"a":[1]}""")]
    [InlineData("""{ "e": null }""", """{ "a": 1 }""", """{"e":null,"a":1}""")]
    [InlineData("{}", """{ "a": { "bb": { "ccc": null } } }""", """{"a":{"bb":{}}}""")]
    public void Merging_is_as_in_RFC_7396(string target, string patch, string expected)
    {
        var options = Microsoft.Extensions.Options.Options.Create(new Microsoft.AspNetCore.Http.Json.JsonOptions());
        var merged = new MergePatch(options).Apply<JsonElement>(JsonElement.Parse(target), JsonElement.Parse(patch));
        Assert.Equal(expected, merged.GetRawText());
    }

    private Task<Answer> PatchAsync(string path, string json, string? ifMatch = null) => PatchAsync(portal, path, json, ifMatch);

    private static async Task<Answer> PatchAsync(Portal portal, string path, string json, string? ifMatch = null)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/merge-patch+json");
        return await portal.SendAsync(HttpMethod.Patch, path, content, ifMatch, portal.Token("admin.token"));
    }
}
