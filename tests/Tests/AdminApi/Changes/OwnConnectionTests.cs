using System.Net;
using System.Text.Json.Nodes;

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
    public async Task What_changes_things_takes_no_address()
    {
        var answer = await portal.PostAsync("/api/ranges?address=203.0.113.9", """{ "cidr": "198.51.100.0/24" }""");
        Assert.Equal("unknown-parameter", answer.Json["faults"]![0]!["code"]!.ToString());
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
}
