using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ClientVpnAdmin.Stores.DynamoDb;
using YamlDotNet.RepresentationModel;

namespace ClientVpnAdmin.Deploy;

/// <summary>What the CloudFormation template promises, above all what each role may do.</summary>
public partial class TemplateTests
{
    private static readonly YamlMappingNode Template = Read("template.yaml");
    private static readonly YamlMappingNode Resources = (YamlMappingNode)Template["Resources"];

    [Fact]
    public void The_handler_can_read_rules_and_add_and_count_decisions_and_write_its_log_and_nothing_else() => AssertStatements(
        "HandlerRole",
        "dynamodb:BatchGetItem,dynamodb:Query | Table.Arn | ForAllValues:StringLike revisions,node#* and never without a key",
        "dynamodb:PutItem | Table.Arn | ForAllValues:StringEquals decisions and never without a key",
        "dynamodb:UpdateItem | Table.Arn | ForAllValues:StringLike counts#* and never without a key",
        "logs:CreateLogStream,logs:PutLogEvents | HandlerLogGroup.Arn | ");

    [Fact]
    public void The_portal_can_read_everything_and_add_revisions_and_write_its_log_and_nothing_else() => AssertStatements(
        "PortalRole",
        "dynamodb:DescribeTable | Table.Arn | ",
        "dynamodb:BatchGetItem,dynamodb:GetItem,dynamodb:Query | Table.Arn,${Table.Arn}/index/* | ",
        "dynamodb:PutItem | Table.Arn | ForAllValues:StringLike revisions,node#*,refreshes and never without a key",
        "ec2:DescribeClientVpnConnections | * | ",
        "if HasEndpoints: ec2:TerminateClientVpnConnections | arn:*:ec2:*:*:client-vpn-endpoint/ and each of EndpointIds | ",
        "logs:CreateLogStream,logs:PutLogEvents | PortalLogGroup.Arn | ");

    [Fact]
    public void The_review_of_sessions_can_call_the_portal_and_nothing_else_and_is_off_by_default()
    {
        AssertStatements("ScheduleRole", "lambda:InvokeFunction | Portal.Arn | ");
        Assert.Equal("HasReview", Text(Resources["Review"]["Condition"]));
        Assert.Equal(
            ("", "false"),
            (Text(Template["Parameters"]["ReviewEndpointId"]["Default"]), Text(Template["Parameters"]["ReviewTerminate"]["Default"])));
        Assert.Equal("false", Text(Template["Parameters"]["ReviewTerminateNotRecorded"]["Default"]));
        Assert.Contains(
            $"\"endpointId={Some.Endpoint}&terminate=true&terminateNotRecorded=false\"",
            ReviewInput(Some.Endpoint, terminate: true),
            StringComparison.Ordinal);
        Assert.Equal(
            "scheduler.amazonaws.com",
            Text(Resources["ScheduleRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"]));
    }

    [Fact]
    public void A_schedule_refreshes_address_lists_as_the_review_is_called()
    {
        var (refresh, review) = (Input("Refresh"), Input("Review"));
        Assert.Equal(("POST", "/api/address-lists/refresh"), (Http(refresh, "method"), Http(refresh, "path")));
        Assert.Equal("/api/address-lists/refresh", $"{refresh["rawPath"]}");
        Assert.Equal(
            review["requestContext"]!["authorizer"]!.ToJsonString(), refresh["requestContext"]!["authorizer"]!.ToJsonString());
        Assert.False(((YamlMappingNode)Resources["Refresh"]).Children.ContainsKey("Condition"));

        static JsonNode Input(string name) => JsonNode.Parse(Text(Resources[name]["Properties"]["Target"]["Input"]))!;

        static string Http(JsonNode input, string member) => $"{input["requestContext"]!["http"]![member]}";
    }

