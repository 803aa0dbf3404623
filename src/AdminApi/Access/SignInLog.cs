using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.IdentityModel.Tokens;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>
/// Logs one line for each failed sign-in, for each call that its caller's role doesn't allow, and for callers that were let in, who sign
/// in with each call, one an hour. None has a token.
/// </summary>
internal sealed partial class SignInLog(ILogger<SignInLog> logger, Roles roles) : IAuthorizationMiddlewareResultHandler, IDisposable
{
    private static readonly MemoryCacheEntryOptions Lately = new() { AbsoluteExpirationRelativeToNow = TimeSpan.FromHours(1), Size = 1 };

    // What doesn't find room here is logged once more.
    private readonly MemoryCache lately = new(new MemoryCacheOptions { SizeLimit = 10_000 });
    private readonly AuthorizationMiddlewareResultHandler answers = new();

    public void Dispose() => lately.Dispose();

    public async Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        // The path as it was sent, in which a control character is escaped; without its query, which may hold anything.
        var (method, path, from) = (context.Request.Method, context.Request.Path.ToUriComponent(), context.From());
        var who = roles.NameOf(context.User);
        if (authorizeResult.Challenged)
        {
            LogFailed(logger, from, method, path, Why((await context.AuthenticateAsync()).Failure));
        }
        else if (authorizeResult.Forbidden)
        {
            LogForbidden(who.Length > 0 ? who : "somebody without a name", from, method, path);
        }
        else if (who.Length > 0 && !lately.TryGetValue((who, from), out _))
        {
            lately.Set((who, from), true, Lately);
            LogSignedIn(who, from);
        }

        await answers.HandleAsync(next, context, policy, authorizeResult);
    }

    /// <summary>In own words or by the kind of error: the library's own message may have parts of the token.</summary>
    private static string Why(Exception? failure) => failure switch
    {
        null => "There is no token.",
        AuthenticationFailureException ours => ours.Message,
        SecurityTokenExpiredException or SecurityTokenInvalidLifetimeException => "The token has expired.",
        _ => $"The token can't be trusted ({failure.GetType().Name}).",
    };

    [LoggerMessage(1, LogLevel.Warning, "Sign-in failed from {From}: {Method} {Path}. {Reason}")]
    public static partial void LogFailed(ILogger<SignInLog> logger, string from, string method, string path, string reason);

    [LoggerMessage(2, LogLevel.Warning, "Refused {Who} from {From} by role: {Method} {Path}")]
    private partial void LogForbidden(string who, string from, string method, string path);

    [LoggerMessage(5, LogLevel.Information, "Signed in: {Who} from {From}, for the first time in an hour")]
    private partial void LogSignedIn(string who, string from);

    [LoggerMessage(6, LogLevel.Information, "Signed in by a link: {Who} from {From}")]
    public static partial void LogByLink(ILogger<SignInLog> logger, string who, string from);
}
