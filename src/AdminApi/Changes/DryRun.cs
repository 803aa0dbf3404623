using System.Text.Json;
using System.Text.Json.Serialization;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;

namespace ClientVpnAdmin.AdminApi.Changes;

/// <summary>What a change would do.</summary>
internal sealed record DryRun : RuleSetChanges
{
    public DryRun(Snapshot head, RuleSet rules, JsonSerializerOptions json)
        : base(head, null, rules, json)
    {
    }

    /// <summary>Whom it would affect: which of the decisions recorded lately would come out differently.</summary>
    [JsonPropertyOrder(1)]
    public required Impact Impact { get; init; }

    /// <summary>The rule tests that it would break; if there are any, it needs force.</summary>
    [JsonPropertyOrder(2)]
    public required IReadOnlyList<BrokenRuleTest> BrokenRuleTests { get; init; }
}
