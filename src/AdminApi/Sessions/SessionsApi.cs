using Amazon.EC2.Model;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;

namespace ClientVpnAdmin.AdminApi.Sessions;

/// <summary>
/// Client VPN asks the handler only when somebody connects. So a person who is connected when their range goes stays connected, until their
/// connection is ended (AWS Client VPN Administrator Guide, "Connection authorization").
/// </summary>
internal static class SessionsApi
{
    public static void MapSessions(this ApiGroup api) =>
        api.Editing.MapCall("/sessions/review", [HttpMethods.Post], Review).WithTags("Sessions").WithName("ReviewSessions")
            .WithSummary("Decides about an endpoint's active connections again, and can end those that would not come in any more.")
            .WithDescription(
                "Asks EC2 for the connections, and decides each by its recorded event, now. "
                + "In report-only mode everybody would come in, and nobody is ended. "
                + "Connections of which no decision is recorded are listed apart.")
            .Produces<SessionReview>()
            .AnswersProblem(StatusCodes.Status502BadGateway);

    private static async Task<IResult> Review(
        [FromQuery(Name = "endpointId")] string? endpointId,
        [FromQuery(Name = "terminate")] bool? terminate,
        [FromQuery(Name = "terminateNotRecorded")] bool? terminateNotRecorded,
        SessionReviewer reviewer,
        CancellationToken cancellationToken)
    {
        var errors = new Errors();
        Checks.EndpointId(endpointId, "endpointId", errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        IReadOnlyList<ClientVpnConnection> active;
        try
        {
            active = await reviewer.ListActiveAsync(endpointId!, cancellationToken);
        }
        catch (Exception e) when (SessionReviewer.IsOfEc2(e))
        {
            return Problems.Create(
                StatusCodes.Status502BadGateway,
                "ec2-unavailable",
                $"EC2 can't be asked for the connections of {endpointId}: {e.Message.TrimEnd('.')}. Nothing was ended. The portal needs "
                + "AWS_REGION, credentials, and leave to list the connections.");
        }

        return TypedResults.Ok(
            await reviewer.ReviewAsync(endpointId!, active, terminate == true, terminateNotRecorded == true, cancellationToken));
    }
}
