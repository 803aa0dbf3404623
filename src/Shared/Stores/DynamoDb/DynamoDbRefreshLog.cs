using System.Text;
using Amazon.DynamoDBv2.Model;
using ClientVpnAdmin.AddressLists;

namespace ClientVpnAdmin.Stores.DynamoDb;

/// <summary>The last refresh of each address list in the DynamoDB table, under <c>refreshes</c> and the list's id.</summary>
public sealed class DynamoDbRefreshLog(DynamoDbTable table) : IRefreshLog
{
    internal const string Refreshes = "refreshes";

    public Task<IReadOnlyList<ListRefresh>> ListAsync(
        CancellationToken cancellationToken) => table.Guard<IReadOnlyList<ListRefresh>>(async () =>
    {
        var request = new QueryRequest
        {
            KeyConditionExpression = "pk = :pk",
            ExpressionAttributeValues = new() { [":pk"] = new(Refreshes) },
            ConsistentRead = true,
        };
        var refreshes = new List<ListRefresh>();
        await foreach (var page in table.QueryAsync(request, cancellationToken))
        {
            refreshes.AddRange(page.Select(item => ListRefresh.Parse(Encoding.UTF8.GetBytes(item["refresh"].S))));
        }

        return refreshes;
    });

    public Task RecordAsync(ListRefresh refresh, string? listName, CancellationToken cancellationToken) => table.Guard(async () =>
    {
        var item = new Dictionary<string, AttributeValue>
        {
            ["pk"] = new(Refreshes),
            ["sk"] = new($"{refresh.AddressListId}"),
            ["refresh"] = new(Encoding.UTF8.GetString(refresh.ToJson())),
        };
        if (listName is not null)
        {
            item[DynamoDbEvent.Name] = DynamoDbEvent.RefreshFailed(refresh, listName);
        }

        return await table.Client.PutItemAsync(table.Name, item, cancellationToken);
    });
}
