using System.Text.Json;
using System.Text.Json.Nodes;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.RuleSets;

namespace ClientVpnAdmin.AdminApi.Changes;

/// <summary>What a change would do.</summary>
/// <param name="Changes">What would be different.</param>
/// <param name="Impact">Whom it would affect: which of the decisions recorded lately would come out differently.</param>
/// <param name="BrokenRuleTests">The rule tests that it would break.</param>
/// <param name="LostEndpoints">
/// The endpoints that let you in lately, and would not any more from where you are now. You are whoever has your name as the user or in
/// the certificate; of an AWS identity also what its ARN ends with, such as the name of a role's session.
/// </param>
/// <param name="Address">What would become of a connection of your own; null if nobody knows from where that would come.</param>
internal sealed record Preview(
    RuleSetChanges Changes,
    Impact Impact,
    IReadOnlyList<BrokenRuleTest> BrokenRuleTests,
    IReadOnlyList<LostEndpoint> LostEndpoints,
    OwnConnection? Address)
{
    /// <summary>True when the change breaks rule tests, or locks people out or yourself, so that it is made with force only.</summary>
    /// <example>false</example>
    public bool NeedsForce => BrokenRuleTests.Count > 0 || Impact.LocksOut || LostEndpoints.Count > 0;
}

/// <summary>What becomes of a connection of the caller's own, and what would.</summary>
/// <param name="PublicIp" example="203.0.113.9">From where.</param>
/// <param name="Username" example="alice@example.com">
/// In whose name: yours, or what your ARN ends with. Of groups, endpoint and certificate nothing is known.
/// </param>
/// <param name="From">By the present rules.</param>
/// <param name="To">By those that would be.</param>
internal sealed record OwnConnection(string PublicIp, string Username, ImpactOutcome From, ImpactOutcome To)
{
    public static OwnConnection Decide(string publicIp, string username, DateTimeOffset now, RuleSet before, RuleSet after)
    {
        var connection = ConnectionEvent.Parse(JsonSerializer.SerializeToElement(new JsonObject
        {
            ["public-ip"] = publicIp,
            ["username"] = username,
            ["schema-version"] = "v3",
        }));
        return new(publicIp, username, Outcome(before), Outcome(after));

        ImpactOutcome Outcome(RuleSet rules) => new(Evaluator.Decide(connection, now, rules, 0));
    }
}
