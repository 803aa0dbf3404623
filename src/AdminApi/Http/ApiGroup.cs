using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using ClientVpnAdmin.AdminApi.Access;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace ClientVpnAdmin.AdminApi.Http;

/// <summary>The two halves of <c>/api</c>: what readers may call, and what only editors may.</summary>
internal sealed record ApiGroup(RouteGroupBuilder Reading, RouteGroupBuilder Editing);

internal static class ApiGroupRoutes
{
    public static ApiGroup MapApi(this WebApplication app)
    {
        return new ApiGroup(Map(Roles.Reader), Map(Roles.Editor));

        RouteGroupBuilder Map(string role) => app.MapGroup("/api")
            .RequireAuthorization(role)
            .AddEndpointFilterFactory(RefuseUnknownQueryParameters)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>Documents that the call takes a JSON body, and how it can be wrong.</summary>
    /// <param name="example">A body that could be sent as it is.</param>
    public static RouteHandlerBuilder TakesJson(
        this RouteHandlerBuilder route, [StringSyntax(StringSyntaxAttribute.Json)] string example) => route
        .WithMetadata(new BodyExample(example))
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);

    /// <summary>Documents what every changing call can answer besides: that it wasn't done, or what it would do.</summary>
    public static RouteHandlerBuilder Changes(this RouteHandlerBuilder route) =>
        route.ProducesProblem(StatusCodes.Status409Conflict).WithMetadata(new DryRunnable());

    /// <summary>Documents an answer that says in an ETag of which state of things it is.</summary>
    public static RouteHandlerBuilder AnswersTagged<T>(this RouteHandlerBuilder route, int status = StatusCodes.Status200OK) =>
        route.Produces<T>(status).WithMetadata(new TaggedAnswer(status));

    public static IResult WithETag(this IResult result, string tag) => result.WithHeader(HeaderNames.ETag, $"\"{tag}\"");

    /// <summary>The tag of a list is the number of the revision that it is of.</summary>
    public static IResult WithETag(this IResult result, long revision) => result.WithETag(revision.ToString(CultureInfo.InvariantCulture));

    public static IResult WithHeader(this IResult result, string name, string value) => new ResultWithHeader(result, name, value);

    /// <summary>
    /// A query parameter that isn't known is an error: a mistyped filter must not widen a list, nor an option of a change be passed over.
    /// </summary>
    private static EndpointFilterDelegate RefuseUnknownQueryParameters(EndpointFilterFactoryContext context, EndpointFilterDelegate next)
    {
        var known = context.MethodInfo.GetParameters()
            .SelectMany(
                p => p.IsDefined(typeof(AsParametersAttribute), false) ? p.ParameterType.GetConstructors().Single().GetParameters() : [p])
            .Select(p => p.GetCustomAttribute<FromQueryAttribute>()?.Name)
            .OfType<string>()
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return invocation =>
        {
            var errors = new Errors();
            foreach (var name in invocation.HttpContext.Request.Query.Keys.Where(k => !known.Contains(k)))
            {
                errors.Add(name, "This call has no such query parameter: remove it, or see /swagger for those it has.");
            }

            return errors.Any ? ValueTask.FromResult<object?>(Problems.Invalid(errors)) : next(invocation);
        };
    }

    private sealed class ResultWithHeader(IResult result, string name, string value) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers[name] = value;
            return result.ExecuteAsync(httpContext);
        }
    }
}
