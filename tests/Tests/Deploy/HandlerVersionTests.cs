using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace ClientVpnAdmin.Deploy;

/// <summary>
/// Which version of the handler the alias leads to, by the translator that CloudFormation itself runs: Client VPN calls what was published
/// as that version, whatever the function's settings have become since.
/// </summary>
public sealed partial class HandlerVersionTests
{
    private const string Translate = """
        import copy, json, sys
        from samtranslator.parser.parser import Parser
        from samtranslator.translator.translator import Translator
        from samtranslator.yaml_helper import yaml_parse

        template = yaml_parse(open(sys.argv[1]).read())
        for change in json.loads(sys.argv[2]):
            changed = copy.deepcopy(template)
            if change["path"]:
                *way, last = change["path"]
                node = changed["Resources"]["Handler"]["Properties"]
                for step in way:
                    node = node[step]
                node[last] = change["value"]
            translated = Translator({}, Parser()).translate(changed, change["parameters"])
            print(translated["Resources"]["HandlerAliaslive"]["Properties"]["FunctionVersion"]["Fn::GetAtt"][0])
        """;

    // What a version doesn't have: it is the function's or the alias's own. A function with another name has its own versions.
    private static readonly string[] NotOfTheVersion =
    [
        "FunctionName", "ReservedConcurrentExecutions", "ProvisionedConcurrencyConfig", "AutoPublishAlias",
        "AutoPublishAliasAllProperties",
    ];

    private static readonly YamlMappingNode Template = TemplateTests.Read("template.yaml");

    private static readonly YamlMappingNode Parameters = (YamlMappingNode)Template["Parameters"];

    private static readonly List<KeyValuePair<YamlNode, YamlNode>> Settings =
    [
        .. ((YamlMappingNode)Template["Resources"]["Handler"]["Properties"]).Children.Where(p => !NotOfTheVersion.Contains(Text(p.Key))),
    ];

    [TranslatorFact]
    public async Task Each_parameter_of_the_handlers_settings_alone_makes_a_new_version()
    {
        var settings = Settings.SelectMany(s => ParametersIn(s.Value)).ToHashSet();
        Assert.Superset(
            new HashSet<string>
            {
                "HandlerKey", "HandlerVersion", "Architecture", "RulesMaxStale", "DecisionRetentionDays", "HandlerTrustStore",
            },
            settings);
        var versions = await VersionsAsync([new(), .. settings.Select(s => new Change(s))]);
        Assert.Equal(versions.Count, versions.Distinct().Count());
    }

    [TranslatorFact]
    public async Task Each_other_setting_of_the_handler_alone_makes_a_new_version()
    {
        object[][] settings = [.. Settings.SelectMany(s => LiteralsIn(s.Value, [Text(s.Key)])), ["Environment", "Variables", "NEW"]];
        Assert.Contains("Timeout", settings.Select(path => path[0]));
        var versions = await VersionsAsync([new(), .. settings.Select(path => new Change(Path: path))]);
        Assert.Equal(versions.Count, versions.Distinct().Count());
    }

    [TranslatorFact]
    public async Task Nothing_else_makes_one()
    {
        var settings = Settings.SelectMany(s => ParametersIn(s.Value)).ToHashSet();
        var others = Parameters.Children.Keys.Select(Text).Except(settings).ToList();
        Assert.Superset(new HashSet<string> { "PortalKey", "Editors", "HandlerReservedConcurrency" }, others.ToHashSet());
        Assert.Single((await VersionsAsync([new(), new(), .. others.Select(o => new Change(o))])).Distinct());
    }

    /// <summary>
    /// Lambda publishes nothing while a function is as its newest version is, and then the deployment fails. A package that is uploaded
    /// once more is the same code, and a new version of the object: the description tells them apart.
    /// </summary>
    [Fact]
    public void Whatever_makes_a_new_version_changes_what_the_function_is()
    {
        var seen = Settings.Where(s => Text(s.Key) != "CodeUri").SelectMany(s => ParametersIn(s.Value)).ToHashSet();
        Assert.Subset(
            seen.Append("CodeBucket").ToHashSet(), // in another one the object has another version as well
            Settings.SelectMany(s => ParametersIn(s.Value)).ToHashSet());
    }

