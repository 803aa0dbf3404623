using System.Net;
using System.Text.Json.Nodes;
using ClientVpnAdmin.Decisions;

namespace ClientVpnAdmin.AdminApi.Changes;

/// <summary>What a preview says of whoever asks for it.</summary>
public sealed class OwnConnectionTests : IDisposable
{
    private readonly Portal portal = new(("FORWARDEDHEADERS_ENABLED", "true")); // or no test could come from anywhere

    public void Dispose() => portal.Dispose();

    [Theory]
    [InlineData("203.0.113.9", "", """{"publicIp":"203.0.113.9","username":"admin","from":{"letIn":true,"reason":null},"to":DENIED}""")]
    [InlineData("127.0.0.1", "", "null")]
    [InlineData(
        "127.0.0.1",
        "?address=203.0.113.9",
        """{"publicIp":"203.0.113.9","username":"admin","from":{"letIn":true,"reason":null},"to":DENIED}""")]
    [InlineData("203.0.113.9", "?address=2001:DB8::9", """{"publicIp":"2001:db8::9","username":"admin","from":DENIED,"to":DENIED}""")]
    public async Task A_preview_says_what_would_become_of_ones_own_connection(string from, string query, string expected)
    {
        var id = await portal.AddRangeAsync("203.0.113.0/24", """, "users": ["admin"] """);
        var preview = (await portal.SendFromAsync(from, HttpMethod.Delete, $"/api/preview/ranges/{id}{query}")).Expect(HttpStatusCode.OK);
        Assert.Equal(
            expected.Replace("DENIED", """{"letIn":false,"reason":"address-not-allowed"}""", StringComparison.Ordinal),
            preview["address"]?.ToJsonString() ?? "null");
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("203.0.113.0/24")]
    [InlineData("203.0.113.9&address=203.0.113.10")]
    public async Task What_is_no_address_is_an_error_of_every_preview(string address)
    {
        var id = await portal.AddRangeAsync("203.0.113.0/24");
        var decision = await portal.DecideAsync(Some.EventJson("8.8.8.8"));
        foreach (var (method, path, body) in new[]
        {
            ("POST", "ranges", """{ "cidr": "198.51.100.0/24" }"""),
            ("PUT", "ranges", "[]"),
            ("PATCH", "ranges", $$"""[{ "id": "{{id}}", "enabled": false }]"""),
            ("DELETE", $"ranges?id={id}", null),
            ("POST", "ranges/import", """{ "Entries": [] }"""),
            ("PUT", $"ranges/{id}", """{ "cidr": "198.51.100.0/24" }"""),
            ("PATCH", $"ranges/{id}", "{}"),
            ("DELETE", $"ranges/{id}", null),
            ("PUT", "settings", "{}"),
            ("PATCH", "settings", "{}"),
            ("PUT", "rule-set", """{ "ranges": [] }"""),
            ("POST", "revisions/undo", null),
            ("POST", "revisions/0/restore", null),
            ("POST", $"decisions/{decision.Id}/allow", """{ "duration": "PT8H", "reason": "x" }"""),
        })
        {
            var with = $"/api/preview/{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}address={address}";
            var answer = await portal.SendAsync(new HttpMethod(method), with, body);
            Assert.True(answer.Status == HttpStatusCode.BadRequest, $"{method} {path}: {answer.Text}");
            Assert.NotEmpty(answer.ExpectError("address"));
        }
    }

    [Fact]
    public async Task What_changes_things_takes_an_address_as_well()
    {
        (await portal.PostAsync("/api/ranges?address=203.0.113.9", """{ "cidr": "198.51.100.0/24" }""")).Expect(HttpStatusCode.Created);
        (await portal.PostAsync("/api/ranges?address=x", """{ "cidr": "198.51.101.0/24" }""")).ExpectError("address");
    }

