using System.Text.Json;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Http;

public sealed class PagingTests
{
    private static readonly string[] Texts =
    [
        "", "a", "b|c", new string('x', 63) + "\U0001F600", new string('x', 63) + "\U0001F601", new string('x', 70), "東京", "\uE000",
        "b|c", "~",
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Page_after_page_gives_every_item_once_and_in_order_whatever_the_texts(bool isDescending)
    {
        var items = Texts.Select(text => (Key: text, Id: Guid.NewGuid())).ToList();
        var (found, cursor) = (new List<(string Key, Guid Id)>(), (string?)null);
        do
        {
            var errors = new Errors();
            var page = new Paging(3, cursor).Cut(items, "list", i => i, JsonSerializerOptions.Web, errors, isDescending)!;
            Assert.Empty(errors.All);
            Assert.InRange(page.Items.Count, 1, 3);
            found.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        Assert.Equal(items.Count, found.Count);
        Assert.Equal(items.Select(i => i.Id).Order(), found.Select(i => i.Id).Order());
        var keys = found.ConvertAll(i => i.Key[..Math.Min(63, i.Key.Length)]);
        Assert.Equal(isDescending ? keys.OrderDescending(StringComparer.Ordinal) : keys.Order(StringComparer.Ordinal), keys);
    }

    [Fact]
    public void Page_after_page_of_a_list_in_its_own_order_makes_no_more_than_it_needs()
    {
        var made = 0;
        var items = Texts.Select(text =>
        {
            made++;
            return text;
        });
        var (found, cursor) = (new List<string>(), (string?)null);
        do
        {
            var errors = new Errors();
            made = 0;
            var page = new Paging(3, cursor).CutInOrder(items, "list", JsonSerializerOptions.Web, errors)!;
            Assert.Empty(errors.All);
            found.AddRange(page.Items);
            Assert.InRange(made, page.Items.Count, found.Count + 1);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        Assert.Equal(Texts, found);
    }

    [Fact]
    public void A_page_ends_before_the_answer_is_too_long_for_Lambda_and_has_one_item_at_least()
    {
        var errors = new Errors();
        var items = Enumerable.Range(0, 100).Select(i => $"{i:D3}{new string('"', 100_000)}");
        var page = new Paging(100, null).Cut(items, "list", i => (i, default), JsonSerializerOptions.Default, errors)!;
        Assert.InRange(page.Items.Count, 5, 20); // each quote is six bytes, and another for its backslash
        var tooLong = new string('x', 5_000_000);
        Assert.Single(new Paging(100, null).Cut([tooLong, tooLong], "list", i => (i, default), JsonSerializerOptions.Web, errors)!.Items);
    }

    [Fact]
    public void A_cursor_is_good_for_its_list_and_order_only_and_as_it_was_given()
    {
        var cursor = Paging.WriteCursor("list", "key", Guid.NewGuid());
        (string, string)[] wrong = [(cursor, "other"), (cursor[..^1], "list"), (cursor + "A", "list"), ("", "list"), ("x|y", "list")];
        foreach (var (given, list) in wrong)
        {
            var errors = new Errors();
            Assert.Null(new Paging(null, given).ParseCursor(list, errors));
            Assert.Equal("not-a-cursor", Assert.Single(errors.All).Fault.Code);
        }

        Assert.Equal("key", new Paging(null, cursor).ParseCursor("list", new Errors())!.Value.Key);
    }
}
