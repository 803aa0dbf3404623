#if LAMBDA
using System.Security.Claims;
using Amazon.Lambda.APIGatewayEvents;
using Amazon.Lambda.AspNetCoreServer;
using Amazon.Lambda.AspNetCoreServer.Hosting.Internal;
using Microsoft.AspNetCore.Hosting.Server;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>The portal as a Lambda function behind an API Gateway HTTP API.</summary>
internal static partial class ApiGateway
{
    // Where API Gateway would say what an authorizer of ours found, if there were one: no request over HTTP can have it.
    private const string ScheduleMark = "clientVpnAdminSchedule";

    private static readonly string[] ScheduledPaths = ["/api/sessions/review", "/api/address-lists/refresh"];

    /// <summary>Does nothing outside Lambda.</summary>
    public static void AddApiGateway(this WebApplicationBuilder builder)
    {
        builder.Services.AddAWSLambdaHosting(LambdaEventSource.HttpApi);
        if (Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_NAME") is not null)
        {
            builder.Services.AddSingleton<IServer, WarmServer>(); // the last one counts
        }
    }

    /// <summary>Takes over whom API Gateway's IAM authorizer has recognized, and lets the deployment's schedules review sessions
    /// and refresh address lists.</summary>
    public static void UseApiGatewayCaller(this WebApplication app) => app.Use(async (context, next) =>
    {
        // The library makes a user of whatever any authorizer says; here only our own sign-in does.
        context.User = new ClaimsPrincipal(new ClaimsIdentity());
        var request = context.Items[AbstractAspNetCoreFunction.LAMBDA_REQUEST_OBJECT] as APIGatewayHttpApiV2ProxyRequest;
        var authorizer = request?.RequestContext?.Authorizer;
        if (authorizer?.IAM?.UserARN is { Length: > 0 } arn)
        {
            context.Items[IamSignIn.CallerArn] = arn;
        }
        else if (authorizer?.Lambda?.ContainsKey(ScheduleMark) == true && ScheduledPaths.Contains(context.Request.Path.Value))
        {
            context.User = context.RequestServices.GetRequiredService<Roles>().MakeEditor("schedule");
            await next(context);
            if (context.Response.StatusCode >= StatusCodes.Status400BadRequest)
            {
                LogFailed(app.Logger, context.Request.Path, context.Response.StatusCode); // nobody else sees the answer
            }

            return;
        }

        await next(context);
    });

    /// <summary>
    /// Calls the portal itself before it takes a call: Lambda starts some instances before anybody waits for them, and then what all
    /// calls need is ready.
    /// </summary>
    private sealed class WarmServer(IServiceProvider services) : APIGatewayHttpApiV2LambdaRuntimeSupportServer(services)
    {
        // Of the ten seconds that Lambda gives a start.
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

        public override async Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        {
            using var late = new CancellationTokenSource(Patience);
            var call = new DefaultHttpContext { RequestAborted = late.Token };
            (call.Request.Method, call.Request.Path) = (HttpMethods.Get, "/health/ready"); // it reads the rules as most calls do
            try
            {
                var context = application.CreateContext(call.Features);
                try
                {
                    await application.ProcessRequestAsync(context);
                }
                finally
                {
                    application.DisposeContext(context, null);
                }
            }
#pragma warning disable CA1031 // Whatever it is, such as rules that take longer to read: nobody waits for this call.
            catch (Exception)
#pragma warning restore CA1031
            {
            }

            await base.StartAsync(application, cancellationToken);
        }
    }

    [LoggerMessage(13, LogLevel.Error, "The schedule called {Path} and was answered {Status}. Call it yourself to see why.")]
    private static partial void LogFailed(ILogger logger, string path, int status);
}
#endif
