using System.Buffers.Binary;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Ranges;

/// <summary>The order of a list of ranges.</summary>
/// <param name="Name">As it is asked for: a member's name, after a minus sign for the last first.</param>
/// <param name="KeyOf">A text by which ranges stand in that order.</param>
internal sealed record RangeSort(string Name, Func<AddressRange, string> KeyOf)
{
    private static readonly (string Member, Func<AddressRange, string> KeyOf)[] Members =
    [
        ("createdAt", r => Http.Paging.KeyOf(r.CreatedAt.UtcTicks)),
        ("updatedAt", r => Http.Paging.KeyOf(r.UpdatedAt.UtcTicks)),
        ("cidr", r => r.Cidr is { } cidr ? BlockKey(cidr) : $"9{r.AddressListId}"),
        ("description", r => r.Description.ToUpperInvariant()),
        ("action", r => Words.Format(r.Action)),
    ];

    /// <summary>The oldest first.</summary>
    public static RangeSort Default { get; } = new(Members[0].Member, Members[0].KeyOf);

    /// <summary>All that can be asked for.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Members.SelectMany(m => new[] { m.Member, $"-{m.Member}" })];

    /// <summary>A text by which blocks stand in their order; lists come after them.</summary>
    private static string BlockKey(Cidr cidr)
    {
        Span<byte> key = stackalloc byte[18];
        key[0] = (byte)(cidr.Network.IsIPv6 ? 6 : 4);
        BinaryPrimitives.WriteUInt128BigEndian(key[1..], cidr.Network.Value);
        key[^1] = (byte)cidr.PrefixLength;
        return Convert.ToHexString(key);
    }

    public bool IsDescending => Name.StartsWith('-');

    public static RangeSort Parse(string? name, Errors errors)
    {
        if (name is null)
        {
            return Default;
        }

        if (Names.Contains(name))
        {
            return new(name, Array.Find(Members, m => m.Member == name.TrimStart('-')).KeyOf);
        }

        var allowed = string.Join(", ", Names);
        errors.Add(
            "sort",
            "not-one-of",
            $"{Errors.Quote(name)} is no order. Write one of: {allowed}.",
            ("given", Errors.Shown(name)),
            ("allowed", allowed));
        return Default;
    }
}
