using System.Globalization;
using Amazon.DynamoDBv2.Model;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.Tries;

namespace ClientVpnAdmin.Stores.DynamoDb;

/// <summary>
/// Revisions and the nodes of their rules in the DynamoDB table: revisions under <c>revisions</c> and their numbers, with the roots of
/// their rules; nodes under <c>node#</c> and their digests.
/// </summary>
/// <remarks>
/// The commit point is one conditional write of the revision. A crash before it leaves nodes that nothing refers to. No transactions are
/// needed, and none are used. Nor is a record of the newest revision, as the SQLite file has it: no B-tree of ours can be damaged here.
/// </remarks>
public sealed class DynamoDbRuleStore(DynamoDbTable table) : IRuleStore
{
    /// <summary>The partition key of the revisions.</summary>
    internal const string Revisions = "revisions";

    /// <summary>What a node's partition key begins with.</summary>
    internal const string Node = "node#";

    private const string NodeSortKey = "node";
    private const string Bytes = "bytes";

    // What DynamoDB takes at once (DynamoDB, "Quotas", API-specific limits).
    private const int ReadAtOnce = 100;

    private const int WrittenAtOnce = 16;
    private const int FirstWaitMs = 25;
    private const int MaxWaitMs = 1_600;

    public Task<Commit?> FindHeadAsync(CancellationToken cancellationToken) => table.Guard(async () =>
    {
        var answer = await table.Client.QueryAsync(
            new()
            {
                TableName = table.Name,
                KeyConditionExpression = "pk = :pk",
                ExpressionAttributeValues = new() { [":pk"] = new(Revisions) },
                ConsistentRead = true,
                ScanIndexForward = false,
                Limit = 1,
            },
            cancellationToken);
        return answer.Items is [var item] ? ParseCommit(item) : null;
    });

    public Task<Commit?> FindRevisionAsync(long number, CancellationToken cancellationToken) => table.Guard(async () =>
        await FindItemAsync(number, cancellationToken) is { } item ? ParseCommit(item) : null);

    public Task<IReadOnlyList<Revision>> ListRevisionsAsync(
        long before, int limit, CancellationToken cancellationToken) => table.Guard<IReadOnlyList<Revision>>(async () =>
    {
        var request = new QueryRequest
        {
            KeyConditionExpression = "pk = :pk AND sk < :before",
            ExpressionAttributeValues = new() { [":pk"] = new(Revisions), [":before"] = new(Key(before)) },
            ProjectionExpression = "sk, digest, committedAt, committedBy, summary, #comment, chain", // the roots are large
            ExpressionAttributeNames = new() { ["#comment"] = "comment" },
            ConsistentRead = true,
            ScanIndexForward = false,
            Limit = limit,
        };
        var revisions = new List<Revision>();
        await foreach (var page in table.QueryAsync(request, cancellationToken))
        {
            revisions.AddRange(page.Select(Parse));
            if (revisions.Count >= limit)
            {
                break;
            }

            request.Limit = limit - revisions.Count;
        }

        return revisions;
    });

    public Task<IReadOnlyDictionary<Digest, byte[]>> ReadNodesAsync(
        IReadOnlyCollection<Digest> digests,
        CancellationToken cancellationToken) => table.Guard<IReadOnlyDictionary<Digest, byte[]>>(async () =>
    {
        var nodes = new Dictionary<Digest, byte[]>();
        foreach (var some in digests.Chunk(ReadAtOnce))
        {
            var keys = some.Select(digest => Key(Node + digest, NodeSortKey)).ToList();
            for (var wait = FirstWaitMs; keys.Count > 0; wait *= 2)
            {
                var answer = await table.Client.BatchGetItemAsync(
                    new BatchGetItemRequest
                    {
                        RequestItems = new() { [table.Name] = new() { Keys = keys, ConsistentRead = true } },
                    },
                    cancellationToken);
                foreach (var item in answer.Responses?.GetValueOrDefault(table.Name) ?? [])
                {
                    nodes[Digest.Parse(item["pk"].S[Node.Length..])] = item[Bytes].B.ToArray();
                }

                // What would have been more than 16 MB, or too much at the moment.
                keys = answer.UnprocessedKeys?.GetValueOrDefault(table.Name)?.Keys ?? [];
                if (keys.Count > 0 && wait > MaxWaitMs)
                {
                    throw new RuleStoreException($"The DynamoDB table {table.Name} is busy.") { IsAway = true };
                }

                await Task.Delay(keys.Count > 0 ? wait : 0, cancellationToken);
            }
        }

        return nodes;
    });

