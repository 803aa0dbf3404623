using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.Ranges;

namespace ClientVpnAdmin.Decisions;

/// <summary>A range that contains an address.</summary>
/// <param name="Range">The range.</param>
/// <param name="Cidr">By which block: its own, or the longest one of its address list.</param>
/// <param name="List">The address list; null for a range with a block of its own.</param>
public readonly record struct Candidate(AddressRange Range, Cidr Cidr, AddressList? List)
{
    /// <summary>The entry that matched; null for a range with a block of its own.</summary>
    public MatchedEntry? Entry => List is null ? null : new(List.Id, List.Name, Cidr);

    /// <summary>The longest prefixes first, and of equal ones the older range.</summary>
    public static int Compare(Candidate a, Candidate b) =>
        b.Cidr.PrefixLength.CompareTo(a.Cidr.PrefixLength) is not 0 and var order ? order : AddressRange.CompareByAge(a.Range, b.Range);
}

/// <summary>The entry of an address list by which a range contains an address.</summary>
/// <param name="AddressListId" example="019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4d">The list.</param>
/// <param name="AddressListName" example="Tokyo office">Its name.</param>
/// <param name="Cidr" example="203.0.113.0/28">The entry.</param>
public sealed record MatchedEntry(Guid AddressListId, string AddressListName, Cidr Cidr);
