using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.Revisions;

namespace ClientVpnAdmin.AdminApi.Health;

/// <summary>For load balancers and monitors, which don't sign in.</summary>
internal static class HealthApi
{
    public static void MapHealth(this WebApplication app)
    {
        var health = app.MapGroup("/health").WithTags("Health").AllowAnonymous()
            // By the server itself, without a body.
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status431RequestHeaderFieldsTooLarge, typeof(void)));
        health.MapRead("/live", () => new HealthStatus("live")).WithName("IsLive")
            .WithSummary("Answers while the portal runs.")
            .WithDescription("It asks neither the store nor anything else.");
        health.MapRead("/ready", async (RevisionLog log, CancellationToken cancellationToken) =>
        {
            await log.ReadHeadAsync(cancellationToken);
            return new HealthStatus("ready");
        }).WithName("IsReady")
            .WithSummary("Answers while the portal can read the rules; 503 else.")
            .WithDescription("It asks the store for the newest revision, as the handler does.")
            .AnswersProblem(StatusCodes.Status503ServiceUnavailable);
    }

    /// <param name="Status" example="ready"><c>live</c> or <c>ready</c>.</param>
    internal sealed record HealthStatus(string Status);
}