    private static async Task<IReadOnlyList<string>> VersionsAsync(IEnumerable<Change> changes)
    {
        var all = Parameters.Children.ToDictionary(p => Text(p.Key), p => Value((YamlMappingNode)p.Value));
        var given = changes.Select(change => new
        {
            path = change.Path,
            value = "changed",
            parameters = all.ToDictionary(p => p.Key, p => p.Key == change.Parameter ? $"{p.Value}1" : p.Value),
        });
        using var translator = new RunningProgram(
            "python3",
            ["-c", Translate, Some.ProjectPath("deploy", "template.yaml"), JsonSerializer.Serialize(given)],
            Path.GetTempPath(),
            ("AWS_DEFAULT_REGION", "us-east-1"));
        Assert.True(await translator.ExitAsync() == 0, translator.Error);
        var versions = translator.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(versions, v => Assert.StartsWith("HandlerVersion", v, StringComparison.Ordinal));
        return versions;

        static string Value(YamlMappingNode parameter) =>
            parameter.Children.TryGetValue("Default", out var value) ? Text(value) : "given";
    }

    /// <summary>The parameters that a value of the template is made of, also those that its conditions ask.</summary>
    private static IEnumerable<string> ParametersIn(YamlNode value)
    {
        var all = Parameters.Children.Keys.Select(Text);
        return (value, Tag(value)) switch
        {
            (YamlScalarNode, "!Ref") => all.Where(p => p == Text(value)),
            (YamlScalarNode, "!Condition") => ParametersIn(Template["Conditions"][Text(value)]),
            (YamlScalarNode, "!Sub") => Variable().Matches(Text(value)).Select(v => v.Groups["name"].Value).Intersect(all),
            (YamlSequenceNode either, "!If") =>
                ParametersIn(Template["Conditions"][Text(either[0])]).Concat(either.Skip(1).SelectMany(ParametersIn)),
            (YamlSequenceNode list, _) => list.SelectMany(ParametersIn),
            (YamlMappingNode map, _) => map.Children.Values.SelectMany(ParametersIn),
            _ => [],
        };
    }

    /// <summary>The ways to the values that are written in the template.</summary>
    private static IEnumerable<object[]> LiteralsIn(YamlNode value, object[] path) => (value, Tag(value)) switch
    {
        (YamlScalarNode, "") => [path],
        (YamlSequenceNode list, "") => list.SelectMany((v, i) => LiteralsIn(v, [.. path, i])),
        (YamlMappingNode map, _) => map.Children.SelectMany(c => LiteralsIn(c.Value, [.. path, Text(c.Key)])),
        _ => [],
    };

    private static string Tag(YamlNode node) => node.Tag.IsEmpty || node.Tag.IsNonSpecific ? "" : node.Tag.Value;

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    [GeneratedRegex(@"\$\{(?<name>\w+)\}")]
    private static partial Regex Variable();

    /// <param name="Parameter">The parameter that has another value.</param>
    /// <param name="Path">The way to the handler's property that has another value.</param>
    private sealed record Change(string? Parameter = null, object[]? Path = null);
}

/// <summary>A test that runs SAM's translator, which cfn-lint brings.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TranslatorFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> Missing = new(() =>
    {
        try
        {
            using var python = new RunningProgram("python3", ["-c", "import samtranslator"], Path.GetTempPath());
            return python.ExitAsync().GetAwaiter().GetResult() == 0 ? null : "SAM's translator is not installed: pip install cfn-lint.";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "Python is not installed.";
        }
    });

    public TranslatorFactAttribute([CallerMemberName] string test = "") => this.Skip(Missing.Value, test);
}
