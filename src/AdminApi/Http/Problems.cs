using System.Text.Json;
using System.Text.RegularExpressions;
using ClientVpnAdmin.Stores;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace ClientVpnAdmin.AdminApi.Http;

/// <summary>Errors as RFC 9457 problem details, with an <c>errors</c> map that names each bad field.</summary>
internal static partial class Problems
{
    /// <summary>The longest body that is read: a replacement of all ranges needs a few megabytes.</summary>
    public const int MaxBodyBytes = 16 * 1024 * 1024;

    public static void AddProblems(this WebApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<ExceptionProblems>();
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        });
    }

    public static void UseProblems(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages(context => Create(context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext));
        app.Use(RefuseOtherCharsets);
    }

    public static IResult Create(int status, string? detail, Dictionary<string, object?>? more = null) =>
        TypedResults.Problem(statusCode: status, detail: detail, extensions: more);

    public static IResult Invalid(Errors errors) =>
        TypedResults.ValidationProblem(errors.ToDictionary(), detail: "What was sent can't be used; nothing was changed. See errors.");

    public static IResult Invalid(string field, string message)
    {
        var errors = new Errors();
        errors.Add(field, message);
        return Invalid(errors);
    }

    public static IResult NotFound(string what) => Create(StatusCodes.Status404NotFound, $"There is no {what}.");

    /// <summary>The framework fails on a charset that it doesn't know, among them "utf-8" in quotes (right by RFC 9110, 8.3.1).</summary>
    private static Task RefuseOtherCharsets(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is not null
            && MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) && type.Charset.HasValue)
        {
            var charset = HeaderUtilities.UnescapeAsQuotedString(type.Charset).ToString();
            if (!charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            {
                var remedy = "Send the body in UTF-8, with 'charset=utf-8' in Content-Type or no charset.";
                var problem = Create(StatusCodes.Status415UnsupportedMediaType, $"{Errors.Quote(charset)} is not read here. {remedy}");
                return problem.ExecuteAsync(context);
            }

            type.Charset = "utf-8";
            context.Request.ContentType = type.ToString();
        }

        return next(context);
    }

    private static IResult Create(int status) => Create(status, status switch
    {
        StatusCodes.Status400BadRequest => "The body can't be read to its end. Send it as its headers announce it.",
        StatusCodes.Status401Unauthorized =>
            "Send the header 'Authorization: Bearer <token>' with a valid token; where the portal signs in by IAM, sign the request "
            + "instead (curl --aws-sigv4). With its local sign-in the portal says at its start where its tokens are.",
        StatusCodes.Status403Forbidden => "Your role doesn't allow this: changes need the role editor.",
        StatusCodes.Status404NotFound => "There is nothing here. /swagger lists what there is.",
        StatusCodes.Status405MethodNotAllowed => "This can't be called with that method. /swagger lists what can.",
        StatusCodes.Status413PayloadTooLarge => $"The body is longer than {MaxBodyBytes / 1024 / 1024} MiB. Send less.",
        StatusCodes.Status415UnsupportedMediaType =>
            "Send the header 'Content-Type: application/json'. PUT /api/ranges takes text/csv as well, POST /api/ranges/import text/plain.",
        _ => null,
    });

    /// <summary>Names the field of a body or a parameter that couldn't be read.</summary>
    private static IResult Create(BadHttpRequestException exception)
    {
        if (exception.InnerException is JsonException json)
        {
            return Create(json);
        }

        if (UnreadableParameter().Match(exception.Message) is { Success: true } parameter)
        {
            var type = parameter.Groups["type"].Value;
            return Invalid(
                JsonNamingPolicy.CamelCase.ConvertName(parameter.Groups["name"].Value),
                $"{Errors.Quote(parameter.Groups["value"].Value)} can't be read. Write "
                + $"{(type.Contains("bool", StringComparison.Ordinal) ? "true or false" : "a whole number")}.");
        }

        return exception.StatusCode == StatusCodes.Status400BadRequest
            ? Invalid("body", "Send a body, in JSON.")
            : Create(exception.StatusCode);
    }

    private static IResult Create(JsonException exception)
    {
        var path = exception.Path is null or "$"
            ? "body"
            : exception.Path.StartsWith("$.", StringComparison.Ordinal) ? exception.Path[2..] : exception.Path[1..];
        var message = exception.Message switch
        {
            var m when m.Contains("could not be mapped to any .NET member", StringComparison.Ordinal) =>
                "There is no such member: remove it, or see /swagger for those there are.",
            var m when m.Contains("Duplicate property", StringComparison.Ordinal) => "This member is given twice: remove one.",
            _ when exception.InnerException?.Message.Contains("UTF-", StringComparison.Ordinal) == true =>
                "This is not Unicode: it has half of a surrogate pair, or bytes that are not UTF-8. Mend that.",
            var m when m.Contains("could not be converted to System.String", StringComparison.Ordinal) => "Write a text, in double quotes.",
            var m when m.Contains("could not be converted to System.Nullable`1[System.Boolean]", StringComparison.Ordinal) =>
                "Write true or false, without quotes.",
            var m when m.Contains("could not be converted to System.Nullable`1[System.Int64]", StringComparison.Ordinal) =>
                "Write a whole number, without quotes.",
            var m when m.Contains("could not be converted to System.Collections", StringComparison.Ordinal) =>
                "Write a list, in square brackets.",
            var m when m.Contains("could not be converted", StringComparison.Ordinal) => "Write an object, in braces.",
            _ =>
                $"This is not valid JSON in UTF-8, or nested too deeply (line {exception.LineNumber + 1}, byte "
                + $"{exception.BytePositionInLine + 1}).",
        };
        return Invalid(path, message);
    }

    [GeneratedRegex(
        "^Failed to bind parameter \"(?<type>\\S+) (?<name>\\w+)\" from \"(?<value>.*)\"\\.$",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex UnreadableParameter();

    private sealed class ExceptionProblems(ILogger<ExceptionProblems> logger) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            IResult problem;
            switch (exception)
            {
                case BadHttpRequestException bad:
                    problem = Create(bad);
                    break;
                case RuleStoreException store:
                    logger.LogError(exception, "The rule store can't be used.");
                    problem = Create(
                        StatusCodes.Status503ServiceUnavailable,
                        store.IsReadOnly
                            ? "The rule store can't be written at the moment, so nothing was changed. Make room on its disk, and see that "
                                + "the portal's user may write it; then try again. The portal's log says more."
                            : "The rule store can't be used at the moment; the portal's log says why. Try again later.");
                    break;
                case InvalidDataException:
                    logger.LogError(exception, "The rules can't be evaluated.");
                    problem = Create(
                        StatusCodes.Status503ServiceUnavailable,
                        "The rules hold something that this portal doesn't know; its log says what. Update the portal.");
                    break;
                default:
                    logger.LogError(exception, "A request failed.");
                    problem = Create(StatusCodes.Status500InternalServerError, "Something broke; the portal's log says what.");
                    break;
            }

            await problem.ExecuteAsync(httpContext);
            return true;
        }
    }
}
