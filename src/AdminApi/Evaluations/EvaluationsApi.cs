using System.Text.Json;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Evaluations;

internal static class EvaluationsApi
{
    public static void MapEvaluations(this ApiGroup api) =>
        api.Reading.MapPost("/evaluations", Evaluate).WithTags("Evaluations").WithName("Evaluate")
            .WithSummary("Tries out a connection: decides as the handler would, and changes nothing.")
            .Produces<Evaluation>()
            .TakesJson("""
                {
                  "event": {
                    "connection-id": "cvpn-connection-04e7e1b2f0daf9460", "endpoint-id": "cvpn-endpoint-0f13eab7f860433cc",
                    "common-name": "", "username": "alice", "platform": "win", "platform-version": "", "public-ip": "203.0.113.7",
                    "client-openvpn-version": "", "schema-version": "v1"
                  }
                }
                """);

    private static async Task<IResult> Evaluate(
        EvaluationInput input, RevisionLog log, TimeProvider time, CancellationToken cancellationToken)
    {
        var errors = new Errors();
        if (input.Event.ValueKind == JsonValueKind.Undefined)
        {
            errors.Add("event", "Give the connection event to decide about, as Client VPN sends it.");
        }

        var at = Checks.Time(input.At, "at", errors) ?? time.GetUtcNow();
        var rules = input.Revision is { } number
            ? await log.ReadAsync(number, cancellationToken)
            : await log.ReadHeadAsync(cancellationToken);
        if (rules is null)
        {
            errors.Add(
                "revision",
                $"There is no revision {input.Revision}. GET /api/revisions lists those there are; leave it out for the newest.");
        }

        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var connection = ConnectionEvent.Parse(input.Event);
        var decision = Evaluator.Decide(connection, at, rules!.Rules, rules.Revision);
        return TypedResults.Ok(new Evaluation(
            decision.Allowed,
            decision.Reason,
            decision.RangeId,
            decision.Message,
            rules.Revision,
            JsonElement.Parse(decision.Response.ToJson()),
            [.. Evaluator.NearMisses(connection, at, rules.Rules.Ranges)]));
    }
}
