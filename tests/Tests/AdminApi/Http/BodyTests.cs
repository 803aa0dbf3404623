using System.Net;

namespace ClientVpnAdmin.AdminApi.Http;

/// <summary>What is wrong with a body is said at once, for people and for programs.</summary>
public sealed class BodyTests(SharedPortals shared) : IClassFixture<SharedPortals>, IDisposable
{
    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task Members_that_there_are_not_or_of_another_kind_are_named_beside_what_else_is_wrong()
    {
        var answer = await shared.Empty.PostAsync(
            "/api/ranges?impactDays=0",
            """
            {
              "cidr": "203.0.113.5/24", "descripton": "x", "action": 5, "enabled": "yes", "users": ["a", 7, "b*c"], "groups": {},
              "schedule": { "zone": "UTC", "windows": [{ "days": ["mon"], "from": 9, "to": "18:00" }, 5] }, "validFrom": "x", "cidr": "x"
            }
            """);
        answer.ExpectProblem(HttpStatusCode.BadRequest);
        Assert.Equal("invalid", answer.Json["code"]!.ToString());
        Assert.Equal(
            [
                "action not-a-text", "cidr given-twice", "descripton unknown-member", "enabled not-a-boolean", "groups not-a-list",
                "impactDays out-of-bounds", "schedule.timeZone not-a-time-zone", "schedule.windows[0].days[0] not-one-of",
                "schedule.windows[0].from not-a-text", "schedule.windows[1] not-an-object", "schedule.zone unknown-member",
                "users[1] not-a-text", "users[2] star-inside", "validFrom not-a-time",
            ],
            Faults(answer).Order(StringComparer.Ordinal));
        Assert.Equal(
            answer.Json["faults"]!.AsArray().Select(f => f!["field"]!.ToString()).Distinct().Order(StringComparer.Ordinal),
            answer.Json["errors"]!.AsObject().Select(e => e.Key).Order(StringComparer.Ordinal));
        Assert.Equal(0, await shared.Empty.HeadAsync());
    }

    [Fact]
    public async Task A_fault_has_the_values_that_its_sentence_is_made_of()
    {
        var answer = await shared.Empty.PostAsync("/api/ranges", """{ "cidr": "203.0.113.5/24" }""");
        var sentence = answer.ExpectError("cidr");
        var fault = answer.Json["faults"]!.AsArray().Single()!;
        Assert.Equal(("cidr", "host-bits", sentence), ($"{fault["field"]}", $"{fault["code"]}", $"{fault["message"]}"));
        Assert.Equal(
            """{"given":"203.0.113.5/24","network":"203.0.113.0/24","address":"203.0.113.5/32"}""", fault["values"]!.ToJsonString());
    }

    [Theory]
    [InlineData("PUT", "/api/ranges", """[{ "cidr": "203.0.113.0/24", "x": 1 }, 5, { "cidr": 5 }, null]""", "[0].x [1] [2].cidr [3]")]
    [InlineData("PUT", "/api/settings", """{ "x": 1, "enforcement": "y" }""", "enforcement x")]
    [InlineData("PATCH", "/api/settings", """{ "x": 1, "enforcement": 5 }""", "enforcement x")]
    [InlineData("POST", "/api/denial-messages", """{ "x": 1 }""", "text x")]
    [InlineData("POST", "/api/rule-tests", """{ "x": 1, "event": 5 }""", "allowed description event x")]
    [InlineData("POST", "/api/evaluations", """{ "x": 1, "at": "y", "revision": 1.5 }""", "at publicIp revision x")]
    [InlineData("PUT", "/api/ranges", """{ "cidr": "203.0.113.0/24" }""", "body")]
    [InlineData("POST", "/api/ranges", "[]", "body")]
    [InlineData("POST", "/api/ranges", "5", "body")]
    [InlineData("POST", "/api/ranges", "null", "body")]
    public async Task Every_call_names_all_that_is_wrong_with_its_body(string method, string path, string body, string fields)
    {
        var answer = await shared.Empty.SendAsync(new HttpMethod(method), path, body);
        answer.ExpectProblem(HttpStatusCode.BadRequest);
        Assert.Equal(
            fields, string.Join(' ', answer.Json["errors"]!.AsObject().Select(e => e.Key).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Every_problem_has_a_code()
    {
        var id = await portal.AddRangeAsync("203.0.113.0/24");
        foreach (var (expected, answer) in new[]
        {
            ("not-signed-in", await portal.GetAsync("/api/ranges", token: null)),
            ("role-needed", await portal.DeleteAsync($"/api/ranges/{id}", token: "reader.token")),
            ("not-found", await portal.GetAsync("/api/revisions/99")),
            ("no-such-call", await portal.GetAsync("/api/nothing")),
            ("no-such-method", await portal.DeleteAsync("/api/settings")),
            ("address-twice", await portal.PostAsync("/api/ranges", """{ "cidr": "203.0.113.0/24" }""")),
            ("removals", await portal.PutAsync("/api/ranges", "[]")),
            ("changed-meanwhile", await portal.DeleteAsync($"/api/ranges/{id}", ifMatch: "\"x\"")),
            (
                "content-type",
                await portal.SendAsync(HttpMethod.Post, "/api/ranges", new StringContent("x"), null, portal.Token("admin.token"))),
        })
        {
            answer.ExpectProblem(answer.Status);
            Assert.Equal(expected, answer.Json["code"]!.ToString());
            Assert.NotNull(answer.Json["values"]);
        }
    }

    private static IEnumerable<string> Faults(Answer answer) =>
        answer.Json["faults"]!.AsArray().Select(f => $"{f!["field"]} {f["code"]}");
}
