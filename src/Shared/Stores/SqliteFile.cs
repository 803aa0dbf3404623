using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace ClientVpnAdmin.Stores;

/// <summary>A SQLite file with revisions, rule-set bodies and decisions. Several processes may have it open.</summary>
public sealed class SqliteFile
{
    private const int SchemaVersion = 2;
    private readonly string path;
    private readonly string connectionString;

    private SqliteFile(string path, bool create)
    {
        this.path = path;
        connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
            DefaultTimeout = 3, // seconds to wait for another writer
            ForeignKeys = true,
        }.ConnectionString;
    }

    /// <summary>Opens a file, and makes it and its folder if they are missing.</summary>
    /// <exception cref="RuleStoreException">The file can't be opened, or isn't a rule store.</exception>
    public static Task<SqliteFile> CreateAsync(string path, CancellationToken cancellationToken)
    {
        var file = new SqliteFile(path, create: true);
        return file.Guard(async () =>
        {
            // An empty file is an empty database to SQLite, whose own files beside it take over its mode.
            PrivateFiles.Write(path, "", overwrite: false);

            await using var connection = await file.OpenAsync(cancellationToken);
            await ExecuteAsync(connection, "PRAGMA journal_mode = WAL", cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (await file.ReadSchemaVersionAsync(connection, cancellationToken) == 0)
            {
                await ExecuteAsync(connection, $"""
                    CREATE TABLE bodies (digest BLOB PRIMARY KEY, body BLOB NOT NULL) STRICT;
                    CREATE TABLE revisions (
                        number INTEGER PRIMARY KEY,
                        digest BLOB NOT NULL REFERENCES bodies,
                        committed_at TEXT NOT NULL,
                        committed_by TEXT NOT NULL,
                        summary TEXT NOT NULL,
                        comment TEXT) STRICT;
                    CREATE TABLE decisions (
                        key TEXT PRIMARY KEY,
                        allowed INTEGER NOT NULL,
                        reason TEXT,
                        username TEXT NOT NULL,
                        public_ip TEXT NOT NULL,
                        endpoint_id TEXT NOT NULL,
                        expires_at INTEGER NOT NULL,
                        decision BLOB NOT NULL) STRICT, WITHOUT ROWID;
                    CREATE INDEX decisions_allowed ON decisions (allowed, key);
                    CREATE INDEX decisions_reason ON decisions (reason, key);
                    CREATE INDEX decisions_username ON decisions (username, key);
                    CREATE INDEX decisions_public_ip ON decisions (public_ip, key);
                    CREATE INDEX decisions_endpoint_id ON decisions (endpoint_id, key);
                    CREATE INDEX decisions_expires_at ON decisions (expires_at);
                    PRAGMA user_version = {SchemaVersion};
                    """, cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
            return file;
        });
    }

    /// <summary>A file that must exist already: using it fails, and makes nothing, while it doesn't.</summary>
    public static SqliteFile Existing(string path) => new(path, create: false);

    internal async Task<SqliteConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);

            // SQLite's own waiting is much finer than the library's, which polls every 150 ms. FULL: a commit outlives a power cut.
            await ExecuteAsync(connection, "PRAGMA busy_timeout = 2000; PRAGMA synchronous = FULL", cancellationToken);
            await ReadSchemaVersionAsync(connection, cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Does some work with the file; whatever is wrong with the file becomes a <see cref="RuleStoreException"/>.</summary>
    internal async Task<T> Guard<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is not (OperationCanceledException or RuleStoreException))
        {
            throw new RuleStoreException($"The rule store {path} can't be used: {e.Message}", e) { IsAway = IsAway(e) };
        }
    }

    /// <summary>True if the file can't be reached or is busy. A file that is there, and no rule store, is none of it.</summary>
    private static bool IsAway(Exception exception) =>
        exception is SqliteException { SqliteErrorCode: SQLITE_BUSY or SQLITE_LOCKED or SQLITE_CANTOPEN }
            or IOException or UnauthorizedAccessException;

    private static async Task ExecuteAsync(SqliteConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <returns>0 for a file that isn't a rule store yet.</returns>
    /// <exception cref="InvalidDataException">The tables aren't those of this program.</exception>
    private async Task<long> ReadSchemaVersionAsync(SqliteConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return (long)(await command.ExecuteScalarAsync(cancellationToken))! is var version && version is 0 or SchemaVersion
            ? version
            : throw new InvalidDataException(
                version > SchemaVersion
                    ? $"{path} was made by a newer version of this program (schema {version}). Update it."
                    : $"{path} was made before the first release (schema {version}). Begin with a new file.");
    }
}
