using System.Net;

namespace ClientVpnAdmin.AdminApi.RuleObjects;

public sealed class RuleObjectApiTests : IDisposable
{
    private const string Nobodys = "019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b";

    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Theory]
    [InlineData("/api/ranges", """{ "cidr": "203.0.113.5/24" }""", """{ "cidr": "203.0.113.0/24" }""")]
    [InlineData("/api/denial-messages", """{ "text": "" }""", """{ "text": "x" }""")]
    [InlineData(
        "/api/rule-tests",
        "{}",
        """{ "description": "x", "event": { "public-ip": "192.0.2.7", "schema-version": "v3" }, "allowed": false }""")]
    public async Task A_wrong_body_is_refused_before_anything_is_looked_up(string route, string wrong, string right)
    {
        (await portal.PostAsync(route, wrong)).ExpectProblem(HttpStatusCode.BadRequest);
        (await portal.PutAsync($"{route}/{Nobodys}", wrong)).ExpectProblem(HttpStatusCode.BadRequest);
        (await portal.PutAsync($"{route}/{Nobodys}", right)).ExpectProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task All_that_is_wrong_with_a_call_is_said_at_once()
    {
        var answer = await portal.SendAsync(
            HttpMethod.Put, "/api/ranges/x?impactDays=0", """{ "cidr": "x", "action": "y" }""", ifMatch: "x");
        answer.ExpectProblem(HttpStatusCode.BadRequest);
        Assert.Equal(
            ["If-Match", "action", "cidr", "id", "impactDays"],
            answer.Json["errors"]!.AsObject().Select(e => e.Key).Order(StringComparer.Ordinal));
    }
}
