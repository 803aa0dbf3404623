using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.RuleObjects;

/// <summary>An object of a body, checked.</summary>
/// <param name="Object">The object; with an id of the portal's if it was given none.</param>
/// <param name="HasId">Whether it was given an id.</param>
/// <param name="Place">Where in the body it is.</param>
internal sealed record GivenObject<T>(T Object, bool HasId, string Place)
    where T : RuleObject;

internal static class GivenObjects
{
    /// <summary>Checks each object of a body, and that no two have the same id.</summary>
    /// <param name="items">The objects; null for one that is none. With what is wrong with each already, and its place.</param>
    /// <param name="noun">What people call one.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="at">The time of the change.</param>
    /// <returns>Those that are right.</returns>
    public static List<GivenObject<T>> Check<T, TInput>(
        IEnumerable<(TInput? Input, Errors Earlier, string Place)> items, string noun, Errors errors, string who, DateTimeOffset at)
        where T : RuleObject
        where TInput : RuleObjectInput<T>
    {
        var taken = new HashSet<Guid>();
        var given = new List<GivenObject<T>>();
        foreach (var (input, earlier, place) in items)
        {
            var found = new Errors();
            var id = input?.Id is { } text ? Ids.Parse(text) : null;
            if (input is null)
            {
                found.Add("", "not-an-object", $"Write a {noun}, in braces.");
            }
            else if (input.Id is not null && id is null)
            {
                found.Add(
                    "id",
                    "not-an-id",
                    $"{Errors.Quote(input.Id)} is not an id. Give the id of the {noun} that this replaces, or leave it out for a new one.",
                    ("given", Errors.Shown(input.Id)));
            }
            else if (id is not null && !taken.Add(id.Value))
            {
                found.Add("id", "given-twice", $"Another item has the same id: give each {noun} once.");
            }

            if (input?.Check(found, who, at) is { } made)
            {
                given.Add(new(id is null ? made : made with { Id = id.Value }, id is not null, place));
            }

            errors.AddAll(place, earlier);
            errors.AddAll(place, found);
        }

        return given;
    }
}
