using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Amazon.DynamoDBv2.Model;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Documents;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Settings;
using ClientVpnAdmin.Stores.DynamoDb;
using Microsoft.Extensions.Time.Testing;
using YamlDotNet.RepresentationModel;

namespace ClientVpnAdmin.Deploy;

/// <summary>
/// What comes onto the event bus, and who is told: the table's items through the pipe's filter and template, as EventBridge applies them,
/// and then through the rules of the sample.
/// </summary>
[Collection(DynamoDbCollection.Name)]
public sealed partial class EventsTests(DynamoDbServer server) : IAsyncLifetime
{
    private static readonly YamlNode Pipe = TemplateTests.Read("template.yaml")["Resources"]["EventPipe"]["Properties"];
    private static readonly YamlMappingNode Notifications = (YamlMappingNode)TemplateTests.Read("notifications.yaml")["Resources"];

    private readonly FakeTimeProvider time = new(Some.Time);
    private string name = "";
    private DynamoDbTable table = null!;
    private RevisionLog log = null!;

    public async Task InitializeAsync()
    {
        name = await server.CreateTableAsync();
        table = DynamoDbTable.Existing(name);
        log = new(new DynamoDbRuleStore(table), time);
    }

    public async Task DisposeAsync()
    {
        table.Dispose();
        await server.Client.DeleteTableAsync(name);
    }

    [Fact]
    public async Task The_events_are_those_of_the_document()
    {
        await CommitAsync(rules => rules.With([Some.Range("203.0.113.0/24")]), "Added the range 203.0.113.0/24.");
        time.Advance(TimeSpan.FromMinutes(5));
        await DecideAsync("198.51.100.7", "019d4651-2f80-7a3c-9b1e-5d7c0f2a4e61");
        time.Advance(TimeSpan.FromMinutes(5));
        var until = Some.Time.AddHours(8);
        await CommitAsync(
            rules => rules.With([.. rules.Ranges, Some.Range("198.51.100.7") with { ValidUntil = until }]),
            "Added the range 198.51.100.7/32.",
            "alice has a \"new\" line at home");
        await DecideAsync("198.51.100.7"); // she comes in, which is no event
        time.Advance(TimeSpan.FromMinutes(5));
        await CommitAsync(
            rules => rules.With(new RuleSettings { Enforcement = Enforcement.ReportOnly }),
            "Changed the settings: enforcement is report-only.");
        await DecideAsync("192.0.2.1"); // she comes in, and is only reported

        var events = await EventsAsync();
        Assert.Equal(
            ["rules-changed", "denied", "temporary-access-given", "enforcement-switched"], events.Select(e => (string?)e["detail-type"]));
        Assert.Equal(
            MarkdownDocument.Read("docs/events.md").Code.Where(b => b.Info == "json")
                .Select(b => JsonNode.Parse(string.Join('\n', b.Lines))!.ToJsonString()),
            events.Skip(1).Take(2).Select(e => e.ToJsonString()));
        Assert.Equal(("report-only", "3"), ((string?)events[3]["detail"]!["enforcement"], (string?)events[3]["detail"]!["revision"]));
    }

    [Fact]
    public async Task A_denial_without_a_name_an_address_or_rules_says_so()
    {
        var connection = ConnectionEvent.Parse("{}"u8.ToArray());
        var denied = RecordedDecision.From(connection, Evaluator.RulesUnavailable(connection, RuleSet.Empty), Some.Time, default);
        await new DynamoDbDecisionLog(table).RecordAsync(denied, Some.Time.AddDays(30), default);
        var detail = Assert.Single(await EventsAsync())["detail"]!;
        Assert.Equal("Denied somebody from an unknown address: rules-unavailable.", (string?)detail["summary"]);
        Assert.Equal(("", "", ""), ((string?)detail["who"], (string?)detail["publicIp"], (string?)detail["revision"]));
    }

