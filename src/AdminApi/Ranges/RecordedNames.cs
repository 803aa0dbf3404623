using System.Collections.Immutable;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Names;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Ranges;

/// <summary>The names of one kind that connections carried, beside those that ranges ask for.</summary>
internal sealed class RecordedNames
{
    private const int MaxEndpoints = 3;

    private readonly string noun;
    private readonly bool arePatterns;
    private readonly Func<AddressRange, ImmutableArray<string>> asked;
    private readonly HashSet<string> exactly;
    private readonly HashSet<string> loosely = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> byCore = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> carriedAtEndpoint = new(StringComparer.Ordinal);

    /// <param name="noun">What people call such a name.</param>
    /// <param name="asked">The names that a range asks for.</param>
    /// <param name="carried">The names that an event carries.</param>
    /// <param name="arePatterns">Whether an allow range takes them in any case; else exactly.</param>
    public RecordedNames(
        string noun,
        IReadOnlyCollection<ConnectionEvent> connections,
        Func<AddressRange, ImmutableArray<string>> asked,
        Func<ConnectionEvent, ImmutableArray<string>> carried,
        bool arePatterns)
    {
        this.noun = noun;
        this.arePatterns = arePatterns;
        this.asked = asked;
        exactly = new(arePatterns ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (var connection in connections)
        {
            var isCarried = false;
            foreach (var name in carried(connection))
            {
                exactly.Add(Exactly(name));
                foreach (var possible in (arePatterns ? [Name.Loosely(name)] : Name.AllForms([name])).Where(p => p.Length > 0))
                {
                    isCarried = true;
                    loosely.Add(possible);
                    byCore.TryAdd(Core(possible), name);
                }
            }

            carriedAtEndpoint[connection.EndpointId] = isCarried || carriedAtEndpoint.GetValueOrDefault(connection.EndpointId);
        }
    }

    /// <summary>What is worth a look about the names that a range asks for.</summary>
    public IEnumerable<(FindingKind Kind, string Message, (string Name, object Value)[] Values)> Find(AddressRange range)
    {
        foreach (var name in asked(range).Where(n => !n.Contains('*', StringComparison.Ordinal) && !IsSeen(n, range.Action)))
        {
            if (byCore.TryGetValue(Core(Name.Loosely(name)), out var other))
            {
                yield return (
                    FindingKind.NameNotSeen,
                    $"No recorded connection had the {noun} {Errors.Quote(name)}, though this one was there: {Errors.Quote(other)}. "
                    + "Write the name as it is sent.",
                    [("what", noun), ("name", Errors.Shown(name)), ("seen", Errors.Shown(other))]);
            }
        }

        var without = carriedAtEndpoint.Where(e => !e.Value).Select(e => e.Key)
            .Where(endpoint => range.EndpointIds.IsEmpty || range.EndpointIds.Contains(endpoint)).Order(StringComparer.Ordinal).ToList();
        if (range.Action == RangeAction.Deny && !asked(range).IsEmpty && without.Count > 0)
        {
            var endpoints = string.Join(", ", without.Take(MaxEndpoints)) + (without.Count > MaxEndpoints ? " and others" : "");
            yield return (
                FindingKind.NameNotCarried,
                $"No recorded connection of {endpoints} had a {noun}, so this range denies whoever connects there from its addresses. "
                + "Name the endpoints that it is for, or ask for something that is sent.",
                [("what", noun), ("endpoints", endpoints)]);
        }
    }

    private bool IsSeen(string name, RangeAction action) =>
        action == RangeAction.Deny ? loosely.Contains(Name.Loosely(name)) : exactly.Contains(Exactly(name));

    private string Exactly(string name) => arePatterns ? Normalization.FormC(name) : name;

    /// <summary>A name without its domain and without white space.</summary>
    private static string Core(string name)
    {
        var account = name[(name.LastIndexOf('\\') + 1)..];
        var at = account.IndexOf('@', StringComparison.Ordinal);
        return string.Concat((at > 0 ? account[..at] : account).Where(c => !char.IsWhiteSpace(c)));
    }
}
