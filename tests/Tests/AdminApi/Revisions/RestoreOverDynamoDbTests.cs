using System.Text;

namespace ClientVpnAdmin.AdminApi.Revisions;

/// <summary>What taking changes back asks of a table: all nodes that it needs are there.</summary>
[Collection(DynamoDbCollection.Name)]
public sealed class RestoreOverDynamoDbTests(DynamoDbServer server) : IDisposable
{
    private const int Many = 3_000;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Restoring_and_undoing_write_the_revision_and_no_node()
    {
        var table = await server.CreateTableAsync();
        await using var proxy = await FaultyProxy.StartAsync(new Uri(server.Client.Config.ServiceURL));
        var writes = 0;
        proxy.Fault = context =>
        {
            var isWrite = context.Request.Headers["X-Amz-Target"].ToString().EndsWith(".PutItem", StringComparison.Ordinal);
            Interlocked.Add(ref writes, isWrite ? 1 : 0);
            return Task.FromResult(false);
        };
        using var portal = new RunningProgram(
            "dotnet",
            [RunningProgram.PortalPath, "--urls", "http://127.0.0.1:0"],
            folder[""],
            ("RULE_STORE", $"dynamodb:{table}"),
            ("AWS_ENDPOINT_URL_DYNAMODB", proxy.Url),
            ("XDG_DATA_HOME", folder[""]));
        using var client = await portal.EditorAsync(folder["client-vpn-admin/admin.token"]);

        var ranges = Enumerable.Range(0, Many).Select(i => $$"""{ "cidr": "10.{{i / 256}}.{{i % 256}}.0/24" }""");
        var nodes = await WritesAsync(HttpMethod.Put, "/api/ranges", $"[{string.Join(',', ranges)}]") - 1;
        Assert.True(nodes > 20, $"There are only {nodes} nodes.");
        var remove = $"/api/ranges?removals={Many}&force=true";
        Assert.InRange(await WritesAsync(HttpMethod.Put, remove, "[]"), 1, 3);
        Assert.Equal(1, await WritesAsync(HttpMethod.Post, "/api/revisions/1/restore"));
        Assert.Equal(1, await WritesAsync(HttpMethod.Post, "/api/revisions/undo"));
        Assert.Equal(1, await WritesAsync(HttpMethod.Post, "/api/revisions/undo"));

        // What is kept of the present rules is written anew, with what is on its way.
        await WritesAsync(
            HttpMethod.Post,
            "/api/rule-tests",
            $$"""{ "description": "x", "event": {{Some.EventJson("203.0.113.7").ToJsonString()}}, "allowed": false }""");
        await WritesAsync(HttpMethod.Put, remove, "[]");
        Assert.InRange(await WritesAsync(HttpMethod.Post, "/api/revisions/1/restore"), 1, 3);

        async Task<int> WritesAsync(HttpMethod method, string path, string json = "")
        {
            var before = writes;
            using var request = new HttpRequestMessage(method, path);
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
            using var response = await client.SendAsync(request);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
            return writes - before;
        }
    }
}
