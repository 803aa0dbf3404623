using System.Text;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Ranges;

/// <summary>A text as spreadsheets and editors save it.</summary>
/// <param name="Text">The text.</param>
/// <param name="Encoding">In what it was written: <c>utf-8</c>, <c>utf-16</c> or <c>shift_jis</c>.</param>
internal sealed record SheetText(string Text, string Encoding)
{
    // Windows' Shift_JIS, as Excel in Japanese saves "CSV".
    private static readonly Encoding ShiftJis = CodePagesEncodingProvider.Instance.GetEncoding(
        932, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)!;

    /// <summary>
    /// Reads a body by its byte order mark; without one as UTF-8, and if it is no UTF-8, as Shift_JIS, whose texts hardly ever are.
    /// </summary>
    /// <returns>Null, and an error, if it is nothing of that.</returns>
    public static async Task<SheetText?> ReadAsync(Stream body, Errors errors, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await body.CopyToAsync(buffer, cancellationToken);
        var bytes = buffer.GetBuffer().AsSpan(0, (int)buffer.Length);
        ReadOnlySpan<Encoding> possible = bytes switch
        {
            [0xEF, 0xBB, 0xBF, ..] => [new UTF8Encoding(true, throwOnInvalidBytes: true)],
            [0xFF, 0xFE, ..] => [new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true)],
            [0xFE, 0xFF, ..] => [new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true)],
            _ => [new UTF8Encoding(false, throwOnInvalidBytes: true), ShiftJis],
        };
        foreach (var encoding in possible)
        {
            try
            {
                var text = encoding.GetString(bytes[encoding.Preamble.Length..]);
                return new SheetText(text, encoding is UTF8Encoding ? "utf-8" : encoding is UnicodeEncoding ? "utf-16" : "shift_jis");
            }
            catch (DecoderFallbackException)
            {
                // Perhaps it is the next one.
            }
        }

        errors.Add(
            "body", "unknown-encoding", "This is neither UTF-8 nor UTF-16 nor Shift_JIS: save it in UTF-8, in Excel as 'CSV UTF-8'.");
        return null;
    }

    /// <summary>The lines of a plain list: what follows a # is a note; lines without an address are passed over.</summary>
    public IEnumerable<(int Number, string Addresses, string Note)> Lines() =>
        from line in Text.ReplaceLineEndings("\n").Split('\n').Index()
        let parts = line.Item.Split('#', 2, StringSplitOptions.TrimEntries)
        where parts[0].Length > 0
        select (line.Index + 1, parts[0], parts.Length > 1 ? parts[1] : "");
}