    [Fact]
    public void Nothing_calls_the_portal_again_on_behalf_of_a_schedule()
    {
        Assert.All(OfType("AWS::Scheduler::Schedule"), schedule =>
        {
            Assert.Equal("0", Text(schedule["Properties"]["Target"]["RetryPolicy"]["MaximumRetryAttempts"]));
            Assert.Equal("Portal.Arn", Text(schedule["Properties"]["Target"]["Arn"]));
            Assert.Equal("Schedules", Text(schedule["Properties"]["GroupName"])); // which an alarm watches
        });
        var whenAsynchronous = Resources["Portal"]["Properties"]["EventInvokeConfig"];
        Assert.Equal("0", Text(whenAsynchronous["MaximumRetryAttempts"]));
        Assert.Equal("300", Text(whenAsynchronous["MaximumEventAgeInSeconds"])); // as often as the refresh is called
        Assert.Equal("rate(5 minutes)", Text(Resources["Refresh"]["Properties"]["ScheduleExpression"]));
    }

    [Fact]
    public void The_portal_watches_the_reviewed_endpoint_only_where_it_may_end_connections()
    {
        Assert.Equal(
            ["EndsSessions", "ReviewEndpointId", "AWS::NoValue"],
            ((YamlSequenceNode)Resources["Portal"]["Properties"]["Environment"]["Variables"]["Sessions__WatchedEndpoints"]).Select(Text));
        var both = (YamlSequenceNode)Template["Conditions"]["EndsSessions"];
        Assert.Equal(("HasReview", "ReviewTerminate,true"), (Text(both[0]), Texts(both[1])));

        // Which the portal's role may end, or the deployment is refused.
        var rule = Template["Rules"]["WhatIsEndedIsNamed"];
        Assert.Equal("ReviewTerminate,true", Texts(rule["RuleCondition"]));
        Assert.Equal("EndpointIds,ReviewEndpointId", Texts(rule["Assertions"][0]["Assert"]));
    }

    [Fact]
    public void The_pipe_of_events_can_read_the_tables_stream_and_write_the_bus_and_nothing_else_and_is_off_by_default()
    {
        AssertStatements(
            "EventPipeRole",
            "dynamodb:DescribeStream,dynamodb:GetRecords,dynamodb:GetShardIterator,dynamodb:ListStreams | Table.StreamArn | ",
            "events:PutEvents | EventBus.Arn | ");
        Assert.Equal("false", Text(Template["Parameters"]["Events"]["Default"]));
        Assert.Equal(
            ["EventBus", "EventArchive", "EventPipeRole", "EventPipe", "TamperPipe", "EventsFailedAlarm"],
            Resources.Children.Where(r => Condition(r.Value) == "HasEvents").Select(r => Text(r.Key)));
        var stream = (YamlSequenceNode)Resources["Table"]["Properties"]["StreamSpecification"];
        Assert.Equal(("HasEvents", "NEW_IMAGE"), (Text(stream[0]), Text(stream[1]["StreamViewType"])));
        Assert.Equal("AWS::NoValue", Text(stream[2]));

        static string? Condition(YamlNode resource) =>
            ((YamlMappingNode)resource).Children.TryGetValue("Condition", out var condition) ? Text(condition) : null;
    }

    [Fact]
    public void The_keys_in_the_roles_are_those_in_the_code()
    {
        Assert.Equal("revisions", DynamoDbRuleStore.Revisions);
        Assert.Equal("node#", DynamoDbRuleStore.Node);
        Assert.Equal("decisions", DynamoDbDecisionLog.Decisions);
        Assert.Equal("counts#", DynamoDbDecisionLog.Counts);
    }

    [Fact]
    public void No_role_has_more_than_its_one_policy_and_only_the_service_that_runs_it_may_take_it()
    {
        var roles = OfType("AWS::IAM::Role").ToList();
        Assert.Equal(4, roles.Count);
        Assert.All(roles, role =>
        {
            Assert.Single((YamlSequenceNode)role["Properties"]["Policies"]);
            Assert.Equal(["AssumeRolePolicyDocument", "Policies"], Keys(role["Properties"]));
            var trust = Assert.Single((YamlSequenceNode)role["Properties"]["AssumeRolePolicyDocument"]["Statement"]);
            Assert.Equal(["Service"], Keys(trust["Principal"]));
        });
        Assert.Equal(
            ["lambda.amazonaws.com", "lambda.amazonaws.com", "pipes.amazonaws.com", "scheduler.amazonaws.com"],
            roles.Select(r => Text(r["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"]))
                .Order(StringComparer.Ordinal));
        Assert.DoesNotContain(
            OfType("AWS::Serverless::Function").SelectMany(f => Keys(f["Properties"])),
            k => k is "Policies" or "Events" or "FunctionUrlConfig");
    }

