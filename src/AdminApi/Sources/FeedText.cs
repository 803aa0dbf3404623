using System.Text.Json;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.AdminApi.Ranges;
using ClientVpnAdmin.Validation;
using Sylvan.Data.Csv;

namespace ClientVpnAdmin.AdminApi.Sources;

/// <summary>What is in a file on the web. A line that can't be read fails all of it: perhaps it is another file by now.</summary>
internal static class FeedText
{
    private const int MaxColumnsNamed = 20;

    /// <exception cref="SourceException">It isn't what the source says it is.</exception>
    public static async Task<IEnumerable<AddressEntry>> ParseAsync(byte[] body, ListSource source, CancellationToken cancellationToken)
    {
        if (source.Format == FeedFormat.Aws)
        {
            return ParseAws(body, source);
        }

        using var stream = new MemoryStream(body);
        var sheet = await SheetText.ReadAsync(stream, new Errors(), cancellationToken)
            ?? throw Unreadable("It is neither UTF-8 nor UTF-16 nor Shift_JIS.");
        return source.Format == FeedFormat.Plain
            ? sheet.Lines().SelectMany(line => Blocks(line.Addresses, line.Note, "line", line.Number))
            : ParseCsv(sheet.Text, source.Column ?? "");
    }

    /// <summary>Reads lines and their cells; those without any text are passed over.</summary>
    /// <exception cref="SourceException">It is no CSV.</exception>
    public static IEnumerable<(int Line, string[] Cells)> Rows(TextReader text, char delimiter, int firstLine = 1)
    {
        using var csv = Try(() => CsvDataReader.Create(text, RangesCsv.Reading(delimiter)), firstLine - 1);
        var newLines = firstLine - 1; // before the rows, and within their cells
        while (Try(Read, newLines) is { } cells)
        {
            var line = csv.RowNumber + newLines;
            newLines += cells.Sum(cell => cell.Count(c => c == '\n'));
            if (!Array.TrueForAll(cells, string.IsNullOrWhiteSpace))
            {
                yield return (line, cells);
            }
        }

        string[]? Read() => csv.Read() ? [.. Enumerable.Range(0, csv.RowFieldCount).Select(csv.GetString)] : null;

        static T Try<T>(Func<T> read, int newLines)
        {
            try
            {
                return read();
            }
            catch (Exception e) when (e is CsvFormatException or CsvRecordTooLargeException)
            {
                throw Unreadable(e is CsvFormatException found ? $"Line {found.RowNumber + newLines} is no CSV." : "It is no CSV.", e);
            }
        }
    }

    private static IEnumerable<AddressEntry> ParseCsv(string text, string column)
    {
        using var reader = new StringReader(text);
        var delimiter = RangesCsv.ReadDelimiter(text, out var isGiven);
        if (isGiven)
        {
            reader.ReadLine(); // it only names the delimiter
        }

        var index = -1;
        foreach (var (line, cells) in Rows(reader, delimiter, isGiven ? 2 : 1))
        {
            if (index < 0)
            {
                index = FindColumn(cells, column);
                continue;
            }

            foreach (var entry in Blocks(index < cells.Length ? cells[index] : "", "", "line", line))
            {
                yield return entry;
            }
        }
    }

    private static int FindColumn(string[] header, string column)
    {
        var found = header.Index()
            .Where(cell => string.Equals(cell.Item.Trim(), column.Trim(), StringComparison.OrdinalIgnoreCase))
            .ToList();
        var columns = string.Join(", ", header.Take(MaxColumnsNamed).Select(cell => Errors.Shown(cell.Trim())));
        return found.Count == 1
            ? found[0].Index
            : throw new SourceException(new(
                "feed-column",
                $"The column {Errors.Quote(column)} is there {(found.Count == 0 ? "not at all" : "more than once")}. Choose one of: "
                + $"{columns}.",
                ("name", Errors.Shown(column)),
                ("columns", columns)));
    }

    private static List<AddressEntry> ParseAws(byte[] body, ListSource source)
    {
        JsonElement json;
        try
        {
            json = JsonElement.Parse(body);
        }
        catch (JsonException e)
        {
            throw Unreadable("It is no JSON.", e);
        }

        var services = new WantedNames(source.Services.IsEmpty ? null : source.Services);
        var regions = new WantedNames(source.Regions.IsEmpty ? null : source.Regions);
        var entries = new List<AddressEntry>();
        foreach (var (list, member) in new[] { ("prefixes", "ip_prefix"), ("ipv6_prefixes", "ipv6_prefix") })
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(list, out var items)
                || items.ValueKind != JsonValueKind.Array)
            {
                throw Unreadable($"It has no list {list}, as AWS's ip-ranges.json does.");
            }

            foreach (var (i, item) in items.EnumerateArray().Index())
            {
                var (prefix, service, region) = (Text(item, member), Text(item, "service"), Text(item, "region"));
                var place = $"{list}[{i}]";
                if (prefix is null || service is null || region is null)
                {
                    throw Unreadable($"{place} lacks {member}, service or region.");
                }

                // All are looked at, since it is to be known which there are.
                if (services.Has(service) & regions.Has(region))
                {
                    entries.AddRange(Blocks(prefix, $"{service} {region}", "place", place));
                }
            }
        }

        services.ThrowIfMissing("service");
        regions.ThrowIfMissing("region");
        return entries;

        // Text that is no Unicode can't be read as a string.
        static string? Text(JsonElement item, string name)
        {
            try
            {
                return item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var value)
                    && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            }
            catch (InvalidOperationException)
            {
                return null;
            }
        }
    }

    /// <summary>The blocks of an address as people write it.</summary>
    /// <param name="kind">What <paramref name="place"/> is: a line, or a place in JSON.</param>
    private static IEnumerable<AddressEntry> Blocks(string text, string note, string kind, object place)
    {
        var blocks = AddressBlocks.Parse(text, out var fault);
        foreach (var block in blocks)
        {
            if (Cidr.Parse(block, out fault) is not { } cidr)
            {
                break;
            }

            yield return new AddressEntry(cidr, SourceEntries.Note(note));
        }

        if (fault is not null)
        {
            throw new SourceException(new(
                "feed-line",
                $"{(kind == "line" ? $"Line {place}" : place)}: {fault.Message} Nothing was taken over: see whether the source is still "
                + "the right one, and its format.",
                (kind, place),
                ("given", Errors.Shown(text))));
        }
    }

    private static SourceException Unreadable(string why, Exception? cause = null) => new(
        new("feed-unreadable", $"{why} See whether the source is still the right one, and its format.", ("why", why)), cause);
}
