using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.RuleSets;

namespace ClientVpnAdmin.AdminApi.RuleSets;

/// <summary>
/// A rule set as a text for people, files and version control: what it says and nothing of its history, in the one form that it always has.
/// </summary>
/// <param name="json">The JSON of the API.</param>
internal sealed class RuleSetDocument(JsonSerializerOptions json)
{
    private readonly JsonSerializerOptions options = new(json)
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveHistoryOut } },
    };

    public string Write(RuleSet rules) => CanonicalJson.WriteIndented(JsonSerializer.SerializeToElement(
        new
        {
            Ranges = rules.Ranges.OrderBy(o => o.Id),
            DenialMessages = rules.DenialMessages.OrderBy(o => o.Id),
            rules.Settings,
            RuleTests = rules.RuleTests.OrderBy(o => o.Id),
        },
        options));

    /// <summary>What the document has of an object, but for its id: two objects that have it in common say the same.</summary>
    public string ContentOf<T>(T one)
        where T : RuleObject
        => CanonicalJson.Write(JsonSerializer.SerializeToElement(one with { Id = Guid.Empty }, options));

    private static void LeaveHistoryOut(JsonTypeInfo type)
    {
        if (!type.Type.IsAssignableTo(typeof(RuleObject)))
        {
            return;
        }

        string[] history =
            [nameof(RuleObject.CreatedAt), nameof(RuleObject.CreatedBy), nameof(RuleObject.UpdatedAt), nameof(RuleObject.UpdatedBy)];
        foreach (var member in type.Properties.Where(p => history.Contains(p.Name, StringComparer.OrdinalIgnoreCase)).ToList())
        {
            type.Properties.Remove(member);
        }
    }
}
