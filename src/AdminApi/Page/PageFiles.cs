using System.Security.Cryptography;
using ClientVpnAdmin.AdminApi.Http;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace ClientVpnAdmin.AdminApi.Page;

/// <summary>
/// The page for administrators: the files that the build has put beside the portal, each with a twin in br and one in gzip. Without them
/// there is a plain page that says what to install.
/// </summary>
/// <param name="folder">Where they are.</param>
internal sealed class PageFiles(string folder) : IDisposable
{
    private const string Anew = "no-cache"; // it is asked each time whether there is another
    private const string ForGood = "public, max-age=31536000, immutable"; // another one has another name

    private const string NotBuilt = """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>ClientVpnAdmin</title></head>
        <body>
        <h1>ClientVpnAdmin</h1>
        <p>The portal runs, but its page for administrators is not built. Install Node.js 20.19, or 22.12 or later, which brings npm.
        Then stop the portal, and build and start it again: <code>dotnet run --project src/AdminApi</code></p>
        <p>Until then, <a href="/swagger">Swagger UI</a> has every call.</p>
        <div lang="ja">
        <p>ポータルは動いていますが、管理ページはまだビルドされていません。
        Node.js 20.19、または 22.12 以降 (npm を含む) をインストールしてください。その後、ポータルを停止し、もう一度ビルドして起動します。
        <code>dotnet run --project src/AdminApi</code></p>
        <p>それまでは、<a href="/swagger">Swagger UI</a> ですべての呼び出しを使えます。</p>
        </div>
        </body>
        </html>
        """;

    private static readonly FileExtensionContentTypeProvider ContentTypes = new();
    private static readonly (string Encoding, string Ending)[] Twins = [("br", ".br"), ("gzip", ".gz")];

    // Neither leads out of its folder, nor shows hidden files.
    private readonly PhysicalFileProvider? files = Directory.Exists(folder) ? new(folder) : null;

    public void Dispose() => files?.Dispose();

    public static void Map(WebApplication app)
    {
        var page = app.Services.GetRequiredService<PageFiles>();
        var open = app.MapGroup("/").AllowAnonymous().ExcludeFromDescription();
        string[] reading = [HttpMethods.Get, HttpMethods.Head];
        open.MapCall("/", reading, async (HttpContext context) =>
            await page.FindAsync("index.html", Anew, context) ?? TypedResults.Content(NotBuilt, "text/html; charset=utf-8"));
        open.MapCall("/favicon.svg", reading, async (HttpContext context) =>
            await page.FindAsync("favicon.svg", Anew, context) ?? TypedResults.NotFound());
        open.MapCall("/assets/{file}", reading, async (string file, HttpContext context) =>
            await page.FindAsync($"assets/{file}", ForGood, context) ?? TypedResults.NotFound());
    }

    /// <summary>The answer with a file, or its twin if the caller takes that; null if there is none.</summary>
    private async Task<IResult?> FindAsync(string path, string kept, HttpContext context)
    {
        if (files?.GetFileInfo(path) is not { Exists: true } file || !ContentTypes.TryGetContentType(path, out var type))
        {
            return null;
        }

        var headers = context.Response.Headers;
        (headers.CacheControl, headers.Vary) = (kept, HeaderNames.AcceptEncoding);
        foreach (var (encoding, ending) in Twins)
        {
            if (Takes(context.Request, encoding) && files.GetFileInfo(path + ending) is { Exists: true } twin)
            {
                (file, headers.ContentEncoding) = (twin, encoding);
                break;
            }
        }

        // Not by the time: a package may give all of its files the same.
        var content = await File.ReadAllBytesAsync(file.PhysicalPath!, context.RequestAborted);
        return TypedResults.Bytes(content, type, entityTag: new($"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\""));
    }

    private static bool Takes(HttpRequest request, string encoding)
    {
        var accepted = request.GetTypedHeaders().AcceptEncoding;
        var named = accepted.FirstOrDefault(a => a.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase));
        return (named ?? accepted.FirstOrDefault(a => a.Value == "*")) is { } found && found.Quality is not 0;
    }
}
