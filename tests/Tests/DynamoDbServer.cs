using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using ClientVpnAdmin.Stores.DynamoDb;

namespace ClientVpnAdmin;

/// <summary>
/// A real DynamoDB server for the tests: dynalite, or the endpoint that DYNAMODB_ENDPOINT names, such as DynamoDB Local or AWS itself (the
/// SDK's own variables then give region and credentials).
/// </summary>
public sealed class DynamoDbServer : IAsyncLifetime
{
    private RunningProgram? dynalite;
    private AmazonDynamoDBClient? client;

    /// <summary>Speaks to the server beside the programs under test.</summary>
    public AmazonDynamoDBClient Client => client!;

    /// <summary>True if the server is one of ours, which may be stopped and killed.</summary>
    internal RunningProgram? Dynalite => dynalite;

    public async Task InitializeAsync()
    {
        var endpoint = Environment.GetEnvironmentVariable("DYNAMODB_ENDPOINT");
        if (string.IsNullOrEmpty(endpoint))
        {
            (dynalite, var url) = await StartAsync(FreePort());
            endpoint = url.ToString();
            Environment.SetEnvironmentVariable("AWS_REGION", "us-east-1");
            Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "dynalite");
            Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "dynalite");
        }

        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL_DYNAMODB", endpoint);
        client = new AmazonDynamoDBClient();
    }

    public Task DisposeAsync()
    {
        client?.Dispose();
        dynalite?.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Makes a table as the deployment does; its name.</summary>
    public async Task<string> CreateTableAsync()
    {
        var table = $"client-vpn-admin-test-{Guid.NewGuid():N}";
        await CreateTableAsync(Client, table);
        return table;
    }

    /// <summary>Makes a table, on any server, and waits until it can be used.</summary>
    public static async Task CreateTableAsync(AmazonDynamoDBClient client, string table)
    {
        await client.CreateTableAsync(DynamoDbTable.Definition(table));
        while ((await client.DescribeTableAsync(table)).Table.TableStatus != TableStatus.ACTIVE)
        {
            await Task.Delay(20);
        }
    }

    /// <summary>Every item whose partition key begins so.</summary>
    public async Task<List<Dictionary<string, AttributeValue>>> ItemsAsync(string table, string prefix)
    {
        var items = new List<Dictionary<string, AttributeValue>>();
        var request = new ScanRequest { TableName = table, ConsistentRead = true };
        do
        {
            var page = await Client.ScanAsync(request);
            items.AddRange((page.Items ?? []).Where(i => i["pk"].S.StartsWith(prefix, StringComparison.Ordinal)));
            request.ExclusiveStartKey = page.LastEvaluatedKey;
        }
        while (request.ExclusiveStartKey is { Count: > 0 });
        return items;
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts a server of one's own, in memory or over the files in a folder.</summary>
    internal static async Task<(RunningProgram Program, Uri Url)> StartAsync(int port, string? data = null)
    {
        Assert.True(
            NodePackages.Problem is null, $"{NodePackages.Problem} Or give an endpoint of a DynamoDB server in DYNAMODB_ENDPOINT.");
        string[] files = data is null ? [] : ["--path", data];
        var dynalite = NodePackages.Start(
            "dynalite/cli.js",
            ["--host", "127.0.0.1", "--port", $"{port}", "--createTableMs", "0", "--deleteTableMs", "0", .. files]);
        return (dynalite, await dynalite.ListeningAsync("listening at: "));
    }
}

/// <summary>A test for a server of our own: on AWS tables aren't made unasked, and what isn't ours we don't stop.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DynaliteFactAttribute : FactAttribute
{
    public DynaliteFactAttribute(bool needsSignals = false, [CallerMemberName] string test = "")
    {
        this.Skip(
            !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("DYNAMODB_ENDPOINT"))
                ? "Runs only against the server that the tests start themselves, not with DYNAMODB_ENDPOINT."
            : needsSignals && OperatingSystem.IsWindows() ? "Windows can't stop a process by a signal."
            : null,
            test);
    }
}

/// <summary>Tests that share a DynamoDB server, one after the other, beside tests of other things.</summary>
[CollectionDefinition(Name)]
public sealed class DynamoDbCollection : ICollectionFixture<DynamoDbServer>
{
    public const string Name = "DynamoDB";
}

/// <summary>
/// Tests that have a DynamoDB server for themselves, one after the other, and after all others: some stop the server,
/// some hold the handler to its 5 seconds.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class DynamoDbUnderFireCollection : ICollectionFixture<DynamoDbServer>
{
    public const string Name = "DynamoDB under fire";
}
