using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

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

    /// <summary>An editor who is no person.</summary>
    /// <param name="name">The name under which changes are recorded.</param>
    public ClaimsPrincipal MakeEditor(string name) =>
        new(new ClaimsIdentity([new(NameClaim, name), new(RoleClaim, Editors[0])], name, NameClaim, RoleClaim));

    /// <summary>Makes a policy for each role. What asks for no role at all asks for an editor.</summary>
    public void AddPolicies(IServiceCollection services)
    {
        services.AddSingleton(this);
        var editor = Policy(Editors);
        services.AddAuthorizationBuilder()
            .AddPolicy(Reader, Policy([.. Readers, .. Editors]))
            .AddPolicy(Editor, editor)
            .SetFallbackPolicy(editor);

        AuthorizationPolicy Policy(IEnumerable<string> values) =>
            new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireClaim(NameClaim).RequireClaim(RoleClaim, values).Build();
    }
}
