using System.Net;
using Microsoft.Data.Sqlite;

namespace ClientVpnAdmin.AdminApi.Health;

public sealed class HealthApiTests : IDisposable
{
    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task Without_signing_in_anyone_may_ask()
    {
        Assert.Equal(
            """{"status":"live"}""", (await portal.GetAsync("/health/live", token: null)).Expect(HttpStatusCode.OK).ToJsonString());
        Assert.Equal(
            """{"status":"ready"}""", (await portal.GetAsync("/health/ready", token: null)).Expect(HttpStatusCode.OK).ToJsonString());
    }

    [Fact]
    public async Task Without_its_store_the_portal_lives_but_is_not_ready_and_every_call_says_so_without_details()
    {
        var id = await portal.AddRangeAsync("10.0.0.0/8");
        SqliteConnection.ClearAllPools();
        File.WriteAllText(portal.StorePath, "no database any more");
        File.Delete($"{portal.StorePath}-wal");
        (await portal.GetAsync("/health/live", token: null)).Expect(HttpStatusCode.OK);
        foreach (var answer in new[]
        {
            await portal.GetAsync("/health/ready", token: null),
            await portal.GetAsync("/api/ranges"),
            await portal.GetAsync($"/api/ranges/{id}"),
            await portal.PostAsync("/api/ranges", """{ "cidr": "10.0.0.0/8" }"""),
            await portal.DeleteAsync($"/api/ranges/{id}"),
            await portal.GetAsync("/api/revisions"),
            await portal.PostAsync("/api/evaluations", """{ "event": {} }"""),
        })
        {
            Assert.DoesNotContain(portal.StorePath, answer.ExpectProblem(HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        }
    }
}