    [Fact]
    public async Task Whoever_can_only_record_decisions_cannot_tell_of_a_change()
    {
        await CommitAsync(rules => rules.With([Some.Range("203.0.113.0/24")]), "Added the range 203.0.113.0/24.");
        var revision = Assert.Single(await server.ItemsAsync(name, DynamoDbRuleStore.Revisions));
        Assert.True(Passes(Pipe, Record("INSERT", revision)));
        revision["pk"] = new(DynamoDbDecisionLog.Decisions);
        Assert.False(Passes(Pipe, Record("INSERT", revision)));
    }

    [Theory]
    [InlineData("MODIFY", "revisions", false, true)]
    [InlineData("MODIFY", "node#1", false, true)]
    [InlineData("MODIFY", "decisions", false, true)]
    [InlineData("MODIFY", "counts#2026-04-01", false, false)]
    [InlineData("REMOVE", "revisions", false, true)]
    [InlineData("REMOVE", "revisions", true, true)]
    [InlineData("REMOVE", "node#1", true, true)]
    [InlineData("REMOVE", "decisions", false, true)]
    [InlineData("REMOVE", "decisions", true, false)] // it has expired
    [InlineData("REMOVE", "counts#2026-04-01", false, false)]
    [InlineData("INSERT", "revisions", false, false)]
    public void An_item_that_is_rewritten_is_told_and_one_that_expires_is_not(string what, string partition, bool expires, bool isTold)
    {
        var record = Record(what, new() { ["pk"] = new(partition), ["sk"] = new("1") });
        if (expires)
        {
            record["userIdentity"] = new JsonObject { ["type"] = "Service", ["principalId"] = "dynamodb.amazonaws.com" };
        }

        Assert.Equal(isTold, Passes(TemplateTests.Read("template.yaml")["Resources"]["TamperPipe"]["Properties"], record));
    }

    [Fact]
    public async Task By_the_sample_changes_go_to_the_e_mail_topic_and_denials_to_the_one_of_Slack()
    {
        await CommitAsync(rules => rules.With([Some.Range("203.0.113.0/24")]), "Added the range 203.0.113.0/24.", "Ticket \"4711\"");
        await DecideAsync("198.51.100.7");
        var events = await EventsAsync();
        Assert.Equal(
            [
                """
                {"event":"rules-changed","time":"2026-04-01T00:00:00.000Z","who":"admin","summary":"Added the range 203.0.113.0/24.",
                "comment":"Ticket \u00224711\u0022"}
                """.ReplaceLineEndings(""),
                "nothing",
            ],
            events.Select(e => Told("EmailRule", e)));
        Assert.Equal(
            [
                "nothing",
                """
                {"version":"1.0","source":"custom","content":{"title":"denied",
                "description":"Denied alice from 198.51.100.7: address-not-allowed."}}
                """.ReplaceLineEndings(""),
            ],
            events.Select(e => Told("SlackRule", e)));
    }

    private Task<Snapshot> CommitAsync(Func<RuleSet, RuleSet> change, string summary, string? comment = null) => log.CommitAsync(
        "admin",
        head =>
        {
            var rules = change(head.Rules);
            return Task.FromResult<Proposal?>(new(rules, summary, comment));
        },
        default);

    /// <summary>Decides about a connection of alice by the present rules, and records that.</summary>
    private async Task DecideAsync(string publicIp, string? id = null)
    {
        var head = await log.ReadHeadAsync(default);
        var connection = ConnectionEvent.Parse(Encoding.UTF8.GetBytes(Some.EventJson(publicIp).ToJsonString()));
        var now = time.GetUtcNow();
        var decision = RecordedDecision.From(connection, Evaluator.Decide(connection, now, head.Rules, head.Revision), now, default);
        decision = id is null ? decision : decision with { Id = Guid.Parse(id) };
        await new DynamoDbDecisionLog(table).RecordAsync(decision, now.AddDays(30), default);
    }

