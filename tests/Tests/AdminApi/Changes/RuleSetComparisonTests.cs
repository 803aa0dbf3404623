using System.Text.Json;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.RuleSets;

namespace ClientVpnAdmin.AdminApi.Changes;

public sealed class RuleSetComparisonTests
{
    [Fact]
    public void Page_after_page_shows_every_difference_once_and_counts_all_of_them()
    {
        var kept = Enumerable.Range(0, 11).Select(i => Some.Range($"10.0.{i}.0/24", i)).ToList();
        var gone = Enumerable.Range(0, 7).Select(i => Some.Range($"10.1.{i}.0/24", 20 + i)).ToList();
        var come = Enumerable.Range(0, 4).Select(i => Some.Range($"10.2.{i}.0/24", 30 + i)).ToList();
        var list = Some.List("Feed", "192.0.2.1/32", "192.0.2.2/32", "192.0.2.3/32");
        var other = list with { Entries = Some.List("Feed", [.. Enumerable.Range(4, 8).Select(i => $"192.0.2.{i}/32")]).Entries };
        var comparison = new RuleSetComparison(
            new(1, new RuleSet([.. kept, .. gone], [], new(), addressLists: [list])),
            2,
            new([.. kept.Select((r, i) => i == 5 ? r : r with { Description = "x" }), .. come], [], new(), addressLists: [other]),
            JsonSerializerOptions.Web);
        var (ranges, entries, start) = (new List<string>(), new List<string>(), (int?)0);
        while (start is { } from)
        {
            start = null;
            var page = comparison.Page(from, 3, next => $"{start = next}");
            Assert.Equal((4, 7, 10), (page.Ranges.AddedCount, page.Ranges.RemovedCount, page.Ranges.ChangedCount));
            Assert.Equal((8, 3), (page.Entries[0].AddedCount, page.Entries[0].RemovedCount));
            Assert.Equal(start is null, page.NextCursor is null);
            Assert.InRange(page.Ranges.Changed.Count, 1, 3);
            ranges.AddRange(page.Ranges.Added.Concat(page.Ranges.Removed).Select(r => $"{r.Cidr}"));
            ranges.AddRange(page.Ranges.Changed.Select(c => $"{c.Object.Cidr} {c.Fields.Single().To}"));
            entries.AddRange(page.Entries[0].Added.Concat(page.Entries[0].Removed).Select(e => $"{e.Cidr}"));
        }

        var changed = kept.Where((_, i) => i != 5).Select(r => $"{r.Cidr} x");
        Assert.Equal(
            gone.Concat(come).Select(r => $"{r.Cidr}").Concat(changed).Order(StringComparer.Ordinal), ranges.Order(StringComparer.Ordinal));
        var all = Enumerable.Range(1, 11).Select(i => $"192.0.2.{i}/32");
        Assert.Equal(all.Order(StringComparer.Ordinal), entries.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void However_long_the_texts_an_answer_is_short_enough_for_Lambda()
    {
        var names = Enumerable.Range(0, 100).Select(i => $"{i:D3}{new string('"', 252)}").ToList();
        var ranges = Enumerable.Range(0, 50)
            .Select(i => Some.Range($"10.0.{i}.0/24", i) with { Users = [.. names], Groups = [.. names] })
            .ToList();
        var comparison = new RuleSetComparison(new(1, RuleSet.Empty), 2, new(ranges, [], new()), JsonSerializerOptions.Web);
        var all = comparison.First(1_000);
        Assert.InRange(all.Ranges.Added.Count, 1, 49);
        Assert.Equal(50, all.Ranges.AddedCount);
        Assert.True(Paging.IsShort(all, JsonSerializerOptions.Web));
    }
}
