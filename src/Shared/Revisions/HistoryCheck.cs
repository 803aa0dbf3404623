namespace ClientVpnAdmin.Revisions;

/// <summary>What came of a look at the whole history.</summary>
/// <param name="FirstBroken" example="null">The first revision that is not what was committed there; null if all are.</param>
/// <param name="Checked" example="42">How many revisions fit into the chain of digests or break it.</param>
/// <param name="Since" example="1">The revision with which the chain begins; null while there is none.</param>
/// <param name="Head">The newest revision; null before the first.</param>
public sealed record HistoryCheck(long? FirstBroken, long Checked, long? Since, Revision? Head);
