#if LAMBDA
using System.Security.Claims;
using Amazon.Lambda.APIGatewayEvents;
using Amazon.Lambda.AspNetCoreServer;

namespace ClientVpnAdmin.Access;

/// <summary>The portal as a Lambda function behind an API Gateway HTTP API.</summary>
internal static class ApiGateway
{
    /// <summary>Does nothing outside Lambda.</summary>
    public static void AddApiGateway(this WebApplicationBuilder builder) => builder.Services.AddAWSLambdaHosting(LambdaEventSource.HttpApi);

    /// <summary>Takes over whom API Gateway's IAM authorizer has recognized.</summary>
    public static void UseApiGatewayCaller(this WebApplication app) => app.Use((context, next) =>
    {
        // The library makes a user of whatever any authorizer says; here only our own sign-in does.
        context.User = new ClaimsPrincipal(new ClaimsIdentity());
        if (context.Items[AbstractAspNetCoreFunction.LAMBDA_REQUEST_OBJECT] is APIGatewayHttpApiV2ProxyRequest { RequestContext.Authorizer.IAM.UserARN: { Length: > 0 } arn })
        {
            context.Items[IamSignIn.CallerArn] = arn;
        }

        return next(context);
    });
}
#endif
