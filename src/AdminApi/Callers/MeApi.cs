using System.Security.Claims;
using ClientVpnAdmin.AdminApi.Access;
using ClientVpnAdmin.AdminApi.Http;

namespace ClientVpnAdmin.AdminApi.Callers;

internal static class MeApi
{
    public static void MapMe(this ApiGroup api) =>
        api.Reading.MapRead("/me", (ClaimsPrincipal caller, Roles roles) => TypedResults.Ok(Me.From(caller, roles)))
            .WithTags("Access").WithName("GetMe")
            .WithSummary("Shows who you are, and what you may do.");

    /// <summary>Who calls.</summary>
    /// <param name="Name" example="alice@example.com">The name under which your changes are recorded.</param>
    /// <param name="Role" example="editor"><c>editor</c>, who sees and changes everything, or <c>reader</c>, who changes nothing.</param>
    internal sealed record Me(string Name, Role Role)
    {
        public static Me From(ClaimsPrincipal caller, Roles roles) => new(
            caller.Identity!.Name!,
            roles.Editors.Any(value => caller.HasClaim(roles.RoleClaim, value)) ? Callers.Role.Editor : Callers.Role.Reader);
    }
}

/// <summary>What somebody may do.</summary>
internal enum Role
{
    Reader,
    Editor,
}
