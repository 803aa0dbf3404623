using ClientVpnAdmin.Connections;

namespace ClientVpnAdmin.DenialMessages;

/// <summary>A text shown to a person who is denied, for an endpoint, a reason, both or neither.</summary>
public sealed record DenialMessage
{
    /// <summary>A UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The text, with placeholders such as <c>{public-ip}</c>.</summary>
    public required string Text { get; init; }

    /// <summary>The endpoint it is for; null means all.</summary>
    public string? EndpointId { get; init; }

    /// <summary>The reason it is for; null means all.</summary>
    public DenialReason? Reason { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required string UpdatedBy { get; init; }

    internal static int CompareByAge(DenialMessage a, DenialMessage b) =>
        a.CreatedAt.CompareTo(b.CreatedAt) is not 0 and var order ? order : a.Id.CompareTo(b.Id);
}
