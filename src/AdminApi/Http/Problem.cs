using System.Text.Json.Serialization;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.WebUtilities;

namespace ClientVpnAdmin.AdminApi.Http;

/// <summary>Why a call was not done (RFC 9457, problem details).</summary>
/// <param name="Status" example="400">The answer's status.</param>
/// <param name="Code" example="invalid">What went wrong, for programs: it stays the same, whatever becomes of the sentences.</param>
/// <param name="Detail" example="What was sent can't be used; nothing was changed. See errors.">What, and the remedy, for people.</param>
/// <param name="Values" example='{ "id": "019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b" }'>
/// What the sentence says of this case alone, by name.
/// </param>
internal record Problem(int Status, string Code, string Detail, IReadOnlyDictionary<string, string> Values)
{
    public const string ContentType = "application/problem+json";

    /// <summary>The status, in words.</summary>
    /// <example>Bad Request</example>
    [JsonPropertyOrder(-1)]
    public string Title => ReasonPhrases.GetReasonPhrase(Status);

    /// <summary>For each field that is wrong, the sentences about it; only with the code <c>invalid</c>.</summary>
    /// <example>{ "cidr": ["'203.0.113.5/24' has host bits set."] }</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>The same for programs, in the order of the fields; only with the code <c>invalid</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FieldFault>? Faults { get; init; }
}

/// <summary>One thing that is wrong with one field.</summary>
/// <param name="Field" example="cidr">Where: a member, a query parameter, a header; with its place where there are several.</param>
/// <param name="Code" example="host-bits">What, for programs: it stays the same, whatever becomes of the sentence.</param>
/// <param name="Message" example="'203.0.113.5/24' has host bits set.">What, and the remedy, as a sentence for people.</param>
/// <param name="Values" example='{ "network": "203.0.113.0/24" }'>What the sentence says of this case alone, by name.</param>
internal sealed record FieldFault(string Field, string Code, string Message, IReadOnlyDictionary<string, string> Values)
{
    public FieldFault(string field, Fault fault)
        : this(field, fault.Code, fault.Message, fault.Values)
    {
    }
}
