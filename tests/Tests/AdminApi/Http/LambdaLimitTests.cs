using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClientVpnAdmin.AdminApi.Http;

public sealed class LambdaLimitTests : IAsyncLifetime
{
    private static readonly JsonSerializerOptions OfTheLibrary = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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

    [Theory]
    [InlineData("")]
    [InlineData("{\"cidr\": \"203.0.113.0/24\"}\n\t\\\u0001\u007f\u2028")]
    [InlineData("東京<&>'+é\u200b\ufeff\ufffe")]
    [InlineData("a😀𠮷")]
    public void A_text_counts_as_Amazons_library_writes_it(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 3_000));
        Assert.Equal(
            JsonSerializer.SerializeToUtf8Bytes(text, OfTheLibrary).Length,
            LambdaLimit.CountBytes(Encoding.UTF8.GetBytes(text), isCompressed: false));
    }

    // With 512 MB there was too little memory for refusing an answer of 8 MB.
    [Fact]
    public void A_long_answer_is_counted_without_a_copy_of_it()
    {
        var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("東京😀\"", 500_000)));
        var before = GC.GetAllocatedBytesForCurrentThread();
        LambdaLimit.CountBytes(body, isCompressed: false);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    private static byte[] Noise()
    {
        var bytes = new byte[5_000_000];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