    public Task<bool> TryCommitAsync(
        Commit commit,
        RevisionEvent what,
        IReadOnlyDictionary<Digest, byte[]> nodes,
        CancellationToken cancellationToken) => table.Guard(async () =>
    {
        var revision = commit.Revision;

        // One by one, since whoever may write several at once may delete them as well (BatchWriteItem).
        await Parallel.ForEachAsync(
            nodes,
            new ParallelOptions { MaxDegreeOfParallelism = WrittenAtOnce, CancellationToken = cancellationToken },
            async (node, token) => await PutNodeAsync(node.Key, node.Value, token));
        var attempt = Guid.NewGuid().ToString();
        var item = new Dictionary<string, AttributeValue>
        {
            ["pk"] = new(Revisions),
            ["sk"] = new(Key(revision.Number)),
            ["digest"] = new(revision.Digest),
            ["root"] = new() { B = new MemoryStream(commit.Root.ToArray()) },
            ["committedAt"] = new(revision.CommittedAt.ToString("O", CultureInfo.InvariantCulture)),
            ["committedBy"] = new(revision.CommittedBy),
            ["summary"] = new(revision.Summary),
            ["attempt"] = new(attempt),
        };
        if (revision.Comment is not null)
        {
            item["comment"] = new(revision.Comment);
        }

        if (revision.Chain is not null)
        {
            item["chain"] = new(revision.Chain);
        }

        item[DynamoDbEvent.Name] = DynamoDbEvent.Committed(revision, what);
        try
        {
            await table.Client.PutItemAsync(
                new() { TableName = table.Name, ConditionExpression = "attribute_not_exists(pk)", Item = item }, cancellationToken);
            return true;
        }
        catch (ConditionalCheckFailedException)
        {
            // The SDK sends a write again when its answer got lost: then the revision that is in the way is this one.
            return (await FindItemAsync(revision.Number, cancellationToken))?["attempt"].S == attempt;
        }
    });

    /// <summary>Puts a node where there is none: the same one may have been compressed otherwise, and nothing is ever rewritten.</summary>
    private async Task PutNodeAsync(Digest digest, byte[] bytes, CancellationToken cancellationToken)
    {
        var item = Key(Node + digest, NodeSortKey);
        item[Bytes] = new() { B = new MemoryStream(bytes) };
        try
        {
            await table.Client.PutItemAsync(
                new() { TableName = table.Name, ConditionExpression = "attribute_not_exists(pk)", Item = item }, cancellationToken);
        }
        catch (ConditionalCheckFailedException)
        {
            // It is stored already.
        }
    }

    private static string Key(long number) => number.ToString("D19", CultureInfo.InvariantCulture);

    private static Dictionary<string, AttributeValue> Key(string pk, string sk) => new() { ["pk"] = new(pk), ["sk"] = new(sk) };

    private static Commit ParseCommit(Dictionary<string, AttributeValue> item) => new(
        Parse(item),
        item.GetValueOrDefault("root")?.B.ToArray()
            ?? throw new RuleStoreException(
                $"Revision {item["sk"].S.TrimStart('0')} was stored before the first release. {NodeFormat.HowToMove}"));

    private static Revision Parse(Dictionary<string, AttributeValue> item) => new()
    {
        Number = long.Parse(item["sk"].S, CultureInfo.InvariantCulture),
        Digest = item["digest"].S,
        CommittedAt = DateTimeOffset.ParseExact(item["committedAt"].S, "O", CultureInfo.InvariantCulture),
        CommittedBy = item["committedBy"].S,
        Summary = item["summary"].S,
        Comment = item.GetValueOrDefault("comment")?.S,
        Chain = item.GetValueOrDefault("chain")?.S,
    };

    private async Task<Dictionary<string, AttributeValue>?> FindItemAsync(long number, CancellationToken cancellationToken)
    {
        var answer = await table.Client.GetItemAsync(
            table.Name, new() { ["pk"] = new(Revisions), ["sk"] = new(Key(number)) }, consistentRead: true, cancellationToken);
        return answer.Item is { Count: > 0 } item ? item : null;
    }
}
