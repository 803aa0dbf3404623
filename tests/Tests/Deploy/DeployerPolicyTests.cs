using System.IO.Enumeration;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace ClientVpnAdmin.Deploy;

/// <summary>
/// What <c>deployer-policy.json</c> lets somebody do who deploys: all that the template needs, and nothing to others' things.
/// </summary>
public sealed class DeployerPolicyTests
{
    private const string Account = "123456789012";
    private const string Stack = $"arn:aws:cloudformation:eu-west-1:{Account}:stack/client-vpn-admin-main/1";
    private const string ChangeSet = $"arn:aws:cloudformation:eu-west-1:{Account}:changeSet/awscli-cloudformation-package-deploy-1/2";
    private const string Transform = "arn:aws:cloudformation:eu-west-1:aws:transform/Serverless-2016-10-31";
    private const string Bucket = $"arn:aws:s3:::client-vpn-admin-{Account}-eu-west-1";
    private const string Package = $"{Bucket}/handler-0.zip";

    private static readonly JsonArray Statements =
        JsonNode.Parse(File.ReadAllText(Some.ProjectPath("deploy", "deployer-policy.json")))!["Statement"]!.AsArray();

    /// <summary>
    /// For each type of the template, what an instance of it may be called, and what CloudFormation calls to make, change and remove one
    /// (the permissions of its handlers in the CloudFormation registry, without those for what the template doesn't use).
    /// </summary>
    private static readonly Dictionary<string, (string[] Arns, string Actions)> Types = new()
    {
        ["AWS::ApiGatewayV2::Api"] = (["arn:aws:apigateway:eu-west-1::/apis", "arn:aws:apigateway:eu-west-1::/apis/a1b2"], ApiGateway),
        ["AWS::ApiGatewayV2::Integration"] = (["arn:aws:apigateway:eu-west-1::/apis/a1b2/integrations"], ApiGateway),
        ["AWS::ApiGatewayV2::Route"] = (["arn:aws:apigateway:eu-west-1::/apis/a1b2/routes/c3"], ApiGateway),
        ["AWS::ApiGatewayV2::Stage"] = (["arn:aws:apigateway:eu-west-1::/apis/a1b2/stages/$default"], ApiGateway),
        ["AWS::CloudWatch::Alarm"] = (
            [$"arn:aws:cloudwatch:eu-west-1:{Account}:alarm:client-vpn-admin-main-HandlerErrorsAlarm-1A2B"],
            "cloudwatch: PutMetricAlarm DescribeAlarms DeleteAlarms TagResource UntagResource ListTagsForResource"),
        ["AWS::CloudWatch::Dashboard"] = (
            [$"arn:aws:cloudwatch::{Account}:dashboard/client-vpn-admin-main"],
            "cloudwatch: PutDashboard GetDashboard DeleteDashboards"),
        ["AWS::DynamoDB::Table"] = (
            [$"arn:aws:dynamodb:eu-west-1:{Account}:table/client-vpn-admin-main-Table-1A2B"],
            "dynamodb: CreateTable DescribeTable UpdateTable DeleteTable DescribeTimeToLive UpdateTimeToLive DescribeContinuousBackups "
            + "UpdateContinuousBackups DescribeContributorInsights DescribeKinesisStreamingDestination GetResourcePolicy TagResource "
            + "UntagResource ListTagsOfResource"),
        ["AWS::Events::Archive"] = (
            [$"arn:aws:events:eu-west-1:{Account}:archive/client-vpn-admin-main-EventArchive-1A2B"],
            "events: CreateArchive DescribeArchive UpdateArchive DeleteArchive"),
        ["AWS::Events::EventBus"] = (
            [$"arn:aws:events:eu-west-1:{Account}:event-bus/client-vpn-admin-main"],
            "events: CreateEventBus DescribeEventBus UpdateEventBus DeleteEventBus TagResource UntagResource ListTagsForResource"),
        ["AWS::IAM::Role"] = (
            [$"arn:aws:iam::{Account}:role/client-vpn-admin-main-HandlerRole-1A2B"],
            "iam: CreateRole GetRole UpdateRole UpdateAssumeRolePolicy DeleteRole PutRolePolicy GetRolePolicy DeleteRolePolicy "
            + "ListRolePolicies ListAttachedRolePolicies TagRole UntagRole PassRole"),
        ["AWS::Lambda::Permission"] = (Functions, "lambda: AddPermission GetPolicy RemovePermission"),
        ["AWS::Logs::LogGroup"] = (
            [
                $"arn:aws:logs:eu-west-1:{Account}:log-group:/aws/lambda/AWSClientVPN-main",
                $"arn:aws:logs:eu-west-1:{Account}:log-group:/aws/lambda/client-vpn-admin-main",
                $"arn:aws:logs:eu-west-1:{Account}:log-group:/aws/vendedlogs/client-vpn-admin-main",
            ],
            "logs: CreateLogGroup DescribeLogGroups DescribeIndexPolicies DescribeResourcePolicies GetDataProtectionPolicy DeleteLogGroup "
            + "PutRetentionPolicy DeleteRetentionPolicy TagResource UntagResource ListTagsForResource"),
        ["AWS::Logs::MetricFilter"] = (
            [$"arn:aws:logs:eu-west-1:{Account}:log-group:/aws/lambda/client-vpn-admin-main"],
            "logs: PutMetricFilter DescribeMetricFilters DeleteMetricFilter"),
        ["AWS::Pipes::Pipe"] = (
            [$"arn:aws:pipes:eu-west-1:{Account}:pipe/client-vpn-admin-main-tamper"],
            "pipes: CreatePipe DescribePipe UpdatePipe DeletePipe TagResource UntagResource ListTagsForResource"),
        ["AWS::Scheduler::Schedule"] = (
            [$"arn:aws:scheduler:eu-west-1:{Account}:schedule/client-vpn-admin-main/client-vpn-admin-main-Review-1A2B"],
            "scheduler: CreateSchedule GetSchedule UpdateSchedule DeleteSchedule"),
        ["AWS::Scheduler::ScheduleGroup"] = (
            [$"arn:aws:scheduler:eu-west-1:{Account}:schedule-group/client-vpn-admin-main"],
            "scheduler: CreateScheduleGroup GetScheduleGroup DeleteScheduleGroup TagResource UntagResource ListTagsForResource"),

        // SAM makes a function, a version, an alias and the configuration of asynchronous calls of one.
        ["AWS::Serverless::Function"] = (
            Functions,
            "lambda: CreateFunction GetFunction GetFunctionConfiguration UpdateFunctionCode UpdateFunctionConfiguration DeleteFunction "
            + "PutFunctionConcurrency GetFunctionConcurrency DeleteFunctionConcurrency GetFunctionCodeSigningConfig "
            + "GetFunctionRecursionConfig GetFunctionScalingConfig GetRuntimeManagementConfig ListTags TagResource UntagResource "
            + "PublishVersion ListVersionsByFunction CreateAlias GetAlias UpdateAlias DeleteAlias ListAliases "
            + "PutProvisionedConcurrencyConfig GetProvisionedConcurrencyConfig DeleteProvisionedConcurrencyConfig "
            + "PutFunctionEventInvokeConfig GetFunctionEventInvokeConfig UpdateFunctionEventInvokeConfig "
            + "DeleteFunctionEventInvokeConfig"),
    };

