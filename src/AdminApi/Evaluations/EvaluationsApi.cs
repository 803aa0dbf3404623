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
        api.Reading.MapCall("/evaluations", [HttpMethods.Post], Evaluate).WithTags("Evaluations").WithName("Evaluate")
            .WithSummary("Tries out a connection: decides as the handler would, and changes nothing.")
            .WithDescription(
                "Takes the event as Client VPN sends it, or in short what is known of it, as in "
                + "{ \"publicIp\": \"203.0.113.7\", \"username\": \"alice\" }. "
                + "In short, what is left out is absent from the event.")
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
        Body<EvaluationInput> body, RevisionLog log, TimeProvider time, CancellationToken cancellationToken)
    {
        var (errors, input) = (body.Errors, body.Value);
        var json = input.Check(errors);
        var at = Checks.Time(input.At, "at", errors) ?? time.GetUtcNow();
        var rules = input.Revision is { } number
            ? await log.ReadAsync(number, cancellationToken)
            : await log.ReadHeadAsync(cancellationToken);
        if (rules is null)
        {
            errors.Add(
                "revision",
                "no-such-revision",
                $"There is no revision {input.Revision}. GET /api/revisions lists those there are; leave it out for the newest.",
                ("given", input.Revision ?? 0));
        }

        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var connection = ConnectionEvent.Parse(json);
        var decision = Evaluator.Decide(connection, at, rules!.Rules, rules.Revision);
        return TypedResults.Ok(new Evaluation(
            decision.Allowed,
            decision.Reason,
            decision.RangeId,
            DecidingRange.Find(rules.Rules, decision.RangeId),
            decision.Entry,
            connection.Problem,
            decision.Message,
            rules.Revision,
            JsonElement.Parse(decision.Response.ToJson()),
            [
                .. Evaluator.NearMisses(
                    connection, at, connection.Address is { } address ? rules.Rules.Containing(address, isEnabledOnly: false) : []),
            ]));
    }
}
