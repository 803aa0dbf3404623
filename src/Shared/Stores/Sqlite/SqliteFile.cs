using ClientVpnAdmin.Tries;
using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace ClientVpnAdmin.Stores.Sqlite;

/// <summary>A SQLite file with revisions, the nodes of their rules, and decisions. Several processes may have it open.</summary>
public sealed class SqliteFile
{
    private const int SchemaVersion = 5;
    private const int Timeout = 3; // seconds to wait for another writer

    /// <summary>Makes the table of counts, which files of earlier builds don't have.</summary>
    internal const string MakeCounts = """
        CREATE TABLE IF NOT EXISTS counts (
            day TEXT NOT NULL,
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            allowed INTEGER NOT NULL,
            reported INTEGER NOT NULL,
            denied INTEGER NOT NULL,
            PRIMARY KEY (day, kind, key)) STRICT, WITHOUT ROWID
        """;

    private const string CannotWriteRemedy = "Make room on its disk, and see that this user may write it and its folder.";
    private readonly string path;
    private readonly string connectionString;

    private SqliteFile(string path, bool create)
    {
        this.path = path;
        connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
            DefaultTimeout = Timeout,
            ForeignKeys = true,
        }.ConnectionString;
    }

    /// <summary>Why the file could be read, and not written, when it was opened, and what to do; null if it could be written.</summary>
    internal string? ReadOnlyBecause { get; private set; }

    /// <summary>Opens a file, and makes it and its folder if they are missing. Where it can't be written, reading it is enough.</summary>
    /// <exception cref="RuleStoreException">The file can't be opened, or isn't a rule store.</exception>
    public static Task<SqliteFile> CreateAsync(string path, CancellationToken cancellationToken)
    {
        var file = new SqliteFile(path, create: true);
        return file.Guard(async () =>
        {
            if (!File.Exists(path))
            {
                // An empty file is an empty database to SQLite, whose own files beside it take over its mode.
                PrivateFiles.Write(path, "", overwrite: false);
            }

            try
            {
                await file.MakeAsync(cancellationToken);
            }
            catch (SqliteException e) when (CannotWrite(e))
            {
                await using var connection = await file.OpenForReadingAsync(cancellationToken);
                if (await file.ReadSchemaVersionAsync(connection, cancellationToken) == 0)
                {
                    throw;
                }

                file.ReadOnlyBecause = $"{path} can be read, but not written ({e.Message}): changes are refused. {Remedy(e)}";
            }

            return file;
        });
    }

    /// <summary>A file that must exist already: using it fails, and makes nothing, while it doesn't.</summary>
    public static SqliteFile Existing(string path) => new(path, create: false);

    /// <summary>Opens the file as every program does. FULL: a commit outlives a power cut.</summary>
    internal Task<SqliteConnection> OpenAsync(CancellationToken cancellationToken) =>
        OpenAsync(connectionString, "PRAGMA synchronous = FULL", cancellationToken);

    /// <summary>Opens the file so that it can be read where SQLite can't make its files beside it: on a full or read-only disk.</summary>
    internal async Task<SqliteConnection> OpenForReadingAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(cancellationToken);
        }
        catch (SqliteException e) when (CannotWrite(e) && File.Exists(path))
        {
            return await OpenWithoutFilesBesideAsync(cancellationToken);
        }
    }

    /// <summary>Does some work with the file; whatever goes wrong becomes a <see cref="RuleStoreException"/>.</summary>
    internal async Task<T> Guard<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is not (OperationCanceledException or RuleStoreException))
        {
            var isReadOnly = e is SqliteException sqlite && CannotWrite(sqlite) && File.Exists(path);
            if (e is not SqliteException { SqliteErrorCode: SQLITE_BUSY or SQLITE_LOCKED })
            {
                // A connection to a file that was read-only, or is replaced by another one, stays what it is: the next one looks again.
                using var connection = new SqliteConnection(connectionString);
                SqliteConnection.ClearPool(connection);
            }

            throw new RuleStoreException($"The rule store {path} can't be used: {e.Message} {Remedy(e)}".TrimEnd(), e)
            {
                IsAway = IsAway(e),
                IsReadOnly = isReadOnly,
            };
        }
    }

    /// <summary>True if the file can't be reached or is busy. A file that is there, and no rule store, is none of it.</summary>
    private static bool IsAway(Exception exception) =>
        exception is SqliteException { SqliteErrorCode: SQLITE_BUSY or SQLITE_LOCKED or SQLITE_CANTOPEN }
            or IOException or UnauthorizedAccessException;

    /// <summary>True if something couldn't be written: the file, or one of those that SQLite makes beside it.</summary>
    private static bool CannotWrite(SqliteException exception) =>
        exception.SqliteErrorCode is SQLITE_FULL or SQLITE_READONLY or SQLITE_CANTOPEN
        || exception.SqliteExtendedErrorCode is SQLITE_IOERR_SHMOPEN or SQLITE_IOERR_SHMSIZE or SQLITE_IOERR_SHMMAP or SQLITE_IOERR_SHMLOCK;

    private static string Remedy(Exception exception) => exception switch
    {
        InvalidDataException => "", // has its own
        SqliteException { SqliteErrorCode: SQLITE_BUSY or SQLITE_LOCKED } => "Another program holds it: try again, or end that.",
        SqliteException e when CannotWrite(e) => CannotWriteRemedy,
        IOException or UnauthorizedAccessException => "See that RULE_STORE names it, and that this user may make and write it.",
        _ => "Put back a copy of it, or name another file in RULE_STORE.",
    };

    private static bool HasContent(string file) => new FileInfo(file) is { Exists: true, Length: > 0 };

    private static async Task ExecuteAsync(SqliteConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<SqliteConnection> OpenAsync(string how, string pragma, CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(how);
        try
        {
            await connection.OpenAsync(cancellationToken);

            // SQLite's own waiting is much finer than the library's, which polls every 150 ms.
            await ExecuteAsync(connection, $"PRAGMA busy_timeout = 2000; {pragma}", cancellationToken);
            await ReadSchemaVersionAsync(connection, cancellationToken);
            return connection;
        }
        catch
        {
            SqliteConnection.ClearPool(connection); // one that failed isn't used again
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Neither way is kept in a pool, so that each reading looks again. Without a log, all that is committed is in the file: it is read as
    /// immutable. What is written meanwhile may then be seen in parts, which the record of the newest revision and the digest of its rules
    /// find out. With a log, SQLite keeps its index in memory while it has the file for itself (SQLite, "Write-Ahead Logging", "Use of WAL
    /// Without Shared-Memory").
    /// </summary>
    private async Task<SqliteConnection> OpenWithoutFilesBesideAsync(CancellationToken cancellationToken)
    {
        var file = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path; // beside which SQLite's own files are
        var way = new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadWrite, Pooling = false };
        way.DefaultTimeout = Timeout;
        if (!HasContent($"{file}-wal") && !HasContent($"{file}-journal"))
        {
            way.Mode = SqliteOpenMode.ReadOnly;
            var escaped = string.Join('/', file.Split(Path.DirectorySeparatorChar).Select(Uri.EscapeDataString));
            way.DataSource = $"file:///{escaped.TrimStart('/')}?immutable=1";
            return await OpenAsync(way.ConnectionString, "PRAGMA query_only = TRUE", cancellationToken);
        }

        try
        {
            return await OpenAsync(way.ConnectionString, "PRAGMA locking_mode = EXCLUSIVE", cancellationToken);
        }
        catch (SqliteException e)
        {
            throw new RuleStoreException(
                $"The rule store {path} can't be used: its last changes are in the log beside it, which can't be read without {file}-shm "
                + $"({e.Message}). {CannotWriteRemedy}",
                e)
            {
                IsAway = IsAway(e),
            };
        }
    }

    private async Task MakeAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await ExecuteAsync(connection, "PRAGMA journal_mode = WAL", cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await ReadSchemaVersionAsync(connection, cancellationToken) == 0)
        {
            await ExecuteAsync(connection, """
                CREATE TABLE nodes (digest BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
                CREATE TABLE revisions (
                    number INTEGER PRIMARY KEY,
                    digest BLOB NOT NULL,
                    root BLOB NOT NULL,
                    committed_at TEXT NOT NULL,
                    committed_by TEXT NOT NULL,
                    summary TEXT NOT NULL,
                    comment TEXT,
                    chain TEXT) STRICT;
                CREATE TABLE head (number INTEGER NOT NULL, digest BLOB NOT NULL) STRICT;
                INSERT INTO head (number, digest) VALUES (0, x'');
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
                CREATE TABLE refreshes (list_id TEXT PRIMARY KEY, refresh BLOB NOT NULL) STRICT;
                """, cancellationToken);
        }

        await ExecuteAsync(connection, MakeCounts, cancellationToken);

        // Written even when it is the same: that tells whether the file can be written.
        await ExecuteAsync(connection, $"PRAGMA user_version = {SchemaVersion}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
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
                    : $"{path} was made before the first release (schema {version}). {NodeFormat.HowToMove}");
    }
}
