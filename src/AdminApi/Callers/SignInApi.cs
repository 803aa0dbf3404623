using System.ComponentModel.DataAnnotations;
using ClientVpnAdmin.AdminApi.Access;
using ClientVpnAdmin.AdminApi.Http;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Mvc;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.Net.Http.Headers;

namespace ClientVpnAdmin.AdminApi.Callers;

/// <summary>How people sign in with a page, and out again.</summary>
internal static class SignInApi
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    public static void MapSignIn(this ApiGroup api)
    {
        api.Open.MapRead("/sign-in", GetAsync).WithTags("Access").WithName("GetSignIn")
            .WithSummary("Shows how one signs in here.")
            .WithDescription("Needs no sign-in.")
            .Produces<SignInWay>();
        api.Open.MapCall("/sign-in", [HttpMethods.Post], SignIn).WithTags("Access").WithName("SignIn")
            .WithSummary("Exchanges the code of a link for a token of twelve hours.")
            .WithDescription(
                "For the local sign-in only. The portal prints a link at its start, and as the command link. "
                + "A code is good once, for a minute.")
            .Produces<SignedIn>()
            .AnswersProblem(StatusCodes.Status401Unauthorized)
            .AnswersProblem(StatusCodes.Status404NotFound)
            .TakesJson("""{ "code": "lEGcVkvHZKG7SJXOJ5eSYzPkeP4ZcWAz8xQbkoSCCYw" }""");
        api.Reading.MapCall("/sign-out", [HttpMethods.Post], SignOutAsync).WithTags("Access").WithName("SignOut")
            .WithSummary("Ends the token that makes this call, if a link was exchanged for it.")
            .WithDescription(
                "A token that was made for a file or a pipeline stays good: revoke it by the command token. An issuer's token ends as the "
                + "issuer says, and by IAM there is none.")
            .Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> GetAsync(
        HttpContext context,
        RuleStoreLocation location,
        IServer server,
        [FromServices] LocalLinks? links,
        [FromServices] IssuerClient? client)
    {
        if (links is not null)
        {
            return TypedResults.Ok(new SignInWay(SignInKind.Local, null, LinkCommand.Line(location, server)));
        }

        if (client is null)
        {
            var command = location.Table is null ? null : LinkCommand.Prefix(location) + "dotnet run --project src/AdminApi";
            return TypedResults.Ok(new SignInWay(SignInKind.Iam, null, command));
        }

        var authority = context.RequestServices.GetRequiredService<IConfiguration>().GetSection(IssuerSignIn.Section)["Authority"]!;
        return await context.FindIssuerAsync() is { } issuer
            ? TypedResults.Ok(new SignInWay(
                SignInKind.Issuer,
                new(
                    authority,
                    issuer.AuthorizationEndpoint,
                    issuer.TokenEndpoint,
                    issuer.EndSessionEndpoint is { Length: > 0 } end ? end : null,
                    client.Id,
                    client.Token,
                    IssuerClient.Scope),
                null))
            : Problems.Create(
                StatusCodes.Status503ServiceUnavailable,
                "issuer-unavailable",
                $"The issuer {authority}, at which people sign in, can't be reached at the moment. Try again later.",
                ("authority", authority));
    }

    private static IResult SignIn(
        HttpContext context,
        RuleStoreLocation location,
        IServer server,
        Body<SignInInput> body,
        ILogger<SignInLog> logger,
        [FromServices] LocalLinks? links,
        [FromServices] LocalTokens? tokens)
    {
        if (links is null || tokens is null)
        {
            return Problems.Create(
                StatusCodes.Status404NotFound,
                "not-local",
                "This portal doesn't sign people in itself, so there are no links to it. GET /api/sign-in says who does.");
        }

        if (body.Value.Code is not { Length: > 0 } code)
        {
            body.Errors.Add("code", "missing", "Give the code of a link: what is after #code= in it.");
            return Problems.Invalid(body.Errors);
        }

        if (body.Errors.Any)
        {
            return Problems.Invalid(body.Errors);
        }

        var (now, from) = (TimeProvider.System.GetUtcNow(), context.From());
        if (links.Redeem(code, now) is not { } name)
        {
            SignInLog.LogFailed(
                logger,
                from,
                context.Request.Method,
                context.Request.Path.ToUriComponent(),
                "The link is used, or has expired, or is none of this portal's.");
            return Problems.Create(
                StatusCodes.Status401Unauthorized,
                "link-used",
                "This link is used, or has expired, or is none of this portal's: each is good once, for a minute. On the machine where the "
                + $"portal runs, run this, and open what it prints: {LinkCommand.Line(location, server)}")
                .WithHeader(HeaderNames.WWWAuthenticate, "Bearer");
        }

        SignInLog.LogByLink(logger, name, from);
        var (text, token) = tokens.Make(name, Roles.Editor, now, Lifetime, isOfLink: true);
        return TypedResults.Ok(new SignedIn(text, token.Expires));
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, [FromServices] LocalTokens? tokens)
    {
        if (tokens is not null)
        {
            var token = await context.GetTokenAsync(IssuerClient.AccessToken); // what the framework calls any bearer token
            tokens.SignOut(Guid.Parse(new JsonWebToken(token).Id));
        }

        return TypedResults.NoContent();
    }

    /// <summary>How one signs in here.</summary>
    /// <param name="Kind" example="issuer">
    /// <c>local</c>, by links and tokens of the portal's own; <c>issuer</c>, at an OpenID Connect issuer; <c>iam</c>, by signed requests,
    /// which no page can make.
    /// </param>
    /// <param name="Issuer">Where, and as which client; null for the other kinds.</param>
    /// <param name="Command" example="RULE_STORE=dynamodb:client-vpn-admin dotnet run --project src/AdminApi">
    /// Locally, what prints another link. By IAM, what runs this portal's page on your own machine, over the same rules. Else null.
    /// </param>
    internal sealed record SignInWay(SignInKind Kind, SignInIssuer? Issuer, string? Command);

    /// <summary>What a page needs to know to sign people in at an issuer, by authorization code with PKCE.</summary>
    /// <param name="Authority" example="https://login.example.com">The issuer's address.</param>
    /// <param name="AuthorizationEndpoint" example="https://login.example.com/authorize">Where people are sent.</param>
    /// <param name="TokenEndpoint" example="https://login.example.com/token">Where the page fetches tokens.</param>
    /// <param name="EndSessionEndpoint" example="https://login.example.com/logout">
    /// Where people are sent to sign out; null if the issuer has no such place.
    /// </param>
    /// <param name="ClientId" example="0oa1b2c3">The page's client id; null if <c>SignIn:ClientId</c> isn't configured.</param>
    /// <param name="Token" example="access_token">The token to send: <c>access_token</c> or <c>id_token</c>.</param>
    /// <param name="Scope" example="openid">What to ask for.</param>
    internal sealed record SignInIssuer(
        string Authority,
        string AuthorizationEndpoint,
        string TokenEndpoint,
        string? EndSessionEndpoint,
        string? ClientId,
        string Token,
        string Scope);

    /// <summary>A link to be used.</summary>
    internal sealed record SignInInput
    {
        /// <summary>The code: what is after <c>#code=</c> in the link.</summary>
        /// <example>lEGcVkvHZKG7SJXOJ5eSYzPkeP4ZcWAz8xQbkoSCCYw</example>
        [Required]
        public string? Code { get; init; }
    }

    /// <summary>What a link is good for.</summary>
    /// <param name="Token" example="eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.AbCd">The token to send with each call.</param>
    /// <param name="Expires" example="2026-04-01T12:00:00Z">Until when it is good.</param>
    internal sealed record SignedIn(string Token, DateTimeOffset Expires);
}

/// <summary>Who signs people in.</summary>
internal enum SignInKind
{
    Local,
    Issuer,
    Iam,
}
