using System.Globalization;
using System.Text;
using Amazon.DynamoDBv2.Model;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.Stores.DynamoDb;

/// <summary>
/// Decisions in the DynamoDB table, under <c>decisions</c> and their keys, removed after <c>expiresAt</c> by DynamoDB itself, by its own
/// clock. One filter chooses the index, the others are applied to what it finds. A day's counts are under <c>counts#</c> and the day: each
/// is added to in place, without a transaction, which many handlers at once would get into each other's way in.
/// </summary>
public sealed class DynamoDbDecisionLog(DynamoDbTable table) : IDecisionLog
{
    /// <summary>The partition key of the decisions.</summary>
    internal const string Decisions = "decisions";

    /// <summary>What the partition key of a day's counts begins with.</summary>
    internal const string Counts = "counts#";

    /// <summary>The reason in the index of those that have none.</summary>
    private const string Allowed = "allowed";

    private const string NotExpired = "expiresAt >= :now";

    /// <summary>How many items one request looks at when not all of them may be what is asked for.</summary>
    private const int MaxExamined = 1_000;

    /// <summary>How many requests a page takes at most for each index key: a page may come out short, but never late.</summary>
    private const int MaxRequests = 5;

    public Task RecordAsync(
        RecordedDecision decision, DateTimeOffset expiresAt, CancellationToken cancellationToken) => table.Guard(async () =>
    {
        var item = new Dictionary<string, AttributeValue>
        {
            ["pk"] = new(Decisions),
            ["sk"] = new(decision.Key.ToString()),
            ["reason"] = new(decision.Reason is { } reason ? Words.Format(reason) : Allowed),
            ["expiresAt"] = Number(expiresAt),
            ["decision"] = new(Encoding.UTF8.GetString(DecisionJson.Write(decision))),
        };
        foreach (var (name, value) in new[]
        {
            ("username", decision.Username),
            ("publicIp", decision.PublicIp),
            ("endpointId", decision.EndpointId),
        })
        {
            if (value.Length > 0)
            {
                item[name] = new(value); // the key of an index can't be empty
            }
        }

        if (decision.Outcome() == DecisionOutcome.Denied)
        {
            item[DynamoDbEvent.Name] = DynamoDbEvent.Denied(decision);
        }

        await table.Client.PutItemAsync(table.Name, item, cancellationToken);
        try
        {
            await CountAsync(decision, expiresAt, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new RuleStoreException($"The decision is recorded, but the summary may not count it: {e.Message}", e);
        }

        return true;
    });

    public Task<DecisionPage> ListAsync(DecisionQuery query, CancellationToken cancellationToken) => table.Guard(async () =>
    {
        var runs = await Task.WhenAll(Sources(query).Select(source => RunAsync(query, source.Index, source.Key, cancellationToken)));

        // What lies before the place to which every run got is complete.
        var complete = runs.Select(r => r.GotTo).Max(StringComparer.Ordinal);
        var found = runs.SelectMany(r => r.Items).Where(i => string.CompareOrdinal(i["sk"].S, complete) >= 0)
            .OrderByDescending(i => i["sk"].S, StringComparer.Ordinal).Select(Stored);
        return await DecisionPage.TakeAsync(found.ToAsyncEnumerable(), query, complete is null ? null : DecisionKey.Parse(complete));
    });

    public Task<DecisionCounts> CountAsync(DateOnly first, DateOnly last, CancellationToken cancellationToken) => table.Guard(async () =>
    {
        var days = await Task.WhenAll(Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).Select(async i =>
        {
            var day = DecisionCounts.DayText(first.AddDays(i));
            var found = new List<Dictionary<string, AttributeValue>>();
            var request = new QueryRequest
            {
                KeyConditionExpression = "pk = :pk",
                ExpressionAttributeValues = new() { [":pk"] = new(Counts + day) },
                ProjectionExpression = "sk, allowed, reported, denied",
            };
            await foreach (var page in table.QueryAsync(request, cancellationToken))
            {
                found.AddRange(page);
            }

            return (Day: day, Items: found);
        }));
        var counts = new DecisionCounts();
        foreach (var (day, item) in days.SelectMany(d => d.Items.Select(item => (d.Day, item))))
        {
            if (item["sk"].S.Split('#', 2) is [var kind, var key])
            {
                counts.Add(day, kind, key, new(Count(item, "allowed"), Count(item, "reported"), Count(item, "denied")));
            }
        }

        return counts;

        static long Count(Dictionary<string, AttributeValue> item, string outcome) =>
            item.TryGetValue(outcome, out var value) && long.TryParse(value.N, CultureInfo.InvariantCulture, out var count) ? count : 0;
    });

    private static StoredDecision Stored(Dictionary<string, AttributeValue> item)
    {
        return new(
            item["sk"].S,
            Encoding.UTF8.GetBytes(Text("decision")),
            Text("reason") == Allowed,
            Text("reason"),
            Text("username"),
            Text("publicIp"),
            Text("endpointId"));

        string Text(string name) => item.TryGetValue(name, out var value) ? value.S ?? "" : "";
    }

    private static bool HasKey(Dictionary<string, AttributeValue> item) => DecisionKey.Parse(item["sk"].S) is not null;