    [Fact]
    public void Only_the_handler_has_the_prefix_that_Client_VPN_may_call()
    {
        Assert.Equal("AWSClientVPN-${Name}", Text(Resources["Handler"]["Properties"]["FunctionName"]));
        Assert.Equal("client-vpn-admin-${Name}", Text(Resources["Portal"]["Properties"]["FunctionName"]));
        Assert.Equal(2, OfType("AWS::Serverless::Function").Count());
    }

    [Fact]
    public void The_table_is_the_one_that_the_code_uses()
    {
        var table = Resources["Table"]["Properties"];
        var definition = DynamoDbTable.Definition("x");
        Assert.Equal(definition.BillingMode.Value, Text(table["BillingMode"]));
        Assert.Equal(definition.KeySchema.Select(k => $"{k.AttributeName} {k.KeyType}"), Key(table["KeySchema"]));
        Assert.Equal(
            definition.AttributeDefinitions.Select(a => $"{a.AttributeName} {a.AttributeType}"),
            ((YamlSequenceNode)table["AttributeDefinitions"]).Select(a => $"{Text(a["AttributeName"])} {Text(a["AttributeType"])}"));
        Assert.Equal(
            definition.GlobalSecondaryIndexes.Select(i =>
                $"{i.IndexName}: {string.Join(' ', i.KeySchema.Select(k => $"{k.AttributeName} {k.KeyType}"))}, "
                + $"{i.Projection.ProjectionType}"),
            ((YamlSequenceNode)table["GlobalSecondaryIndexes"]).Select(
                i => $"{Text(i["IndexName"])}: {string.Join(' ', Key(i["KeySchema"]))}, {Text(i["Projection"]["ProjectionType"])}"));
    }

