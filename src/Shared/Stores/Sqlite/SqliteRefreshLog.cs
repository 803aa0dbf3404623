using ClientVpnAdmin.AddressLists;

namespace ClientVpnAdmin.Stores.Sqlite;

/// <summary>The last refresh of each address list in a SQLite file.</summary>
public sealed class SqliteRefreshLog(SqliteFile file) : IRefreshLog
{
    public Task<IReadOnlyList<ListRefresh>> ListAsync(CancellationToken cancellationToken) => file.Guard<IReadOnlyList<ListRefresh>>(async () =>
    {
        await using var connection = await file.OpenForReadingAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT refresh FROM refreshes ORDER BY list_id";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var refreshes = new List<ListRefresh>();
        while (await reader.ReadAsync(cancellationToken))
        {
            refreshes.Add(ListRefresh.Parse(await reader.GetFieldValueAsync<byte[]>(0, cancellationToken)));
        }

        return refreshes;
    });

    public Task RecordAsync(ListRefresh refresh, string? listName, CancellationToken cancellationToken) => file.Guard(async () =>
    {
        await using var connection = await file.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "INSERT OR REPLACE INTO refreshes (list_id, refresh) VALUES ($id, $refresh)";
        command.Parameters.AddWithValue("$id", $"{refresh.AddressListId}");
        command.Parameters.AddWithValue("$refresh", refresh.ToJson());
        return await command.ExecuteNonQueryAsync(cancellationToken);
    });
}
