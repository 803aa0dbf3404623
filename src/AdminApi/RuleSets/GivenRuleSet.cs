using System.Text.Json;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.AdminApi.AddressLists;
using ClientVpnAdmin.AdminApi.Ranges;
using ClientVpnAdmin.AdminApi.RuleObjects;
using ClientVpnAdmin.AdminApi.RuleTests;
using ClientVpnAdmin.DenialMessages;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.RuleTests;
using ClientVpnAdmin.Settings;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.RuleSets;

/// <summary>A rule set that somebody gives, checked, but not yet put in the place of another one.</summary>
internal sealed class GivenRuleSet
{
    private readonly List<GivenObject<AddressRange>> ranges;
    private readonly List<GivenObject<AddressList>>? lists;
    private readonly RuleSetInput input;
    private readonly List<GivenObject<DenialMessage>> messages;
    private readonly List<GivenObject<RuleTest>> tests;
    private readonly RuleSettings? settings;

    /// <param name="errors">Takes all that is wrong; only without any of that can the rest be used.</param>
    /// <param name="at">The time of the change.</param>
    public GivenRuleSet(RuleSetInput input, Errors errors, string who, DateTimeOffset at)
    {
        this.input = input;
        lists = input.AddressLists is null
            ? null
            : Check<AddressList, AddressListInput>(input.AddressLists, "addressLists", "address list", RuleSet.MaxAddressLists);
        foreach (var same in (lists ?? []).GroupBy(list => list.Object.Name, StringComparer.OrdinalIgnoreCase))
        {
            foreach (var another in same.Skip(1))
            {
                errors.Add(
                    $"{another.Place}.name",
                    "same-name",
                    $"{same.First().Place} has the same name: give each address list another one.",
                    ("other", same.First().Place));
            }
        }

        ranges = Check<AddressRange, RangeInput>(input.Ranges, "ranges", "range", RuleSet.MaxRanges);
        messages = Check<DenialMessage, DenialMessages.DenialMessageInput>(
            input.DenialMessages, "denialMessages", "denial message", RuleSet.MaxDenialMessages);
        foreach (var same in messages.GroupBy(m => (m.Object.EndpointId, m.Object.Reason)))
        {
            foreach (var another in same.Skip(1))
            {
                errors.Add(
                    another.Place,
                    "same-endpoint-and-reason",
                    $"It is for the same endpoint and reason as {same.First().Place}: leave one out, or give another endpointId or reason.",
                    ("other", same.First().Place));
            }
        }

        if (input.Settings is null)
        {
            Miss("settings");
        }
        else
        {
            var found = new Errors();
            settings = input.Settings.Check(found);
            errors.AddAll("settings", found);
        }

        tests = Check<RuleTest, RuleTestInput>(
            input.RuleTests?.Select(test => test is { Event.ValueKind: not JsonValueKind.Undefined }
                ? test with { Event = JsonElement.Parse(CanonicalJson.Write(test.Event)) } // its white space is the document's
                : test).ToList(),
            "ruleTests",
            "rule test",
            RuleSet.MaxRuleTests);

        List<GivenObject<T>> Check<T, TInput>(IReadOnlyList<TInput?>? given, string field, string noun, int max)
            where T : RuleObject
            where TInput : RuleObjectInput<T>
        {
            if (given is null)
            {
                Miss(field);
                return [];
            }

            if (given.Count > max)
            {
                errors.Add(
                    field,
                    "too-many",
                    $"These are {given.Count} {noun}s. A rule set holds at most {max}: leave some out.",
                    ("count", given.Count),
                    ("max", max));
                return [];
            }

            return GivenObjects.Check<T, TInput>(given.Select((one, i) => (one, new Errors(), $"{field}[{i}]")), noun, errors, who, at);
        }

        void Miss(string field) => errors.Add(
            field, "missing", "Give all four of ranges, denialMessages, settings and ruleTests; an empty list removes all of its kind.");
    }

    /// <summary>All ranges that are given.</summary>
    public IEnumerable<AddressRange> Ranges => ranges.Select(range => range.Object);

    /// <summary>
    /// The address lists in the place of those of another rule set. One without an id is that of the same name; one without entries keeps
    /// those it has.
    /// </summary>
    /// <param name="now">The time of the change.</param>
    public IReadOnlyList<AddressList> ListsInPlaceOf(RuleSet old, DateTimeOffset now)
    {
        if (lists is null)
        {
            return old.AddressLists;
        }

        var byId = old.AddressLists.ToDictionary(list => list.Id);
        var claimed = lists.Where(given => given.HasId).Select(given => given.Object.Id).ToHashSet();
        var byName = old.AddressLists.Where(list => !claimed.Contains(list.Id))
            .ToDictionary(list => list.Name, StringComparer.OrdinalIgnoreCase);
        return [.. lists.Select((given, i) =>
        {
            var was = given.HasId ? byId.GetValueOrDefault(given.Object.Id) : byName.GetValueOrDefault(given.Object.Name);
            var made = given.Object with
            {
                Entries = input.AddressLists![i]!.Entries is null ? was?.Entries ?? [] : given.Object.Entries,
                CreatedAt = now,
                UpdatedAt = now,
            };
            return was is null ? made : made.InPlaceOf(was, now);
        })];
    }

    /// <summary>
    /// The rule set in the place of another one. An object that is given with the id of one of that takes its place; one without an id
    /// that says what another says is that one; what says nothing else stays as it was.
    /// </summary>
    /// <param name="now">The time of the change.</param>
    /// <param name="document">Tells what says the same.</param>
    /// <param name="addressLists">See <see cref="ListsInPlaceOf"/>.</param>
    public RuleSet InPlaceOf(
        RuleSet old, DateTimeOffset now, RuleSetDocument document, IEnumerable<AddressList> addressLists)
    {
        return new(
            Place(ranges, old.Ranges),
            Place(messages, old.DenialMessages),
            settings == old.Settings ? old.Settings : settings!,
            Place(tests, old.RuleTests),
            addressLists);

        List<T> Place<T>(List<GivenObject<T>> given, IReadOnlyCollection<T> present)
            where T : RuleObject
        {
            var byId = present.ToDictionary(o => o.Id);
            var claimed = given.Where(g => g.HasId).Select(g => g.Object.Id).ToHashSet();
            var free = present.Where(o => !claimed.Contains(o.Id))
                .GroupBy(document.ContentOf, StringComparer.Ordinal)
                .ToDictionary(same => same.Key, same => new Queue<T>(same), StringComparer.Ordinal);
            return given.ConvertAll(PlaceOne);

            T PlaceOne(GivenObject<T> one)
            {
                var made = one.Object with { CreatedAt = now, UpdatedAt = now };
                if (!one.HasId)
                {
                    return free.GetValueOrDefault(document.ContentOf(made))?.TryDequeue(out var same) == true ? same : made;
                }

                if (byId.GetValueOrDefault(made.Id) is not { } was)
                {
                    return made;
                }

                var placed = made.InPlaceOf(was, now);
                return placed == was || document.ContentOf(placed) == document.ContentOf(was) ? was : placed;
            }
        }
    }
}
