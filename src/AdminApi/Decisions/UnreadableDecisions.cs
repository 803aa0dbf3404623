using System.Globalization;
using ClientVpnAdmin.AdminApi.Http;

namespace ClientVpnAdmin.AdminApi.Decisions;

internal static class UnreadableDecisions
{
    /// <summary>The header that says how many decisions the guard against lock-outs went on without.</summary>
    private const string Header = "X-Unreadable-Decisions";

    /// <summary>Says in the answer how many decisions it was made without.</summary>
    public static IResult WithUnreadable(this IResult answer, int count) =>
        count == 0 ? answer : answer.WithHeader(Header, count.ToString(CultureInfo.InvariantCulture));

    /// <summary>Says in the log, once for a call, how many decisions it went on without.</summary>
    public static void WarnOfUnreadable(this ILogger logger, int count)
    {
        if (count > 0)
        {
            logger.LogWarning("Decisions that can't be read, and without which this call went on: {Count}. See GET /api/decisions.", count);
        }
    }
}
