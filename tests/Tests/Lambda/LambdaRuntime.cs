using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ClientVpnAdmin.Lambda;

/// <summary>
/// The Lambda Runtime API as a function's program sees it (AWS Lambda Developer Guide, "Using the Lambda runtime API"), with that program
/// running: hands over one invocation after the other, and takes responses and errors.
/// </summary>
internal sealed class LambdaRuntime : IAsyncDisposable
{
    /// <summary>X-Ray's id of each invocation.</summary>
    public const string TraceId = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

    /// <summary>How long an event and a response may be (AWS Lambda Developer Guide, "Lambda quotas").</summary>
    public const int MaxPayload = 6 * 1024 * 1024;

    private readonly Channel<(string Id, byte[] Payload)> invocations = Channel.CreateUnbounded<(string, byte[])>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<(bool IsError, byte[] Payload)>> answers = new();
    private readonly WebApplication app;
    private volatile TaskCompletionSource idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RunningProgram? program;

    private LambdaRuntime(WebApplication app) => this.app = app;

    /// <summary>The folder of the packages that deploy.sh makes, to run those; null for the programs that the build puts here.</summary>
    private static string? Packages => Environment.GetEnvironmentVariable("LAMBDA_PACKAGES") is { Length: > 0 } folder ? folder : null;

    public RunningProgram Program => program!;

    /// <summary>Where a package's files are.</summary>
    public static string FolderOf(string package) =>
        Packages is { } packages ? Path.GetFullPath(package, Path.GetFullPath(packages)) : AppContext.BaseDirectory;

    /// <summary>Starts a program as Lambda would.</summary>
    /// <param name="function">The function's name.</param>
    /// <param name="package">Its package: <c>handler</c> or <c>portal</c>.</param>
    /// <param name="environment">The function's environment variables.</param>
    public static async Task<LambdaRuntime> StartAsync(string function, string package, params (string Name, string Value)[] environment)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var runtime = new LambdaRuntime(app);
        const string Invocation = "/2018-06-01/runtime/invocation";
        app.MapGet($"{Invocation}/next", runtime.NextAsync);
        app.MapPost($"{Invocation}/{{id}}/response", (string id, HttpRequest request) => runtime.AnswerAsync(id, isError: false, request));
        app.MapPost($"{Invocation}/{{id}}/error", (string id, HttpRequest request) => runtime.AnswerAsync(id, isError: true, request));
        await app.StartAsync();
        var folder = FolderOf(package);
        var assembly = package == "handler" ? "ClientVpnAdmin.Handler.dll" : "ClientVpnAdmin.AdminApi.dll";
        runtime.program = new RunningProgram(
            Packages is null ? "dotnet" : Path.Combine(folder, "bootstrap"),
            Packages is null ? [assembly] : [],
            folder,
            [
                ("LAMBDA_TASK_ROOT", folder),
                ("AWS_LAMBDA_RUNTIME_API", new Uri(app.Urls.Single()).Authority),
                ("AWS_LAMBDA_FUNCTION_NAME", function),
                ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
                ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
                .. environment,
            ]);
        return runtime;
    }

    /// <summary>Invokes the function and waits for its response.</summary>
    public async Task<byte[]> InvokeAsync(byte[] payload)
    {
        Assert.InRange(payload.Length, 0, MaxPayload);
        var id = Guid.NewGuid().ToString();
        var answer = answers[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await invocations.Writer.WriteAsync((id, payload));
        var (isError, response) = await answer.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(isError, $"The function failed: {System.Text.Encoding.UTF8.GetString(response)}");
        return response;
    }

    /// <summary>Waits until the program asks for the next event, and so has done everything for the one before.</summary>
    public Task IdleAsync() => idle.Task.WaitAsync(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        program?.Dispose();
        await app.DisposeAsync();
    }

    private async Task NextAsync(HttpContext context)
    {
        idle.TrySetResult();
        var (id, payload) = await invocations.Reader.ReadAsync(context.RequestAborted);
        idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
        context.Response.Headers["Lambda-Runtime-Aws-Request-Id"] = id;
        context.Response.Headers["Lambda-Runtime-Deadline-Ms"] = $"{DateTimeOffset.UtcNow.AddSeconds(10).ToUnixTimeMilliseconds()}";
        context.Response.Headers["Lambda-Runtime-Invoked-Function-Arn"] = "arn:aws:lambda:us-east-1:123456789012:function:test";
        context.Response.Headers["Lambda-Runtime-Trace-Id"] = TraceId;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(payload);
    }

    private async Task<IResult> AnswerAsync(string id, bool isError, HttpRequest request)
    {
        using var payload = new MemoryStream();
        await request.Body.CopyToAsync(payload);
        if (payload.Length > MaxPayload)
        {
            answers[id].SetResult((true, System.Text.Encoding.UTF8.GetBytes($"Function.ResponseSizeTooLarge: {payload.Length} bytes")));
            return Results.Json(
                new { errorType = "Function.ResponseSizeTooLarge" }, statusCode: StatusCodes.Status413PayloadTooLarge);
        }

        answers[id].SetResult((isError, payload.ToArray()));
        return Results.Json(new { status = "OK" }, statusCode: StatusCodes.Status202Accepted);
    }
}
