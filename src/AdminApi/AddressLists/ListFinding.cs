using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.AddressLists;

/// <summary>Something about an address list that is worth a look. It changes no decision.</summary>
/// <param name="AddressListId" example="019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4d">The list.</param>
/// <param name="Name" example="Tokyo office">Its name.</param>
/// <param name="Kind" example="nested-entries">What was found.</param>
/// <param name="Message" example="1 of its entries are inside others, such as 203.0.113.0/28 in 203.0.113.0/24: those are enough.">
/// What that means, and what to do about it.
/// </param>
/// <param name="Values" example='{ "count": "1", "example": "203.0.113.0/28", "other": "203.0.113.0/24" }'>
/// What the message says of this case alone, by name.
/// </param>
public sealed record ListFinding(
    Guid AddressListId, string Name, ListFindingKind Kind, string Message, IReadOnlyDictionary<string, string> Values)
{
    /// <param name="refreshes">What became of the last refreshes.</param>
    public static IEnumerable<ListFinding> FindAll(RuleSet rules, IEnumerable<ListRefresh> refreshes)
    {
        var last = refreshes.ToDictionary(refresh => refresh.AddressListId);
        return rules.AddressLists.SelectMany(list => Find(list, rules, last.GetValueOrDefault(list.Id)));
    }

    private static IEnumerable<ListFinding> Find(AddressList list, RuleSet rules, ListRefresh? refresh)
    {
        if (list.Source.Kind != SourceKind.Manual && refresh?.Error is { } error)
        {
            yield return new(
                list.Id,
                list.Name,
                ListFindingKind.NotRefreshed,
                $"It keeps older entries than its source has: {error.Message}",
                new Dictionary<string, string>(error.Values) { ["code"] = error.Code });
        }

        var isUsed = rules.RangesOf(list.Id).Any();
        if (!isUsed)
        {
            yield return Found(ListFindingKind.NotUsed, "No range has this list, so that it decides nothing: add a range with it, or delete it.");
        }
        else if (list.EntryCount == 0)
        {
            yield return Found(ListFindingKind.Empty, "Ranges have this list, and it has no entries: they count for no address.");
        }

        var (nested, twice, special, wide) = (new Tally(), new Tally(), new Tally(), new Tally());
        var around = new Stack<AddressEntry>();
        AddressEntry? last = null;
        foreach (var entry in list.Entries)
        {
            if (last?.CompareBlock(entry) == 0)
            {
                twice.Count(entry, null);
                continue;
            }

            last = entry;
            while (around.TryPeek(out var outer) && !outer.Contains(entry.Network))
            {
                around.Pop();
            }

            if (around.TryPeek(out var other))
            {
                nested.Count(entry, other);
            }

            around.Push(entry);
            if (!SpecialAddresses.IsPublic(entry.Network))
            {
                special.Count(entry, null);
            }
        }

        foreach (var entry in list.WideEntries)
        {
            wide.Count(new(entry), null);
        }

        if (nested.Total > 0)
        {
            yield return Found(
                ListFindingKind.NestedEntries,
                $"{nested.Total} of its entries lie inside others, such as {nested.First} in {nested.Other}: the outer ones are enough.",
                nested);
        }

        if (twice.Total > 0)
        {
            yield return Found(
                ListFindingKind.DuplicateEntries,
                $"{twice.Total} of its entries are there again, such as {twice.First}: one of each is enough.",
                twice);
        }

        if (special.Total > 0)
        {
            yield return Found(
                ListFindingKind.SpecialAddresses,
                $"{special.Total} of its entries are no public addresses, such as {special.First}: nobody connects from there.",
                special);
        }

        if (wide.Total > 0)
        {
            yield return Found(
                ListFindingKind.VeryWide,
                $"{wide.Total} of its entries are very wide, such as {wide.First}: they stand for nearly anybody.",
                wide);
        }

        ListFinding Found(ListFindingKind kind, string message, Tally? tally = null)
        {
            var values = new Dictionary<string, string>();
            if (tally is not null)
            {
                values = Fault.ToDictionary([("count", tally.Total), ("example", tally.First!)]);
                if (tally.Other is { } other)
                {
                    values.Add("other", $"{other}");
                }
            }

            return new(list.Id, list.Name, kind, message, values);
        }
    }

    private sealed class Tally
    {
        public int Total { get; private set; }

        public Cidr? First { get; private set; }

        public Cidr? Other { get; private set; }

        public void Count(AddressEntry entry, AddressEntry? other)
        {
            Total++;
            (First, Other) = Total == 1 ? (entry.Cidr, other?.Cidr) : (First, Other);
        }
    }
}

/// <summary>What can be found about an address list.</summary>
public enum ListFindingKind
{
    NotRefreshed,
    NotUsed,
    Empty,
    NestedEntries,
    DuplicateEntries,
    SpecialAddresses,
    VeryWide,
}
