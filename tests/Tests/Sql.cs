using Microsoft.Data.Sqlite;

namespace ClientVpnAdmin;

/// <summary>Another program at the store's file.</summary>
internal static class Sql
{
    public static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        return connection;
    }

    /// <summary>Runs statements; the first one's first value, if it has any.</summary>
    public static object? Execute(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <inheritdoc cref="Execute(SqliteConnection, string)"/>
    public static object? Execute(string file, string sql)
    {
        using var connection = Open(file);
        return connection.Execute(sql);
    }
}
