using System.Text.Json.Serialization;
using ClientVpnAdmin.AdminApi.Http;

namespace ClientVpnAdmin.AdminApi.Changes;

/// <summary>Why a change was not made (RFC 9457, problem details).</summary>
internal sealed record RefusedChange(int Status, string Code, string Detail, IReadOnlyDictionary<string, string> Values)
    : Problem(Status, Code, Detail, Values)
{
    /// <summary>The rule tests that it would break; only with the code <c>needs-force</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<BrokenRuleTest>? BrokenRuleTests { get; init; }

    /// <summary>The endpoints that would not let you in any more; only with the code <c>needs-force</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LostEndpoint>? LostEndpoints { get; init; }

    /// <summary>Whom it would affect; only with the code <c>needs-force</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Impact? Impact { get; init; }
}
