using System.Globalization;
using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.Runtime;
using ClientVpnAdmin.AdminApi.Decisions;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.Settings;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;

namespace ClientVpnAdmin.AdminApi.Sessions;

/// <summary>
/// Client VPN asks the handler only when somebody connects. So a person who is connected when their range goes stays connected, until their
/// connection is ended (AWS Client VPN Administrator Guide, "Connection authorization").
/// </summary>
internal static class SessionsApi
{
    // Client VPN ends a session after 24 hours at the latest, and decides about it just before it begins.
    private static readonly TimeSpan MaxSession = TimeSpan.FromHours(25);

    private const int MaxDecisions = 100_000;

    // A decision is recorded after it is given, and an index of DynamoDB shows it a little later still.
    private static readonly TimeSpan RecordedWithin = TimeSpan.FromMinutes(1);

    public static void MapSessions(this ApiGroup api) =>
        api.Editing.MapPost("/sessions/review", Review).WithTags("Sessions").WithName("ReviewSessions")
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
        IServiceProvider services,
        RevisionLog log,
        IDecisionLog decisions,
        TimeProvider time,
        ILogger<SessionReview> logger,
        CancellationToken cancellationToken)
    {
        var errors = new Errors();
        Checks.EndpointId(endpointId, "endpointId", errors);
        if (errors.Any)
        {
            return Problems.Invalid(errors);
        }

        IAmazonEC2 ec2;
        List<ClientVpnConnection> active;
        try
        {
            ec2 = services.GetRequiredService<IAmazonEC2>();
            active = await ListActiveAsync(ec2, endpointId!, cancellationToken);
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException or HttpRequestException)
        {
            return Problems.Create(
                StatusCodes.Status502BadGateway,
                "ec2-unavailable",
                $"EC2 can't be asked for the connections of {endpointId}: {e.Message.TrimEnd('.')}. Nothing was ended. The portal needs "
                + "AWS_REGION, credentials, and leave to list the connections.");
        }

        var now = time.GetUtcNow();
        var head = await log.ReadHeadAsync(cancellationToken);
        var query = new DecisionQuery { EndpointId = endpointId, From = now - MaxSession, Limit = MaxDecisions, Now = now };
        var (lately, areAll, unreadable) = await decisions.ListAllAsync(query, MaxDecisions, cancellationToken);
        logger.WarnOfUnreadable(unreadable);
        var letIn = lately.Where(d => d is { LetIn: true, Unreadable: false })
            .DistinctBy(d => d.ConnectionId).ToDictionary(d => d.ConnectionId);

        var (stillAllowed, denied, notRecorded) = (0, new List<DeniedSession>(), new List<NotRecordedSession>());
        foreach (var connection in active)
        {
            if (!letIn.TryGetValue(connection.ConnectionId, out var decision) || decision.Event is not { } json)
            {
                notRecorded.Add(await ReviewNotRecordedAsync(connection, decision?.Id));
                continue;
            }

            var again = Evaluator.Decide(ConnectionEvent.Parse(json), now, head.Rules, head.Revision);
            if (again.Response.Allow)
            {
                stillAllowed++;
                continue;
            }

            var error = terminate == true ? await TerminateAsync(ec2, endpointId!, connection.ConnectionId, cancellationToken) : null;
            denied.Add(new(
                decision.ConnectionId,
                decision.Username,
                decision.CommonName,
                decision.PublicIp,
                decision.Id,
                again.Reason,
                terminate == true && error is null,
                error));
        }

        foreach (var session in denied)
        {
            logger.LogWarning(
                "The connection {ConnectionId} of {EndpointId} would not come in any more ({Reason}): {Outcome}.",
                session.ConnectionId,
                endpointId,
                Words.Format(session.Reason!.Value),
                session.Error?.Message ?? (session.Terminated ? "ended" : "left alone"));
        }

        foreach (var session in notRecorded)
        {
            logger.LogWarning(
                "No decision that let the connection {ConnectionId} of {EndpointId} in is recorded: {Outcome}.",
                session.ConnectionId, endpointId, session.Error?.Message ?? (session.Terminated ? "ended" : "left alone"));
        }

        return TypedResults.Ok(new SessionReview(endpointId!, head.Revision, active.Count, stillAllowed, denied, notRecorded, unreadable));

        async Task<NotRecordedSession> ReviewNotRecordedAsync(ClientVpnConnection connection, Guid? decisionId)
        {
            var error = terminateNotRecorded != true ? null
                : !areAll && decisionId is null ? new Fault(
                    "too-many-decisions",
                    $"Left alone: of more than {MaxDecisions:N0} decisions the rest was not looked at.",
                    ("max", MaxDecisions))
                : head.Rules.Settings.Enforcement == Enforcement.ReportOnly
                    ? new("report-only", "Left alone: in report-only mode everybody may come in.")
                : IsNew(connection, now)
                    ? new("too-new", "Left alone: it has just begun, or nobody knows when, and its decision may yet be recorded.")
                : await TerminateAsync(ec2, endpointId!, connection.ConnectionId, cancellationToken);
            return new(
                connection.ConnectionId,
                connection.Username ?? "",
                connection.CommonName ?? "",
                decisionId,
                terminateNotRecorded == true && error is null,
                error);
        }
    }

    /// <summary>EC2 gives the time without its zone, UTC. One that can't be read could be any.</summary>
    private static bool IsNew(ClientVpnConnection connection, DateTimeOffset now) =>
        !DateTimeOffset.TryParse(
            connection.ConnectionEstablishedTime, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since)
        || now - since < RecordedWithin;

    private static async Task<List<ClientVpnConnection>> ListActiveAsync(
        IAmazonEC2 ec2, string endpointId, CancellationToken cancellationToken)
    {
        var active = new List<ClientVpnConnection>();
        var request = new DescribeClientVpnConnectionsRequest { ClientVpnEndpointId = endpointId };
        do
        {
            var page = await ec2.DescribeClientVpnConnectionsAsync(request, cancellationToken);

            // Those that ended within the last hour are listed as well.
            active.AddRange((page.Connections ?? []).Where(c => c.Status?.Code == ClientVpnConnectionStatusCode.Active));
            request.NextToken = page.NextToken;
        }
        while (!string.IsNullOrEmpty(request.NextToken));

        return active;
    }

    /// <returns>Null, or why it could not be ended.</returns>
    private static async Task<Fault?> TerminateAsync(
        IAmazonEC2 ec2, string endpointId, string connectionId, CancellationToken cancellationToken)
    {
        try
        {
            await ec2.TerminateClientVpnConnectionsAsync(
                new() { ClientVpnEndpointId = endpointId, ConnectionId = connectionId }, cancellationToken);
            return null;
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException or HttpRequestException)
        {
            return new("ec2-refused", e.Message);
        }
    }
}
