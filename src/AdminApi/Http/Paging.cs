using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;

namespace ClientVpnAdmin.AdminApi.Http;

/// <summary>One page of a list.</summary>
/// <param name="Items">At most <c>limit</c> of them.</param>
/// <param name="NextCursor" example="null">To be given as <c>cursor</c> for the next page; null on the last one.</param>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>One page of a list that is made of decisions.</summary>
/// <param name="Items">At most <c>limit</c> of them.</param>
/// <param name="NextCursor" example="null">To be given as <c>cursor</c> for the next page; null on the last one.</param>
/// <param name="Unreadable" example="0">How many decisions that were looked at for this page can't be read.</param>
internal sealed record PageOfDecisions<T>(IReadOnlyList<T> Items, string? NextCursor, int Unreadable);

/// <summary>Which page of a list is asked for.</summary>
/// <param name="Limit">How many items at most, from 1 to 1000. Default: 100.</param>
/// <param name="Cursor">The nextCursor of the page before, as it is. Default: the first page.</param>
internal sealed record Paging([FromQuery(Name = "limit")] int? Limit, [FromQuery(Name = "cursor")] string? Cursor)
{
    private const int MaxLimit = 1_000;
    private const int DefaultLimit = 100;

    /// <summary>Makes the page that was asked for out of everything that is in the list, sorted.</summary>
    /// <param name="items">The list, or those of its items that come after the cursor.</param>
    /// <param name="list">The list's name: a cursor is good for one list only.</param>
    /// <param name="position">Where an item stands; increasing through the list.</param>
    /// <param name="errors">Takes what is wrong with the limit or the cursor.</param>
    public Page<T>? Cut<T>(IEnumerable<T> items, string list, Func<T, (long Major, Guid Minor)> position, Errors errors)
    {
        var limit = CheckLimit(errors);
        var after = ParseCursor(list, errors);
        if (errors.Any)
        {
            return null;
        }

        var found = items.Where(i => after is null || position(i).CompareTo(after.Value) > 0).Take(limit + 1).ToList();
        if (found.Count <= limit)
        {
            return new Page<T>(found, null);
        }

        found.RemoveAt(limit);
        var (major, minor) = position(found[^1]);
        return new Page<T>(found, WriteCursor(list, major, minor));
    }

    public int CheckLimit(Errors errors)
    {
        if (Limit is < 1 or > MaxLimit)
        {
            errors.Add("limit", Checks.OutOfBounds(1, MaxLimit));
        }

        return Math.Clamp(Limit ?? DefaultLimit, 1, MaxLimit);
    }

    /// <summary>Where the page before ended; null for the first page.</summary>
    public (long Major, Guid Minor)? ParseCursor(string list, Errors errors)
    {
        if (Cursor is null)
        {
            return null;
        }

        // Only what we wrote comes out the same when written again.
        if (Cursor.Length <= 200 && Base64Url.IsValid(Cursor)
            && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(Cursor)).Split('|') is [_, var major, var minor, _]
            && long.TryParse(major, CultureInfo.InvariantCulture, out var majorValue)
            && Guid.TryParse(minor, out var minorValue)
            && WriteCursor(list, majorValue, minorValue) == Cursor)
        {
            return (majorValue, minorValue);
        }

        errors.Add(
            "cursor",
            "not-a-cursor",
            "This is no cursor of this list. Give the nextCursor of the page before, as it is, or leave it out for the first page.");
        return null;
    }

    /// <summary>
    /// The position, and a checksum by which a cursor that somebody made up or changed is recognized. It protects nothing.
    /// </summary>
    public static string WriteCursor(string list, long major, Guid minor)
    {
        var position = string.Create(CultureInfo.InvariantCulture, $"{list}|{major}|{minor:N}");
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(position))[..4]);
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{position}|{checksum}"));
    }
}
