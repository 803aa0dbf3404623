using System.ComponentModel.DataAnnotations;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.AdminApi.RuleObjects;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.AddressLists;

/// <summary>What an administrator gives for one address list, not yet checked. Only <c>name</c> is needed.</summary>
public sealed record AddressListInput : RuleObjectInput<AddressList>
{
    /// <summary>At most 100 characters. No two lists may have the same name, in any case.</summary>
    /// <example>Tokyo office</example>
    [Required]
    public string? Name { get; init; }

    /// <summary>For people; at most 500 characters. Default: empty.</summary>
    /// <example>All lines of the building</example>
    public string? Description { get; init; }

    /// <summary>Where its entries come from. Default: people give them.</summary>
    public ListSourceInput? Source { get; init; }

    /// <summary>All its entries. Default: null, those that it has; of a new list none.</summary>
    /// <example>[{ "cidr": "203.0.113.0/28", "note": "first line" }]</example>
    public IReadOnlyList<EntryInput?>? Entries { get; init; }

    /// <summary>Counted by the portal; what is given here is ignored.</summary>
    /// <example>null</example>
    public long? EntryCount { get; init; }

    private const int MaxName = 100;
    private const int MaxDescription = 500;

    public override AddressList? Check(Errors errors, string who, DateTimeOffset at)
    {
        var name = Name ?? "";
        if (string.IsNullOrWhiteSpace(name))
        {
            errors.Add("name", "missing", "Give the list a name, such as Tokyo office.");
        }
        else if (name.Trim() != name)
        {
            errors.Add("name", "white-space", "The name begins or ends with white space: remove it.");
        }

        Checks.Text(name, MaxName, "name", errors);
        Checks.Text(Description ?? "", MaxDescription, "description", errors);
        var found = new Errors();
        var source = (Source ?? new()).Check(found);
        errors.AddAll("source", found);
        var entries = EntryInput.Check(Entries ?? [], "entries", errors);
        return errors.Any ? null : new AddressList
        {
            Id = NewId.At(at),
            Name = name,
            Description = Description ?? "",
            Source = source!,
            Entries = [.. entries],
            CreatedAt = at,
            CreatedBy = who,
            UpdatedAt = at,
            UpdatedBy = who,
        };
    }
}

/// <summary>One entry that an administrator gives, not yet checked.</summary>
public sealed record EntryInput
{
    /// <summary>A CIDR block without host bits, or a single address, which becomes /32 or /128.</summary>
    /// <example>203.0.113.0/28</example>
    [Required]
    public string? Cidr { get; init; }

    /// <summary>For people; at most 200 characters. Default: empty.</summary>
    /// <example>second line</example>
    public string? Note { get; init; }

    private const int MaxNote = 200;

    /// <summary>Checks entries, and says of each what is wrong with it.</summary>
    /// <param name="path">Where they are.</param>
    internal static List<AddressEntry> Check(IReadOnlyList<EntryInput?> given, string path, Errors errors)
    {
        var entries = new List<AddressEntry>(given.Count);
        if (given.Count > RuleSet.MaxEntries)
        {
            errors.Add(path, AddressListsApi.TooManyEntries(given.Count));
            return entries;
        }

        foreach (var (i, entry) in given.Index())
        {
            var found = new Errors();
            if (entry is null)
            {
                found.Add("", "not-an-object", "Write an entry, in braces.");
            }
            else if (entry.Read(found) is { } read)
            {
                entries.Add(read);
            }

            errors.AddAll($"{path}[{i}]", found);
        }

        return entries;
    }

    /// <returns>Null if there is an error.</returns>
    internal AddressEntry? Read(Errors errors)
    {
        var cidr = ClientVpnAdmin.Addresses.Cidr.Parse(Cidr, out var fault);
        if (fault is not null)
        {
            errors.Add("cidr", fault);
        }

        Checks.Text(Note ?? "", MaxNote, "note", errors);
        return errors.Any ? null : new AddressEntry(cidr!, Note ?? "");
    }
}
