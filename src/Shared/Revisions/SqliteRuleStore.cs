using System.Globalization;
using ClientVpnAdmin.Stores;

namespace ClientVpnAdmin.Revisions;

/// <summary>
/// Revisions and rule-set bodies in a SQLite file. What <see cref="TryCommitAsync"/> answers with true has reached the disk.
/// </summary>
public sealed class SqliteRuleStore(SqliteFile file) : IRuleStore
{
    public async Task<Revision?> FindHeadAsync(CancellationToken cancellationToken) =>
        (await ListRevisionsAsync(long.MaxValue, 1, cancellationToken)) is [var head] ? head : null;

    public async Task<Revision?> FindRevisionAsync(long number, CancellationToken cancellationToken) =>
        number < long.MaxValue && (await ListRevisionsAsync(number + 1, 1, cancellationToken)) is [var revision] && revision.Number == number ? revision : null;

    public Task<IReadOnlyList<Revision>> ListRevisionsAsync(long before, int limit, CancellationToken cancellationToken) => file.Guard<IReadOnlyList<Revision>>(async () =>
    {
        await using var connection = await file.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT number, digest, committed_at, committed_by, summary, comment FROM revisions WHERE number < $before ORDER BY number DESC LIMIT $limit";
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
                Comment = await reader.IsDBNullAsync(5, cancellationToken) ? null : reader.GetString(5),
            });
        }

        return revisions;
    });

    public Task<byte[]?> ReadBodyAsync(string digest, CancellationToken cancellationToken) => file.Guard(async () =>
    {
        await using var connection = await file.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT body FROM bodies WHERE digest = $digest";
        command.Parameters.AddWithValue("$digest", Convert.FromHexString(digest));
        return await command.ExecuteScalarAsync(cancellationToken) as byte[];
    });

    public Task<bool> TryCommitAsync(Revision revision, byte[] body, CancellationToken cancellationToken) => file.Guard(async () =>
    {
        await using var connection = await file.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO bodies (digest, body) VALUES ($digest, $body) ON CONFLICT DO UPDATE SET body = excluded.body;
            INSERT INTO revisions (number, digest, committed_at, committed_by, summary, comment) VALUES ($number, $digest, $at, $by, $summary, $comment) ON CONFLICT DO NOTHING;
            SELECT changes();
            """;
        command.Parameters.AddWithValue("$digest", Convert.FromHexString(revision.Digest));
        command.Parameters.AddWithValue("$body", body);
        command.Parameters.AddWithValue("$number", revision.Number);
        command.Parameters.AddWithValue("$at", revision.CommittedAt.ToString("O", CultureInfo.InvariantCulture));
        command.Parameters.AddWithValue("$by", revision.CommittedBy);
        command.Parameters.AddWithValue("$summary", revision.Summary);
        command.Parameters.AddWithValue("$comment", (object?)revision.Comment ?? DBNull.Value);
        if ((long)(await command.ExecuteScalarAsync(cancellationToken))! == 0)
        {
            return false;
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    });
}
