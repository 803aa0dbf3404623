using System.Collections.Immutable;
using System.Text.Json;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Validation;
using Sylvan.Data.Csv;

namespace ClientVpnAdmin.AdminApi.Ranges;

/// <summary>
/// Ranges as CSV (RFC 4180), as spreadsheets save it: a header with the members' names in any case, one line for each range, commas,
/// semicolons or tabs between the cells. Lists are separated by semicolons, or JSON arrays
/// where a name has one in it; a schedule is JSON; an empty cell is the default. What was written is read as the same ranges.
/// </summary>
internal static class RangesCsv
{
    private const string Description = "description";

    private static readonly (string Name, Func<AddressRange, JsonSerializerOptions, string> Write)[] Columns =
    [
        ("id", (r, _) => r.Id.ToString()),
        ("cidr", (r, _) => r.Cidr?.ToString() ?? ""),
        ("addressListId", (r, _) => r.AddressListId?.ToString() ?? ""),
        ("action", (r, _) => Words.Format(r.Action)),
        (Description, (r, _) => r.Description),
        ("enabled", (r, _) => r.Enabled ? "true" : "false"),
        ("endpointIds", (r, json) => WriteList(r.EndpointIds, json)),
        ("users", (r, json) => WriteList(r.Users, json)),
        ("groups", (r, json) => WriteList(r.Groups, json)),
        ("commonNames", (r, json) => WriteList(r.CommonNames, json)),
        ("platforms", (r, json) => WriteList(r.Platforms, json)),
        ("validFrom", (r, json) => WriteTime(r.ValidFrom, json)),
        ("validUntil", (r, json) => WriteTime(r.ValidUntil, json)),
        ("schedule", (r, json) => r.Schedule is null ? "" : JsonSerializer.Serialize(r.Schedule, json)),
        ("createdAt", (r, json) => WriteTime(r.CreatedAt, json)),
        ("createdBy", (r, _) => r.CreatedBy),
        ("updatedAt", (r, json) => WriteTime(r.UpdatedAt, json)),
        ("updatedBy", (r, _) => r.UpdatedBy),
    ];

    public static string Write(IEnumerable<AddressRange> ranges, JsonSerializerOptions json) => Csv.Write(
        ranges, [.. Columns.Select(c => (c.Name, (Func<AddressRange, string>)(r => c.Write(r, json))))]);

    /// <summary>Reads every line, and says of each what is wrong with it.</summary>
    /// <param name="noteColumn">For imports: the column that is taken for the description in its absence.</param>
    /// <param name="isImport">
    /// Whether ranges are to be added: then further columns, the portal's own among them, are passed over, and cidr may hold what
    /// <see cref="AddressBlocks"/> takes.
    /// </param>
    public static async Task<RangesBody> ReadAsync(
        Stream body, JsonSerializerOptions json, bool isImport, CancellationToken cancellationToken, string? noteColumn = null)
    {
        var errors = new Errors();
        var items = new List<RangesBody.Item>();
        if (await SheetText.ReadAsync(body, errors, cancellationToken) is not { } sheet)
        {
            return new(items, errors);
        }

        using var text = new StringReader(sheet.Text);
        var delimiter = ReadDelimiter(sheet.Text, out var isGiven);
        var newLines = isGiven ? 1 : 0; // within cells, and a first line that only names the delimiter
        if (isGiven)
        {
            await text.ReadLineAsync(cancellationToken);
        }

        string[]? header = null;
        string[] passedOver = [];
        try
        {
            await using var csv = await CsvDataReader.CreateAsync(text, Reading(delimiter), cancellationToken);
            while (!errors.Any && await csv.ReadAsync(cancellationToken))
            {
                string[] cells = [.. Enumerable.Range(0, csv.RowFieldCount).Select(csv.GetString)];
                var line = csv.RowNumber + newLines;
                newLines += cells.Sum(c => c.Count(character => character == '\n'));
                if (Array.TrueForAll(cells, string.IsNullOrWhiteSpace))
                {
                    continue;
                }

                if (header is null)
                {
                    header = Array.ConvertAll(cells, c => Canonical(c.Trim()));
                    if (noteColumn is not null && !header.Contains(Description))
                    {
                        header = Array.ConvertAll(
                            header, name => string.Equals(name, noteColumn, StringComparison.OrdinalIgnoreCase) ? Description : name);
                    }

                    passedOver = isImport ? [.. header.Where(h => h.Length > 0 && !IsImported(h))] : [];
                    CheckHeader(
                        isImport ? Array.FindAll(header, h => h.Length > 0 && !passedOver.Contains(h, StringComparer.Ordinal)) : header,
                        $"line {line}",
                        errors);
                    continue;
                }

                var found = new Errors();
                if (cells.Length != header.Length)
                {
                    found.Add(
                        "",
                        "cell-count",
                        $"There are {cells.Length} cells here, and {header.Length} in the header: mend the commas, or put a cell with a "
                        + "comma into double quotes.",
                        ("count", cells.Length),
                        ("expected", header.Length));
                }

                var input = ParseRange(
                    name => Array.IndexOf(header, name) is >= 0 and var i && i < cells.Length && cells[i].Length > 0
                        && !(isImport && passedOver.Contains(name, StringComparer.Ordinal)) ? cells[i] : null,
                    found,
                    json);
                items.AddRange(isImport ? RangesBody.Item.InBlocks(input, found, $"line {line}") : [new(input, found, $"line {line}")]);
            }

            if (header is null)
            {
                errors.Add("line 1", "missing", "Write a header with the columns' names, such as cidr,description.");
            }
        }
        catch (CsvFormatException e)
        {
            errors.Add(
                $"line {e.RowNumber + newLines}",
                "misplaced-quote",
                "A double quote is in the wrong place: put the whole cell into double quotes, and write each one in it twice.");
        }

        return new RangesBody(items, errors)
        {
            Format = new(sheet.Encoding, delimiter switch { ',' => "comma", ';' => "semicolon", _ => "tab" }, passedOver),
        };
    }

