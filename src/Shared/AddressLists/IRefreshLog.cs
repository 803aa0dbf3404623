using ClientVpnAdmin.Stores;

namespace ClientVpnAdmin.AddressLists;

/// <summary>What became of the last refresh of each address list. It decides nothing. Safe for concurrent use.</summary>
public interface IRefreshLog
{
    /// <summary>Of all lists that were ever refreshed.</summary>
    /// <exception cref="RuleStoreException">The store can't be read.</exception>
    Task<IReadOnlyList<ListRefresh>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Takes the place of what was recorded of the list before.</summary>
    /// <param name="refresh">What became of it.</param>
    /// <param name="listName">What others are told where it newly fails, where the store can tell them; null to tell nobody.</param>
    /// <exception cref="RuleStoreException">The store can't be written.</exception>
    Task RecordAsync(ListRefresh refresh, string? listName, CancellationToken cancellationToken);
}