    /// <summary>The index to look into, and the key in it; several keys when one filter means several.</summary>
    private static IEnumerable<(string? Index, string Key)> Sources(DecisionQuery query) => query switch
    {
        { Username.Length: > 0 } => [("username", query.Username)],
        { PublicIp.Length: > 0 } => [("publicIp", query.PublicIp)],
        { Reason: { } reason } => [("reason", Words.Format(reason))],
        { Allowed: true } => [("reason", Allowed)],
        { Allowed: false } => Enum.GetValues<DenialReason>().Select(r => ((string?)"reason", Words.Format(r))),
        { EndpointId.Length: > 0 } => [("endpointId", query.EndpointId)],
        _ => [(null, Decisions)],
    };

    private static AttributeValue Number(DateTimeOffset time) => new()
    {
        N = time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>
    /// Counts a decision, one request after the other: on the connection that is open, as another would take longer to open. Its day's
    /// counts expire as a decision at the end of that day would.
    /// </summary>
    private async Task CountAsync(RecordedDecision decision, DateTimeOffset expiresAt, CancellationToken cancellationToken)
    {
        var leftOfDay = TimeSpan.FromDays(1) - decision.Time.UtcDateTime.TimeOfDay;
        foreach (var (kind, key) in DecisionCounts.KeysOf(decision))
        {
            var request = new UpdateItemRequest
            {
                TableName = table.Name,
                Key = new() { ["pk"] = new(Counts + DecisionCounts.DayOf(decision.Time)), ["sk"] = new($"{kind}#{key}") },
                UpdateExpression = "ADD #outcome :one SET expiresAt = :expiresAt",
                ExpressionAttributeNames = new() { ["#outcome"] = Words.Format(decision.Outcome()) },
                ExpressionAttributeValues = new() { [":one"] = new() { N = "1" }, [":expiresAt"] = Number(expiresAt + leftOfDay) },
            };
            await table.Client.UpdateItemAsync(request, cancellationToken);
        }
    }

    private async Task<Run> RunAsync(DecisionQuery query, string? index, string key, CancellationToken cancellationToken)
    {
        var first = DecisionKey.First(query.From ?? DateTimeOffset.MinValue).ToString();
        var last = new[] { query.After, DecisionKey.First(query.To ?? DateTimeOffset.MaxValue) }.OfType<DecisionKey>()
            .Select(k => k.Before()).Min(StringComparer.Ordinal)!;
        if (string.CompareOrdinal(first, last) > 0 || query is { Allowed: true, Reason: not null })
        {
            return new Run([], null); // DynamoDB refuses an empty interval; and nothing allowed has a reason
        }

        var names = new Dictionary<string, string> { ["#key"] = index ?? "pk" };
        var values = new Dictionary<string, AttributeValue>
        {
            [":key"] = new(key),
            [":first"] = new(first),
            [":last"] = new(last),
            [":now"] = Number(query.Now),
        };
        var filter = new StringBuilder(NotExpired);
        Require("reason", query.Reason is { } reason ? Words.Format(reason) : query.Allowed == true ? Allowed : null);
        Require("username", query.Username);
        Require("publicIp", query.PublicIp);
        Require("endpointId", query.EndpointId);
        if (query is { Allowed: false, Reason: null } && index != "reason")
        {
            filter.Append(" AND #reason <> :allowed");
            names["#reason"] = "reason";
            values[":allowed"] = new(Allowed);
        }

        var request = new QueryRequest
        {
            IndexName = index,
            ConsistentRead = index is null,
            KeyConditionExpression = "#key = :key AND sk BETWEEN :first AND :last",
            FilterExpression = filter.ToString(),
            ExpressionAttributeNames = names,
            ExpressionAttributeValues = values,
            ScanIndexForward = false,
            Limit = filter.Length > NotExpired.Length || query.MaxExamined > query.Limit ? MaxExamined : query.Limit + 1,
        };
        var found = new List<Dictionary<string, AttributeValue>>();
        var requests = 0;
        await foreach (var page in table.QueryAsync(request, cancellationToken))
        {
            found.AddRange(page);
            if (found.Count(HasKey) > query.MaxExamined)
            {
                return new Run(found, found.FindLast(HasKey)!["sk"].S);
            }

            if (++requests >= MaxRequests && request.ExclusiveStartKey is { Count: > 0 } gotTo && HasKey(gotTo))
            {
                return new Run(found, gotTo["sk"].S);
            }
        }

        return new Run(found, null);

        // What an index has as its key can't be in a filter as well.
        void Require(string name, string? value)
        {
            if (value is null || name == index)
            {
                return;
            }

            names[$"#{name}"] = name;
            if (value.Length == 0)
            {
                filter.Append(CultureInfo.InvariantCulture, $" AND attribute_not_exists(#{name})");
                return;
            }

            filter.Append(CultureInfo.InvariantCulture, $" AND #{name} = :{name}");
            values[$":{name}"] = new(value);
        }
    }

    /// <param name="Items">What was found.</param>
    /// <param name="GotTo">The least key that can be read of those that were looked at; null if that was all.</param>
    private sealed record Run(List<Dictionary<string, AttributeValue>> Items, string? GotTo);
}
