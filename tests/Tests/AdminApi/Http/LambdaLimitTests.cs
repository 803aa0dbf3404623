using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClientVpnAdmin.AdminApi.Http;

public sealed class LambdaLimitTests : IAsyncLifetime
{
    private readonly HttpClient client = new();
    private WebApplication app = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddResponseCompression();
        app = builder.Build();
        app.UseLambdaLimit();
        app.UseResponseCompression();
        app.MapMethods("/{text}/{count:int}", ["GET", "HEAD"], (string text, int count, HttpContext context) =>
        {
            context.Response.Headers.ETag = "\"1\"";
            return TypedResults.Text(string.Concat(Enumerable.Repeat(Uri.UnescapeDataString(text), count)));
        });
        app.MapGet("/noise", () => TypedResults.Bytes(Noise(), "text/plain"));
        await app.StartAsync();
        client.BaseAddress = new(app.Urls.Single());
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
    }

    [Theory]
    [InlineData("a", 6_000_000 - 2)] // with the quotes around it
    [InlineData("%22", 3_000_000 - 1)]
    [InlineData("%0A", 3_000_000 - 1)]
    [InlineData("東", 2_000_000 - 1)]
    public async Task What_Lambda_passes_on_is_answered_and_one_more_is_refused(string text, int most)
    {
        using var whole = await client.GetAsync($"/{text}/{most}");
        Assert.Equal(HttpStatusCode.OK, whole.StatusCode);
        Assert.Equal(most, (await whole.Content.ReadAsStringAsync()).Length);
        Assert.NotNull(whole.Headers.ETag);

        using var tooLong = await client.GetAsync($"/{text}/{most + 1}");
        Assert.Equal(HttpStatusCode.BadRequest, tooLong.StatusCode);
        Assert.Null(tooLong.Headers.ETag);
        Assert.Equal("application/problem+json", tooLong.Content.Headers.ContentType!.MediaType);
        var problem = JsonNode.Parse(await tooLong.Content.ReadAsStringAsync())!;
        Assert.Equal("answer-too-long", problem["code"]!.ToString());
        Assert.InRange(int.Parse(problem["values"]!["bytes"]!.ToString()), 6_000_001, 6_000_003);
        Assert.Contains("compressed", problem["detail"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_compressed_counts_as_it_is_passed_on()
    {
        client.DefaultRequestHeaders.Add("Accept-Encoding", "gzip");
        using var whole = await client.GetAsync("/a/20000000");
        Assert.Equal(["gzip"], whole.Content.Headers.ContentEncoding);
        await using var text = new GZipStream(await whole.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        using var reader = new StreamReader(text);
        Assert.Equal(20_000_000, (await reader.ReadToEndAsync()).Length);

        // Noise stays 5 MB long, and base64 adds a third.
        using var tooLong = await client.GetAsync("/noise");
        Assert.Equal(HttpStatusCode.BadRequest, tooLong.StatusCode);
        Assert.Empty(tooLong.Content.Headers.ContentEncoding);
        Assert.Equal("answer-too-long", JsonNode.Parse(await tooLong.Content.ReadAsStringAsync())!["code"]!.ToString());
    }

    [Fact]
    public async Task Without_its_body_an_answer_is_never_too_long()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "/a/7000000");
        using var answer = await client.SendAsync(request);
        Assert.Equal((HttpStatusCode.OK, "\"1\""), (answer.StatusCode, answer.Headers.ETag!.Tag));
    }

    private static byte[] Noise()
    {
        var bytes = new byte[5_000_000];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
