namespace ClientVpnAdmin.AdminApi.Ranges;

/// <summary>What became of a replacement of all ranges.</summary>
/// <param name="Count" example="3">How many ranges there are now.</param>
/// <param name="Revision" example="42">The revision that has them.</param>
internal sealed record ReplacedRanges(int Count, long Revision);

/// <summary>What became of a change of several ranges.</summary>
/// <param name="Count" example="2">How many ranges it was about.</param>
/// <param name="Revision" example="42">The revision that has the change.</param>
internal sealed record ChangedRanges(int Count, long Revision);

/// <summary>What became of an import.</summary>
/// <param name="Added" example="2">How many ranges were added.</param>
/// <param name="AlreadyThere" example="0">How many said what a range said already, or came twice.</param>
/// <param name="Revision" example="42">The revision that has them.</param>
/// <param name="Encoding" example="shift_jis">How a text was read: utf-8, utf-16 or shift_jis; null for JSON.</param>
/// <param name="Separator" example="comma">What is between the cells of a CSV: comma, semicolon or tab; null for others.</param>
/// <param name="PassedOver" example='["Memo"]'>The columns of a CSV that an import doesn't take.</param>
internal sealed record ImportedRanges(
    int Added, int AlreadyThere, long Revision, string? Encoding, string? Separator, IReadOnlyList<string> PassedOver);
