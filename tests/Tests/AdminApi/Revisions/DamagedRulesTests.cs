using System.Net;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Stores;
using ClientVpnAdmin.Stores.Sqlite;

namespace ClientVpnAdmin.AdminApi.Revisions;

/// <summary>Rules whose damage nobody sees before they are needed.</summary>
public sealed class DamagedRulesTests : IDisposable
{
    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task A_node_that_is_damaged_is_a_store_that_can_not_be_used()
    {
        var ranges = Enumerable.Range(0, 1_000).Select(i => Some.Range($"10.{i / 256}.{i % 256}.0/24"));
        var log = new RevisionLog(new SqliteRuleStore(await SqliteFile.CreateAsync(portal.StorePath, default)), TimeProvider.System);
        await log.CommitAsync("test", _ => new Proposal(new RuleSet(ranges, [], new()), "Many."), default);
        Sql.Execute(portal.StorePath, "UPDATE nodes SET bytes = zeroblob(length(bytes))");
        (await portal.GetAsync("/api/ranges")).Expect(HttpStatusCode.ServiceUnavailable);
        (await portal.PostAsync("/api/ranges", """{ "cidr": "203.0.113.0/24" }""")).Expect(HttpStatusCode.ServiceUnavailable);
        var refused = await Assert.ThrowsAsync<RuleStoreException>(() => portal.Log.ReadHeadAsync(default));
        Assert.StartsWith("Revision 1 can't be used: ", refused.Message, StringComparison.Ordinal);
        Assert.False(refused.IsAway);
    }

    [Fact]
    public async Task A_time_zone_that_this_program_does_not_know_is_one_as_well()
    {
        var range = Some.Range("203.0.113.0/24") with { Schedule = ScheduleTests.Weekly("Mars/Olympus_Mons", "monday 00:00 24:00") };
        await portal.Log.CommitAsync("test", _ => new Proposal(new RuleSet([range], [], new()), "Of the future."), default);
        (await EvaluateAsync("203.0.113.7")).Expect(HttpStatusCode.ServiceUnavailable);
        (await portal.GetAsync("/api/ranges")).Expect(HttpStatusCode.OK);
    }

    private Task<Answer> EvaluateAsync(string publicIp) =>
        portal.PostAsync("/api/evaluations", $$"""{ "event": {{Some.EventJson(publicIp).ToJsonString()}} }""");
}
