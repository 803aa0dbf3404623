using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.EC2;
using ClientVpnAdmin.AdminApi.Page;
using ClientVpnAdmin.AdminApi.Sources;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Revisions;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace ClientVpnAdmin.AdminApi;

/// <summary>The portal as it runs in production, over a SQLite file and with tokens of its own.</summary>
internal sealed class Portal : WebApplicationFactory<Program>
{
    private readonly TemporaryFolder folder = new();

    private readonly (string Name, string Value)[] settings;

    private bool isListening;

    public Portal(params (string Name, string Value)[] settings)
    {
        this.settings = settings;
        Time = new FakeTimeProvider(Some.Time) { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };
    }

    /// <summary>What the portal warned of in its log.</summary>
    public IEnumerable<string> Warnings => Logged.Where(line => line.Level == LogLevel.Warning).Select(line => line.Message);

    /// <summary>What the portal logged.</summary>
    public IReadOnlyList<FakeLogRecord> Logged => Services.GetFakeLogCollector().GetSnapshot();

    /// <summary>What takes EC2's place.</summary>
    public IAmazonEC2? Ec2 { get; init; }

    /// <summary>What reads the sources of address lists.</summary>
    public SourceReader? Sources { get; init; }

    /// <summary>Where the built page is, for tests that bring one of their own.</summary>
    public string? PageFolder { get; init; }

    /// <summary>Whether it listens on a port, for a browser.</summary>
    public bool Listens { get; init; }

    public string StorePath => folder["rules.db"];

    /// <summary>The clock of the rules; each look at it takes a millisecond.</summary>
    public FakeTimeProvider Time { get; }

    public RevisionLog Log => Services.GetRequiredService<RevisionLog>();

    public string Token(string file)
    {
        Start();
        return File.ReadAllText(folder[file]);
    }

    /// <summary>Calls as an editor unless another token, or none, is given.</summary>
    public Task<Answer> GetAsync(string path, string? token = "admin.token") => SendAsync(HttpMethod.Get, path, token: token);

    public Task<Answer> PostAsync(string path, string json, string? token = "admin.token") =>
        SendAsync(HttpMethod.Post, path, json, null, token);

    public Task<Answer> PutAsync(string path, string json, string? ifMatch = null, string? token = "admin.token") =>
        SendAsync(HttpMethod.Put, path, json, ifMatch, token);

    public Task<Answer> DeleteAsync(string path, string? ifMatch = null, string? token = "admin.token") =>
        SendAsync(HttpMethod.Delete, path, json: null, ifMatch, token);

    public Task<Answer> SendAsync(
        HttpMethod method, string path, string? json = null, string? ifMatch = null, string? token = "admin.token") =>
        SendAsync(
            method,
            path,
            json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"),
            ifMatch,
            token is null ? null : Token(token));

    /// <summary>Calls as an editor from somewhere else; the portal must take a proxy's word for that.</summary>
    public async Task<Answer> SendFromAsync(string address, HttpMethod method, string path)
    {
        var token = Token("admin.token");
        using var client = CreateClient();
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("X-Forwarded-For", address);
        using var response = await client.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    /// <summary>Records a decision as the handler would: by the present rules.</summary>
    public async Task<RecordedDecision> DecideAsync(JsonNode connectionEvent, DateTimeOffset? at = null)
    {
        var json = Encoding.UTF8.GetBytes(connectionEvent.ToJsonString());
        var head = await Log.ReadHeadAsync(default);
        var connection = ConnectionEvent.Parse(json);
        var time = at ?? Time.GetUtcNow();
        var decision = RecordedDecision.From(
            connection, Evaluator.Decide(connection, time, head.Rules, head.Revision), time, TimeSpan.FromMilliseconds(1));
        await Services.GetRequiredService<IDecisionLog>().RecordAsync(decision, time.AddDays(30), default);
        return decision;
    }

    /// <summary>Makes a recorded decision one that can't be read.</summary>
    public void Damage(Guid decisionId)
    {
        var sql = $"UPDATE decisions SET decision = x'FF' WHERE key LIKE '%{decisionId:N}'; SELECT changes()";
        Assert.Equal(1L, Sql.Execute(StorePath, sql));
    }

    public async Task<Answer> SendAsync(
        HttpMethod method, string path, HttpContent? content, string? ifMatch, string? bearer, string? comment = null)
    {
        Start();
        using var client = CreateClient();
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (bearer is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        if (comment is not null)
        {
            request.Headers.TryAddWithoutValidation("X-Comment", comment);
        }

        using var response = await client.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    /// <summary>Adds a range; its id.</summary>
    public async Task<string> AddRangeAsync(string cidr, string more = "") =>
        (await PostAsync("/api/ranges", $$"""{ "cidr": "{{cidr}}" {{more}} }""")).Expect(HttpStatusCode.Created)["id"]!.ToString();

    public async Task<long> HeadAsync() => (await Log.ReadHeadAsync(default)).Revision;

    // The factory itself starts a portal for each of those who ask for it at once.
    private void Start()
    {
        lock (folder)
        {
            if (!Listens)
            {
                _ = Server;
            }
            else if (!isListening)
            {
                UseKestrel(0);
                StartServer();
                isListening = true;
            }
        }
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.UseSetting(RuleStoreLocation.Variable, $"sqlite:{StorePath}");
        Array.ForEach(settings, s => builder.UseSetting(s.Name, s.Value));
        builder.ConfigureTestServices(services =>
        {
            services.AddFakeLogging();
            services.AddSingleton<TimeProvider>(Time);
            if (Ec2 is not null)
            {
                services.AddSingleton(Ec2);
            }

            if (Sources is not null)
            {
                services.AddSingleton(Sources);
            }

            if (PageFolder is not null)
            {
                services.AddSingleton(_ => new PageFiles(PageFolder));
            }
        });
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            folder.Dispose();
        }
    }
}

/// <summary>What the portal answered.</summary>
internal sealed record Answer(HttpStatusCode Status, string? ContentType, string? ETag, Uri? Location, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public IEnumerable<JsonNode> Items => Json["items"]!.AsArray().Select(i => i!);

    public static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(
        response.StatusCode,
        response.Content.Headers.ContentType?.MediaType,
        response.Headers.ETag?.ToString(),
        response.Headers.Location,
        await response.Content.ReadAsStringAsync());

    /// <summary>The body, if the status is this one.</summary>
    public JsonNode Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{(int)Status} instead of {(int)status}: {Text}");
        return Text.Length == 0 ? new JsonObject() : Json;
    }

    /// <summary>Checks for a page that has this text in it.</summary>
    public void ExpectText(string text)
    {
        Assert.Equal(HttpStatusCode.OK, Status);
        Assert.Contains(text, Text, StringComparison.Ordinal);
    }

    /// <summary>What is wrong with a field, if this is a problem as RFC 9457 has it.</summary>
    public string ExpectError(string field, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        ExpectProblem(status);
        Assert.True(Json["errors"]?[field] is not null, $"No error about {field}: {Text}");
        return string.Join(' ', Json["errors"]![field]!.AsArray().Select(m => m!.ToString()));
    }

    /// <summary>The detail, if this is a problem as RFC 9457 has it.</summary>
    public string ExpectProblem(HttpStatusCode status)
    {
        Expect(status);
        Assert.Equal("application/problem+json", ContentType);
        Assert.Equal((int)status, Json["status"]!.GetValue<int>());
        Assert.NotEmpty(Json["title"]!.ToString());
        Assert.DoesNotContain("   at ", Text, StringComparison.Ordinal); // no stack trace
        return Json["detail"]!.ToString();
    }
}
