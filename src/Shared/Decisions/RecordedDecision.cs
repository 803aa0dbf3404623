using System.Text.Json;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.Decisions;

/// <summary>A decision that the handler made.</summary>
public record RecordedDecision
{
    // Longer than anything real, and short enough for DynamoDB's index keys of 2,048 bytes whatever the characters are.
    private const int MaxText = 500;

    /// <summary>A UUIDv7.</summary>
    /// <example>019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b</example>
    public required Guid Id { get; init; }

    /// <summary>When it was made.</summary>
    /// <example>2026-04-01T00:00:00Z</example>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What the rules said.</summary>
    /// <example>false</example>
    public required bool Allowed { get; init; }

    /// <summary>Whether the connection came in: in report-only mode, though not allowed.</summary>
    /// <example>false</example>
    public required bool LetIn { get; init; }

    /// <summary>Why it was denied; null when allowed.</summary>
    /// <example>address-not-allowed</example>
    public required DenialReason? Reason { get; init; }

    /// <summary>The range that decided; null when none did.</summary>
    /// <example>null</example>
    public required Guid? RangeId { get; init; }

    /// <summary>
    /// The entry of an address list by which that range has the address; null for a range with a block of its own.
    /// </summary>
    public MatchedEntry? Entry { get; init; }

    /// <summary>The revision of the rules; null when they were unavailable.</summary>
    /// <example>42</example>
    public required long? Revision { get; init; }

    /// <summary>What the denied person was told; null when allowed.</summary>
    /// <example>Your IP is not allowed to access. Please Contact mail@example.co.jp</example>
    public required string? Message { get; init; }

    /// <summary>How long the decision took, in milliseconds.</summary>
    /// <example>4.2</example>
    public required double DurationMs { get; init; }

    /// <summary>Of the event; cut to 500 characters, as are the next four.</summary>
    /// <example>cvpn-connection-04e7e1b2f0daf9460</example>
    public required string ConnectionId { get; init; }

    /// <summary>Of the event.</summary>
    /// <example>cvpn-endpoint-0f13eab7f860433cc</example>
    public required string EndpointId { get; init; }

    /// <summary>Of the event.</summary>
    /// <example>laptop-17.example.co.jp</example>
    public required string CommonName { get; init; }

    /// <summary>Of the event.</summary>
    /// <example>alice</example>
    public required string Username { get; init; }

    /// <summary>
    /// The address in its canonical text, an IPv4-mapped one as IPv4; what the event had in its place if that is no address.
    /// </summary>
    /// <example>203.0.113.7</example>
    public required string PublicIp { get; init; }

    /// <summary>
    /// The event as Client VPN sent it; null if it wasn't a JSON object, was longer than 100,000 bytes or nested deeper than 32 levels, or
    /// had text that isn't Unicode. In an answer also null if it is no event as Client VPN documents it: see otherEvent.
    /// </summary>
    /// <example>
    /// { "endpoint-id": "cvpn-endpoint-0f13eab7f860433cc", "username": "alice", "public-ip": "203.0.113.7", "schema-version": "v3" }
    /// </example>
    [TextOf(typeof(ConnectionEvent))]
    public required JsonElement? Event { get; init; }

    /// <summary>
    /// True if what is stored of the decision can't be read. Then time, id, allowed, reason, endpointId, username and publicIp are what the
    /// store finds it by, letIn is as allowed, and nothing else is known.
    /// </summary>
    /// <example>false</example>
    public bool Unreadable { get; init; }

    internal DecisionKey Key => new(Time.UtcTicks, Id);

    /// <summary>What came of the connection.</summary>
    public DecisionOutcome Outcome() =>
        Allowed ? DecisionOutcome.Allowed : LetIn ? DecisionOutcome.Reported : DecisionOutcome.Denied;

    /// <param name="decision">What was decided.</param>
    /// <param name="time">When.</param>
    /// <param name="duration">How long it took.</param>
    public static RecordedDecision From(ConnectionEvent connection, Decision decision, DateTimeOffset time, TimeSpan duration) => new()
    {
        Id = Guid.CreateVersion7(time < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : time), // a UUIDv7 has no earlier time
        Time = time,
        Allowed = decision.Allowed,
        LetIn = decision.Response.Allow,
        Reason = decision.Reason,
        RangeId = decision.RangeId,
        Entry = decision.Entry,
        Revision = decision.Revision,
        Message = decision.Message,
        DurationMs = Math.Round(duration.TotalMilliseconds, 3),
        ConnectionId = Cut(connection.ConnectionId),
        EndpointId = Cut(connection.EndpointId),
        CommonName = Cut(connection.CommonName),
        Username = Cut(connection.Username),
        PublicIp = Cut(connection.PublicIp),
        Event = connection.Recordable,
    };

    /// <summary>As much of a text as is kept.</summary>
    public static string Cut(string text) => Cut(text, MaxText);

    internal static string Cut(string text, int max) =>
        text.Length <= max ? text : text[..(char.IsHighSurrogate(text[max - 1]) ? max - 1 : max)];
}
