using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClientVpnAdmin.AdminApi;
using ClientVpnAdmin.AdminApi.Access;
using ClientVpnAdmin.AdminApi.Sessions;
using ClientVpnAdmin.Deploy;

namespace ClientVpnAdmin.Lambda;

/// <summary>Both programs as Lambda functions over DynamoDB, from the administrator's request to the answer that Client VPN gets.</summary>
[Collection(DynamoDbCollection.Name)]
public sealed class LambdaTests(DynamoDbServer server) : IAsyncLifetime
{
    private const string Admin = "arn:aws:sts::123456789012:assumed-role/VpnAdmins/alice";
    private const string Auditor = "arn:aws:iam::123456789012:user/bob";

    private static readonly (string Name, string Value)[] Iam =
    [
        ("SignIn__Iam__Editors", "arn:aws:sts::123456789012:assumed-role/VpnAdmins/*"),
        ("SignIn__Iam__Readers", Auditor),
    ];

    private static readonly (string Name, string Value) JsonLog = ("Logging__Console__FormatterName", "json");

    private string table = "";

    public async Task InitializeAsync() => table = await server.CreateTableAsync();

    public Task DisposeAsync() => server.Client.DeleteTableAsync(table);

    [LambdaFact]
    public async Task What_an_administrator_allows_through_the_portal_the_handler_allows()
    {
        await using var portal = await StartPortalAsync(Iam);
        await using var handler = await StartHandlerAsync();
        Assert.False((await ConnectAsync(handler, "v1-office.json")).GetProperty("allow").GetBoolean());

        var added = await SendAsync(
            portal, Admin, HttpMethod.Post, "/api/ranges", """{ "cidr": "203.0.113.0/24", "description": "東京" }""");
        Assert.Equal("東京", added.Expect(HttpStatusCode.Created)["description"]!.ToString());
        (await SendAsync(portal, Admin, HttpMethod.Post, "/api/denial-messages", $$"""{ "text": "{{Some.SeedMessage}}" }"""))
            .Expect(HttpStatusCode.Created);
        Assert.Equal(
            """{"allow":true,"error-msg-on-failed-posture-compliance":"","posture-compliance-statuses":["compliant"]"""
            + ""","schema-version":"v1"}""",
            (await ConnectAsync(handler, "v1-office.json")).GetRawText());
        Assert.Equal(
            """{"allow":false,"error-msg-on-failed-posture-compliance":"Your IP is not allowed to access."""
            + """ Please Contact mail@example.co.jp","posture-compliance-statuses":[],"schema-version":"v1"}""",
            (await ConnectAsync(handler, "v1-go-sdk.json")).GetRawText());

        (await SendAsync(portal, Admin, HttpMethod.Delete, $"{added.Location}?force=true", null, added.ETag))
            .Expect(HttpStatusCode.NoContent);
        Assert.False((await ConnectAsync(handler, "v1-office.json")).GetProperty("allow").GetBoolean());

        await handler.IdleAsync(); // it records after it has answered
        var decisions = await SendAsync(portal, Auditor, HttpMethod.Get, "/api/decisions?publicIp=203.0.113.7");
        Assert.Equal([false, true, false], decisions.Items.Select(d => d["allowed"]!.GetValue<bool>()));
        Assert.Equal(Admin, (await SendAsync(portal, Auditor, HttpMethod.Get, "/api/revisions/1")).Json["committedBy"]!.ToString());
    }

    [LambdaFact]
    public async Task What_is_no_event_is_answered_with_a_denial_and_not_with_an_error()
    {
        await using var handler = await StartHandlerAsync();
        foreach (var payload in new[] { "{}", "[]", "null", "7", "\"hello\"", """{"public-ip":5}""" })
        {
            var answer = JsonElement.Parse(await handler.InvokeAsync(Encoding.UTF8.GetBytes(payload)));
            Assert.False(answer.GetProperty("allow").GetBoolean());
            Assert.Equal("v3", answer.GetProperty("schema-version").GetString());
        }
    }

    [LambdaFact]
    public async Task The_portal_has_read_the_rules_before_it_takes_the_first_call()
    {
        await using var proxy = await FaultyProxy.StartAsync(new Uri(server.Client.Config.ServiceURL));
        var calls = new ConcurrentQueue<string>();
        proxy.Fault = context =>
        {
            calls.Enqueue($"{context.Request.Headers["X-Amz-Target"]}");
            return Task.FromResult(false);
        };
        await using var portal = await StartPortalAsync([.. Iam, ("AWS_ENDPOINT_URL_DYNAMODB", proxy.Url)]);
        await portal.IdleAsync();
        Assert.Contains("DynamoDB_20120810.Query", calls);
    }

