using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.AdminApi.RuleObjects;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.RuleTests;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.RuleTests;

/// <summary>What an administrator gives for one rule test, not yet checked.</summary>
public sealed record RuleTestInput : RuleObjectInput<RuleTest>
{
    /// <summary>What it is about, in at most 500 characters: it names the test when a change breaks it.</summary>
    /// <example>Administrators get in from the office</example>
    [Required]
    public string? Description { get; init; }

    /// <summary>The connection event, as Client VPN sends it; at most 10,000 characters.</summary>
    /// <example>
    /// { "endpoint-id": "cvpn-endpoint-0f13eab7f860433cc", "username": "alice", "public-ip": "203.0.113.7", "schema-version": "v3" }
    /// </example>
    [Required]
    [JsonConverter(typeof(EventConverter))]
    [TextOf(typeof(ConnectionEvent))]
    public JsonElement Event { get; init; }

    /// <summary>The time of the connection (RFC 3339 with an offset). Default: null, whenever the test is run.</summary>
    /// <example>null</example>
    [TextOf(typeof(DateTimeOffset))]
    public string? At { get; init; }

    /// <summary>What the rules must say: true for allowed, false for denied.</summary>
    /// <example>true</example>
    [Required]
    public bool? Allowed { get; init; }

    private const int MaxDescription = 500;
    private const int MaxEvent = 10_000;

    public override RuleTest? Check(Errors errors, string who, DateTimeOffset at)
    {
        if (string.IsNullOrWhiteSpace(Description))
        {
            errors.Add("description", "missing", "Say what the test is about: it is named when a change breaks it.");
        }

        Checks.Text(Description ?? "", MaxDescription, "description", errors);
        var connection = ConnectionEvent.Parse(Event);
        if (Event.ValueKind == JsonValueKind.Undefined)
        {
            errors.Add("event", "missing", "Give the connection event, as Client VPN sends it.");
        }
        else if (connection.Problem is { } problem)
        {
            errors.Add(
                "event",
                new Fault(
                    problem.Code,
                    $"{problem.Message} Such an event is always denied, whatever the rules say: mend it.",
                    problem.Values));
        }
        else if (!ConnectionEvent.IsAsDocumented(Event))
        {
            errors.Add(
                "event",
                "not-as-documented",
                "Write texts in its fields, and in groups a text or a list of texts, as Client VPN does: one has another value.");
        }
        else if (Event.GetRawText().Length > MaxEvent)
        {
            errors.Add(
                "event",
                "too-long",
                $"It is longer than {MaxEvent} characters: leave out what the rules don't ask for.",
                ("length", Event.GetRawText().Length),
                ("max", MaxEvent));
        }
        else if (connection.Recordable is null)
        {
            errors.Add("event", "nested-too-deeply", "It is nested deeper than 32 levels: leave out what the rules don't ask for.");
        }

        if (Allowed is null)
        {
            errors.Add("allowed", "missing", "Say what the rules must say: true for allowed, false for denied.");
        }

        var eventTime = Checks.Time(At, "at", errors);
        return errors.Any ? null : new RuleTest
        {
            Id = NewId.At(at),
            Description = Description!,
            Event = Event.Clone(),
            At = eventTime,
            Allowed = Allowed!.Value,
            CreatedAt = at,
            CreatedBy = who,
            UpdatedAt = at,
            UpdatedBy = who,
        };
    }
}
