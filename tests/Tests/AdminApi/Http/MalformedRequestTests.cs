using System.Net.Sockets;
using System.Text;

namespace ClientVpnAdmin.AdminApi.Http;

/// <summary>What no client library would send, over a real socket.</summary>
public sealed class MalformedRequestTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_path_or_query_that_makes_no_sense_is_answered_with_a_problem()
    {
        using var portal = RunningProgram.Portal(folder["rules.db"]);
        foreach (var (line, expected) in new[]
        {
            ("GET /api/ranges/%", 400), ("GET /api/ranges/%2F", 400), ("GET /api/ranges/%zz", 400), ("GET /api/ranges/%ff", 400),
            ("GET /api/ranges/%c0%af", 400), ("GET /api/ranges/%ed%a0%80", 400), ("GET /api/ranges/%0d%0a", 400),
            ("GET /api/revisions/99999999999999999999", 400), ("GET /api/revisions/%ff/changes", 400), ("GET /api/ranges?limit=%zz", 400),
            ("GET /api/ranges?limit=%ff", 400), ("GET /api/ranges?%ff=%00", 400), ("GET /api/ranges?cursor=%ed%a0%80", 400),
            ("GET /assets/../x.js", 404), ("GET /assets/..%2fx.js", 404), ("GET /assets/..%5cx.js", 404), ("GET /assets/%ff.js", 404),
            ("POST /", 405), ("GET //", 404), ("GET //api/ranges", 404),
            ("GET /api//ranges", 404), ("GET /api/../../x", 404), ("GET /api/%2e%2e/x", 404),
            ("GET /swagger/..%2f..%2fx", 404), ("GET /swagger/%5c..%5cx", 404), ("GET /swagger/%ff/swagger.json", 404), ("GET /%ff", 404),
            ($"GET /api/{new string('x', 7_000)}", 404), ("OPTIONS *", 405), ("OPTIONS /api/ranges", 405), ("TRACE /api/ranges", 405),
            ("BREW /api/ranges", 405),
        })
        {
            var answer = await SendAsync(portal, $"{line} HTTP/1.1\r\n");
            Assert.True(IsProblem(answer, expected), $"{line}: {answer}");
        }
    }

    [Fact]
    public async Task A_body_that_is_not_sent_as_announced_is_answered_with_a_problem()
    {
        using var portal = RunningProgram.Portal(folder["rules.db"]);
        const string Post = "POST /api/ranges HTTP/1.1\r\n";
        foreach (var (head, body, expected) in new[]
        {
            ($"{Post}Content-Type: application/json\r\n", "", 400),
            ($"{Post}Content-Type: application/json\r\nContent-Length: 0\r\n", "", 400),
            ($"{Post}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n", 400),
            ($"{Post}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n", "zz\r\n", 400),
            ($"{Post}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n", 400),
            ($"{Post}Content-Length: 2\r\n", "{}", 415), ($"{Post}Content-Type: ;;=\r\nContent-Length: 2\r\n", "{}", 415),
            ($"{Post}Content-Type: application/json\r\nContent-Type: text/csv\r\nContent-Length: 2\r\n", "{}", 415),
        })
        {
            var answer = await SendAsync(portal, head, body);
            Assert.True(IsProblem(answer, expected), $"{head}{body}: {answer}");
        }
    }

    [Fact]
    public async Task What_the_server_refuses_before_it_is_a_request_is_answered_without_a_body()
    {
        using var portal = RunningProgram.Portal(folder["rules.db"]);
        foreach (var (head, expected) in new[]
        {
            ("GET /api/ranges/%00 HTTP/1.1\r\n", 400), ("GET /api/ranges/\u00FF HTTP/1.1\r\n", 400), ("GET api/ranges HTTP/1.1\r\n", 400),
            ("GET /api/ranges x HTTP/1.1\r\n", 400), ("\u00FF\r\n", 400), ("GET /api/ranges HTTP/9.9\r\n", 505),
            ("GET /api/ranges HTTP/1.1\r\nX-Comment: \u00FF\r\n", 400), ("GET /api/ranges HTTP/1.1\r\nHost: other\r\n", 400),
            ("POST /api/ranges HTTP/1.1\r\nContent-Length: -1\r\n", 400), ($"GET /api/{new string('x', 9_000)} HTTP/1.1\r\n", 414),
            ($"GET /api/ranges HTTP/1.1\r\nX-Comment: {new string('x', 40_000)}\r\n", 431),
        })
        {
            var answer = await SendAsync(portal, head);
            Assert.True(answer.StartsWith($"HTTP/1.1 {expected} ", StringComparison.Ordinal), $"{head}: {answer}");
            Assert.Contains("\r\nContent-Length: 0\r\n", answer, StringComparison.Ordinal);
        }

        Assert.StartsWith("HTTP/1.1 200 ", await SendAsync(portal, "GET /health/live HTTP/1.1\r\n"), StringComparison.Ordinal);
    }

    private static bool IsProblem(string answer, int status) => answer.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal)
        && answer.Contains("\r\nContent-Type: application/problem+json\r\n", StringComparison.Ordinal)
        && answer.Contains($"\"status\":{status},\"code\":\"", StringComparison.Ordinal);

    private async Task<string> SendAsync(RunningProgram portal, string head, string body = "")
    {
        var address = await portal.ListeningAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        var stream = client.GetStream();
        var token = await File.ReadAllTextAsync(folder["admin.token"]);
        var rest = $"Host: {address.Authority}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.Latin1.GetBytes(head + rest + body));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