    [Fact]
    public void The_table_is_encrypted_can_be_recovered_forgets_expired_decisions_and_is_not_deleted_by_mistake()
    {
        var table = Resources["Table"];
        Assert.Equal(
            ("expiresAt", "true"),
            (
                Text(table["Properties"]["TimeToLiveSpecification"]["AttributeName"]),
                Text(table["Properties"]["TimeToLiveSpecification"]["Enabled"])));
        Assert.Equal("true", Text(table["Properties"]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]));
        Assert.Equal("true", Text(table["Properties"]["SSESpecification"]["SSEEnabled"]));
        Assert.Equal("true", Text(table["Properties"]["DeletionProtectionEnabled"]));
        Assert.Equal(("Retain", "Retain"), (Text(table["DeletionPolicy"]), Text(table["UpdateReplacePolicy"])));
    }

    [Fact]
    public void Every_log_group_forgets()
    {
        var groups = OfType("AWS::Logs::LogGroup").ToList();
        Assert.Equal(
            ["/aws/lambda/AWSClientVPN-${Name}", "/aws/lambda/client-vpn-admin-${Name}", "/aws/vendedlogs/client-vpn-admin-${Name}"],
            groups.Select(g => Text(g["Properties"]["LogGroupName"])));
        Assert.All(groups, g => Assert.Equal("LogRetentionDays", Text(g["Properties"]["RetentionInDays"])));
    }

    [Fact]
    public void The_functions_run_our_executables_from_the_alias_and_know_the_table()
    {
        Assert.All(OfType("AWS::Serverless::Function"), f =>
        {
            Assert.Equal(("provided.al2023", "bootstrap"), (Text(f["Properties"]["Runtime"]), Text(f["Properties"]["Handler"])));
            Assert.Equal("dynamodb:${Table}", Text(f["Properties"]["Environment"]["Variables"]["RULE_STORE"]));
        });
        var handler = Resources["Handler"]["Properties"];
        Assert.Equal(("live", "true"), (Text(handler["AutoPublishAlias"]), Text(handler["AutoPublishAliasAllProperties"])));
        Assert.Equal("10", Text(handler["Timeout"])); // Client VPN waits 30 s, the handler takes 5 at the outside
        Assert.Equal("0", Text(Template["Parameters"]["ProvisionedConcurrency"]["Default"]));
        Assert.Equal("0", Text(Template["Parameters"]["RulesMaxStale"]["Default"]));
    }

    [Fact]
    public void Only_this_HTTP_API_may_call_the_portal_and_without_an_issuer_its_calls_are_signed()
    {
        var permission = Resources["ApiPermission"]["Properties"];
        Assert.Equal(("apigateway.amazonaws.com", "Portal"), (Text(permission["Principal"]), Text(permission["FunctionName"])));
        Assert.EndsWith(":${Api}/*", Text(permission["SourceArn"]), StringComparison.Ordinal);
        Assert.Single(OfType("AWS::Lambda::Permission"));
        Assert.Equal(
            ["HasIssuer", "NONE", "AWS_IAM"], ((YamlSequenceNode)Resources["ApiRoute"]["Properties"]["AuthorizationType"]).Select(Text));

        // The route with the most of a path is the one that is taken: only the page and how one signs in need no signature.
        Assert.Equal(
            ["$default NONE", "ANY /api/{proxy+} !If", "GET /api/sign-in NONE"],
            OfType("AWS::ApiGatewayV2::Route").Select(r => r["Properties"])
                .Select(r => $"{Text(r["RouteKey"])} {(r["AuthorizationType"] is YamlScalarNode always ? Text(always) : "!If")}")
                .Order(StringComparer.Ordinal));
        Assert.All(
            OfType("AWS::ApiGatewayV2::Route"), r => Assert.Equal("integrations/${ApiIntegration}", Text(r["Properties"]["Target"])));
    }

    [Fact]
    public void There_is_an_alarm_for_what_keeps_people_out_for_what_is_not_recorded_and_for_what_runs_by_itself() => Assert.Equal(
        [
            "FILL(events, 0) + FILL(tamper, 0)", "ClientVpnAdmin RulesUnavailable", "ClientVpnAdmin NotRecorded",
            "AWS/Lambda Errors", "AWS/Lambda Throttles", "AWS/Lambda Duration",
            "ClientVpnAdmin/${Name} Refused", "ClientVpnAdmin/${Name} ReportOnly", "ClientVpnAdmin/${Name} WideRanges",
            "FILL(function, 0) + FILL(api, 0) + FILL(logged, 0)", "ClientVpnAdmin/${Name} RefreshesFailed",
            "FILL(scheduler, 0) + FILL(function, 0)",
        ],
        OfType("AWS::CloudWatch::Alarm").Select(a => a["Properties"]).Select(p => ((YamlMappingNode)p).Children.ContainsKey("Metrics")
            ? Text(p["Metrics"][0]["Expression"])
            : $"{Text(p["Namespace"])} {Text(p["MetricName"])}"));

    [Fact]
    public async Task The_metrics_of_the_portals_log_count_what_makes_the_front_door_wider_and_nothing_else()
    {
        const string Formatter = "Logging__Console__FormatterName";
        using var folder = new TemporaryFolder();
        var url = new Uri($"http://127.0.0.1:{DynamoDbServer.FreePort()}");
        using var portal = new RunningProgram(
            "dotnet",
            [RunningProgram.PortalPath, "--urls", url.ToString()],
            folder[""],
            ("RULE_STORE", $"sqlite:{folder["rules.db"]}"),
            (Formatter, Text(Resources["Portal"]["Properties"]["Environment"]["Variables"][Formatter])));
        await UntilAsync("Application started");
        using var client = new HttpClient { BaseAddress = url };
        client.DefaultRequestHeaders.Authorization = new("Bearer", await File.ReadAllTextAsync(folder["admin.token"]));
        foreach (var (method, path, body) in new[]
        {
            ("PATCH", "/api/settings", """{ "enforcement": "report-only" }"""),
            ("PATCH", "/api/settings", """{ "enforcement": "enforce" }"""),
            ("POST", "/api/address-lists", """{ "name": "feed", "source": { "kind": "url", "url": "https://127.0.0.1/list" } }"""),
            ("POST", "/api/address-lists/refresh", "{}"),
            ("POST", "/api/ranges", """{ "cidr": "10.0.0.0/8" }"""), ("POST", "/api/ranges", """{ "cidr": "0.0.0.0/1" }"""),
            ("POST", "/api/ranges", """{ "cidr": "128.0.0.0/1" }"""), ("POST", "/api/ranges", """{ "cidr": "x" }"""),
        })
        {
            using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
            using var answer = await client.SendAsync(request);
        }

        await UntilAsync("128.0.0.0/1\"");
        var lines = portal.Output.Split('\n').Where(l => l.StartsWith('{')).Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal(
            [
                "PortalLogGroup ReportOnly 1", "PortalLogGroup PortalErrors 0", "PortalLogGroup WideRanges 2",
                "PortalLogGroup RefreshesFailed 1",
            ],
            from filter in OfType("AWS::Logs::MetricFilter")
            let log = Text(filter["Properties"]["LogGroupName"])
            where log == "PortalLogGroup"
            let metric = Text(filter["Properties"]["MetricTransformations"][0]["MetricName"])
            select $"{log} {metric} {lines.Count(line => IsCounted(Text(filter["Properties"]["FilterPattern"]), line))}");

        async Task UntilAsync(string text)
        {
            while (!portal.Output.Contains(text, StringComparison.Ordinal))
            {
                await Task.Delay(50);
            }
        }
    }

    [Theory]
    [InlineData("200", false)]
    [InlineData("401", true)]
    [InlineData("403", true)]
    [InlineData("500", false)]
    public void A_call_that_is_refused_is_counted_by_API_Gateways_log(string status, bool isCounted)
    {
        var format = Text(Resources["ApiStage"]["Properties"]["AccessLogSettings"]["Format"]);
        var line = JsonNode.Parse(format.Replace("$context.status", status, StringComparison.Ordinal))!;
        Assert.Equal(isCounted, IsCounted(Text(Resources["RefusedFilter"]["Properties"]["FilterPattern"]), line));
    }

    [Fact]
    public void What_is_deployed_is_the_version_of_the_package_that_was_uploaded()
    {
        var selected = (YamlSequenceNode)Resources["Handler"]["Properties"]["CodeUri"]["Version"];
        Assert.Equal(("!Select", "0", "HandlerVersion"), (selected.Tag.Value, Text(selected[0]), Text(selected[1][0])));
        Assert.Equal("PortalVersion", Text(Resources["Portal"]["Properties"]["CodeUri"]["Version"]));
    }

    [Fact]
    public void Concurrency_is_reserved_and_connections_are_ended_only_if_that_is_asked_for()
    {
        foreach (var (function, parameter) in new[] { ("Handler", "HandlerReservedConcurrency"), ("Portal", "PortalReservedConcurrency") })
        {
            Assert.Equal(
                [$"Has{parameter}", parameter, "AWS::NoValue"],
                ((YamlSequenceNode)Resources[function]["Properties"]["ReservedConcurrentExecutions"]).Select(Text));
            Assert.Equal("0", Text(Template["Parameters"][parameter]["Default"]));
        }

        Assert.Equal("", Text(Template["Parameters"]["EndpointIds"]["Default"]));
    }

    [Fact]
    public void The_dashboard_is_JSON_and_shows_the_metrics_that_the_handler_writes()
    {
        var body = JsonNode.Parse(Text(Resources["Dashboard"]["Properties"]["DashboardBody"]))!;
        Assert.Equal(4, body["widgets"]!.AsArray().Count);
        Assert.All(
            ["MetricName=\"Decisions\" FunctionName=\"${Handler}\"", "DecisionDuration", "RulesUnavailable", "NotRecorded", "Revision"],
            name => Assert.Contains(
                body["widgets"]!.AsArray(),
                w => w!["properties"]!["metrics"]!.ToString()
                    .Replace("\\u0022", "\"", StringComparison.Ordinal)
                    .Replace("\\\"", "\"", StringComparison.Ordinal)
                    .Contains(name, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_outputs_say_where_the_portal_is_and_how_to_attach_the_handler()
    {
        Assert.Equal("Api.ApiEndpoint", Text(Template["Outputs"]["PortalUrl"]["Value"]));
        var attach = (YamlSequenceNode)Template["Outputs"]["AttachCommand"]["Value"];
        Assert.Contains("aws ec2 modify-client-vpn-endpoint", Text(attach[0]), StringComparison.Ordinal);
        Assert.Contains("--client-connect-options Enabled=true,LambdaFunctionArn=${Alias}", Text(attach[0]), StringComparison.Ordinal);
        Assert.Equal("Handler.Alias", Text(attach[1]["Alias"]));
    }

    /// <summary>What the schedule sends the portal.</summary>
    internal static string ReviewInput(string endpointId, bool terminate) => Text(Resources["Review"]["Properties"]["Target"]["Input"])
        .Replace("${ReviewEndpointId}", endpointId, StringComparison.Ordinal)
        .Replace("${ReviewTerminate}", terminate ? "true" : "false", StringComparison.Ordinal)
        .Replace("${ReviewTerminateNotRecorded}", "false", StringComparison.Ordinal)
        .Replace("${AWS::AccountId}", "123456789012", StringComparison.Ordinal);

    /// <summary>Filter patterns of CloudWatch as far as ours go: members that have a value, all of them or one of them.</summary>
    private static bool IsCounted(string pattern, JsonNode line)
    {
        var terms = Term().Matches(pattern).Select(term =>
        {
            var found = term.Groups["path"].Value.Split('.').Aggregate((JsonNode?)line, (node, member) => node?[member]);
            return found is not null && term.Groups["value"].Value is var value && (value == "*" || found.ToString() == value);
        });
        return pattern.Contains("||", StringComparison.Ordinal) ? terms.Any(t => t) : terms.All(t => t);
    }

    [GeneratedRegex(@"\(\$\.(?<path>[\w.]+) = ""?(?<value>[^"")]+)""?\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Term();

    /// <summary>Each statement as "actions | resources | condition".</summary>
    private static void AssertStatements(string role, params string[] expected) => Assert.Equal(
        expected,
        ((YamlSequenceNode)Resources[role]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]).Select(s =>
        {
            if (s is YamlSequenceNode conditional)
            {
                Assert.Equal("AWS::NoValue", Text(conditional[2]));
                var named = conditional[1]["Resource"][1]; // the !Sub that is split at its commas
                var (prefix, ids) = (Text(named[0]), named[1]["Ids"]);
                Assert.Equal($",{prefix.Replace("${Ids}", "", StringComparison.Ordinal)}", Text(ids[0]));
                return $"if {Text(conditional[0])}: {Texts(conditional[1]["Action"])} | {Text(ids[0])[1..]} and each of {Text(ids[1])} | ";
            }

            var statement = (YamlMappingNode)s;
            Assert.Equal("Allow", Text(statement["Effect"]));
            Assert.All(Keys(statement), k => Assert.Contains(k, new[] { "Sid", "Effect", "Action", "Resource", "Condition" }));
            var condition = "";
            if (statement.Children.TryGetValue("Condition", out var conditions))
            {
                var byOperator = ((YamlMappingNode)conditions).Children.ToDictionary(
                    c => Text(c.Key), c => c.Value["dynamodb:LeadingKeys"]);
                Assert.Equal("false", Text(byOperator["Null"]));
                byOperator.Remove("Null");
                condition = $"{byOperator.Single().Key} {Texts(byOperator.Single().Value)} and never without a key";
            }

            return $"{Texts(statement["Action"])} | {Texts(statement["Resource"])} | {condition}";
        }));

    private static IEnumerable<YamlNode> OfType(string type) => Resources.Children.Values.Where(r => Text(r["Type"]) == type);

    private static IEnumerable<string> Keys(YamlNode node) => ((YamlMappingNode)node).Children.Keys.Select(Text);

    private static IEnumerable<string> Key(YamlNode schema) =>
        ((YamlSequenceNode)schema).Select(k => $"{Text(k["AttributeName"])} {Text(k["KeyType"])}");

    private static string Texts(YamlNode node) => node is YamlSequenceNode list ? string.Join(',', list.Select(Text)) : Text(node);

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    /// <summary>A template of the deployment.</summary>
    internal static YamlMappingNode Read(string template)
    {
        using var reader = File.OpenText(Some.ProjectPath("deploy", template));
        var yaml = new YamlStream();
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }
}