    [Theory]
    [InlineData("ADMIN", "")] // as a range's users would compare it
    [InlineData("", "admin")]
    public async Task A_change_that_shuts_its_own_author_out_of_an_endpoint_needs_force(string username, string commonName)
    {
        var (office, other) = (await portal.AddRangeAsync("203.0.113.0/24", """, "groups": ["vpn"] """), Some.OtherEndpoint);
        await portal.AddRangeAsync("203.0.113.9", $$""", "endpointIds": ["{{other}}"] """);
        await portal.AddRangeAsync("198.51.100.0/24");

        // From elsewhere, so that the change denies nothing that was recorded.
        await ConnectAsync(username, commonName, "198.51.100.7", other);
        await ConnectAsync(username, commonName, "198.51.100.7", Some.Endpoint, Some.Time.AddHours(-1));
        var decision = await ConnectAsync(username, commonName, "198.51.100.7", Some.Endpoint);
        await ConnectAsync(username, commonName, "192.0.2.7", Some.Endpoint); // denied, so it says nothing of what one may
        await ConnectAsync("bob", "laptop-17", "198.51.100.8", Some.Endpoint);

        var lost =
            $"[{{'endpointId':'{Some.Endpoint}','publicIp':'203.0.113.9','decisionId':'{decision.Id}','reason':'not-in-scope'}}]"
                .Replace('\'', '"');
        var preview = (await FromOfficeAsync(HttpMethod.Delete, $"/api/preview/ranges/{office}")).Expect(HttpStatusCode.OK);
        Assert.Equal((true, lost), (preview["needsForce"]!.GetValue<bool>(), preview["lostEndpoints"]!.ToJsonString()));
        Assert.Equal(0, preview["impact"]!["losingCount"]!.GetValue<int>());
        Assert.False(preview["address"]!["from"]!["letIn"]!.GetValue<bool>()); // of one's groups that knows nothing

        var refused = await FromOfficeAsync(HttpMethod.Delete, $"/api/ranges/{office}");
        Assert.StartsWith(
            $"It denies you yourself (admin) from 203.0.113.9, where you are now, at {Some.Endpoint}, which let you in lately. Nothing was",
            refused.ExpectProblem(HttpStatusCode.Conflict),
            StringComparison.Ordinal);
        Assert.Equal(("needs-force", lost), (refused.Json["code"]!.ToString(), refused.Json["lostEndpoints"]!.ToJsonString()));

        // The same said of an address that the portal can't see.
        var said = await portal.DeleteAsync($"/api/ranges/{office}?address=203.0.113.9");
        Assert.Equal(lost, said.Json["lostEndpoints"]!.ToJsonString());
        (await FromOfficeAsync(HttpMethod.Delete, $"/api/ranges/{office}?force=true")).Expect(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Ones_own_connections_count_however_many_others_came_since()
    {
        var office = await portal.AddRangeAsync("203.0.113.0/24");
        await portal.AddRangeAsync("198.51.100.0/24");
        var own = await ConnectAsync("admin", "", "198.51.100.7", Some.Endpoint);
        await ConnectAsync("bob", "", "198.51.100.8", Some.Endpoint);
        const string Copies = """
            WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 10001)
            INSERT INTO decisions
            SELECT substr(key, 1, 19) || printf('ffffffff-ffff-7fff-8fff-%012x', n), allowed, reason, username, public_ip, endpoint_id,
                expires_at, decision
            FROM decisions, counted WHERE username = 'bob'
            """;
        Sql.Execute(portal.StorePath, Copies.Replace("-", "", StringComparison.Ordinal));

        var preview = (await FromOfficeAsync(HttpMethod.Delete, $"/api/preview/ranges/{office}")).Expect(HttpStatusCode.OK);
        Assert.False(preview["impact"]!["isComplete"]!.GetValue<bool>());
        Assert.Equal($"{own.Id}", Assert.Single(preview["lostEndpoints"]!.AsArray())!["decisionId"]!.ToString());
        (await FromOfficeAsync(HttpMethod.Delete, $"/api/ranges/{office}")).ExpectProblem(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Whoever_is_somewhere_else_or_nowhere_or_is_denied_already_may_make_the_same_change()
    {
        var office = await portal.AddRangeAsync("203.0.113.0/24");
        await portal.AddRangeAsync("198.51.100.0/24");
        await ConnectAsync("admin", "", "198.51.100.7", Some.Endpoint);
        await ConnectAsync("admin.of.another", "admin2", "203.0.113.8", Some.OtherEndpoint);
        await ConnectAsync("bob", "", "198.51.100.7", Some.Endpoint);
        foreach (var from in new[] { "198.51.100.9", "127.0.0.1", "192.0.2.1" })
        {
            var preview = (await portal.SendFromAsync(from, HttpMethod.Delete, $"/api/preview/ranges/{office}")).Expect(HttpStatusCode.OK);
            Assert.Equal((false, "[]"), (preview["needsForce"]!.GetValue<bool>(), preview["lostEndpoints"]!.ToJsonString()));
        }

        (await portal.SendFromAsync("198.51.100.9", HttpMethod.Delete, $"/api/ranges/{office}")).Expect(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Whoever_has_not_connected_lately_is_told_and_needs_no_force()
    {
        var office = await portal.AddRangeAsync("203.0.113.0/24");
        var preview = (await FromOfficeAsync(HttpMethod.Delete, $"/api/preview/ranges/{office}")).Expect(HttpStatusCode.OK);
        Assert.Equal((false, "[]"), (preview["needsForce"]!.GetValue<bool>(), preview["lostEndpoints"]!.ToJsonString()));
        Assert.False(preview["address"]!["to"]!["letIn"]!.GetValue<bool>());
        (await FromOfficeAsync(HttpMethod.Delete, $"/api/ranges/{office}")).Expect(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task In_report_only_mode_everybody_comes_in()
    {
        var answer = await portal.SendAsync(
            HttpMethod.Patch, "/api/preview/settings?address=203.0.113.9", """{ "enforcement": "report-only" }""");
        JsonNode own = answer.Expect(HttpStatusCode.OK)["address"]!;
        Assert.Equal((false, true), (own["from"]!["letIn"]!.GetValue<bool>(), own["to"]!["letIn"]!.GetValue<bool>()));
        Assert.Equal("address-not-allowed", own["to"]!["reason"]!.ToString());
    }

    private Task<Answer> FromOfficeAsync(HttpMethod method, string path) => portal.SendFromAsync("203.0.113.9", method, path);

    private Task<RecordedDecision> ConnectAsync(
        string username, string commonName, string publicIp, string endpointId, DateTimeOffset? at = null)
    {
        var json = Some.EventJson(publicIp);
        (json["username"], json["common-name"], json["endpoint-id"]) = (username, commonName, endpointId);
        (json["groups"], json["schema-version"]) = (new JsonArray("vpn"), "v3");
        return portal.DecideAsync(json, at);
    }
}
