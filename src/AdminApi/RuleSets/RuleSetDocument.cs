using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.RuleSets;

namespace ClientVpnAdmin.AdminApi.RuleSets;

/// <summary>
/// A rule set as a text for people, files and version control: what it says and nothing of its history, in the one form that it always has.
/// </summary>
internal sealed class RuleSetDocument
{
    private readonly JsonSerializerOptions options;
    private readonly bool withSourced;

    /// <param name="json">The JSON of the API.</param>
    /// <param name="withSourced">Whether entries that come from a source are shown as well.</param>
    public RuleSetDocument(JsonSerializerOptions json, bool withSourced)
    {
        this.withSourced = withSourced;
        options = new(json) { TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveHistoryOut, ShowEntries } } };
    }

    public string Write(RuleSet rules) => CanonicalJson.WriteIndented(JsonSerializer.SerializeToElement(
        new
        {
            Ranges = rules.Ranges.OrderBy(o => o.Id),
            AddressLists = rules.AddressLists.OrderBy(o => o.Id),
            DenialMessages = rules.DenialMessages.OrderBy(o => o.Id),
            rules.Settings,
            RuleTests = rules.RuleTests.OrderBy(o => o.Id),
        },
        options));

    /// <summary>What the document has of an object, but for its id: two objects that have it in common say the same.</summary>
    public string ContentOf<T>(T one)
        where T : RuleObject
        => CanonicalJson.Write(JsonSerializer.SerializeToElement(one with { Id = Guid.Empty }, options));

    /// <summary>
    /// Entries that people gave are in the document; others come from the source again, and are not, or a refresh would change it.
    /// </summary>
    private void ShowEntries(JsonTypeInfo type)
    {
        if (type.Type != typeof(AddressList))
        {
            return;
        }

        type.Properties.Remove(type.Properties.First(p => p.Name == "entryCount"));
        var entries = type.Properties.First(p => p.Name == "entries"); // known, and left out elsewhere
        entries.Get = list => ((AddressList)list).Entries;
        entries.ShouldSerialize = (list, _) => withSourced || ((AddressList)list).Source.Kind == SourceKind.Manual;
    }

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
