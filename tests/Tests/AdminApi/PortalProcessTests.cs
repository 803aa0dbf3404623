using System.Net;
using System.Text;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.Stores.Sqlite;

namespace ClientVpnAdmin.AdminApi;

/// <summary>The portal as a process of its own, over real sockets.</summary>
public sealed class PortalProcessTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://*:0")]
    [InlineData("http://+:0")]
    [InlineData("http://example.com:0")]
    [InlineData("http://unix:/tmp/client-vpn-admin.sock")]
    public async Task Does_not_start_on_anything_but_loopback(string url)
    {
        using var portal = RunningProgram.Portal(folder["rules.db"], url);
        await portal.AssertEndsInOneLineAsync("listens on loopback only");
        Assert.DoesNotContain("Now listening", portal.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("garbage", "Put back a copy of it")]
    [InlineData("a newer version's", "Update it")]
    [InlineData("an older version's", "PUT /api/rule-set")]
    [InlineData("in a folder that can't be made", "RULE_STORE")]
    public async Task Does_not_start_with_a_file_that_cannot_be_used(string store, string remedy)
    {
        var path = folder[store.StartsWith("in", StringComparison.Ordinal) ? "file/rules.db" : "rules.db"];
        switch (store)
        {
            case "garbage":
                folder.Write("rules.db", new string('x', 10_000));
                break;
            case "in a folder that can't be made":
                folder.Write("file", "");
                break;
            default:
                await SqliteFile.CreateAsync(path, default);
                Sql.Execute(path, $"PRAGMA user_version = {(store == "a newer version's" ? 99 : 2)}");
                break;
        }

        using var portal = Start(("RULE_STORE", $"sqlite:{path}"));
        await portal.AssertEndsInOneLineAsync(remedy);
    }

    [Theory]
    [InlineData("RULE_STORE", "postgres:rules", "Write sqlite:<path> or dynamodb:<table>")]
    [InlineData("Authentication__Schemes__Bearer__ValidAudience", "x", "Bearer:Authority is missing")]
    [InlineData("SignIn__Iam__Editors", "x", "Remove that setting")]
    [InlineData("AWS_LAMBDA_FUNCTION_NAME", "portal", "On Lambda nobody can sign in until")]
    public async Task Does_not_start_with_a_configuration_that_cannot_be_used(string name, string value, string remedy)
    {
        using var portal = Start(("RULE_STORE", $"sqlite:{folder["rules.db"]}"), (name, value));
        await portal.AssertEndsInOneLineAsync(remedy);
    }

    [Fact]
    public async Task On_Lambda_says_that_DynamoDB_does_not_answer_before_Lambda_ends_it() // after 29 seconds
    {
        await using var proxy = await FaultyProxy.StartAsync(new Uri("http://127.0.0.1:9"));
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        proxy.Fault = async context =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
            return true;
        };
        using var portal = Start(
            ("RULE_STORE", "dynamodb:hung"), ("AWS_ENDPOINT_URL_DYNAMODB", proxy.Url), ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_LAMBDA_FUNCTION_NAME", "portal"),
            ("SignIn__Iam__Editors", "arn:aws:iam::123456789012:user/alice"));
        await asked.Task.WaitAsync(TimeSpan.FromMinutes(1)); // its start up to there can be slow on a busy machine
        await portal.AssertEndsInOneLineAsync("It doesn't answer.").WaitAsync(TimeSpan.FromSeconds(29));
    }

    [Fact]
    public async Task Does_not_start_without_its_DynamoDB_table_or_where_nobody_answers()
    {
        await using var proxy = await FaultyProxy.StartAsync(new Uri("http://127.0.0.1:9"));
        proxy.Fault = FaultyProxy.Error(HttpStatusCode.BadRequest, "ResourceNotFoundException");
        foreach (var (url, remedy) in new[]
        {
            ("http://dynamodb.us-east-1.amazonaws.com", "Deploy it first"), // on AWS no table is made
            (proxy.Url, "AWS_ENDPOINT_URL_DYNAMODB"),
            ("http://127.0.0.1:9", "AWS_ENDPOINT_URL_DYNAMODB"),
        })
        {
            using var portal = Start(
                ("RULE_STORE", "dynamodb:missing"), ("AWS_ENDPOINT_URL_DYNAMODB", url), ("AWS_REGION", "us-east-1"),
                ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("http_proxy", proxy.Url), ("no_proxy", "127.0.0.1"));
            await portal.AssertEndsInOneLineAsync(remedy);
        }
    }

    [Fact]
    public async Task Does_not_start_on_a_port_that_is_taken()
    {
        using var first = Start();
        using var second = RunningProgram.Portal(folder["rules.db"], (await first.ListeningAsync()).ToString());
        await second.AssertEndsInOneLineAsync("address already in use");
    }

    [Fact]
    public async Task Says_where_the_tokens_are_without_showing_them()
    {
        using var portal = Start();
        await portal.ListeningAsync();
        Assert.Contains(folder["admin.token"], portal.Output, StringComparison.Ordinal);
        Assert.Matches("(?m)^20[0-9]{2}-[0-9-]+T[0-9:.]+Z info: ClientVpnAdmin.* Sign in with the editor token in ", portal.Output);
        Assert.DoesNotContain(await File.ReadAllTextAsync(folder["admin.token"]), portal.Output + portal.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("warn", portal.Output + portal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_of_100_MB_is_refused_and_the_portal_goes_on()
    {
        using var portal = Start();
        using var client = await portal.EditorAsync(folder["admin.token"]);
        foreach (var path in new[] { "/api/ranges", "/api/denial-messages", "/api/evaluations" })
        {
            using var content = new StreamContent(
                new MemoryStream(Encoding.UTF8.GetBytes($"{{\"cidr\":\"{new string('1', 100_000_000)}\"}}")));
            content.Headers.ContentType = new("application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
            request.Headers.ExpectContinue = true; // or the connection may be closed on us before we read the answer
            using var response = await client.SendAsync(request);
            Assert.Contains(
                "16 MiB", (await Answer.ReadAsync(response)).ExpectProblem(HttpStatusCode.RequestEntityTooLarge), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.Created, (await AddAsync(client, "10.0.0.0/8")).StatusCode);
    }

    [Fact]
    public async Task A_body_of_100_MB_in_chunks_of_unknown_length_is_refused_as_well()
    {
        using var portal = Start();
        using var client = await portal.EditorAsync(folder["admin.token"]);
        using var content = new StreamContent(new Unseekable(100_000_000));
        content.Headers.ContentType = new("application/json");
        try
        {
            using var response = await client.PostAsync("/api/ranges", content);
            Assert.Contains(
                "16 MiB", (await Answer.ReadAsync(response)).ExpectProblem(HttpStatusCode.RequestEntityTooLarge), StringComparison.Ordinal);
        }
        catch (HttpRequestException)
        {
            // The portal closed the connection before all was sent, which refuses it too.
        }

        Assert.Equal(HttpStatusCode.Created, (await AddAsync(client, "10.0.0.0/8")).StatusCode);
    }

    [Fact]
    public async Task What_one_process_changes_the_handler_in_another_decides_by_at_its_next_event()
    {
        using var portal = Start();
        using var client = await portal.EditorAsync(folder["admin.token"]);
        for (var i = 0; i < 2; i++)
        {
            using (var denied = RunningProgram.Handler(folder["rules.db"], Some.EventFile("v1-office.json")))
            {
                Assert.Equal(1, await denied.ExitAsync());
            }

            using var added = await AddAsync(client, "203.0.113.0/24");
            using (var allowed = RunningProgram.Handler(folder["rules.db"], Some.EventFile("v1-office.json")))
            {
                Assert.Equal(0, await allowed.ExitAsync());
            }

            // Whoever came in through it was all that came in.
            using var deleted = await client.DeleteAsync(new Uri($"{added.Headers.Location}?force=true", UriKind.Relative));
            deleted.EnsureSuccessStatusCode();
        }
    }

    [Fact]
    public async Task Two_portals_on_one_file_lose_nothing()
    {
        using var one = Start();
        using var other = Start();
        using var oneClient = await one.EditorAsync(folder["admin.token"]);
        using var otherClient = await other.EditorAsync(folder["admin.token"]);
        HttpClient[] clients = [oneClient, otherClient];
        await Task.WhenAll(clients.SelectMany((client, c) => Enumerable.Range(0, 5).Select(editor => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
            {
                Assert.Equal(HttpStatusCode.Created, (await AddAsync(client, $"10.{c}.{editor}.{i}")).StatusCode);
            }
        }))));
        var log = new RevisionLog(new SqliteRuleStore(SqliteFile.Existing(folder["rules.db"])), TimeProvider.System);
        var head = await log.ReadHeadAsync(default);
        Assert.Equal((100, 100), (head.Revision, head.Rules.Ranges.Select(r => r.Cidr).Distinct().Count()));
    }

    private RunningProgram Start() => RunningProgram.Portal(folder["rules.db"]);

    private RunningProgram Start(params (string Name, string Value)[] environment) =>
        new("dotnet", [RunningProgram.PortalPath, "--urls", "http://127.0.0.1:0"], folder[""], environment);

    private static Task<HttpResponseMessage> AddAsync(HttpClient client, string cidr) =>
        client.PostAsync("/api/ranges", new StringContent($$"""{ "cidr": "{{cidr}}" }""", Encoding.UTF8, "application/json"));

    /// <summary>Bytes without a length, so that they are sent in chunks.</summary>
    private sealed class Unseekable(long length) : Stream
    {
        private long left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, left);
            buffer.AsSpan(offset, read).Fill((byte)' ');
            left -= read;
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
