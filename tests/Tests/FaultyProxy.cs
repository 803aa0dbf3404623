using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ClientVpnAdmin;

/// <summary>Stands between a program and the DynamoDB server, and does to the traffic what a test wants.</summary>
internal sealed class FaultyProxy : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient server;

    private FaultyProxy(WebApplication app, HttpClient server)
    {
        this.app = app;
        this.server = server;
    }

    /// <summary>Deals with a request and answers with true, or leaves it to the server with false; null for all to the server.</summary>
    public Func<HttpContext, Task<bool>>? Fault { get; set; }

    public string Url => app.Urls.Single();

    /// <param name="server">The DynamoDB server.</param>
    /// <param name="certificate">With what it presents itself, over TLS then; null for plain http.</param>
    public static async Task<FaultyProxy> StartAsync(Uri server, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        var app = builder.Build();
        var proxy = new FaultyProxy(app, new HttpClient { BaseAddress = server });
        app.Run(proxy.ForwardAsync);
        await app.StartAsync();
        return proxy;
    }

    /// <summary>Answers as DynamoDB does when something is wrong.</summary>
    public static Func<HttpContext, Task<bool>> Error(HttpStatusCode status, string type) => async context =>
    {
        context.Response.StatusCode = (int)status;
        context.Response.ContentType = "application/x-amz-json-1.0";
        await context.Response.WriteAsync($$"""{"__type":"com.amazonaws.dynamodb.v20120810#{{type}}","message":"A test."}""");
        return true;
    };

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        server.Dispose();
    }

    private async Task ForwardAsync(HttpContext context)
    {
        if (Fault is not null && await Fault(context))
        {
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(body.ToArray()) };
        var signed = context.Request.Headers.Where(
            h => h.Key.StartsWith("X-Amz", StringComparison.OrdinalIgnoreCase) || h.Key is "Authorization" or "Host");
        foreach (var (name, value) in signed)
        {
            request.Headers.TryAddWithoutValidation(name, value.ToString());
        }

        request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        using var response = await server.SendAsync(request);
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        foreach (var (name, values) in response.Headers.Where(h => h.Key.StartsWith("x-amz", StringComparison.OrdinalIgnoreCase)))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        await context.Response.Body.WriteAsync(await response.Content.ReadAsByteArrayAsync());
    }
}
