using ClientVpnAdmin.RuleObjects;

namespace ClientVpnAdmin.AdminApi.RuleObjects;

/// <summary>The circumstances of making or changing one object.</summary>
/// <param name="Id">The object's id.</param>
/// <param name="Replaced">The object as it is, whose creation is kept; null for a new one.</param>
/// <param name="Who">The administrator.</param>
/// <param name="At">The time of the change.</param>
public sealed record Edit<T>(Guid Id, T? Replaced, string Who, DateTimeOffset At)
    where T : RuleObject;
