using System.Data;
using System.Globalization;
using Sylvan.Data.Csv;

namespace ClientVpnAdmin.AdminApi.Http;

/// <summary>Answers as CSV (RFC 4180): a header, one line for each item.</summary>
internal static class Csv
{
    public const string ContentType = "text/csv";

    /// <summary>
    /// The longest line that is written or read, in characters. A range with as many and as long names as it can have takes half a million.
    /// </summary>
    public const int MaxLine = 4_000_000;

    private static readonly CsvDataWriterOptions Writing = new() { NewLine = "\r\n", MaxBufferSize = MaxLine };

    /// <summary>
    /// Whether the caller would rather have CSV than JSON: by the quality that the most specific range gives each type (RFC 9110, section
    /// 12.5.1). Of equal ones, the type that is named is preferred, and else JSON.
    /// </summary>
    public static bool IsPreferred(HttpRequest request)
    {
        var accept = request.GetTypedHeaders().Accept;
        var csv = Preference(ContentType);
        return csv.Quality > 0 && csv.CompareTo(Preference("application/json")) > 0;

        (double Quality, int Specificity) Preference(string type) => accept
            .Where(range => range.MatchesMediaType(type))
            .Select(range => (range.Quality ?? 1, range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2))
            .OrderByDescending(preference => preference.Item2)
            .FirstOrDefault();
    }

    public static string Write<T>(IEnumerable<T> items, IReadOnlyList<(string Name, Func<T, string> Write)> columns)
    {
        using var table = new DataTable { Locale = CultureInfo.InvariantCulture };
        foreach (var (name, _) in columns)
        {
            table.Columns.Add(name);
        }

        foreach (var item in items)
        {
            table.Rows.Add([.. columns.Select(c => c.Write(item))]);
        }

        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using var csv = CsvDataWriter.Create(text, Writing);
        using var rows = table.CreateDataReader();
        csv.Write(rows);
        return text.ToString();
    }
}
