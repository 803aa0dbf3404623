using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>A stand-in for STS that speaks its query protocol for one call, as its API reference has it.</summary>
internal sealed class Sts : IAsyncDisposable
{
    public const string Arn = "arn:aws:sts::123456789012:assumed-role/VpnAdmins/alice@example.com";

    private readonly WebApplication app;

    private Sts(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single();

    /// <param name="status">What it answers; 0 for nothing, for long.</param>
    public static async Task<Sts> StartAsync(int status = 200)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapPost("/", async context =>
        {
            if (status == 0)
            {
                await Task.Delay(TimeSpan.FromMinutes(1), context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            const string Namespace = "https://sts.amazonaws.com/doc/2011-06-15/";
            var action = (await context.Request.ReadFormAsync())["Action"];
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/xml";
            await context.Response.WriteAsync(status == 200
                ? $"<{action}Response xmlns=\"{Namespace}\"><{action}Result><Arn>{Arn}</Arn><UserId>AROAEXAMPLE:alice</UserId>"
                    + $"<Account>123456789012</Account></{action}Result></{action}Response>"
                : $"<ErrorResponse xmlns=\"{Namespace}\"><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>Expired.</Message>"
                    + "</Error><RequestId>r</RequestId></ErrorResponse>");
        });
        await app.StartAsync();
        return new Sts(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
