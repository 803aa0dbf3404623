using System.Globalization;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.Tries;
using Microsoft.Data.Sqlite;

namespace ClientVpnAdmin.Stores.Sqlite;

/// <summary>
/// Revisions and the nodes of their rules in a SQLite file. What <see cref="TryCommitAsync"/> answers with true has reached the disk.
/// </summary>
/// <remarks>A damaged page can hide the newest revisions: which one is the newest is recorded once more, and both must agree.</remarks>
public sealed class SqliteRuleStore(SqliteFile file) : IRuleStore
{
    private const string Columns = "revisions.number, revisions.digest, committed_at, committed_by, summary, comment";

    private const int RootColumn = 6;

    public Task<Commit?> FindHeadAsync(CancellationToken cancellationToken) => file.Guard(async () =>
    {
        await using var connection = await file.OpenForReadingAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT {Columns}, root, head.number, head.digest
            FROM head LEFT JOIN revisions ON revisions.number = (SELECT max(number) FROM revisions)
            """;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            throw Damaged();
        }

        var number = reader.GetInt64(RootColumn + 1);
        var digest = Convert.ToHexStringLower(await reader.GetFieldValueAsync<byte[]>(RootColumn + 2, cancellationToken));
        var newest = await reader.IsDBNullAsync(0, cancellationToken) ? null : await ReadCommitAsync(reader, cancellationToken);
        var agree = (newest?.Revision.Number ?? 0) == number && (newest?.Revision.Digest ?? "") == digest;
        return agree && !await reader.ReadAsync(cancellationToken) ? newest : throw Damaged();

        static InvalidDataException Damaged() =>
            new("Its newest revision is another than the one recorded. Put back a copy of it, or name another file in RULE_STORE.");
    });

    public Task<Commit?> FindRevisionAsync(long number, CancellationToken cancellationToken) => file.Guard(async () =>
    {
        await using var connection = await file.OpenForReadingAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns}, root FROM revisions WHERE number = $number";
        command.Parameters.AddWithValue("$number", number);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? await ReadCommitAsync(reader, cancellationToken) : null;
    });

    public Task<IReadOnlyList<Revision>> ListRevisionsAsync(
        long before, int limit, CancellationToken cancellationToken) => file.Guard<IReadOnlyList<Revision>>(async () =>
    {
        await using var connection = await file.OpenForReadingAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns}, chain FROM revisions WHERE number < $before ORDER BY number DESC LIMIT $limit";
        command.Parameters.AddWithValue("$before", before);
        command.Parameters.AddWithValue("$limit", limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var revisions = new List<Revision>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var chain = await reader.IsDBNullAsync(6, cancellationToken) ? null : reader.GetString(6);
            revisions.Add(await ReadRevisionAsync(reader, cancellationToken) with { Chain = chain });
        }

        return revisions;
    });

    public Task<IReadOnlyDictionary<Digest, byte[]>> ReadNodesAsync(
        IReadOnlyCollection<Digest> digests,
        CancellationToken cancellationToken) => file.Guard<IReadOnlyDictionary<Digest, byte[]>>(async () =>
    {
        await using var connection = await file.OpenForReadingAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT bytes FROM nodes WHERE digest = $digest";
        var parameter = command.Parameters.Add("$digest", SqliteType.Blob);
        var nodes = new Dictionary<Digest, byte[]>();
        foreach (var digest in digests)
        {
            parameter.Value = digest.ToBytes();
            if (await command.ExecuteScalarAsync(cancellationToken) is byte[] bytes)
            {
                nodes[digest] = bytes;
            }
        }

        return nodes;
    });

    public Task<bool> TryCommitAsync(
        Commit commit,
        RevisionEvent what,
        IReadOnlyDictionary<Digest, byte[]> nodes,
        CancellationToken cancellationToken) => file.Guard(async () =>
    {
        var revision = commit.Revision;
        await using var connection = await file.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "UPDATE head SET number = $number, digest = $digest WHERE number = $number - 1";
        command.Parameters.AddWithValue("$digest", Convert.FromHexString(revision.Digest));
        command.Parameters.AddWithValue("$number", revision.Number);
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return false;
        }

        command.CommandText = """
            INSERT INTO revisions (number, digest, root, committed_at, committed_by, summary, comment, chain)
            VALUES ($number, $digest, $root, $at, $by, $summary, $comment, $chain)
            """;
        command.Parameters.AddWithValue("$root", commit.Root.ToArray());
        command.Parameters.AddWithValue("$at", revision.CommittedAt.ToString("O", CultureInfo.InvariantCulture));
        command.Parameters.AddWithValue("$by", revision.CommittedBy);
        command.Parameters.AddWithValue("$summary", revision.Summary);
        command.Parameters.AddWithValue("$comment", (object?)revision.Comment ?? DBNull.Value);
        command.Parameters.AddWithValue("$chain", (object?)revision.Chain ?? DBNull.Value);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await WriteNodesAsync(connection, nodes, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    });

    private static async Task WriteNodesAsync(
        SqliteConnection connection, IReadOnlyDictionary<Digest, byte[]> nodes, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText =
            "INSERT INTO nodes (digest, bytes) VALUES ($digest, $bytes) ON CONFLICT DO UPDATE SET bytes = excluded.bytes";
        var (digest, bytes) = (command.Parameters.Add("$digest", SqliteType.Blob), command.Parameters.Add("$bytes", SqliteType.Blob));
        foreach (var node in nodes)
        {
            (digest.Value, bytes.Value) = (node.Key.ToBytes(), node.Value);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task<Commit> ReadCommitAsync(SqliteDataReader reader, CancellationToken cancellationToken) => new(
        await ReadRevisionAsync(reader, cancellationToken), await reader.GetFieldValueAsync<byte[]>(RootColumn, cancellationToken));

    private static async Task<Revision> ReadRevisionAsync(SqliteDataReader reader, CancellationToken cancellationToken) => new()
    {
        Number = reader.GetInt64(0),
        Digest = Convert.ToHexStringLower(await reader.GetFieldValueAsync<byte[]>(1, cancellationToken)),
        CommittedAt = DateTimeOffset.ParseExact(reader.GetString(2), "O", CultureInfo.InvariantCulture),
        CommittedBy = reader.GetString(3),
        Summary = reader.GetString(4),
        Comment = await reader.IsDBNullAsync(5, cancellationToken) ? null : reader.GetString(5),
    };
}
