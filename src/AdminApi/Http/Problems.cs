using System.Globalization;
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

    /// <summary>In what spreadsheets save text besides UTF-8, by the names that there are for it.</summary>
    private static readonly HashSet<string> SheetCharsets = new(
        ["shift_jis", "shift-jis", "sjis", "windows-31j", "ms932", "cp932", "utf-16", "utf-16le", "utf-16be"],
        StringComparer.OrdinalIgnoreCase);

    public static void AddProblems(this WebApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<ExceptionProblems>();
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

    /// <param name="status">The answer's status.</param>
    /// <param name="code">What went wrong, for programs.</param>
    /// <param name="detail">What went wrong and the remedy, for people.</param>
    /// <param name="values">What the sentence says of this case alone, by name.</param>
    public static IResult Create(int status, string code, string detail, params ReadOnlySpan<(string Name, object Value)> values) =>
        Create(status, new Fault(code, detail, values));

    public static IResult Create(int status, Fault fault) => Create(new Problem(status, fault.Code, fault.Message, fault.Values));

    public static IResult Create(Problem problem) =>
        TypedResults.Json<object>(problem, contentType: Problem.ContentType, statusCode: problem.Status);

    /// <summary>What is wrong with what was sent: so much of it as <see cref="Errors"/> names, and how much more there is.</summary>
    public static IResult Invalid(Errors errors)
    {
        var detail = "What was sent can't be used; nothing was changed. See errors.";
        var values = new Dictionary<string, string>();
        if (errors.More > 0)
        {
            values["more"] = errors.More.ToString(CultureInfo.InvariantCulture);
            detail += $" They are the first {Errors.MaxNamed}: there are {values["more"]} more.";
        }

        return Create(new Problem(StatusCodes.Status400BadRequest, "invalid", detail, values)
        {
            Errors = errors.ToDictionary(),
            Faults = [.. errors.All.Select(e => new FieldFault(e.Field, e.Fault))],
        });
    }

    public static IResult Invalid(string field, Fault fault)
    {
        var errors = new Errors();
        errors.Add(field, fault);
        return Invalid(errors);
    }

    /// <param name="what">What people call it, such as <c>range</c>.</param>
    /// <param name="id">By what it was asked for.</param>
    public static IResult NotFound(string what, object id) => Create(
        StatusCodes.Status404NotFound,
        "not-found",
        string.Create(CultureInfo.InvariantCulture, $"There is no {what} {id}."),
        ("what", what),
        ("id", id));

    /// <summary>Documents that the call can answer a problem with this status.</summary>
    public static TBuilder AnswersProblem<TBuilder>(this TBuilder route, int status)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(Problem), [Problem.ContentType]));

    /// <summary>The framework fails on a charset that it doesn't know, among them "utf-8" in quotes (right by RFC 9110, 8.3.1).</summary>
    private static Task RefuseOtherCharsets(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is not null
            && MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) && type.Charset.HasValue)
        {
            var charset = HeaderUtilities.UnescapeAsQuotedString(type.Charset).ToString();
            var isSheet = type.Type == "text" && SheetCharsets.Contains(charset);
            if (!isSheet && !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            {
                var remedy = "Send the body in UTF-8, with 'charset=utf-8' in Content-Type or no charset.";
                var problem = Create(
                    StatusCodes.Status415UnsupportedMediaType,
                    "charset",
                    $"{Errors.Quote(charset)} is not read here. {remedy}",
                    ("given", Errors.Shown(charset)));
                return problem.ExecuteAsync(context);
            }

            type.Charset = isSheet ? null : "utf-8"; // in which of these a sheet is, is found out
            context.Request.ContentType = type.ToString();
        }

        return next(context);
    }

    private static IResult Create(int status) => status switch
    {
        StatusCodes.Status400BadRequest =>
            Create(status, "unreadable-body", "The body can't be read to its end. Send it as its headers announce it."),
        StatusCodes.Status401Unauthorized => Create(
            status,
            "not-signed-in",
            "Send the header 'Authorization: Bearer <token>' with a valid token; where the portal signs in by IAM, sign the request "
            + "instead (curl --aws-sigv4). With its local sign-in the portal says at its start where its tokens are."),
        StatusCodes.Status403Forbidden =>
            Create(status, "role-needed", "Your role doesn't allow this: changes need the role editor.", ("role", "editor")),
        StatusCodes.Status404NotFound => Create(status, "no-such-call", "There is nothing here. /swagger lists what there is."),
        StatusCodes.Status405MethodNotAllowed =>
            Create(status, "no-such-method", "This can't be called with that method. /swagger lists what can."),
        StatusCodes.Status413PayloadTooLarge => Create(
            status,
            "too-long",
            $"The body is longer than {MaxBodyBytes / 1024 / 1024} MiB. Send less.",
            ("maxMiB", MaxBodyBytes / 1024 / 1024)),
        StatusCodes.Status415UnsupportedMediaType => Create(
            status,
            "content-type",
            "Send the header 'Content-Type: application/json'. PUT /api/ranges takes text/csv as well, POST /api/ranges/import that and "
            + "text/plain, and PATCH application/merge-patch+json."),
        _ => Create(status, "refused", "The server refused this."),
    };

    /// <summary>Names the field of a body or a parameter that couldn't be read.</summary>
    private static IResult Create(BadHttpRequestException exception)
    {
        if (exception is InvalidBodyException body)
        {
            return Invalid(body.Errors);
        }

        if (exception.InnerException is JsonException json)
        {
            return Create(json);
        }

        if (UnreadableParameter().Match(exception.Message) is { Success: true } parameter)
        {
            var isBoolean = parameter.Groups["type"].Value.Contains("bool", StringComparison.Ordinal);
            var given = parameter.Groups["value"].Value;
            return Invalid(
                JsonNamingPolicy.CamelCase.ConvertName(parameter.Groups["name"].Value),
                new(
                    isBoolean ? "not-a-boolean" : "not-a-number",
                    $"{Errors.Quote(given)} can't be read. Write {(isBoolean ? "true or false" : "a whole number")}.",
                    ("given", Errors.Shown(given))));
        }

        return exception.StatusCode == StatusCodes.Status400BadRequest
            ? Invalid("body", new("missing", "Send a body, in JSON."))
            : Create(exception.StatusCode);
    }

    private static IResult Create(JsonException exception) => Invalid(
        "body",
        new(
            "not-json",
            $"This is not valid JSON in UTF-8, or nested too deeply (line {exception.LineNumber + 1}, byte "
            + $"{exception.BytePositionInLine + 1}).",
            ("line", exception.LineNumber + 1 ?? 0),
            ("byte", exception.BytePositionInLine + 1 ?? 0)));

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
                        store.IsReadOnly ? "store-read-only" : "store-unavailable",
                        store.IsReadOnly
                            ? "The rule store can't be written at the moment, so nothing was changed. Make room on its disk, and see that "
                                + "the portal's user may write it; then try again. The portal's log says more."
                            : "The rule store can't be used at the moment; the portal's log says why. Try again later.");
                    break;
                case InvalidDataException:
                    logger.LogError(exception, "The rules can't be evaluated.");
                    problem = Create(
                        StatusCodes.Status503ServiceUnavailable,
                        "rules-unknown",
                        "The rules hold something that this portal doesn't know; its log says what. Update the portal.");
                    break;
                default:
                    logger.LogError(exception, "A request failed.");
                    problem = Create(StatusCodes.Status500InternalServerError, "broken", "Something broke; the portal's log says what.");
                    break;
            }

            await problem.ExecuteAsync(httpContext);
            return true;
        }
    }
}
