using System.Runtime.CompilerServices;
using System.Text;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Validation;
using Microsoft.Data.Sqlite;

namespace ClientVpnAdmin.Stores.Sqlite;

/// <summary>Decisions in a SQLite file, each filter with an index of its own.</summary>
public sealed class SqliteDecisionLog(SqliteFile file) : IDecisionLog
{
    // A few at a time: recording has little time, however many have expired since the last one. What has expired is not for one process's
    // clock to say: a hundred newer decisions must be past that time as well. So a clock that jumps ahead removes nothing until it has
    // recorded a hundred, and of fewer than a hundred none goes. Keys begin with their time, in ticks since year 1; expires_at counts
    // seconds since 1970.
    internal const string RemoveExpired = """
        DELETE FROM decisions WHERE key IN (
            SELECT key FROM decisions WHERE expires_at < min($now, (
                SELECT CAST(substr(key, 1, 19) AS INTEGER) / 10000000 - 62135596800 FROM decisions ORDER BY key DESC LIMIT 1 OFFSET 99))
            LIMIT 100)
        """;

    // Those of days that are over, and of which no decision is left.
    private const string RemoveCounts = """
        DELETE FROM counts WHERE (day, kind, key) IN (
            SELECT day, kind, key FROM counts WHERE day < (
                SELECT date(CAST(substr(key, 1, 19) AS INTEGER) / 10000000 - 62135596800, 'unixepoch') FROM decisions ORDER BY key LIMIT 1)
            LIMIT 100)
        """;

    public Task RecordAsync(
        RecordedDecision decision, DateTimeOffset expiresAt, CancellationToken cancellationToken) => file.Guard(async () =>
    {
        await using var connection = await file.OpenAsync(cancellationToken);
        await using var transaction = (SqliteTransaction)await connection.BeginTransactionAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        (string Kind, string Key)[] counted = [.. DecisionCounts.KeysOf(decision)];
        command.CommandText = $"""
            {RemoveExpired};
            INSERT INTO decisions (key, allowed, reason, username, public_ip, endpoint_id, expires_at, decision)
            VALUES ($key, $allowed, $reason, $username, $publicIp, $endpointId, $expiresAt, $decision);
            {SqliteFile.MakeCounts};
            {RemoveCounts};
            INSERT INTO counts (day, kind, key, allowed, reported, denied)
            VALUES {string.Join(", ", counted.Select((_, i) => $"($day, $kind{i}, $key{i}, $one, $reported, $denied)"))}
            ON CONFLICT DO UPDATE SET
                allowed = allowed + excluded.allowed, reported = reported + excluded.reported, denied = denied + excluded.denied;
            """;
        foreach (var ((kind, key), i) in counted.Select((count, i) => (count, i)))
        {
            command.Parameters.AddWithValue($"$kind{i}", kind);
            command.Parameters.AddWithValue($"$key{i}", key);
        }

        var one = DecisionTally.One(decision.Outcome());
        command.Parameters.AddWithValue("$day", DecisionCounts.DayOf(decision.Time));
        command.Parameters.AddWithValue("$one", one.Allowed);
        command.Parameters.AddWithValue("$reported", one.Reported);
        command.Parameters.AddWithValue("$denied", one.Denied);
        command.Parameters.AddWithValue("$now", decision.Time.ToUnixTimeSeconds());
        command.Parameters.AddWithValue("$key", decision.Key.ToString());
        command.Parameters.AddWithValue("$allowed", decision.Allowed);
        command.Parameters.AddWithValue("$reason", decision.Reason is { } reason ? Words.Format(reason) : DBNull.Value);
        command.Parameters.AddWithValue("$username", decision.Username);
        command.Parameters.AddWithValue("$publicIp", decision.PublicIp);
        command.Parameters.AddWithValue("$endpointId", decision.EndpointId);
        command.Parameters.AddWithValue("$expiresAt", expiresAt.ToUnixTimeSeconds());
        command.Parameters.AddWithValue("$decision", DecisionJson.Write(decision));
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    });

    public Task<DecisionPage> ListAsync(DecisionQuery query, CancellationToken cancellationToken) => file.Guard(async () =>
    {
        await using var connection = await file.OpenForReadingAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        var sql = new StringBuilder(
            "SELECT key, decision, allowed, reason, username, public_ip, endpoint_id FROM decisions WHERE +expires_at >= $now");
        command.Parameters.AddWithValue("$now", query.Now.ToUnixTimeSeconds());
        var indexed = false;
        RequireEqual("username", query.Username);
        RequireEqual("public_ip", query.PublicIp);
        RequireEqual("reason", query.Reason is { } reason ? Words.Format(reason) : null);
        RequireEqual("allowed", query.Allowed);
        RequireEqual("endpoint_id", query.EndpointId);
        Require("key >= ", "$from", query.From is { } from ? DecisionKey.First(from).ToString() : null);
        Require("key < ", "$to", query.To is { } to ? DecisionKey.First(to).ToString() : null);
        Require("key < ", "$after", query.After?.ToString());
        sql.Append(" ORDER BY key DESC"); // without a limit: each row is looked for when it is read
        command.CommandText = sql.ToString();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await DecisionPage.TakeAsync(ReadAsync(reader, cancellationToken), query, null);

        // The first one, which leaves the least, is found by its index; the plus keeps SQLite from choosing another one's.
        void RequireEqual(string column, object? value)
        {
            Require($"{(indexed ? "+" : "")}{column} = ", $"${column}", value);
            indexed |= value is not null;
        }

        void Require(string condition, string parameter, object? value)
        {
            if (value is not null)
            {
                sql.Append(" AND ").Append(condition).Append(parameter);
                command.Parameters.AddWithValue(parameter, value);
            }
        }
    });

    public Task<DecisionCounts> CountAsync(DateOnly first, DateOnly last, CancellationToken cancellationToken) => file.Guard(async () =>
    {
        await using var connection = await file.OpenForReadingAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT day, kind, key, allowed, reported, denied FROM counts WHERE day BETWEEN $first AND $last";
        command.Parameters.AddWithValue("$first", DecisionCounts.DayText(first));
        command.Parameters.AddWithValue("$last", DecisionCounts.DayText(last));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var counts = new DecisionCounts();
        while (await reader.ReadAsync(cancellationToken))
        {
            var tally = new DecisionTally(reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5));
            counts.Add(reader.GetString(0), reader.GetString(1), reader.GetString(2), tally);
        }

        return counts;
    });

    private static async IAsyncEnumerable<StoredDecision> ReadAsync(
        SqliteDataReader reader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return new(
                reader.GetString(0),
                await reader.GetFieldValueAsync<byte[]>(1, cancellationToken),
                reader.GetBoolean(2),
                await reader.IsDBNullAsync(3, cancellationToken) ? null : reader.GetString(3),
                reader.GetString(4),
                reader.GetString(5),
                reader.GetString(6));
        }
    }
}