    /// <summary>What each call of the AWS CLI in deploy.sh and check-bucket.sh may do there.</summary>
    internal static readonly Dictionary<string, (string Action, string Arn)[]> Calls = new()
    {
        ["cloudformation deploy"] =
        [
            ("cloudformation:DescribeStacks", Stack), ("cloudformation:CreateChangeSet", Stack),
            ("cloudformation:CreateChangeSet", Transform), ("cloudformation:DescribeChangeSet", ChangeSet),
            ("cloudformation:GetTemplateSummary", Stack), ("s3:GetObject", Package), ("s3:GetObjectVersion", Package),
        ],
        ["cloudformation delete-change-set"] = [("cloudformation:DeleteChangeSet", ChangeSet), ("cloudformation:DeleteChangeSet", Stack)],
        ["cloudformation delete-stack"] = [("cloudformation:DeleteStack", Stack)],
        ["cloudformation describe-change-set"] =
            [("cloudformation:DescribeChangeSet", ChangeSet), ("cloudformation:DescribeChangeSet", Stack)],
        ["cloudformation describe-stack-events"] = [("cloudformation:DescribeStackEvents", Stack)],
        ["cloudformation describe-stacks"] = [("cloudformation:DescribeStacks", Stack)],
        ["cloudformation execute-change-set"] =
            [("cloudformation:ExecuteChangeSet", ChangeSet), ("cloudformation:ExecuteChangeSet", Stack)],
        ["cloudformation wait"] = [("cloudformation:DescribeStacks", Stack)],
        ["configure get"] = [],
        ["s3 mb"] = [("s3:CreateBucket", Bucket)],
        ["s3api get-bucket-policy"] = [("s3:GetBucketPolicy", Bucket)],
        ["s3api get-bucket-versioning"] = [("s3:GetBucketVersioning", Bucket)],
        ["s3api get-public-access-block"] = [("s3:GetBucketPublicAccessBlock", Bucket)],
        ["s3api head-bucket"] = [("s3:ListBucket", Bucket)],
        ["s3api head-object"] = [("s3:GetObject", Package)],
        ["s3api put-bucket-policy"] = [("s3:PutBucketPolicy", Bucket)],
        ["s3api put-bucket-versioning"] = [("s3:PutBucketVersioning", Bucket)],
        ["s3api put-object"] = [("s3:PutObject", Package)],
        ["s3api put-public-access-block"] = [("s3:PutBucketPublicAccessBlock", Bucket)],
        ["sts get-caller-identity"] = [], // anybody may ask that
    };

