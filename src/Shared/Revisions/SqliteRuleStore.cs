using System.Globalization;
using Microsoft.Data.Sqlite;

namespace ClientVpnAdmin.Revisions;

/// <summary>
/// Revisions and rule-set bodies in a SQLite file. Several processes may have it open; what <see cref="TryCommitAsync"/> answers with true
/// has reached the disk.
/// </summary>
public sealed class SqliteRuleStore : IRuleStore
{
    private const int SchemaVersion = 1;
    private readonly string path;
    private readonly string connectionString;

    private SqliteRuleStore(string path, bool create)
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

    /// <summary>Opens a store, and makes the file and its folder if they are missing.</summary>
    /// <exception cref="RuleStoreException">The file can't be opened, or isn't a rule store.</exception>
    public static async Task<SqliteRuleStore> CreateAsync(string path, CancellationToken cancellationToken)
    {
        var store = new SqliteRuleStore(path, create: true);
        return await store.Guard(async () =>
        {
            // An empty file is an empty database to SQLite, whose own files beside it take over its mode.
            PrivateFiles.Write(path, "", overwrite: false);

            await using var connection = await store.OpenAsync(cancellationToken);
            await ExecuteAsync(connection, "PRAGMA journal_mode = WAL", cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (await store.ReadSchemaVersionAsync(connection, cancellationToken) == 0)
            {
                await ExecuteAsync(connection, $"""
                    CREATE TABLE bodies (digest BLOB PRIMARY KEY, body BLOB NOT NULL) STRICT;
                    CREATE TABLE revisions (
                        number INTEGER PRIMARY KEY,
                        digest BLOB NOT NULL REFERENCES bodies,
                        committed_at TEXT NOT NULL,
                        committed_by TEXT NOT NULL,
                        summary TEXT NOT NULL) STRICT;
                    PRAGMA user_version = {SchemaVersion};
                    """, cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
            return store;
        });
    }

    /// <summary>A store that must exist already: using it fails, and makes nothing, while it doesn't.</summary>
    public static SqliteRuleStore Existing(string path) => new(path, create: false);

    public async Task<Revision?> FindHeadAsync(CancellationToken cancellationToken) =>
        (await ListRevisionsAsync(long.MaxValue, 1, cancellationToken)) is [var head] ? head : null;

    public async Task<Revision?> FindRevisionAsync(long number, CancellationToken cancellationToken) =>
        number < long.MaxValue && (await ListRevisionsAsync(number + 1, 1, cancellationToken)) is [var revision] && revision.Number == number ? revision : null;

    public Task<IReadOnlyList<Revision>> ListRevisionsAsync(long before, int limit, CancellationToken cancellationToken) => Guard<IReadOnlyList<Revision>>(async () =>
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT number, digest, committed_at, committed_by, summary FROM revisions WHERE number < $before ORDER BY number DESC LIMIT $limit";
        command.Parameters.AddWithValue("$before", before);
        command.Parameters.AddWithValue("$limit", limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var revisions = new List<Revision>();
        while (await reader.ReadAsync(cancellationToken))
        {
            revisions.Add(new Revision
            {
                Number = reader.GetInt64(0),
                Digest = Convert.ToHexStringLower(await reader.GetFieldValueAsync<byte[]>(1, cancellationToken)),
                CommittedAt = DateTimeOffset.ParseExact(reader.GetString(2), "O", CultureInfo.InvariantCulture),
                CommittedBy = reader.GetString(3),
                Summary = reader.GetString(4),
            });
        }

        return revisions;
    });

    public Task<byte[]?> ReadBodyAsync(string digest, CancellationToken cancellationToken) => Guard(async () =>
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT body FROM bodies WHERE digest = $digest";
        command.Parameters.AddWithValue("$digest", Convert.FromHexString(digest));
        return await command.ExecuteScalarAsync(cancellationToken) as byte[];
    });

    public Task<bool> TryCommitAsync(Revision revision, byte[] body, CancellationToken cancellationToken) => Guard(async () =>
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO bodies (digest, body) VALUES ($digest, $body) ON CONFLICT DO NOTHING;
            INSERT INTO revisions (number, digest, committed_at, committed_by, summary) VALUES ($number, $digest, $at, $by, $summary) ON CONFLICT DO NOTHING;
            SELECT changes();
            """;
        command.Parameters.AddWithValue("$digest", Convert.FromHexString(revision.Digest));
        command.Parameters.AddWithValue("$body", body);
        command.Parameters.AddWithValue("$number", revision.Number);
        command.Parameters.AddWithValue("$at", revision.CommittedAt.ToString("O", CultureInfo.InvariantCulture));
        command.Parameters.AddWithValue("$by", revision.CommittedBy);
        command.Parameters.AddWithValue("$summary", revision.Summary);
        if ((long)(await command.ExecuteScalarAsync(cancellationToken))! == 0)
        {
            return false;
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    });

    private async Task<SqliteConnection> OpenAsync(CancellationToken cancellationToken)
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

    /// <returns>0 for a file that isn't a rule store yet.</returns>
    /// <exception cref="InvalidDataException">A newer program has changed what the tables mean.</exception>
    private async Task<long> ReadSchemaVersionAsync(SqliteConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version";
        return (long)(await command.ExecuteScalarAsync(cancellationToken))! is var version && version <= SchemaVersion
            ? version
            : throw new InvalidDataException($"{path} was made by a newer version of this program (schema {version}). Update it.");
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<T> Guard<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is SqliteException or InvalidDataException or IOException or UnauthorizedAccessException or FormatException or InvalidCastException)
        {
            throw new RuleStoreException($"The rule store {path} can't be used: {e.Message}", e);
        }
    }
}
