using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Names;
using ClientVpnAdmin.RuleSets;

namespace ClientVpnAdmin.AdminApi.Changes;

/// <summary>An endpoint that let you in lately, would let you in now, and would not any more.</summary>
/// <param name="EndpointId" example="cvpn-endpoint-0f13eab7f860433cc">The endpoint.</param>
/// <param name="PublicIp" example="203.0.113.9">From where: your present address.</param>
/// <param name="DecisionId" example="019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b">
/// The newest decision that let you in there. Groups, certificate and platform are taken from its event.
/// </param>
/// <param name="Reason" example="address-not-allowed">Why you would be denied.</param>
internal sealed record LostEndpoint(string EndpointId, string PublicIp, Guid DecisionId, DenialReason Reason)
{
    /// <param name="decisions">What was decided, the newest first.</param>
    /// <param name="names">The caller's, of which an event names one as its user or in its certificate.</param>
    /// <param name="address">Where the caller is.</param>
    /// <param name="now">The time.</param>
    /// <param name="before">The present rules.</param>
    /// <param name="after">The rules as they would be.</param>
    public static IReadOnlyList<LostEndpoint> Find(
        IEnumerable<RecordedDecision> decisions,
        IEnumerable<string> names,
        Address address,
        DateTimeOffset now,
        RuleSet before,
        RuleSet after)
    {
        // Who is taken for the caller without being so costs a question; who isn't though they are costs the way in. So any form will do.
        var own = names.Select(Name.Loosely).Where(name => name.Length > 0).ToHashSet();
        return
        [
            .. from decision in decisions
                   .Where(d => d is { LetIn: true, Event: not null } && (IsCaller(d.Username) || IsCaller(d.CommonName)))
                   .DistinctBy(d => d.EndpointId)
               let connection = From(address, decision.Event!.Value)
               where connection is not null
               where Decide(before, connection).LetIn
               let outcome = Decide(after, connection)
               where !outcome.LetIn
               select new LostEndpoint(decision.EndpointId, $"{address}", decision.Id, outcome.Reason!.Value),
        ];

        bool IsCaller(string name) => own.Contains(Name.Loosely(name));

        ImpactOutcome Decide(RuleSet rules, ConnectionEvent connection) => new(Evaluator.Decide(connection, now, rules, 0));
    }

    /// <summary>The same connection from another address.</summary>
    /// <returns>Null if it has text that isn't Unicode: such an event is denied whatever the rules say.</returns>
    private static ConnectionEvent? From(Address address, JsonElement connectionEvent)
    {
        if (!ConnectionEvent.IsUnicode(JsonMarshal.GetRawUtf8Value(connectionEvent)))
        {
            return null;
        }

        var from = new JsonObject();
        foreach (var field in connectionEvent.EnumerateObject())
        {
            from[field.Name] = JsonNode.Parse(field.Value.GetRawText()); // a field that is given twice is the last one
        }

        from["public-ip"] = $"{address}";
        return ConnectionEvent.Parse(JsonSerializer.SerializeToElement(from));
    }
}
