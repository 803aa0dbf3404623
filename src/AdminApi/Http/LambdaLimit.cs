using System.Buffers.Text;
using System.Text.Encodings.Web;

namespace ClientVpnAdmin.AdminApi.Http;

/// <summary>
/// What Lambda passes on: of a longer answer it says only that the function failed. Here it is refused in words that say what to ask for.
/// </summary>
internal static class LambdaLimit
{
    /// <summary>Of the function's response, in which the body is a JSON text, without room for its headers.</summary>
    public const int MaxBytes = 6_000_000;

    // As Amazon's library writes it.
    private static readonly JavaScriptEncoder Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>Comes before the compression, since what is compressed counts.</summary>
    public static void UseLambdaLimit(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var response = context.Response;
        var passedOn = response.Body;
        using var body = new MemoryStream();
        response.Body = body;
        try
        {
            await next(context);
        }
        finally
        {
            response.Body = passedOn;
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        var bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        if (CountBytes(bytes.Span, response.Headers.ContentEncoding.Count > 0) is var count && count <= MaxBytes)
        {
            await passedOn.WriteAsync(bytes, context.RequestAborted);
            return;
        }

        response.ContentLength = null;
        response.Headers.ContentEncoding = default;
        response.Headers.ETag = default;
        await Problems.Create(
            StatusCodes.Status400BadRequest,
            "answer-too-long",
            $"The answer would be {count} bytes long, and Lambda passes {MaxBytes} on. Ask for a compressed one (curl --compressed), or "
            + "for less: for a page of a list (limit), for GET /api/ranges/export and the entries of each list in place of the whole rule "
            + "set, or for a preview of a part of the change. If the call was to change something, GET /api/revisions says whether it "
            + "has.",
            ("bytes", count),
            ("maxBytes", MaxBytes)).ExecuteAsync(context);
    });

    /// <summary>
    /// How long a body is in the function's response: bytes as base64, text as JSON. Long answers are what memory is short for, so it is
    /// counted without a copy.
    /// </summary>
    internal static long CountBytes(ReadOnlySpan<byte> body, bool isCompressed)
    {
        if (isCompressed)
        {
            return Base64.GetMaxEncodedToUtf8Length(body.Length);
        }

        var count = 0L;
        Span<byte> encoded = stackalloc byte[4096];
        while (!body.IsEmpty)
        {
            Encoder.EncodeUtf8(body, encoded, out var read, out var written);
            body = body[read..];
            count += written;
        }

        return count + 2; // the quotation marks
    }
}
