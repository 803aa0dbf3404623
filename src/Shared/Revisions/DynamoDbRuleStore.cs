using System.Globalization;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;

namespace ClientVpnAdmin.Revisions;

/// <summary>
/// Revisions and rule-set bodies in one DynamoDB table with the string keys <c>pk</c> and <c>sk</c>: revisions under <c>revisions</c> and
/// their numbers, bodies under <c>body#</c> and their digests, cut into chunks since an item holds at most 400 KB.
/// </summary>
/// <remarks>
/// The commit point is one conditional write of the revision. A crash before it leaves a body that nothing refers to. No transactions are
/// needed, and none are used.
/// </remarks>
public sealed class DynamoDbRuleStore : IRuleStore, IDisposable
{
    /// <summary>The partition key of the revisions.</summary>
    internal const string Revisions = "revisions";

    /// <summary>What a body's partition key begins with.</summary>
    internal const string Body = "body#";

    private const int ChunkBytes = 350 * 1024;
    private readonly AmazonDynamoDBClient client;
    private readonly string table;

    private DynamoDbRuleStore(AmazonDynamoDBClient client, string table)
    {
        this.client = client;
        this.table = table;
    }

    /// <summary>Opens a table. On an endpoint of the user's own (<c>AWS_ENDPOINT_URL_DYNAMODB</c>) a missing table is made; on AWS it never is.</summary>
    /// <exception cref="RuleStoreException">There is no such table, or it can't be reached.</exception>
    public static async Task<DynamoDbRuleStore> CreateAsync(string table, CancellationToken cancellationToken)
    {
        var store = Existing(table);
        try
        {
            await store.Guard(async () =>
            {
                try
                {
                    return await store.client.DescribeTableAsync(table, cancellationToken);
                }
                catch (ResourceNotFoundException) when (store.client.Config.ServiceURL is { } url && !IsAws(new Uri(url)))
                {
                    await store.CreateTableAsync(cancellationToken);
                    return null;
                }
            });
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>A table that must exist already: using it fails while it doesn't.</summary>
    /// <exception cref="RuleStoreException">The AWS SDK isn't configured.</exception>
    public static DynamoDbRuleStore Existing(string table)
    {
        try
        {
            return new DynamoDbRuleStore(new AmazonDynamoDBClient(), table);
        }
        catch (AmazonClientException e)
        {
            throw new RuleStoreException($"The AWS SDK isn't configured: {e.Message}", e);
        }
    }

    public void Dispose() => client.Dispose();

    public async Task<Revision?> FindHeadAsync(CancellationToken cancellationToken) =>
        (await ListRevisionsAsync(long.MaxValue, 1, cancellationToken)) is [var head] ? head : null;

    public Task<Revision?> FindRevisionAsync(long number, CancellationToken cancellationToken) => Guard(async () =>
        await FindItemAsync(number, cancellationToken) is { } item ? Read(item) : null);

    public Task<IReadOnlyList<Revision>> ListRevisionsAsync(long before, int limit, CancellationToken cancellationToken) => Guard<IReadOnlyList<Revision>>(async () =>
    {
        var revisions = new List<Revision>();
        await foreach (var item in QueryAsync("pk = :pk AND sk < :before", new() { [":pk"] = new(Revisions), [":before"] = new(Key(before)) }, limit, cancellationToken))
        {
            revisions.Add(Read(item));
        }

        return revisions;
    });

    public Task<byte[]?> ReadBodyAsync(string digest, CancellationToken cancellationToken) => Guard(async () =>
    {
        using var body = new MemoryStream();
        await foreach (var chunk in QueryAsync("pk = :pk", new() { [":pk"] = new(Body + digest) }, limit: null, cancellationToken))
        {
            chunk["bytes"].B.WriteTo(body);
        }

        return body.Length > 0 ? body.ToArray() : null;
    });

    public Task<bool> TryCommitAsync(Revision revision, byte[] body, CancellationToken cancellationToken) => Guard(async () =>
    {
        await Task.WhenAll(body.Chunk(ChunkBytes).Select((chunk, i) => client.PutItemAsync(
            table,
            new() { ["pk"] = new(Body + revision.Digest), ["sk"] = new(i.ToString("D4", CultureInfo.InvariantCulture)), ["bytes"] = new() { B = new MemoryStream(chunk) } },
            cancellationToken)));
        var attempt = Guid.NewGuid().ToString();
        try
        {
            await client.PutItemAsync(
                new()
                {
                    TableName = table,
                    ConditionExpression = "attribute_not_exists(pk)",
                    Item = new()
                    {
                        ["pk"] = new(Revisions),
                        ["sk"] = new(Key(revision.Number)),
                        ["digest"] = new(revision.Digest),
                        ["committedAt"] = new(revision.CommittedAt.ToString("O", CultureInfo.InvariantCulture)),
                        ["committedBy"] = new(revision.CommittedBy),
                        ["summary"] = new(revision.Summary),
                        ["attempt"] = new(attempt),
                    },
                },
                cancellationToken);
            return true;
        }
        catch (ConditionalCheckFailedException)
        {
            // The SDK sends a write again when its answer got lost: then the revision that is in the way is this one.
            return (await FindItemAsync(revision.Number, cancellationToken))?["attempt"].S == attempt;
        }
    });

    private static bool IsAws(Uri endpoint) =>
        endpoint.Host.EndsWith(".amazonaws.com", StringComparison.Ordinal) || endpoint.Host.EndsWith(".amazonaws.com.cn", StringComparison.Ordinal)
        || endpoint.Host.EndsWith(".api.aws", StringComparison.Ordinal);

    private static string Key(long number) => number.ToString("D19", CultureInfo.InvariantCulture);

    private static Revision Read(Dictionary<string, AttributeValue> item) => new()
    {
        Number = long.Parse(item["sk"].S, CultureInfo.InvariantCulture),
        Digest = item["digest"].S,
        CommittedAt = DateTimeOffset.ParseExact(item["committedAt"].S, "O", CultureInfo.InvariantCulture),
        CommittedBy = item["committedBy"].S,
        Summary = item["summary"].S,
    };

    private async Task<Dictionary<string, AttributeValue>?> FindItemAsync(long number, CancellationToken cancellationToken)
    {
        var answer = await client.GetItemAsync(table, new() { ["pk"] = new(Revisions), ["sk"] = new(Key(number)) }, consistentRead: true, cancellationToken);
        return answer.Item is { Count: > 0 } item ? item : null;
    }

    /// <summary>Strongly consistent. Without a limit, in the order of the sort keys; with one, in the reverse.</summary>
    private async IAsyncEnumerable<Dictionary<string, AttributeValue>> QueryAsync(
        string condition, Dictionary<string, AttributeValue> values, int? limit, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var left = limit ?? int.MaxValue;
        var request = new QueryRequest
        {
            TableName = table,
            KeyConditionExpression = condition,
            ExpressionAttributeValues = values,
            ConsistentRead = true,
            ScanIndexForward = limit is null,
        };
        do
        {
            request.Limit = limit is null ? null : left;
            var answer = await client.QueryAsync(request, cancellationToken);
            foreach (var item in answer.Items ?? [])
            {
                yield return item;
                left--;
            }

            request.ExclusiveStartKey = answer.LastEvaluatedKey;
        }
        while (left > 0 && request.ExclusiveStartKey is { Count: > 0 });
    }

    private async Task CreateTableAsync(CancellationToken cancellationToken)
    {
        try
        {
            await client.CreateTableAsync(
                new()
                {
                    TableName = table,
                    BillingMode = BillingMode.PAY_PER_REQUEST,
                    KeySchema = [new("pk", KeyType.HASH), new("sk", KeyType.RANGE)],
                    AttributeDefinitions = [new("pk", ScalarAttributeType.S), new("sk", ScalarAttributeType.S)],
                },
                cancellationToken);
        }
        catch (ResourceInUseException)
        {
            // Another process was first.
        }

        while ((await client.DescribeTableAsync(table, cancellationToken)).Table.TableStatus != TableStatus.ACTIVE)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    private async Task<T> Guard<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (ResourceNotFoundException e)
        {
            throw new RuleStoreException($"There is no DynamoDB table {table} in this account and region. Deploy it first, or mend RULE_STORE and AWS_REGION.", e);
        }
        catch (Exception e) when (e is AmazonClientException or AmazonServiceException or HttpRequestException or TimeoutException or IOException or KeyNotFoundException or FormatException)
        {
            throw new RuleStoreException($"The rule store in the DynamoDB table {table} can't be used: {e.Message}", e);
        }
    }
}
