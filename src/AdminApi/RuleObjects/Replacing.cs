using ClientVpnAdmin.RuleObjects;

namespace ClientVpnAdmin.AdminApi.RuleObjects;

internal static class Replacing
{
    /// <summary>
    /// A new object in the place of another one, whose id and creation it takes; the old one itself if it says nothing else.
    /// </summary>
    public static T InPlaceOf<T>(this T made, T old, DateTimeOffset at)
        where T : RuleObject
    {
        var replacement = made with { Id = old.Id, CreatedAt = old.CreatedAt, CreatedBy = old.CreatedBy, UpdatedAt = at };
        return replacement.SaysTheSameAs(old) ? old : replacement;
    }
}