    [LambdaFact]
    public async Task Nobody_else_gets_into_the_portal()
    {
        await using var portal = await StartPortalAsync(Iam);
        (await SendAsync(portal, null, HttpMethod.Get, "/api/ranges")).ExpectProblem(HttpStatusCode.Unauthorized);
        (await SendAsync(portal, "arn:aws:iam::123456789012:user/eve", HttpMethod.Get, "/api/ranges"))
            .ExpectProblem(HttpStatusCode.Forbidden);
        (await SendAsync(portal, Auditor, HttpMethod.Post, "/api/ranges", """{ "cidr": "203.0.113.0/24" }"""))
            .ExpectProblem(HttpStatusCode.Forbidden);
        (await SendAsync(portal, null, HttpMethod.Get, "/health/ready")).Expect(HttpStatusCode.OK);
        (await SendAsync(portal, null, HttpMethod.Get, "/swagger/v1/swagger.json")).Expect(HttpStatusCode.OK);
        (await SendAsync(portal, null, HttpMethod.Get, "/swagger/index.html")).ExpectText("swagger-ui");
    }

    [LambdaFact]
    public async Task An_issuers_token_signs_in_as_well()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var portal = await StartPortalAsync(
            ("Authentication__Schemes__Bearer__Authority", issuer.Url),
            ("Authentication__Schemes__Bearer__RequireHttpsMetadata", "false"),
            ("Authentication__Schemes__Bearer__ValidAudiences__0", Issuer.Audience),
            ("SignIn__NameClaim", "email"),
            ("SignIn__RoleClaim", "groups"),
            ("SignIn__Editors", "vpn-editors"));
        using var client = new HttpClient(new HttpApi(portal, null)) { BaseAddress = new Uri("https://example.com") };
        client.DefaultRequestHeaders.Authorization = new("Bearer", issuer.Token());
        using var response = await client.GetAsync("/api/settings");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        // There is no IAM where there is an issuer.
        (await SendAsync(portal, Admin, HttpMethod.Get, "/api/settings")).ExpectProblem(HttpStatusCode.Unauthorized);
    }

    [LambdaTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_schedule_of_the_deployment_reviews_sessions_and_can_do_nothing_else(bool withIssuer)
    {
        await using var issuer = await Issuer.StartAsync();
        await using var ec2 = await Ec2.StartAsync();
        ec2.Connections["cvpn-connection-04e7e1b2f0daf9460"] = "active";
        (string Name, string Value)[] signIn = withIssuer
            ?
            [
                ("Authentication__Schemes__Bearer__Authority", issuer.Url),
                ("Authentication__Schemes__Bearer__RequireHttpsMetadata", "false"),
                ("Authentication__Schemes__Bearer__ValidAudiences__0", Issuer.Audience),
                ("SignIn__Editors", "vpn-editors"),
            ]
            : Iam;
        await using var portal = await StartPortalAsync([.. signIn, ("AWS_ENDPOINT_URL_EC2", ec2.Url)]);
        var input = TemplateTests.ReviewInput(Some.Endpoint, terminate: true);
        var answer = JsonElement.Parse(await portal.InvokeAsync(Encoding.UTF8.GetBytes(input)));
        Assert.Equal(200, answer.GetProperty("statusCode").GetInt32());
        Assert.Equal(1, JsonElement.Parse(answer.GetProperty("body").GetString()!).GetProperty("active").GetInt32());

        var other = JsonElement.Parse(
            await portal.InvokeAsync(
                Encoding.UTF8.GetBytes(input.Replace("/api/sessions/review", "/api/revisions/0/restore", StringComparison.Ordinal))));
        Assert.Equal(401, other.GetProperty("statusCode").GetInt32());
        var unmarked = JsonElement.Parse(
            await portal.InvokeAsync(
                Encoding.UTF8.GetBytes(input.Replace("clientVpnAdminSchedule", "somethingElse", StringComparison.Ordinal))));
        Assert.Equal(401, unmarked.GetProperty("statusCode").GetInt32());
    }

    [LambdaFact]
    public async Task The_page_comes_through_unharmed_and_says_how_to_sign_in_where_no_page_can()
    {
        // Where the page isn't built, this is all there is of it.
        var script = Path.Combine(LambdaRuntime.FolderOf("portal"), "page", "assets", $"test-{Guid.NewGuid():N}.js");
        Directory.CreateDirectory(Path.GetDirectoryName(script)!);
        byte[] compressed = [.. Enumerable.Range(0, 1_000).Select(i => (byte)(i * 7))];
        await File.WriteAllTextAsync(script, "plain");
        await File.WriteAllBytesAsync($"{script}.br", compressed);
        try
        {
            await using var portal = await StartPortalAsync(Iam);
            using var client = new HttpClient(new HttpApi(portal, null)) { BaseAddress = new Uri("https://example.com") };
            client.DefaultRequestHeaders.Add("Accept-Encoding", "gzip, br");
            using (var page = await client.GetAsync("/"))
            {
                Assert.Equal(("OK", "text/html"), ($"{page.StatusCode}", page.Content.Headers.ContentType!.MediaType));
            }

            using var answer = await client.GetAsync($"/assets/{Path.GetFileName(script)}");
            Assert.Equal(["br"], answer.Content.Headers.ContentEncoding);
            Assert.Equal(compressed, await answer.Content.ReadAsByteArrayAsync());
            var signIn = await SendAsync(portal, null, HttpMethod.Get, "/api/sign-in");
            Assert.Equal(
                $"RULE_STORE=dynamodb:{table} dotnet run --project src/AdminApi", signIn.Expect(HttpStatusCode.OK)["command"]!.ToString());

            // From where API Gateway says.
            var me = (await SendAsync(portal, Auditor, HttpMethod.Get, "/api/me")).Expect(HttpStatusCode.OK);
            Assert.Equal((Auditor, "203.0.113.7"), (me["name"]!.ToString(), me["publicIp"]!.ToString()));
        }
        finally
        {
            File.Delete(script);
            File.Delete($"{script}.br");
        }
    }

    [LambdaFact]
    public async Task No_answer_is_longer_than_Lambda_passes_on()
    {
        var description = new string('"', 200); // each of which is four bytes in the response
        static string Ranges(int net, int count, string description) => new JsonArray(
            [
                .. Enumerable.Range(0, count).Select(i => new JsonObject
                {
                    ["cidr"] = $"{net}.{i / 256}.{i % 256}.0/24",
                    ["description"] = description,
                }),
            ]).ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        await using var portal = await StartPortalAsync(Iam);
        (await SendAsync(portal, Admin, HttpMethod.Put, "/api/ranges", Ranges(10, 6_000, description))).Expect(HttpStatusCode.OK);
        var problem = await SendAsync(portal, Admin, HttpMethod.Get, "/api/rule-set");
        Assert.Contains("GET /api/ranges/export", problem.ExpectProblem(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Equal("answer-too-long", problem.Json["code"]!.ToString());

        using var client = new HttpClient(new HttpApi(portal, Admin)) { BaseAddress = new Uri("https://example.com") };
        client.DefaultRequestHeaders.Add("Accept-Encoding", "br");
        using var compressed = await client.GetAsync("/api/rule-set");
        Assert.Equal((HttpStatusCode.OK, "br"), (compressed.StatusCode, compressed.Content.Headers.ContentEncoding.Single()));
        await using var text = new BrotliStream(await compressed.Content.ReadAsStreamAsync(), CompressionMode.Decompress);
        Assert.Equal(6_000, (await JsonNode.ParseAsync(text))!["ranges"]!.AsArray().Count);

        var preview = await SendAsync(
            portal, Admin, HttpMethod.Put, "/api/preview/ranges?removals=6000", Ranges(11, 6_000, description));
        Assert.Equal(6_000, (int)preview.Expect(HttpStatusCode.OK)["changes"]!["ranges"]!["removedCount"]!);
        var changes = await SendAsync(portal, Admin, HttpMethod.Get, "/api/revisions/1/changes?limit=1000");
        Assert.Equal(6_000, (int)changes.Expect(HttpStatusCode.OK)["ranges"]!["addedCount"]!);

        var tooLong = await SendAsync(portal, Admin, HttpMethod.Put, "/api/ranges", Ranges(10, 12_000, description));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLong.Status);
    }

    [LambdaFact]
    public async Task The_trace_id_is_in_the_log_and_goes_on_to_DynamoDB()
    {
        await using var proxy = await FaultyProxy.StartAsync(new Uri(server.Client.Config.ServiceURL));
        var passedOn = new ConcurrentBag<string>();
        proxy.Fault = context =>
        {
            passedOn.Add($"{context.Request.Headers["X-Amzn-Trace-Id"]}");
            return Task.FromResult(false);
        };
        (string Name, string Value) dynamoDb = ("AWS_ENDPOINT_URL_DYNAMODB", proxy.Url);

        await using var portal = await StartPortalAsync([.. Iam, dynamoDb, JsonLog]);
        (await SendAsync(portal, Admin, HttpMethod.Post, "/api/ranges", """{ "cidr": "203.0.113.0/24" }""")).Expect(HttpStatusCode.Created);
        var commit = await LineAsync(() => portal.Program.Output, "\"EventId\":3,");
        Assert.Equal(LambdaRuntime.TraceId, (string?)commit["Scopes"]![0]!["RequestId"]);
        Assert.Contains(LambdaRuntime.TraceId, passedOn);

        passedOn.Clear();
        await using var handler = await LambdaRuntime.StartAsync(
            "AWSClientVPN-test", "handler", ("RULE_STORE", $"dynamodb:{table}"), dynamoDb);
        Assert.True((await ConnectAsync(handler, "v1-office.json")).GetProperty("allow").GetBoolean());
        var decision = await LineAsync(() => handler.Program.Error, "\"message\":\"decision\"");
        Assert.Equal(LambdaRuntime.TraceId, (string?)decision["traceId"]);
        Assert.Contains(LambdaRuntime.TraceId, passedOn);
    }

    [LambdaFact]
    public async Task A_schedules_call_that_fails_is_an_error_in_the_log_which_an_alarm_counts()
    {
        await using var portal = await StartPortalAsync([.. Iam, JsonLog]);
        await portal.InvokeAsync(Encoding.UTF8.GetBytes(TemplateTests.ReviewInput("nonsense", terminate: false)));
        var line = await LineAsync(() => portal.Program.Output, "\"EventId\":13,");
        Assert.Equal(
            ("Error", "/api/sessions/review", "400"),
            ((string?)line["LogLevel"], $"{line["State"]!["Path"]}", $"{line["State"]!["Status"]}"));
    }

    [LambdaFact]
    public async Task Without_a_way_to_sign_in_the_portal_does_not_start()
    {
        await using var portal = await StartPortalAsync();
        Assert.NotEqual(0, await portal.Program.ExitAsync());
        Assert.Contains("On Lambda nobody can sign in", portal.Program.Error, StringComparison.Ordinal);
    }

    private static async Task<JsonNode> LineAsync(Func<string> log, string part)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            if (log().Split('\n').SkipLast(1).FirstOrDefault(l => l.Contains(part, StringComparison.Ordinal)) is { } line)
            {
                return JsonNode.Parse(line)!;
            }

            await Task.Delay(20, limit.Token);
        }
    }

    private static async Task<JsonElement> ConnectAsync(LambdaRuntime handler, string file) =>
        JsonElement.Parse(await handler.InvokeAsync(await File.ReadAllBytesAsync(Some.EventFile(file))));

    private static async Task<Answer> SendAsync(
        LambdaRuntime portal, string? userArn, HttpMethod method, string path, string? json = null, string? ifMatch = null)
    {
        using var client = new HttpClient(new HttpApi(portal, userArn)) { BaseAddress = new Uri("https://example.com") };
        using var request = new HttpRequestMessage(method, path)
        {
            Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"),
        };
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        using var response = await client.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    private Task<LambdaRuntime> StartPortalAsync(params (string Name, string Value)[] settings) =>
        LambdaRuntime.StartAsync("client-vpn-admin-test", "portal", [("RULE_STORE", $"dynamodb:{table}"), .. settings]);

    private Task<LambdaRuntime> StartHandlerAsync() =>
        LambdaRuntime.StartAsync("AWSClientVPN-test", "handler", ("RULE_STORE", $"dynamodb:{table}"));
}

/// <summary>A test of the programs' Lambda forms, which only <c>-p:Lambda=true</c> builds.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LambdaFactAttribute : FactAttribute
{
#if LAMBDA
    public const string? Requirement = null;
#else
    public const string? Requirement = "Built without Amazon's Lambda packages: run dotnet test -p:Lambda=true.";
#endif

    public LambdaFactAttribute([CallerMemberName] string test = "") => this.Skip(Requirement, test);
}

/// <inheritdoc cref="LambdaFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LambdaTheoryAttribute : TheoryAttribute
{
    public LambdaTheoryAttribute([CallerMemberName] string test = "") => this.Skip(LambdaFactAttribute.Requirement, test);
}
