using Microsoft.AspNetCore.Authorization;

namespace ClientVpnAdmin.Access;

/// <summary>What a signed-in caller may do.</summary>
internal static class Roles
{
    /// <summary>Sees everything, changes nothing.</summary>
    public const string Reader = "reader";

    /// <summary>Sees and changes everything.</summary>
    public const string Editor = "editor";

    public const string NameClaim = "sub";
    public const string RoleClaim = "role";

    /// <summary>Makes a policy for each role. What asks for no role at all asks for an editor.</summary>
    public static void AddRolePolicies(this IServiceCollection services)
    {
        var editor = new AuthorizationPolicyBuilder().RequireRole(Editor).Build();
        services.AddAuthorizationBuilder()
            .AddPolicy(Reader, policy => policy.RequireRole(Reader, Editor))
            .AddPolicy(Editor, editor)
            .SetFallbackPolicy(editor);
    }
}
