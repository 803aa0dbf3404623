using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.EC2;
using Amazon.Runtime;
using ClientVpnAdmin.AdminApi.Access;
using ClientVpnAdmin.AdminApi.Sessions;
using ClientVpnAdmin.AdminApi.Sources;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit.Abstractions;

namespace ClientVpnAdmin.AdminApi.Swagger;

public sealed class FuzzTests(ITestOutputHelper output) : IAsyncLifetime
{
    /// <summary>Says how many requests are made, for a longer run by hand.</summary>
    private const string Variable = "FUZZ_REQUESTS";

    private const int DefaultRequests = 20_000;

    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);
    private readonly List<string> decisions = [];
    private readonly List<string> objects = [];
    private string eTag = "*";
    private readonly NameServer names = new();
    private Ec2 ec2 = null!;
    private Portal portal = null!;

    public async Task InitializeAsync()
    {
        ec2 = await Ec2.StartAsync();
#pragma warning disable CA2000 // The portal disposes of it.
        var config = new AmazonEC2Config { ServiceURL = ec2.Url, AuthenticationRegion = "us-east-1" };
        names.Answer = (_, type) => new Reply(0, type == NameServer.A ? [new("home.test", "203.0.113.7")] : []);
        portal = new Portal
        {
            Sources = new SourceReader(null, TimeSpan.FromMinutes(1), [names.EndPoint], PublicInternet.Reaches, null),
            Ec2 = new AmazonEC2Client(new BasicAWSCredentials("x", "x"), config),
        };
#pragma warning restore CA2000
    }

    public async Task DisposeAsync()
    {
        await portal.DisposeAsync();
        await ec2.DisposeAsync();
        await names.DisposeAsync();
    }

    [Fact]
    public async Task Every_answer_to_requests_made_from_the_document_is_as_the_document_says()
    {
        var document = new ApiDocument((await portal.GetAsync("/swagger/v1/swagger.json", token: null)).Json);
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["admin"] = Token("editor"),
            ["reader"] = Token("reader"),
            ["broken"] = "x",
        };
        var example = document.Json["paths"]!["/api/sign-in"]!["post"]!["requestBody"]!["content"]!["application/json"]!["example"]!;
        for (var i = 0; i < 5; i++)
        {
            decisions.Add($"/api/decisions/{(await portal.DecideAsync(Some.EventJson($"198.51.100.{i}"))).Id}");
        }

        var answers = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var faults = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        var given = Environment.GetEnvironmentVariable(Variable);
        var requests = string.IsNullOrEmpty(given) ? DefaultRequests : int.Parse(given, CultureInfo.InvariantCulture);
        for (var number = 0; number < requests; number++)
        {
            var request = new FuzzRequest(number, document, [.. decisions, .. objects], eTag);
            if (number % 1_000 == 0)
            {
                foreach (var rest in new[]
                {
                    """ "source": { "kind": "dns", "names": ["home.test"] } """,
                    """ "entries": [{ "cidr": "203.0.113.0/28" }, { "cidr": "203.0.113.0/24" }, { "cidr": "203.0.113.0/25" }] """,
                })
                {
                    var list = $$"""{ "name": "{{number}} {{rest.Length}}", {{rest}} }""";
                    objects.Add((await portal.PostAsync("/api/address-lists", list)).Location!.ToString());
                }

                // One of those in the last minute that isn't used yet.
                example["code"] = new LocalLinks(Path.GetDirectoryName(portal.StorePath)!).Make("alice", DateTimeOffset.UtcNow);
            }

            var answer = await SendAsync(request, request.Token is null ? null : tokens[request.Token]);
            var operation = document.Find(request.Method == "HEAD" ? "GET" : request.Method, answer.Path);
            var name = $"{operation?.Id ?? "nothing"} {answer.Status}";
            if (name == "SignOut 204")
            {
                tokens[request.Token!] = Token(request.Token == "admin" ? "editor" : "reader");
            }

            answers[name] = answers.GetValueOrDefault(name) + 1;
            var fault = operation is not null ? document.FindFault(operation, answer.Status, answer.ContentType, answer.Body)
                : answer.Status is 400 or 404 or 405 || (request.Token != "admin" && answer.Status is 401 or 403)
                    ? document.FindProblemFault(answer.ContentType, answer.Body)
                : $"The status {answer.Status} where there is no such call.";
            if (fault is not null)
            {
                var kind = $"{name} {fault[..Math.Min(60, fault.Length)]}";
                faults.TryAdd(kind, []);
                faults[kind].Add($"request {number}: {request} => {answer.Body[..Math.Min(500, answer.Body.Length)]}: {fault}");
            }

            Remember(answer);
        }

        output.WriteLine(string.Join(Environment.NewLine, answers.Select(a => $"{a.Key}: {a.Value}")));
        Assert.True(
            faults.Count == 0,
            $"Of {requests} answers, {faults.Sum(f => f.Value.Count)} are wrong:\n"
            + string.Join('\n', faults.Select(f => $"{f.Value.Count} times {f.Key}, such as {f.Value[0]}")));

        // What never gets as far as an answer that says yes isn't tried at all.
        Assert.All(document.Operations, o => Assert.Contains(answers.Keys, a => a.StartsWith($"{o.Id} 2", StringComparison.Ordinal)));
        var fallible = document.Operations.Where(o => o.Json["responses"]!["400"] is not null);
        Assert.All(fallible, o => Assert.Contains($"{o.Id} 400", answers.Keys));
    }

    private string Token(string role) => new LocalTokens(Path.GetDirectoryName(portal.StorePath)!)
        .Make("admin", role, DateTimeOffset.UtcNow, TimeSpan.FromDays(1)).Text;

    /// <summary>What there is now, so that later requests can be about it.</summary>
    private void Remember(Answered answer)
    {
        eTag = answer.ETag ?? eTag;
        if (answer.Location is { } location)
        {
            objects.Add(location);
        }

        if (answer is { Status: 200, ContentType: "application/json" }
            && JsonNode.Parse(answer.Body) is JsonObject list && list["items"] is JsonArray { Count: > 0 } items)
        {
            objects.RemoveAll(o => o.StartsWith($"{answer.Path}/", StringComparison.Ordinal));
            objects.AddRange(items.TakeLast(20).Select(i => i!["id"]).OfType<JsonNode>().Select(id => $"{answer.Path}/{id}"));
        }
    }

    /// <summary>Not by HttpClient, which mends what it sends.</summary>
    private async Task<Answered> SendAsync(FuzzRequest request, string? token)
    {
        var path = "";
        var context = await portal.Server.SendAsync(c =>
        {
            c.Request.Method = request.Method;
            c.Request.Path = PathString.FromUriComponent(request.Path);
            path = c.Request.Path.Value!;
            c.Request.QueryString = new QueryString(request.Query);
            c.Features.Set<IHttpRequestBodyDetectionFeature>(new HasBody(request.Body is not null));
            if (request.Body is not null)
            {
                c.Request.Body = new MemoryStream(request.Body);
                c.Request.ContentLength = request.Body.Length;
            }

            if (token is not null)
            {
                c.Request.Headers.Authorization = $"Bearer {token}";
            }

            foreach (var (header, value) in request.Headers)
            {
                c.Request.Headers[header] = value;
            }
        });
        using var body = new MemoryStream();
        await context.Response.Body.CopyToAsync(body);
        return new Answered(
            context.Response.StatusCode,
            context.Response.ContentType?.Split(';')[0],
            context.Response.Headers.ETag.FirstOrDefault(),
            context.Response.Headers.Location.FirstOrDefault(),
            Utf8.GetString(body.GetBuffer().AsSpan(0, (int)body.Length)),
            path);
    }

    private sealed record Answered(int Status, string? ContentType, string? ETag, string? Location, string Body, string Path);

    private sealed class HasBody(bool canHaveBody) : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => canHaveBody;
    }
}
