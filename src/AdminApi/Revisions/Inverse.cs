using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.RuleSets;

namespace ClientVpnAdmin.AdminApi.Revisions;

/// <summary>The inverse of the change between two rule sets, to be made on a third, like a revert in Git.</summary>
internal sealed class Inverse(RuleSet before, RuleSet after)
{
    /// <summary>What stands in the way: what the change was about, and was changed again since.</summary>
    public string? Collision { get; private set; }

    /// <returns>Null if there is a collision.</returns>
    public RuleSet? On(RuleSet head)
    {
        var ranges = Undo("range", before.Ranges, after.Ranges, head.Ranges, RuleSet.MaxRanges);
        var messages = Undo(
            "denial message", before.DenialMessages, after.DenialMessages, head.DenialMessages, RuleSet.MaxDenialMessages);
        var tests = Undo("rule test", before.RuleTests, after.RuleTests, head.RuleTests, RuleSet.MaxRuleTests);
        var settings = before.Settings == after.Settings ? head.Settings : before.Settings;
        Collision ??= settings == head.Settings || head.Settings == after.Settings ? null : "the settings";
        Collision ??= messages.GroupBy(m => (m.EndpointId, m.Reason)).FirstOrDefault(g => g.Skip(1).Any()) is { } same
            ? $"the denial message {same.Last().Id}, which is for the same endpoint and reason"
            : null;
        return Collision is null ? new RuleSet(ranges, messages, settings, tests) : null;
    }

    private Dictionary<Guid, T>.ValueCollection Undo<T>(
        string noun, IReadOnlyCollection<T> before, IReadOnlyCollection<T> after, IReadOnlyCollection<T> head, int max)
        where T : RuleObject
    {
        var (old, made, present) = (before.ToDictionary(o => o.Id), after.ToDictionary(o => o.Id), head.ToDictionary(o => o.Id));
        foreach (var id in old.Keys.Union(made.Keys).Where(id => !Equals(old.GetValueOrDefault(id), made.GetValueOrDefault(id))))
        {
            var now = present.GetValueOrDefault(id);
            if (!Equals(made.GetValueOrDefault(id), now))
            {
                Collision ??= Equals(old.GetValueOrDefault(id), now) ? null : $"the {noun} {id}"; // null where it is undone already
            }
            else if (old.TryGetValue(id, out var was))
            {
                present[id] = was;
            }
            else
            {
                present.Remove(id);
            }
        }

        Collision ??= present.Count > max ? $"there would be {present.Count} {noun}s, and at most {max} are allowed" : null;
        return present.Values;
    }
}
