using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.IdentityModel.JsonWebTokens;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>What a signed-in caller may do, and which claim says so.</summary>
/// <param name="NameClaim">The claim with the name under which changes are recorded. Whoever has none may do nothing.</param>
/// <param name="RoleClaim">The claim with the caller's roles or groups.</param>
/// <param name="Readers">Its values that make a reader.</param>
/// <param name="Editors">Its values that make an editor.</param>
internal sealed record Roles(string NameClaim, string RoleClaim, IReadOnlyList<string> Readers, IReadOnlyList<string> Editors)
{
    /// <summary>The policy for those who see everything and change nothing.</summary>
    public const string Reader = "reader";

    /// <summary>The policy for those who see and change everything.</summary>
    public const string Editor = "editor";

    /// <summary>The roles as the portal's own tokens say them.</summary>
    public static Roles Local { get; } = new("sub", "role", [Reader], [Editor]);

    /// <summary>The name of a caller who has signed in; empty when their token names nobody.</summary>
    public string NameOf(ClaimsPrincipal caller) => caller.FindFirst(NameClaim)?.Value ?? "";

    /// <summary>An editor who is no person.</summary>
    /// <param name="name">The name under which changes are recorded.</param>
    public ClaimsPrincipal MakeEditor(string name) =>
        new(new ClaimsIdentity([new(NameClaim, name), new(RoleClaim, Editors[0])], name, NameClaim, RoleClaim));

    /// <summary>Whether a text can be a caller's name: it has something to see, and nothing that would forge a line of the log.</summary>
    public static bool IsName(string text) =>
        !string.IsNullOrWhiteSpace(text) && !text.Any(c => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    /// <summary>What is checked of a bearer token whose signature and times are valid.</summary>
    /// <param name="findProblem">What else is wrong with it; null for nothing.</param>
    public JwtBearerEvents BearerEvents(Func<JsonWebToken, string?> findProblem) => new()
    {
        OnTokenValidated = context =>
        {
            // RFC 7515, 4.1.11: what is critical must be understood, and nothing of it is. The library passes over it.
            var problem = context.SecurityToken is not JsonWebToken token ? "The token is no JSON Web Token."
                : token.TryGetHeaderValue<object>("crit", out _) ? "The token's header has crit, of which nothing is known here."
                : findProblem(token);
            if (problem is not null)
            {
                context.Fail(problem);
            }

            context.Principal = Recognize(context.Principal!);
            return Task.CompletedTask;
        },
    };

    /// <summary>
    /// The caller with the claims of their name and role only. The framework compares types of claims without case; here
    /// <c>ROLE</c> is not <c>role</c>.
    /// </summary>
    private ClaimsPrincipal Recognize(ClaimsPrincipal caller) => new(new ClaimsIdentity(
        caller.Claims.Where(c => c.Type == RoleClaim || (c.Type == NameClaim && IsName(c.Value))),
        caller.Identity!.AuthenticationType,
        NameClaim,
        RoleClaim));

    /// <summary>Makes a policy for each role. What asks for no role at all asks for an editor.</summary>
    public void AddPolicies(IServiceCollection services)
    {
        services.AddSingleton(this);
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, SignInLog>();
        var editor = Policy(Editors);
        services.AddAuthorizationBuilder()
            .AddPolicy(Reader, Policy([.. Readers, .. Editors]))
            .AddPolicy(Editor, editor)
            .SetFallbackPolicy(editor);

        AuthorizationPolicy Policy(IEnumerable<string> values) =>
            new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireClaim(NameClaim).RequireClaim(RoleClaim, values).Build();
    }
}
