using ClientVpnAdmin.AdminApi.Access;
using ClientVpnAdmin.AdminApi.Http;

namespace ClientVpnAdmin.AdminApi.Callers;

internal static class MeApi
{
    public static void MapMe(this ApiGroup api) =>
        api.Reading.MapRead("/me", (HttpContext context, Roles roles) => TypedResults.Ok(Me.From(context, roles)))
            .WithTags("Access").WithName("GetMe")
            .WithSummary("Shows who you are, and what you may do.");

    /// <summary>Who calls.</summary>
    /// <param name="Name" example="alice@example.com">The name under which your changes are recorded.</param>
    /// <param name="Role" example="editor"><c>editor</c>, who sees and changes everything, or <c>reader</c>, who changes nothing.</param>
    /// <param name="PublicIp" example="203.0.113.9">
    /// The public address that you call from; null if it isn't one, as on the machine where the portal runs.
    /// </param>
    internal sealed record Me(string Name, Role Role, string? PublicIp)
    {
        public static Me From(HttpContext context, Roles roles) => new(
            context.User.Identity!.Name!,
            roles.Editors.Any(value => context.User.HasClaim(roles.RoleClaim, value)) ? Callers.Role.Editor : Callers.Role.Reader,
            context.FromPublic()?.ToString());
    }
}

/// <summary>What somebody may do.</summary>
internal enum Role
{
    Reader,
    Editor,
}
