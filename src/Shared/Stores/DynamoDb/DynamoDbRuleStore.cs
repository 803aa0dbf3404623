using System.Globalization;
using Amazon.DynamoDBv2.Model;
using ClientVpnAdmin.Revisions;

namespace ClientVpnAdmin.Stores.DynamoDb;

/// <summary>
/// Revisions and rule-set bodies in the DynamoDB table: revisions under <c>revisions</c> and their numbers, bodies under <c>body#</c> and
/// their digests, cut into chunks since an item holds at most 400 KB.
/// </summary>
/// <remarks>
/// The commit point is one conditional write of the revision. A crash before it leaves a body that nothing refers to. No transactions are
/// needed, and none are used. Nor is a record of the newest revision, as the SQLite file has it: no B-tree of ours can be damaged here.
/// </remarks>
public sealed class DynamoDbRuleStore(DynamoDbTable table) : IRuleStore
{
    /// <summary>The partition key of the revisions.</summary>
    internal const string Revisions = "revisions";

    /// <summary>What a body's partition key begins with.</summary>
    internal const string Body = "body#";

    private const int ChunkBytes = 350 * 1024;

    public async Task<Revision?> FindHeadAsync(CancellationToken cancellationToken) =>
        (await ListRevisionsAsync(long.MaxValue, 1, cancellationToken)) is [var head] ? head : null;

    public Task<Revision?> FindRevisionAsync(long number, CancellationToken cancellationToken) => table.Guard(async () =>
        await FindItemAsync(number, cancellationToken) is { } item ? Parse(item) : null);

    public Task<IReadOnlyList<Revision>> ListRevisionsAsync(
        long before, int limit, CancellationToken cancellationToken) => table.Guard<IReadOnlyList<Revision>>(async () =>
    {
        var request = new QueryRequest
        {
            KeyConditionExpression = "pk = :pk AND sk < :before",
            ExpressionAttributeValues = new() { [":pk"] = new(Revisions), [":before"] = new(Key(before)) },
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

    public Task<byte[]?> ReadBodyAsync(string digest, CancellationToken cancellationToken) => table.Guard(async () =>
    {
        var request = new QueryRequest
        {
            KeyConditionExpression = "pk = :pk",
            ExpressionAttributeValues = new() { [":pk"] = new(Body + digest) },
            ConsistentRead = true,
        };
        byte[]? body = null;
        await foreach (var page in table.QueryAsync(request, cancellationToken))
        {
            foreach (var chunk in page)
            {
                var bytes = chunk["bytes"].B.ToArray();
                body = body is null ? bytes : [.. body, .. bytes];
            }
        }

        return body;
    });

    public Task<bool> TryCommitAsync(
        Revision revision, RevisionEvent what, byte[] body, CancellationToken cancellationToken) => table.Guard(async () =>
    {
        await Task.WhenAll(body.Chunk(ChunkBytes).Select((chunk, i) => table.Client.PutItemAsync(
            table.Name,
            new()
            {
                ["pk"] = new(Body + revision.Digest),
                ["sk"] = new(i.ToString("D4", CultureInfo.InvariantCulture)),
                ["bytes"] = new() { B = new MemoryStream(chunk) },
            },
            cancellationToken)));
        var attempt = Guid.NewGuid().ToString();
        var item = new Dictionary<string, AttributeValue>
        {
            ["pk"] = new(Revisions),
            ["sk"] = new(Key(revision.Number)),
            ["digest"] = new(revision.Digest),
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

    private static string Key(long number) => number.ToString("D19", CultureInfo.InvariantCulture);

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
