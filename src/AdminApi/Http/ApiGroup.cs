using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using ClientVpnAdmin.AdminApi.Access;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace ClientVpnAdmin.AdminApi.Http;

/// <summary>
/// The parts of <c>/api</c>: what anybody may call, what readers may, what only editors may, and what that would do, for readers as well.
/// </summary>
internal sealed record ApiGroup(
    RouteGroupBuilder Open, RouteGroupBuilder Reading, RouteGroupBuilder Editing, RouteGroupBuilder Previewing);

internal static class ApiGroupRoutes
{
    public static ApiGroup MapApi(this WebApplication app)
    {
        return new ApiGroup(
            Map("/api").AllowAnonymous(),
            MapFor(Roles.Reader, "/api"),
            MapFor(Roles.Editor, "/api"),
            MapFor(Roles.Reader, "/api/preview"));

        RouteGroupBuilder MapFor(string role, string prefix) => Map(prefix)
            .RequireAuthorization(role)
            .AnswersProblem(StatusCodes.Status401Unauthorized)
            .AnswersProblem(StatusCodes.Status403Forbidden);

        RouteGroupBuilder Map(string prefix) => app.MapGroup(prefix)
            .AddEndpointFilterFactory(RefuseUnknownQueryParameters)
            .AnswersProblem(StatusCodes.Status400BadRequest)
            .AnswersProblem(StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>Maps a call that reads. HEAD asks for the same without the body (RFC 9110, section 9.3.2).</summary>
    public static RouteHandlerBuilder MapRead(
        this RouteGroupBuilder group, [StringSyntax("Route")] string pattern, Delegate call) =>
        group.MapCall(pattern, [HttpMethods.Get, HttpMethods.Head], call);

    /// <summary>Documents that the call takes a JSON body, and how it can be wrong.</summary>
    /// <param name="example">A body that could be sent as it is.</param>
    public static RouteHandlerBuilder TakesJson(
        this RouteHandlerBuilder route, [StringSyntax(StringSyntaxAttribute.Json)] string example) => route
        .WithMetadata(new BodyExample(example))
        .AnswersProblem(StatusCodes.Status413PayloadTooLarge)
        .AnswersProblem(StatusCodes.Status415UnsupportedMediaType);

    /// <summary>Documents that the call takes a JSON merge patch, and how it can be wrong.</summary>
    /// <param name="example">A body that could be sent as it is.</param>
    public static RouteHandlerBuilder TakesPatch(
        this RouteHandlerBuilder route, [StringSyntax(StringSyntaxAttribute.Json)] string example) =>
        route.TakesJson(example).WithMetadata(new PatchBody());

    /// <summary>Documents an answer that says in an ETag of which state of things it is.</summary>
    public static RouteHandlerBuilder AnswersTagged<T>(this RouteHandlerBuilder route, int status = StatusCodes.Status200OK) =>
        route.Produces<T>(status).WithMetadata(new TaggedAnswer(status));

    /// <summary>
    /// Says of which state of things an answer is. Whoever reads and has that already, by <c>If-None-Match</c>, is answered 304 without it.
    /// </summary>
    /// <param name="isLasting">False if the same tag is given to other answers as well, so that nobody has it already.</param>
    public static IResult WithETag(this IResult result, string tag, bool isLasting = true) =>
        new TaggedResult(result, $"\"{tag}\"", isLasting);

    /// <summary>The tag of a list is the number of the revision that it is of.</summary>
    /// <param name="isLasting">False if the answer depends on the time as well, so that nobody has it already.</param>
    public static IResult WithETag(this IResult result, long revision, bool isLasting = true) =>
        new TaggedResult(result, $"\"{revision.ToString(CultureInfo.InvariantCulture)}\"", isLasting);

    public static IResult WithHeader(this IResult result, string name, string value) => new ResultWithHeader(result, name, value);

    /// <summary>Says where the next page is (RFC 8288), for answers that have no room for it themselves.</summary>
    public static IResult WithNextPage(this IResult result, HttpRequest request, string? nextCursor)
    {
        if (nextCursor is null)
        {
            return result;
        }

        var others = request.Query.Where(q => q.Key != "cursor").SelectMany(q => q.Value, (q, value) => KeyValuePair.Create(q.Key, value));
        var query = QueryString.Create(others).Add("cursor", nextCursor);
        return result.WithHeader(HeaderNames.Link, $"<{request.Path.ToUriComponent()}{query.ToUriComponent()}>; rel=\"next\"");
    }

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
                errors.Add(
                    name, "unknown-parameter", "This call has no such query parameter: remove it, or see /swagger for those it has.");
            }

            return errors.Any ? ValueTask.FromResult<object?>(Problems.Invalid(errors)) : next(invocation);
        };
    }

    private sealed class TaggedResult(IResult result, string tag, bool isLasting) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var request = httpContext.Request;
            httpContext.Response.Headers.ETag = tag;
            if (isLasting
                && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
                && EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var known)
                && known.Any(k => k.Equals(EntityTagHeaderValue.Any) || k.Compare(new(tag), useStrongComparison: false)))
            {
                httpContext.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            return result.ExecuteAsync(httpContext);
        }
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
