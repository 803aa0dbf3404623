using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClientVpnAdmin.Lambda;

/// <summary>
/// An API Gateway HTTP API in front of a function: each request becomes an event of payload format 2.0,
/// each response is made of the answer (API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs").
/// </summary>
/// <param name="function">The function.</param>
/// <param name="userArn">Whom the IAM authorizer has recognized; null for nobody.</param>
internal sealed class HttpApi(LambdaRuntime function, string? userArn) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var headers = new JsonObject { ["host"] = "example.execute-api.us-east-1.amazonaws.com" };
        var ofContent = request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>();
        foreach (var (name, values) in request.Headers.Concat(ofContent))
        {
            headers[name.ToLowerInvariant()] = string.Join(",", values);
        }

        var requestContext = new JsonObject
        {
            ["accountId"] = "123456789012",
            ["apiId"] = "example",
            ["domainName"] = "example.execute-api.us-east-1.amazonaws.com",
            ["http"] = new JsonObject
            {
                ["method"] = request.Method.Method,
                ["path"] = request.RequestUri!.AbsolutePath,
                ["protocol"] = "HTTP/1.1",
                ["sourceIp"] = "203.0.113.7",
                ["userAgent"] = "tests",
            },
            ["requestId"] = Guid.NewGuid().ToString(),
            ["routeKey"] = "$default",
            ["stage"] = "$default",
            ["timeEpoch"] = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        };
        if (userArn is not null)
        {
            requestContext["authorizer"] = new JsonObject
            {
                ["iam"] = new JsonObject { ["accountId"] = "123456789012", ["userArn"] = userArn },
            };
        }

        var proxyEvent = new JsonObject
        {
            ["version"] = "2.0",
            ["routeKey"] = "$default",
            ["rawPath"] = request.RequestUri.AbsolutePath,
            ["rawQueryString"] = request.RequestUri.Query.TrimStart('?'),
            ["headers"] = headers,
            ["requestContext"] = requestContext,
            ["isBase64Encoded"] = request.Content is not null,
            ["body"] = request.Content is null
                ? null
                : Convert.ToBase64String(await request.Content.ReadAsByteArrayAsync(cancellationToken)),
        };
        var payload = Encoding.UTF8.GetBytes(proxyEvent.ToJsonString());
        return payload.Length > LambdaRuntime.MaxPayload
            ? new(HttpStatusCode.RequestEntityTooLarge) { Content = new StringContent("""{"message":"Request Entity Too Large"}""") }
            : Read(JsonElement.Parse(await function.InvokeAsync(payload)));
    }

    private static HttpResponseMessage Read(JsonElement answer)
    {
        var body = answer.TryGetProperty("body", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
        var response = new HttpResponseMessage((HttpStatusCode)answer.GetProperty("statusCode").GetInt32())
        {
            Content = new ByteArrayContent(
                answer.GetProperty("isBase64Encoded").GetBoolean() ? Convert.FromBase64String(body) : Encoding.UTF8.GetBytes(body)),
        };
        foreach (var header in answer.GetProperty("headers").EnumerateObject())
        {
            if (!response.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString()))
            {
                response.Content.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString());
            }
        }

        return response;
    }
}
