using System.ComponentModel.DataAnnotations;
using System.Xml;
using ClientVpnAdmin.AdminApi.Changes;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Ranges;

/// <summary>For how long, and why, somebody who was denied is to be let in.</summary>
internal sealed record TemporaryAccess
{
    /// <summary>For how long from now on, as an ISO 8601 duration of at most 30 days: <c>PT8H</c> is eight hours, <c>P1D</c> a day.</summary>
    /// <example>PT8H</example>
    [Required]
    public string? Duration { get; init; }

    /// <summary>Why, in at most 500 characters: it becomes the range's description.</summary>
    /// <example>Alice works from a hotel, ticket 4711</example>
    [Required]
    public string? Reason { get; init; }

    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>Makes a range for the one address, user, certificate and endpoint of a denied connection, until then.</summary>
    public async Task<IResult> AllowAsync(RecordedDecision decision, Change change)
    {
        var errors = new Errors();
        var now = change.Time.GetUtcNow();
        if (ReadDuration() is not { } duration)
        {
            errors.Add("duration", $"{Errors.Quote(Duration ?? "")} is not a duration of at most {Longest.TotalDays} days. Write ISO 8601, such as PT8H for eight hours or P1D for a day.");
            duration = Longest;
        }

        if (string.IsNullOrWhiteSpace(Reason))
        {
            errors.Add("reason", "Say why: it becomes the range's description.");
        }

        Checks.Text(Reason ?? "", RangeInput.MaxDescription, "reason", errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        if (decision.Event is not { } json)
        {
            return Refuse(
                $"The event of this decision {(decision.Unreadable ? "can't be read any more" : "isn't recorded")}, so that nobody can say "
                + "whom a range would be for: add a range with POST /api/ranges, for the address and the user that you know.");
        }

        if (decision.Allowed)
        {
            return Refuse("This connection was allowed. Only for denied ones there is something to allow.");
        }

        // Every identity that the event carries, or somebody else with one of them could use it. Not the platform, which anybody can forge.
        string[] identities = [.. new[] { decision.Username, decision.CommonName }.Where(name => name.Length > 0)];
        if (identities.Length == 0 || !Array.TrueForAll(identities, RangeInput.CanName))
        {
            return Refuse(
                "The event names no user and no certificate, or has a name that no range can have: one with a *, with characters that "
                + "nobody sees or white space at its ends, or a long one. Add a range with POST /api/ranges, for the address or for others "
                + "of its conditions.");
        }

        var input = new RangeInput
        {
            Cidr = decision.PublicIp,
            Description = Reason,
            EndpointIds = decision.EndpointId.Length > 0 ? [decision.EndpointId] : [],
            Users = decision.Username.Length > 0 ? [decision.Username] : [],
            CommonNames = decision.CommonName.Length > 0 ? [decision.CommonName] : [],
            ValidUntil = (now + duration).UtcDateTime.ToString("O"),
        };
        return await RangesApi.Ranges.AddAsync(null, input.Check, FindConflict, change);

        IResult? FindConflict(AddressRange range, Func<RuleSet> rules, IEnumerable<AddressRange> others) =>
            Evaluator.Decide(ConnectionEvent.Read(json), now, rules(), 0) is { Allowed: false, Reason: { } reason }
                ? Refuse($"Such a connection would be denied all the same ({Words.Of(reason)}): POST /api/evaluations shows what stands in its way.")
                : null;
    }

    private static IResult Refuse(string why) => Problems.Of(StatusCodes.Status409Conflict, why);

    private TimeSpan? ReadDuration()
    {
        try
        {
            return Duration is not null && XmlConvert.ToTimeSpan(Duration) is var duration && duration > TimeSpan.Zero && duration <= Longest ? duration : null;
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            return null;
        }
    }
}
