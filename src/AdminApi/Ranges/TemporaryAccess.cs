using System.ComponentModel.DataAnnotations;
using System.Xml;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Ranges;

/// <summary>For how long, and why, somebody who was denied is to be let in.</summary>
internal sealed record TemporaryAccess
{
    /// <summary>
    /// For how long from now on, as an ISO 8601 duration of at most 30 days: <c>PT8H</c> is eight hours, <c>P1D</c> a day.
    /// </summary>
    /// <example>PT8H</example>
    [Required]
    public string? Duration { get; init; }

    /// <summary>Why, in at most 500 characters: it becomes the range's description.</summary>
    /// <example>Alice works from a hotel, ticket 4711</example>
    [Required]
    public string? Reason { get; init; }

    private static readonly TimeSpan MaxDuration = TimeSpan.FromDays(30);

    /// <summary>Checks every field and reports every error.</summary>
    /// <returns>The duration; any if there was an error.</returns>
    public TimeSpan Check(Errors errors)
    {
        var duration = ParseDuration();
        if (string.IsNullOrWhiteSpace(Duration))
        {
            errors.Add("duration", "missing", "Say for how long, in ISO 8601: PT8H for eight hours, P1D for a day.");
        }
        else if (duration is null)
        {
            errors.Add(
                "duration",
                "not-a-duration",
                $"{Errors.Quote(Duration)} is not a duration of at most {MaxDuration.TotalDays} days. Write ISO 8601, such as PT8H "
                + "for eight hours or P1D for a day.",
                ("given", Errors.Shown(Duration)),
                ("maxDays", MaxDuration.TotalDays));
        }

        if (string.IsNullOrWhiteSpace(Reason))
        {
            errors.Add("reason", "missing", "Say why: it becomes the range's description.");
        }

        Checks.Text(Reason ?? "", RangeInput.MaxDescription, "reason", errors);
        return duration ?? MaxDuration;
    }

    /// <summary>Why there is nothing to allow about a decision, or no range could be for just that person; null if there is.</summary>
    public static Fault? FindFault(RecordedDecision decision)
    {
        if (decision.Event is null)
        {
            return new(
                "event-not-recorded",
                $"The event of this decision {(decision.Unreadable ? "can't be read any more" : "isn't recorded")}, so that nobody can "
                + "say whom a range would be for: add a range with POST /api/ranges, for the address and the user that you know.");
        }

        if (decision.Allowed)
        {
            return new("connection-allowed", "This connection was allowed. Only for denied ones there is something to allow.");
        }

        string[] identities = [.. new[] { decision.Username, decision.CommonName }.Where(name => name.Length > 0)];
        return identities.Length > 0 && Array.TrueForAll(identities, RangeInput.CanName)
            ? null
            : new(
                "nobody-named",
                "The event names no user and no certificate, or has a name that no range can have: one with a *, with characters that "
                + "nobody sees or white space at its ends, or a long one. Add a range with POST /api/ranges, for the address or for others "
                + "of its conditions.");
    }

    /// <summary>Why such a connection would be denied all the same by the rules; null if it would come in.</summary>
    public static Fault? FindFault(RecordedDecision decision, RuleSet rules, DateTimeOffset at) =>
        Evaluator.Decide(ConnectionEvent.Parse(decision.Event!.Value), at, rules, 0) is { Allowed: false, Reason: { } reason }
            ? new(
                "denied-all-the-same",
                $"Such a connection would be denied all the same ({Words.Format(reason)}): POST /api/evaluations shows what stands in its "
                + "way.",
                ("reason", Words.Format(reason)))
            : null;

    /// <summary>
    /// A range for the one address, endpoint, user and certificate of a denied connection: every identity that the event carries, or
    /// somebody else with one of them could use it. Not the platform, which anybody can forge.
    /// </summary>
    public RangeInput RangeFor(RecordedDecision decision, DateTimeOffset until) => new()
    {
        Cidr = decision.PublicIp,
        Description = Reason,
        EndpointIds = decision.EndpointId.Length > 0 ? [decision.EndpointId] : [],
        Users = decision.Username.Length > 0 ? [decision.Username] : [],
        CommonNames = decision.CommonName.Length > 0 ? [decision.CommonName] : [],
        ValidUntil = until.UtcDateTime.ToString("O"),
    };

    private TimeSpan? ParseDuration()
    {
        try
        {
            return Duration is not null
                && XmlConvert.ToTimeSpan(Duration) is var duration
                && duration > TimeSpan.Zero
                && duration <= MaxDuration
                ? duration
                : null;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return null;
        }
    }
}
