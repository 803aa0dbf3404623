using System.Collections.Concurrent;
using System.Net;
using System.Security;
using Amazon.EC2;
using Amazon.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ClientVpnAdmin.AdminApi.Sessions;

/// <summary>A stand-in for EC2 that speaks its query protocol for two calls, as its API reference has them.</summary>
internal sealed class Ec2 : IAsyncDisposable
{
    private const string Namespace = "http://ec2.amazonaws.com/doc/2016-11-15/";
    private readonly WebApplication app;

    private Ec2(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single();

    /// <summary>Id and state of each connection.</summary>
    public ConcurrentDictionary<string, string> Connections { get; } = new(StringComparer.Ordinal);

    /// <summary>Since when a connection has been there, in EC2's words, where a test gives that; else for long.</summary>
    public ConcurrentDictionary<string, string> Established { get; } = new(StringComparer.Ordinal);

    /// <summary>The error code that a call answers with, by the call's name.</summary>
    public ConcurrentDictionary<string, string> Failures { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Calls { get; } = [];

    /// <summary>Before this is done, no call is answered.</summary>
    public Task Answering { get; set; } = Task.CompletedTask;

    /// <summary>A client that asks this one, and doesn't ask twice.</summary>
    public AmazonEC2Client MakeClient() => new(
        new BasicAWSCredentials("x", "x"), new AmazonEC2Config { ServiceURL = Url, AuthenticationRegion = "us-east-1", MaxErrorRetry = 0 });

    public static async Task<Ec2> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var ec2 = new Ec2(builder.Build());
        ec2.app.MapPost("/", ec2.AnswerAsync);
        await ec2.app.StartAsync();
        return ec2;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var form = await context.Request.ReadFormAsync();
        var (action, endpoint, connection) =
            (form["Action"].ToString(), form["ClientVpnEndpointId"].ToString(), form["ConnectionId"].ToString());
        Calls.Enqueue($"{action} {endpoint} {connection}{form["NextToken"]}".TrimEnd());
        await Answering.WaitAsync(context.RequestAborted);
        context.Response.ContentType = "text/xml";
        if (Failures.TryGetValue(action, out var code))
        {
            context.Response.StatusCode = 403;
            await context.Response.WriteAsync(
                $"<Response><Errors><Error><Code>{code}</Code><Message>You are not authorized.</Message></Error></Errors>"
                + "<RequestID>r</RequestID></Response>");
        }
        else if (action == "TerminateClientVpnConnections")
        {
            Connections[connection] = "terminated";
            await context.Response.WriteAsync(
                $"<{action}Response xmlns=\"{Namespace}\"><requestId>r</requestId>"
                + $"<clientVpnEndpointId>{endpoint}</clientVpnEndpointId></{action}Response>");
        }
        else
        {
            // One to a page.
            var all = Connections.OrderBy(c => c.Key, StringComparer.Ordinal).ToList();
            var page = int.TryParse(form["NextToken"], out var number) ? number : 0;
            var items = string.Concat(all.Skip(page).Take(1).Select(c =>
                $"<item><clientVpnEndpointId>{endpoint}</clientVpnEndpointId><connectionId>{SecurityElement.Escape(c.Key)}</connectionId>"
                + "<username>alice</username>"
                + $"<connectionEstablishedTime>{Established.GetValueOrDefault(c.Key, "2026-03-31 12:00:00")}</connectionEstablishedTime>"
                + $"<status><code>{c.Value}</code></status></item>"));
            var next = page + 1 < all.Count ? $"<nextToken>{page + 1}</nextToken>" : "";
            await context.Response.WriteAsync(
                $"<{action}Response xmlns=\"{Namespace}\"><requestId>r</requestId>"
                + $"<connections>{items}</connections>{next}</{action}Response>");
        }
    }
}
