using System.IO.Compression;
using System.Net;
using System.Text;

namespace ClientVpnAdmin.AdminApi.Page;

public sealed class PageFilesTests : IDisposable
{
    private const string Script = "console.log('a page');";
    private readonly TemporaryFolder folder = new();
    private readonly Portal portal;

    public PageFilesTests()
    {
        Directory.CreateDirectory(folder["page/assets"]);
        Write("page/index.html", "<!doctype html><title>A page</title>");
        Write("page/favicon.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>");
        Write("page/assets/index-Ab12.js", Script);
        folder.Write("page/assets/chart-Cd34.js", new string(' ', 5_000)); // without twins
        folder.Write("page/assets/.hidden.js", "hidden");
        folder.Write("page/assets/notes.unknown", "unknown");
        folder.Write("secret.js", "secret");
        portal = new Portal { PageFolder = folder["page"] };
    }

    public void Dispose()
    {
        portal.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("/", "text/html", "no-cache", "A page")]
    [InlineData("/favicon.svg", "image/svg+xml", "no-cache", "<svg")]
    [InlineData("/assets/index-Ab12.js", "text/javascript", "public, max-age=31536000, immutable", Script)]
    public async Task The_page_is_there_without_signing_in_and_says_for_how_long_it_may_be_kept(
        string path, string type, string kept, string text)
    {
        using var answer = await SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal((kept, "Accept-Encoding"), (Header(answer, "Cache-Control"), Header(answer, "Vary")));
        Assert.Contains(text, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(answer.Content.Headers.ContentEncoding);
        using var head = await SendAsync(HttpMethod.Head, path);
        Assert.Equal((HttpStatusCode.OK, kept), (head.StatusCode, Header(head, "Cache-Control")));
        Assert.Equal(answer.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("br", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip;q=1.0, br;q=0.1", "br")]
    [InlineData("gzip, br;q=0", "gzip")]
    [InlineData("*", "br")]
    [InlineData("*, br;q=0", "gzip")]
    [InlineData("*;q=0", "")]
    [InlineData("identity", "")]
    [InlineData("deflate", "")]
    [InlineData("nonsense;;", "")]
    public async Task What_the_build_has_compressed_is_sent_as_it_is_to_those_who_take_it(string accept, string encoding)
    {
        foreach (var path in new[] { "/", "/assets/index-Ab12.js" })
        {
            using var answer = await SendAsync(HttpMethod.Get, path, ("Accept-Encoding", accept));
            Assert.Equal(encoding, string.Join(", ", answer.Content.Headers.ContentEncoding));
            Assert.Equal("Accept-Encoding", Header(answer, "Vary"));
            var file = path == "/" ? "page/index.html" : $"page{path}";
            var twin = encoding switch { "br" => ".br", "gzip" => ".gz", _ => "" };
            Assert.Equal(await File.ReadAllBytesAsync(folder[file + twin]), await answer.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task What_the_build_has_not_compressed_is_compressed_once_on_the_way()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/assets/chart-Cd34.js", ("Accept-Encoding", "br"));
        Assert.Equal(["br"], answer.Content.Headers.ContentEncoding);
        using var text = new StreamReader(new BrotliStream(await answer.Content.ReadAsStreamAsync(), CompressionMode.Decompress));
        Assert.Equal(new string(' ', 5_000), await text.ReadToEndAsync());
    }

    [Fact]
    public async Task Whoever_has_it_already_is_answered_without_it_until_it_is_another()
    {
        var tags = new HashSet<string>();
        foreach (var encoding in new[] { "identity", "gzip", "br" })
        {
            using var first = await SendAsync(HttpMethod.Get, "/", ("Accept-Encoding", encoding));
            var tag = first.Headers.ETag!.ToString();
            Assert.True(tags.Add(tag), "Two encodings have the same ETag.");
            using var again = await SendAsync(HttpMethod.Get, "/", ("Accept-Encoding", encoding), ("If-None-Match", tag));
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
            Assert.Equal("no-cache", Header(again, "Cache-Control"));
        }

        // A package may give all of its files one time, whatever is in them.
        var time = File.GetLastWriteTimeUtc(folder["page/index.html"]);
        folder.Write("page/index.html", "<!doctype html><title>B page</title>");
        File.SetLastWriteTimeUtc(folder["page/index.html"], time);
        using var changed = await SendAsync(HttpMethod.Get, "/", ("If-None-Match", string.Join(", ", tags)));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.Null(changed.Content.Headers.LastModified);
    }

    [Theory]
    [InlineData("/assets/nothing.js")]
    [InlineData("/assets/index-Ab12.js.br")]
    [InlineData("/assets/notes.unknown")]
    [InlineData("/assets/.hidden.js")]
    [InlineData("/assets/..%2f..%2fsecret.js")]
    [InlineData("/assets/..%2F..%2Fsecret.js")]
    [InlineData("/assets/..%5c..%5csecret.js")]
    [InlineData("/assets/%2e%2e%2f%2e%2e%2fsecret.js")]
    [InlineData("/assets/%2fetc%2fpasswd.js")]
    [InlineData("/assets/a%01.js")]
    public async Task Nothing_else_is_there(string path)
    {
        using var answer = await SendAsync(HttpMethod.Get, path);
        (await Answer.ReadAsync(answer)).ExpectProblem(HttpStatusCode.NotFound);
        Assert.DoesNotContain("immutable", Header(answer, "Cache-Control"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_it_is_not_built_a_plain_page_says_in_both_languages_what_to_install()
    {
        using var without = new Portal { PageFolder = folder["nothing"] };
        var answer = await without.GetAsync("/", token: null);
        Assert.Equal("text/html", answer.ContentType);
        Assert.All(
            ["Node.js 20.19", "lang=\"en\"", "npm", "href=\"/swagger\"", "lang=\"ja\""], answer.ExpectText);
        (await without.GetAsync("/assets/index-Ab12.js", token: null)).ExpectProblem(HttpStatusCode.NotFound);
        (await without.GetAsync("/favicon.svg", token: null)).ExpectProblem(HttpStatusCode.NotFound);
    }

    /// <summary>Writes a file and its twins, as the build does.</summary>
    private void Write(string name, string text)
    {
        folder.Write(name, text);
        using (var brotli = new BrotliStream(File.Create(folder[$"{name}.br"]), CompressionLevel.SmallestSize))
        {
            brotli.Write(Encoding.UTF8.GetBytes(text));
        }

        using var gzip = new GZipStream(File.Create(folder[$"{name}.gz"]), CompressionLevel.SmallestSize);
        gzip.Write(Encoding.UTF8.GetBytes(text));
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var client = portal.CreateClient();
        using var request = new HttpRequestMessage(method, path);
        Array.ForEach(headers, h => request.Headers.TryAddWithoutValidation(h.Name, h.Value));
        return await client.SendAsync(request);
    }

    private static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";
}
