using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
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
    public const int DefaultLimit = 100;
    private const int MaxKey = 64;

    // Lambda answers 6 MB (6,291,556 bytes) at most, with the body as a JSON text, which has another byte for each quote and backslash.
    // CSV doubles quotes, and so takes half as much again at the most.
    private const int MaxAnswerBytes = 4_000_000;

    /// <summary>Makes the page that was asked for out of everything that is in the list.</summary>
    /// <param name="items">The list, or those of its items that come after the cursor, in any order.</param>
    /// <param name="list">The list's name and order: a cursor is good for those only.</param>
    /// <param name="position">Where an item stands: by a text, of which the first 64 characters count, and an id, both ordinal.</param>
    /// <param name="json">How items are written: a page ends before the answer is too long.</param>
    /// <param name="errors">Takes what is wrong with the limit or the cursor.</param>
    /// <param name="isDescending">Whether the last is to be the first.</param>
    /// <param name="defaultLimit">How many items there are at most on a page if nobody says.</param>
    public Page<T>? Cut<T>(
        IEnumerable<T> items,
        string list,
        Func<T, (string Key, Guid Id)> position,
        JsonSerializerOptions json,
        Errors errors,
        bool isDescending = false,
        int defaultLimit = DefaultLimit)
    {
        var limit = CheckLimit(errors, defaultLimit);
        var after = ParseCursor(list, errors);
        if (errors.Any)
        {
            return null;
        }

        // Of a list that is sorted so far only as the page needs it, most stays as it was.
        var keyed = items.Select(item => (Item: item, Position: Shorten(position(item))))
            .Where(i => after is null || Math.Sign(Compare(i.Position, after.Value)) == (isDescending ? -1 : 1));
        var sorted = isDescending ? keyed.OrderDescending(Comparer(Compare)) : keyed.Order(Comparer(Compare));
        var rest = sorted.Take(limit + 1).ToList();
        var count = CountThatFit(rest.Take(limit).Select(i => i.Item), json);
        return new Page<T>(
            [.. rest.Take(count).Select(i => i.Item)],
            count == rest.Count ? null : WriteCursor(list, rest[count - 1].Position.Key, rest[count - 1].Position.Id));

        static Comparer<(T Item, (string Key, Guid Id) Position)> Comparer(Comparison<(string Key, Guid Id)> compare) =>
            Comparer<(T Item, (string Key, Guid Id) Position)>.Create((a, b) => compare(a.Position, b.Position));
    }

    /// <summary>As <see cref="Cut"/>, of a list in its own order: of what comes after the page, only one item is made.</summary>
    public Page<T>? CutInOrder<T>(IEnumerable<T> items, string list, JsonSerializerOptions json, Errors errors)
    {
        var limit = CheckLimit(errors);
        var start = ParseNumberCursor(list, errors)?.Number + 1 ?? 0;
        if (errors.Any)
        {
            return null;
        }

        var rest = items.Skip((int)Math.Clamp(start, 0, int.MaxValue)).Take(limit + 1).ToList();
        var count = CountThatFit(rest.Take(limit), json);
        return new Page<T>(
            [.. rest.Take(count)], count == rest.Count ? null : WriteCursor(list, KeyOf(start + count - 1), Guid.Empty));
    }

    /// <summary>How many of the items an answer has room for; one at least.</summary>
    public static int CountThatFit<T>(IEnumerable<T> items, JsonSerializerOptions json)
    {
        var (count, bytes) = (0, 0);
        foreach (var item in items)
        {
            bytes += CountBytes(item, json) + 1;
            if (count > 0 && bytes > MaxAnswerBytes)
            {
                break;
            }

            count++;
        }

        return count;
    }

    /// <summary>Whether an answer isn't too long.</summary>
    public static bool IsShort<T>(T answer, JsonSerializerOptions json) => CountBytes(answer, json) <= MaxAnswerBytes;

    public int CheckLimit(Errors errors, int defaultLimit = DefaultLimit)
    {
        if (Limit is < 1 or > MaxLimit)
        {
            errors.Add("limit", Checks.OutOfBounds(1, MaxLimit));
        }

        return Limit is null ? defaultLimit : Math.Clamp(Limit.Value, 1, MaxLimit);
    }

    /// <summary>Where the page before ended; null for the first page.</summary>
    public (string Key, Guid Id)? ParseCursor(string list, Errors errors)
    {
        if (Cursor is null)
        {
            return null;
        }

        // Only what we wrote comes out the same when written again.
        if (Cursor.Length <= 1_000 && Base64Url.IsValid(Cursor)
            && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(Cursor)).Split('|', 4) is [_, _, var id, var key]
            && Guid.TryParse(id, out var idValue)
            && WriteCursor(list, key, idValue) == Cursor)
        {
            return (key, idValue);
        }

        errors.Add(
            "cursor",
            "not-a-cursor",
            "This is no cursor of this list. Give the nextCursor of the page before, as it is, or leave it out for the first page.");
        return null;
    }

    /// <summary>Where the page before ended, in a list that is sorted by <see cref="KeyOf(long)"/>.</summary>
    public (long Number, Guid Id)? ParseNumberCursor(string list, Errors errors) =>
        ParseCursor(list, errors) is { } cursor && long.TryParse(cursor.Key, CultureInfo.InvariantCulture, out var number)
            ? (number, cursor.Id)
            : null;

    /// <summary>A number that isn't negative, as a text that is sorted like it.</summary>
    public static string KeyOf(long number) => number.ToString("D19", CultureInfo.InvariantCulture);

    /// <summary>
    /// The position, and a checksum by which a cursor that somebody made up or changed is recognized. It protects nothing.
    /// </summary>
    public static string WriteCursor(string list, string key, Guid id)
    {
        var position = $"{list}|{id:N}|{key}";
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(position))[..4]);
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{checksum}|{position}"));
    }

    private static int CountBytes<T>(T item, JsonSerializerOptions json)
    {
        var written = JsonSerializer.SerializeToUtf8Bytes(item, json).AsSpan();
        return written.Length + written.Count((byte)'"') + written.Count((byte)'\\');
    }

    private static (string Key, Guid Id) Shorten((string Key, Guid Id) position)
    {
        var length = Math.Min(position.Key.Length, MaxKey);
        return (position.Key[..(length > 0 && char.IsHighSurrogate(position.Key[length - 1]) ? length - 1 : length)], position.Id);
    }

    private static int Compare((string Key, Guid Id) a, (string Key, Guid Id) b) =>
        string.CompareOrdinal(a.Key, b.Key) is not 0 and var order ? order : a.Id.CompareTo(b.Id);
}
