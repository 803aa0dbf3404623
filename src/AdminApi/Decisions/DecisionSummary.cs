using ClientVpnAdmin.AdminApi.Evaluations;
using ClientVpnAdmin.Decisions;

namespace ClientVpnAdmin.AdminApi.Decisions;

/// <summary>How long the steps of a summary are.</summary>
internal enum SummaryStep
{
    Hour,
    Day,
}

/// <summary>How many decisions there were, and about whom.</summary>
/// <param name="From" example="2026-04-01T00:00:00Z">The beginning of the first hour or day that is counted.</param>
/// <param name="To" example="2026-04-02T00:00:00Z">The end of the last one.</param>
/// <param name="By">How long the steps are.</param>
/// <param name="TimeZone" example="UTC">The time zone whose days are counted.</param>
/// <param name="Counts">The numbers, by time, outcome and reason; those that are zero are left out.</param>
/// <param name="Top">Whom and what most decisions were about.</param>
internal sealed record DecisionSummary(
    DateTimeOffset From,
    DateTimeOffset To,
    SummaryStep By,
    string TimeZone,
    IReadOnlyList<SummaryCount> Counts,
    SummaryTop Top);

/// <summary>How many decisions of one hour or day had an outcome and a reason.</summary>
/// <param name="Time" example="2026-04-01T00:00:00Z">When the hour, or the first hour of the day, began.</param>
/// <param name="Outcome" example="denied">What came of the connections; reported: let in, though denied by the rules.</param>
/// <param name="Reason" example="address-not-allowed">Why the rules denied them; null when allowed.</param>
/// <param name="Count" example="12">How many.</param>
internal sealed record SummaryCount(DateTimeOffset Time, DecisionOutcome Outcome, DenialReason? Reason, long Count);

/// <summary>Those of whom there were most decisions. These are counted by UTC days.</summary>
/// <param name="From" example="2026-04-01T00:00:00Z">The beginning of the first day that is counted.</param>
/// <param name="To" example="2026-04-03T00:00:00Z">The end of the last one.</param>
/// <param name="Users">By user name; by the certificate's common name where there is no user name.</param>
/// <param name="Addresses">By the address they came from.</param>
/// <param name="Ranges">By the range that decided.</param>
internal sealed record SummaryTop(
    DateTimeOffset From,
    DateTimeOffset To,
    IReadOnlyList<TopName> Users,
    IReadOnlyList<TopName> Addresses,
    IReadOnlyList<TopRange> Ranges);

/// <summary>How many decisions there were about a person or an address.</summary>
/// <param name="Name" example="alice">The first 250 characters of the name or address.</param>
/// <param name="Allowed" example="3">How many the rules allowed.</param>
/// <param name="Reported" example="0">How many were let in though the rules denied them.</param>
/// <param name="Denied" example="9">How many were denied.</param>
internal sealed record TopName(string Name, long Allowed, long Reported, long Denied);

/// <summary>How many decisions a range decided.</summary>
/// <param name="RangeId" example="019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b">The range's id.</param>
/// <param name="Range">The range as it is now; null if it is no more.</param>
/// <param name="Allowed" example="3">How many it allowed.</param>
/// <param name="Reported" example="0">How many were let in though it denied them.</param>
/// <param name="Denied" example="0">How many it denied.</param>
internal sealed record TopRange(Guid RangeId, DecidingRange? Range, long Allowed, long Reported, long Denied);