    /// <summary>What the first line has most of, outside of quotes; or what it says itself, as <c>sep=;</c> for Excel.</summary>
    public static char ReadDelimiter(string text, out bool isGiven)
    {
        var end = text.AsSpan().IndexOfAny('\r', '\n');
        var first = (end < 0 ? text.AsSpan() : text.AsSpan(0, end)).ToString();
        isGiven = first.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) && first.Length == 5 && first[4] is ',' or ';' or '\t';
        if (isGiven)
        {
            return first[4];
        }

        var outside = string.Concat(first.Split('"').Where((_, i) => i % 2 == 0));
        return ",;\t".MaxBy(c => outside.Count(other => other == c));
    }

    public static CsvDataReaderOptions Reading(char delimiter) => new()
    {
        HasHeaders = false, // the header is a row like others to the library, so that it can be checked
        Delimiter = delimiter,
        ResultSetMode = ResultSetMode.SingleResult,
        MaxBufferSize = Csv.MaxLine,
    };

    /// <summary>A column's name as it is here, however it is written.</summary>
    private static string Canonical(string name) =>
        Array.Find(Columns, c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase)).Name ?? name;

    /// <summary>Whether an import takes this column: the portal itself gives ids and says who did what.</summary>
    private static bool IsImported(string name) =>
        name is not ("id" or "createdAt" or "createdBy" or "updatedAt" or "updatedBy") && Array.Exists(Columns, c => c.Name == name);

    private static void CheckHeader(string[] header, string line, Errors errors)
    {
        var names = string.Join(", ", Columns.Select(c => c.Name));
        foreach (var name in header.Where(h => !Array.Exists(Columns, c => c.Name == h)))
        {
            errors.Add(
                line,
                "unknown-column",
                $"{Errors.Quote(name)} is no column. There are {names}.",
                ("given", Errors.Shown(name)),
                ("allowed", names));
        }

        if (!header.Contains("cidr"))
        {
            errors.Add(line, "column-missing", "The column cidr is missing. Give the one with the addresses that name.", ("name", "cidr"));
        }

        foreach (var name in header.CountBy(h => h).Where(h => h.Value > 1))
        {
            errors.Add(
                line,
                "column-twice",
                $"The column {Errors.Quote(name.Key)} is there twice: remove one.",
                ("name", Errors.Shown(name.Key)));
        }
    }

    private static RangeInput ParseRange(Func<string, string?> cell, Errors errors, JsonSerializerOptions json)
    {
        var enabled = Word("enabled");
        if (enabled is not (null or "true" or "false"))
        {
            errors.Add(
                "enabled",
                "not-a-boolean",
                $"{Errors.Quote(cell("enabled")!)} can't be read. Write true or false.",
                ("given", Errors.Shown(cell("enabled")!)));
        }

        return new()
        {
            Id = cell("id"),
            Cidr = cell("cidr"),
            AddressListId = cell("addressListId"),
            Action = Word("action"),
            Description = cell("description"),
            Enabled = enabled is null ? null : enabled == "true",
            EndpointIds = ParseList("endpointIds"),
            Users = ParseList("users"),
            Groups = ParseList("groups"),
            CommonNames = ParseList("commonNames"),
            Platforms = ParseList("platforms"),
            ValidFrom = cell("validFrom"),
            ValidUntil = cell("validUntil"),
            Schedule = cell("schedule") is { } schedule
                ? ParseJson<ScheduleInput>(
                    "schedule",
                    schedule,
                    "the schedule as the API does, such as "
                    + "{\"timeZone\":\"Asia/Tokyo\",\"windows\":[{\"days\":[\"monday\"],\"from\":\"09:00\",\"to\":\"18:00\"}]}")
                : null,
        };

        // Spreadsheets write TRUE and FALSE, and people Deny.
        string? Word(string name) => cell(name)?.ToLowerInvariant();

        IReadOnlyList<string?>? ParseList(string name) => cell(name) switch
        {
            null => null,
            ['[', ..] array => ParseJson<IReadOnlyList<string?>>(name, array, "names with semicolons between them, or a JSON array"),
            var names => names.Split(';', StringSplitOptions.TrimEntries),
        };

        T? ParseJson<T>(string name, string value, string remedy)
            where T : class
        {
            try
            {
                return JsonSerializer.Deserialize<T>(value, json) ?? throw new JsonException();
            }
            catch (JsonException)
            {
                errors.Add(
                    name, "unreadable", $"{Errors.Quote(value)} can't be read. Write {remedy}.", ("given", Errors.Shown(value)));
                return null;
            }
        }
    }

    private static string WriteList(ImmutableArray<string> names, JsonSerializerOptions json) =>
        names.Any(n => n.Contains(';', StringComparison.Ordinal) || n.StartsWith('['))
            ? JsonSerializer.Serialize(names, json)
            : string.Join(';', names);

    private static string WriteTime(DateTimeOffset? time, JsonSerializerOptions json) =>
        time is null ? "" : JsonSerializer.Serialize(time.Value, json).Trim('"');
}