    /// <summary>What the pipe puts on the bus of all that was inserted into the table, in the order of their times.</summary>
    private async Task<List<JsonNode>> EventsAsync()
    {
        var records = from item in await server.ItemsAsync(name, "")
                      select Record("INSERT", item);
        var target = Pipe["TargetParameters"]["EventBridgeEventBusParameters"];
        return
        [
            .. from record in records
            where Passes(Pipe, record)
            let time = At(record, Text(target["Time"])).ToString()
            orderby time
            select new JsonObject
            {
                ["source"] = Text(target["Source"]),
                ["detail-type"] = At(record, Text(target["DetailType"])).ToString(),
                ["time"] = time,
                // As the documents of the pipes say: a text in quotes, however it is written.
                ["detail"] = JsonNode.Parse(Path().Replace(
                    Text(Pipe["TargetParameters"]["InputTemplate"]),
                    path => JsonEncodedText.Encode(At(record, path.Groups["path"].Value).ToString()).ToString())),
            },
        ];
    }

    /// <summary>What the target of a rule of the sample gets.</summary>
    private static string Told(string rule, JsonNode e)
    {
        var properties = Notifications[rule]["Properties"];
        var transformer = properties["Targets"][0]["InputTransformer"];
        return !Matches(Json(properties["EventPattern"]), e)
            ? "nothing"
            : JsonNode.Parse(Variable().Replace(
                Text(transformer["InputTemplate"]),
                variable => At(e, Text(transformer["InputPathsMap"][variable.Groups["name"].Value])).ToJsonString()))!.ToJsonString();
    }

    private static JsonObject Record(string what, Dictionary<string, AttributeValue> item) => new()
    {
        ["eventName"] = what,
        ["dynamodb"] = new JsonObject
        {
            ["Keys"] = Image(new() { ["pk"] = item["pk"], ["sk"] = item["sk"] }),
            ["NewImage"] = Image(item),
        },
    };

    private static bool Passes(YamlNode pipe, JsonNode record) =>
        ((YamlSequenceNode)pipe["SourceParameters"]["FilterCriteria"]["Filters"])
            .Any(filter => Matches(JsonNode.Parse(Text(filter["Pattern"]))!, record));

    private static JsonNode At(JsonNode node, string path) => path.Split('.').Skip(1).Aggregate(node, (n, member) => n[member]!);

    /// <summary>Event patterns as far as ours go: members, values, and that something is there.</summary>
    private static bool Matches(JsonNode pattern, JsonNode? value) => pattern switch
    {
        JsonObject members => members.All(m => Matches(m.Value!, (value as JsonObject)?[m.Key])),
        JsonArray values => values.Any(v => v switch
        {
            JsonObject test when test.ContainsKey("exists") => test["exists"]!.GetValue<bool>() == value is not null,
            JsonObject test => value?.ToString().StartsWith(test["prefix"]!.ToString(), StringComparison.Ordinal) == true,
            _ => value is not null && JsonNode.DeepEquals(v, value),
        }),
        _ => false,
    };

    private static JsonObject Image(Dictionary<string, AttributeValue> attributes) => new(
        attributes.Select(a => KeyValuePair.Create<string, JsonNode?>(a.Key, a.Value switch
        {
            { S: { } text } => new JsonObject { ["S"] = text },
            { N: { } number } => new JsonObject { ["N"] = number },
            { M: { Count: > 0 } map } => new JsonObject { ["M"] = Image(map) },
            _ => new JsonObject(), // whatever it is, it is no event
        })));

    private static JsonNode Json(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Select(c => KeyValuePair.Create(Text(c.Key), (JsonNode?)Json(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Select(Json)]),
        _ => Text(node),
    };

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    [GeneratedRegex(@"<(?<path>\$[^>]*)>")]
    private static partial Regex Path();

    [GeneratedRegex("<(?<name>[a-z]+)>")]
    private static partial Regex Variable();
}
