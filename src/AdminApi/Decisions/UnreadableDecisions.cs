namespace ClientVpnAdmin.AdminApi.Decisions;

internal static class UnreadableDecisions
{
    /// <summary>Says in the log, once for a call, how many decisions it went on without.</summary>
    public static void WarnOfUnreadable(this ILogger logger, int count)
    {
        if (count > 0)
        {
            logger.LogWarning("Decisions that can't be read, and without which this call went on: {Count}. See GET /api/decisions.", count);
        }
    }
}
