using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace ClientVpnAdmin.AdminApi.Http;

/// <summary>HEAD, If-None-Match and compression, over a real socket.</summary>
public sealed class ConditionalReadTests(ConditionalReadTests.PortalWithARange portal)
    : IClassFixture<ConditionalReadTests.PortalWithARange>
{
    private readonly HttpClient client = portal.Client;
    private readonly Uri range = portal.Range;

    [Fact]
    public async Task HEAD_answers_the_headers_of_GET_and_no_body()
    {
        string[] paths = ["/api/ranges", $"{range}", "/api/ranges/export", "/api/settings", "/api/decisions", "/api/me", "/health/live"];
        foreach (var path in paths)
        {
            using var got = await SendAsync(HttpMethod.Get, path);
            using var head = await SendAsync(HttpMethod.Head, path);
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (got.StatusCode, head.StatusCode));
            Assert.Equal(got.Headers.ETag, head.Headers.ETag);
            Assert.Equal(got.Content.Headers.ContentType, head.Content.Headers.ContentType);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        }

        using var nothing = await SendAsync(HttpMethod.Head, "/api/revisions/99");
        Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);
    }

    [Fact]
    public async Task Whoever_has_the_present_state_already_is_answered_304_without_it()
    {
        string[] paths = ["/api/ranges", $"{range}", "/api/ranges/export", "/api/settings", "/api/rule-tests", "/api/revisions/1"];
        foreach (var path in paths)
        {
            using var first = await SendAsync(HttpMethod.Get, path);
            var tag = first.Headers.ETag!.ToString();
            foreach (var known in new[] { tag, $"W/{tag}", $"\"x\", {tag}", "*" })
            {
                using var again = await SendAsync(HttpMethod.Get, path, known);
                Assert.Equal((HttpStatusCode.NotModified, tag), (again.StatusCode, again.Headers.ETag?.ToString()));
                Assert.Empty(await again.Content.ReadAsByteArrayAsync());
            }

            using var other = await SendAsync(HttpMethod.Get, path, "\"x\"");
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        }
    }

    [Theory]
    [InlineData("/api/ranges?state=active", "application/json")] // what is active changes with the time
    [InlineData("/api/ranges", "text/csv")] // has the tag of the JSON
    public async Task What_depends_on_more_than_its_tag_is_always_answered(string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("If-None-Match", "\"1\"");
        request.Headers.Accept.ParseAdd(accept);
        using var answer = await client.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, "\"1\""), (answer.StatusCode, answer.Headers.ETag?.ToString()));
        Assert.Contains("Accept", answer.Headers.Vary);
    }

    [Theory]
    [InlineData("gzip", "/api/ranges", HttpStatusCode.OK)]
    [InlineData("br", "/api/ranges", HttpStatusCode.OK)]
    [InlineData("gzip", "/api/revisions/99", HttpStatusCode.NotFound)]
    [InlineData("br", "/swagger/v1/swagger.json", HttpStatusCode.OK)]
    [InlineData("", "/api/ranges", HttpStatusCode.OK)]
    public async Task Answers_are_compressed_for_those_who_can_read_that(string encoding, string path, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (encoding.Length > 0)
        {
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(encoding));
        }

        using var answer = await client.SendAsync(request);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(encoding, string.Join(',', answer.Content.Headers.ContentEncoding));
        await using var body = await answer.Content.ReadAsStreamAsync();
        await using Stream plain = encoding switch
        {
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            _ => body,
        };
        using var reader = new StreamReader(plain);
        Assert.StartsWith("{", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? ifNoneMatch = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (ifNoneMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        }

        return await client.SendAsync(request);
    }

    /// <summary>What all of them read.</summary>
    public sealed class PortalWithARange : IAsyncLifetime
    {
        private readonly TemporaryFolder folder = new();
        private RunningProgram? portal;

        internal HttpClient Client { get; private set; } = null!;

        internal Uri Range { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            portal = RunningProgram.Portal(folder["rules.db"]);
            Client = await portal.EditorAsync(folder["admin.token"]);
            using var content = new StringContent("""{ "cidr": "203.0.113.0/24" }""", Encoding.UTF8, "application/json");
            using var added = await Client.PostAsync("/api/ranges", content);
            Range = added.Headers.Location!;
        }

        public Task DisposeAsync()
        {
            Client?.Dispose();
            portal?.Dispose();
            folder.Dispose();
            return Task.CompletedTask;
        }
    }
}
