using System.Text.Json;
using ClientVpnAdmin.AdminApi.Changes;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleObjects;

namespace ClientVpnAdmin.AdminApi.RuleObjects;

/// <summary>What a revision did to one object.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="Change" example="changed">What it did.</param>
/// <param name="Fields">What it made different, but for when and by whom; empty where it added or removed the object.</param>
/// <param name="Object">The object as it became; as it was last, where the revision removed it.</param>
internal sealed record ObjectRevision<T>(Revision Revision, ObjectChange Change, IReadOnlyList<FieldChange> Fields, T Object)
    where T : RuleObject
{
    /// <returns>Null if nothing.</returns>
    public static ObjectRevision<T>? Between(Revision revision, T? before, T? after, JsonSerializerOptions json) =>
        (before, after) switch
        {
            (null, null) => null,
            (null, _) => new(revision, ObjectChange.Added, [], after),
            (_, null) => new(revision, ObjectChange.Removed, [], before),
            _ when before.SaysTheSameAs(after) => null,
            _ => new(revision, ObjectChange.Changed, [.. FieldChange.Between(before, after, json)], after),
        };
}

/// <summary>What became of an object.</summary>
internal enum ObjectChange
{
    Added,
    Changed,
    Removed,
}
