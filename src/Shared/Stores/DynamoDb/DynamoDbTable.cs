using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;

namespace ClientVpnAdmin.Stores.DynamoDb;

/// <summary>The one DynamoDB table with everything in it, under the string keys <c>pk</c> and <c>sk</c>.</summary>
public sealed class DynamoDbTable : IDisposable
{
    /// <summary>The attributes by which decisions are found, each with <c>sk</c> in an index named after it.</summary>
    internal static readonly string[] IndexedAttributes = ["reason", "username", "publicIp", "endpointId"];

    private DynamoDbTable(AmazonDynamoDBClient client, string name)
    {
        Client = client;
        Name = name;
    }

    internal string Name { get; }

    internal AmazonDynamoDBClient Client { get; }

    /// <summary>
    /// Opens a table. On an endpoint of the user's own (<c>AWS_ENDPOINT_URL_DYNAMODB</c>) a missing table is made; on AWS it never is.
    /// </summary>
    /// <exception cref="RuleStoreException">There is no such table, or it can't be reached.</exception>
    public static async Task<DynamoDbTable> CreateAsync(string name, CancellationToken cancellationToken)
    {
        var table = Existing(name);
        try
        {
            return await table.Guard(async () =>
            {
                try
                {
                    await table.Client.DescribeTableAsync(name, cancellationToken);
                }
                catch (ResourceNotFoundException) when (table.Client.Config.ServiceURL is { } url && !IsAws(new Uri(url)))
                {
                    await table.MakeAsync(cancellationToken);
                }

                return table;
            });
        }
        catch
        {
            table.Dispose();
            throw;
        }
    }

    /// <summary>A table that must exist already: using it fails while it doesn't.</summary>
    /// <exception cref="RuleStoreException">The AWS SDK isn't configured.</exception>
    public static DynamoDbTable Existing(string name) => Existing(name, new AmazonDynamoDBConfig
    {
        // At an endpoint of the user's own, the SDK would look for the region in its URL first, by regular expressions that a start would
        // wait for.
        AuthenticationRegion = Environment.GetEnvironmentVariable("AWS_REGION"),
        // The SDK waits for 100 seconds, and tries three times more. Lambda ends the portal after 29, and nobody would hear why.
        Timeout = TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_NAME") is null ? 100 : 5),
    });

    internal static DynamoDbTable Existing(string name, AmazonDynamoDBConfig config)
    {
        try
        {
            return new DynamoDbTable(new AmazonDynamoDBClient(config), name);
        }
        catch (AmazonClientException e)
        {
            throw new RuleStoreException($"The AWS SDK isn't configured: {e.Message}", e);
        }
    }

    /// <summary>The table as the deployment makes it.</summary>
    internal static CreateTableRequest Definition(string name) => new()
    {
        TableName = name,
        BillingMode = BillingMode.PAY_PER_REQUEST,
        KeySchema = [new("pk", KeyType.HASH), new("sk", KeyType.RANGE)],
        AttributeDefinitions =
        [
            .. from attribute in (IEnumerable<string>)["pk", "sk", .. IndexedAttributes]
               select new AttributeDefinition(attribute, ScalarAttributeType.S),
        ],
        GlobalSecondaryIndexes =
        [
            .. IndexedAttributes.Select(a => new GlobalSecondaryIndex
            {
                IndexName = a,
                KeySchema = [new(a, KeyType.HASH), new("sk", KeyType.RANGE)],
                Projection = new() { ProjectionType = ProjectionType.ALL },
            }),
        ],
    };

    public void Dispose() => Client.Dispose();

    /// <summary>All items that a query finds, page by page.</summary>
    internal async IAsyncEnumerable<List<Dictionary<string, AttributeValue>>> QueryAsync(
        QueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        request.TableName = Name;
        do
        {
            var answer = await Client.QueryAsync(request, cancellationToken);
            request.ExclusiveStartKey = answer.LastEvaluatedKey;
            yield return answer.Items ?? [];
        }
        while (request.ExclusiveStartKey is { Count: > 0 });
    }

    /// <summary>Does some work with the table; whatever is wrong with the table becomes a <see cref="RuleStoreException"/>.</summary>
    internal async Task<T> Guard<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (ResourceNotFoundException e)
        {
            throw new RuleStoreException(
                $"There is no DynamoDB table {Name} in this account and region. Deploy it first, or mend RULE_STORE and AWS_REGION.", e);
        }
        catch (Exception e) when (e is not (OperationCanceledException or RuleStoreException))
        {
            throw new RuleStoreException(
                $"The rule store in the DynamoDB table {Name} can't be used: {(e is TimeoutException ? "It doesn't answer." : e.Message)} "
                + "See that RULE_STORE, AWS_REGION and AWS_ENDPOINT_URL_DYNAMODB name it, and that this program may use it.",
                e)
            {
                IsAway = IsAway(e),
            };
        }
    }

    /// <summary>True if the service can't be reached, is overloaded or fails; false if it refused, or answered something wrong.</summary>
    private static bool IsAway(Exception exception) => exception switch
    {
        AmazonServiceException { StatusCode: >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests } => true,
        ProvisionedThroughputExceededException => true,
        AmazonServiceException { ErrorCode: "ThrottlingException" or "RequestLimitExceeded" } => true,
        AmazonUnmarshallingException { InnerException: AmazonClientException } => false, // an answer that makes no sense
        AmazonClientException => true, // there are no credentials to be had
        HttpRequestException or HttpIOException or SocketException or TimeoutException => true,
        _ => exception.InnerException is { } inner && IsAway(inner),
    };

    private static bool IsAws(Uri endpoint) =>
        endpoint.Host.EndsWith(".amazonaws.com", StringComparison.Ordinal)
        || endpoint.Host.EndsWith(".amazonaws.com.cn", StringComparison.Ordinal)
        || endpoint.Host.EndsWith(".api.aws", StringComparison.Ordinal);

    private async Task MakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Client.CreateTableAsync(Definition(Name), cancellationToken);
        }
        catch (ResourceInUseException)
        {
            // Another process was first.
        }

        while ((await Client.DescribeTableAsync(Name, cancellationToken)).Table.TableStatus != TableStatus.ACTIVE)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }
}
