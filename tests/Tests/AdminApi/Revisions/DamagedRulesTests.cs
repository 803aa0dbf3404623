using System.Net;
using System.Security.Cryptography;
using ClientVpnAdmin.Addresses;
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
    public async Task A_section_that_turns_out_damaged_while_it_is_evaluated_is_a_store_that_can_not_be_used()
    {
        await CommitWithDamageAtTheEndAsync();
        Assert.Empty((await portal.Log.ReadHeadAsync(default)).Rules.Containing(Address.Parse("10.4.0.7")!.Value)); // needs no section
        (await EvaluateAsync("10.3.231.7")).Expect(HttpStatusCode.ServiceUnavailable);
        (await portal.GetAsync("/api/ranges")).Expect(HttpStatusCode.ServiceUnavailable);
        (await portal.PostAsync("/api/ranges", """{ "cidr": "203.0.113.0/24" }""")).Expect(HttpStatusCode.ServiceUnavailable);

        var rules = (await portal.Log.ReadHeadAsync(default)).Rules;
        var late = Assert.Throws<RuleStoreException>(() => rules.Containing(Address.Parse("10.3.231.7")!.Value).ToList());
        Assert.StartsWith("Revision 1 can't be used: ", late.Message, StringComparison.Ordinal);
        Assert.False(late.IsAway);
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

    private async Task CommitWithDamageAtTheEndAsync()
    {
        portal.Token("admin.token"); // starts it
        var ranges = Enumerable.Range(0, 1_000).Select(i => Some.Range($"10.{i / 256}.{i % 256}.0/24"));
        var body = RuleSetCodec.Encode(new RuleSet(ranges, [], new()));
        body[^1]++; // the last section's checksum
        var revision = new Revision
        {
            Number = 1,
            Digest = Convert.ToHexStringLower(SHA256.HashData(body)),
            CommittedAt = Some.Time,
            CommittedBy = "test",
            Summary = "Damaged.",
        };
        var store = new SqliteRuleStore(await SqliteFile.CreateAsync(portal.StorePath, default));
        Assert.True(await store.TryCommitAsync(revision, Some.RulesChanged, body, default));
    }
}