    private const string ApiGateway = "apigateway: POST GET PATCH PUT DELETE TagResource";

    private static string[] Functions =>
    [
        $"arn:aws:lambda:eu-west-1:{Account}:function:AWSClientVPN-main",
        $"arn:aws:lambda:eu-west-1:{Account}:function:AWSClientVPN-main:live",
        $"arn:aws:lambda:eu-west-1:{Account}:function:client-vpn-admin-main",
    ];

    [Fact]
    public void It_allows_what_each_resource_of_the_template_needs_and_names_nothing_else()
    {
        var types = ((YamlMappingNode)TemplateTests.Read("template.yaml")["Resources"]).Children.Values
            .Select(r => ((YamlScalarNode)r["Type"]).Value!).ToHashSet();
        Assert.Equal(types.Order(StringComparer.Ordinal), Types.Keys.Order(StringComparer.Ordinal));
        var needed = Types.Values.SelectMany(t => Actions(t.Actions).SelectMany(action => t.Arns.Select(arn => (action, arn)))).ToList();
        Assert.All(needed, n => Assert.True(Allows(n.action, n.arn), $"{n.action} of {n.arn}"));

        // Beside those, a log that is delivered, and API Gateway's own role in an account where it is new.
        string[] rest =
        [
            "iam:CreateServiceLinkedRole", "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:GetLogDelivery",
            "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
        ];
        Assert.Equal(
            needed.Select(n => n.action).Concat(Calls.Values.SelectMany(c => c.Select(a => a.Action))).Concat(rest).ToHashSet().Order(),
            Statements.SelectMany(s => Texts(s!["Action"]!)).ToHashSet().Order());
    }

    [Fact]
    public void It_allows_what_the_scripts_call() => Assert.All(
        Calls.Values.SelectMany(c => c), c => Assert.True(Allows(c.Action, c.Arn), $"{c.Action} of {c.Arn}"));

    [Theory]
    [InlineData("lambda:UpdateFunctionCode", "arn:aws:lambda:eu-west-1:123456789012:function:payroll")]
    [InlineData("iam:PutRolePolicy", "arn:aws:iam::123456789012:role/Admin")]
    [InlineData("iam:PassRole", "arn:aws:iam::123456789012:role/Admin")]
    [InlineData("iam:AttachRolePolicy", "arn:aws:iam::123456789012:role/client-vpn-admin-main-HandlerRole-1A2B")]
    [InlineData("dynamodb:DeleteTable", "arn:aws:dynamodb:eu-west-1:123456789012:table/orders")]
    [InlineData("dynamodb:PutItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/client-vpn-admin-main-Table-1A2B")]
    [InlineData("s3:GetObject", "arn:aws:s3:::backups/all.zip")]
    [InlineData("cloudformation:DeleteStack", "arn:aws:cloudformation:eu-west-1:123456789012:stack/network/1")]
    public void It_allows_nothing_else(string action, string arn) => Assert.False(Allows(action, arn));

    [Fact]
    public void It_fits_into_one_managed_policy()
    {
        var policy = File.ReadAllText(Some.ProjectPath("deploy", "deployer-policy.json"));
        Assert.InRange(policy.Count(c => !char.IsWhiteSpace(c)), 1, 6144); // IAM counts no white space
    }

    private static bool Allows(string action, string arn) => Statements.Any(s =>
        Texts(s!["Action"]!).Contains(action)
            && Texts(s["Resource"]!).Any(resource => FileSystemName.MatchesSimpleExpression(resource, arn, ignoreCase: false)));

    private static IEnumerable<string> Actions(string actions) =>
        actions.Split(": ") is [var service, var names] ? names.Split(' ').Select(name => $"{service}:{name}") : [];

    private static IEnumerable<string> Texts(JsonNode node) => node is JsonArray list ? list.Select(n => $"{n}") : [$"{node}"];
}
