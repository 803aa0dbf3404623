using System.Globalization;
using Amazon.EC2;
using Amazon.EC2.Model;
using Amazon.Runtime;
using ClientVpnAdmin.AdminApi.Decisions;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.Settings;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Sessions;

/// <summary>Decides about an endpoint's active connections again, and ends those that would not come in any more.</summary>
/// <param name="services">Makes EC2's client when it is first asked for: only AWS has sessions.</param>
internal sealed class SessionReviewer(
    IServiceProvider services, RevisionLog log, IDecisionLog decisions, TimeProvider time, ILogger<SessionReview> logger)
{
    // Client VPN ends a session after 24 hours at the latest, and decides about it just before it begins.
    private static readonly TimeSpan MaxSession = TimeSpan.FromHours(25);

    private const int MaxDecisions = 100_000;

    // A decision is recorded after it is given, and an index of DynamoDB shows it a little later still.
    private static readonly TimeSpan RecordedWithin = TimeSpan.FromMinutes(1);

    private IAmazonEC2 Ec2 => services.GetRequiredService<IAmazonEC2>();

    /// <summary>Whether a fault is one of EC2, of its client or of the way there.</summary>
    public static bool IsOfEc2(Exception fault) => fault is AmazonClientException or AmazonServiceException or HttpRequestException;

    /// <summary>The connections of an endpoint that are active now.</summary>
    public async Task<IReadOnlyList<ClientVpnConnection>> ListActiveAsync(string endpointId, CancellationToken cancellationToken)
    {
        var active = new List<ClientVpnConnection>();
        var request = new DescribeClientVpnConnectionsRequest { ClientVpnEndpointId = endpointId };
        do
        {
            var page = await Ec2.DescribeClientVpnConnectionsAsync(request, cancellationToken);

            // Those that ended within the last hour are listed as well.
            active.AddRange((page.Connections ?? []).Where(c => c.Status?.Code == ClientVpnConnectionStatusCode.Active));
            request.NextToken = page.NextToken;
        }
        while (!string.IsNullOrEmpty(request.NextToken));

        return active;
    }

    /// <param name="active">What is active there.</param>
    /// <param name="terminate">Whether those are ended that would be denied now.</param>
    /// <param name="terminateNotRecorded">Whether those are ended of which no decision is recorded.</param>
    public async Task<SessionReview> ReviewAsync(
        string endpointId,
        IReadOnlyList<ClientVpnConnection> active,
        bool terminate,
        bool terminateNotRecorded,
        CancellationToken cancellationToken)
    {
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

            var error = terminate ? await TerminateAsync(endpointId, connection.ConnectionId, cancellationToken) : null;
            var session = new DeniedSession(
                decision.ConnectionId,
                decision.Username,
                decision.CommonName,
                decision.PublicIp,
                decision.Id,
                again.Reason,
                terminate && error is null,
                error);
            denied.Add(session);
            logger.LogWarning(
                "The connection {ConnectionId} of {EndpointId} would not come in any more ({Reason}): {Outcome}.",
                session.ConnectionId,
                endpointId,
                Words.Format(again.Reason!.Value),
                Outcome(session.Error, session.Terminated));
        }

        return new SessionReview(endpointId, head.Revision, active.Count, stillAllowed, denied, notRecorded, unreadable);

        async Task<NotRecordedSession> ReviewNotRecordedAsync(ClientVpnConnection connection, Guid? decisionId)
        {
            var error = !terminateNotRecorded ? null
                : !areAll && decisionId is null ? new Fault(
                    "too-many-decisions",
                    $"Left alone: of more than {MaxDecisions:N0} decisions the rest was not looked at.",
                    ("max", MaxDecisions))
                : head.Rules.Settings.Enforcement == Enforcement.ReportOnly
                    ? new("report-only", "Left alone: in report-only mode everybody may come in.")
                : IsNew(connection, now)
                    ? new("too-new", "Left alone: it has just begun, or nobody knows when, and its decision may yet be recorded.")
                : await TerminateAsync(endpointId, connection.ConnectionId, cancellationToken);
            var session = new NotRecordedSession(
                connection.ConnectionId,
                connection.Username ?? "",
                connection.CommonName ?? "",
                decisionId,
                terminateNotRecorded && error is null,
                error);
            logger.LogWarning(
                "No decision that let the connection {ConnectionId} of {EndpointId} in is recorded: {Outcome}.",
                session.ConnectionId, endpointId, Outcome(session.Error, session.Terminated));
            return session;
        }
    }

    private static string Outcome(Fault? error, bool isTerminated) => error?.Message ?? (isTerminated ? "ended" : "left alone");

    /// <summary>EC2 gives the time without its zone, UTC. One that can't be read could be any.</summary>
    private static bool IsNew(ClientVpnConnection connection, DateTimeOffset now) =>
        !DateTimeOffset.TryParse(
            connection.ConnectionEstablishedTime, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since)
        || now - since < RecordedWithin;

    /// <returns>Null, or why it could not be ended.</returns>
    private async Task<Fault?> TerminateAsync(string endpointId, string connectionId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            // To its end, so that what is ended is known to be.
            await Ec2.TerminateClientVpnConnectionsAsync(
                new() { ClientVpnEndpointId = endpointId, ConnectionId = connectionId }, CancellationToken.None);
            return null;
        }
        catch (Exception e) when (IsOfEc2(e))
        {
            return new("ec2-refused", e.Message);
        }
    }
}
