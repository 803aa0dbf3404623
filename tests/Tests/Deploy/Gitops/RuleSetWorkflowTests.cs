using YamlDotNet.RepresentationModel;

namespace ClientVpnAdmin.Deploy.Gitops;

/// <summary>What the sample workflow promises: what runs when, with which sign-in, and how the script's exit codes end it.</summary>
public sealed class RuleSetWorkflowTests : IDisposable
{
    private static readonly YamlMappingNode Workflow = Read();
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void No_code_of_a_pull_request_runs_with_the_sign_in_of_an_editor_nor_that_of_a_fork_with_any()
    {
        Assert.Equal(["pull_request", "push", "schedule", "workflow_dispatch"], Keys(Workflow["on"])); // no pull_request_target
        Assert.Equal("main", Text(((YamlSequenceNode)Workflow["on"]["push"]["branches"]).Single()));
        Assert.Empty(Keys(Workflow["permissions"])); // each job says what it needs
        Assert.Equal(
            ["preview vpn-preview", "apply vpn-apply", "drift vpn-preview"],
            Jobs().Select(j => $"{j.Name} {Text(j.Json["environment"])}"));
        Assert.Contains("head.repo.full_name == github.repository", Text(Workflow["jobs"]["preview"]["if"]), StringComparison.Ordinal);
        Assert.StartsWith("github.ref == 'refs/heads/main' && (", Text(Workflow["jobs"]["apply"]["if"]), StringComparison.Ordinal);
        Assert.All(Jobs(), j => Assert.Equal("read", Text(j.Json["permissions"]["contents"])));
        Assert.Equal(["contents", "id-token"], Keys(Workflow["jobs"]["apply"]["permissions"]));
        Assert.Equal("vpn-apply", Text(Workflow["jobs"]["apply"]["concurrency"]["group"])); // one after the other
        Assert.Equal("false", Text(Workflow["jobs"]["apply"]["concurrency"]["cancel-in-progress"]));
    }

    [Fact]
    public void Actions_are_pinned_and_no_command_is_put_together_of_what_somebody_wrote()
    {
        var steps = Jobs().SelectMany(j => (YamlSequenceNode)j.Json["steps"]).Cast<YamlMappingNode>().ToList();
        Assert.All(
            steps.Where(s => Keys(s).Contains("uses")),
            s => Assert.Matches(@"^[a-z-]+/[a-z-]+@(v\d+\.\d+\.\d+|[0-9a-f]{40})\z", Text(s["uses"])));
        var commands = steps.Where(s => Keys(s).Contains("run")).ToList();
        Assert.Equal(5, commands.Count);
        Assert.All(commands, s => Assert.DoesNotContain("${{", Text(s["run"]), StringComparison.Ordinal));
        Assert.All(commands, s => Assert.Equal("bash", Text(s["shell"])));
    }

    [GitopsTheory]
    [InlineData(0, 0, "0 0 0")]
    [InlineData(2, 0, "0 0 0")]
    [InlineData(3, 0, "0 0 1")]
    [InlineData(2, 1, "0 0 0")]
    [InlineData(1, 0, "1 - -")]
    public async Task A_preview_fails_the_job_only_when_it_is_refused_or_could_not_be_tried(int script, int firstComment, string expected)
    {
        Fake("rule-set.sh", $"echo \"$*\" >arguments; echo preview; exit {script}");
        Fake("bin/gh", $"echo \"$*\" >>gh; case \"$*\" in *--edit-last*) exit {firstComment} ;; esac");
        var ended = new List<string>();
        foreach (var step in new[] { "Preview", "Comment", "Verdict" })
        {
            ended.Add(ended.Contains("1") ? "-" : $"{await RunAsync("preview", step, ("NUMBER", "7"), ("STATUS", $"{script}"))}");
        }

        Assert.Equal(expected, string.Join(' ', ended));
        Assert.Equal("preview rules.json\n", await File.ReadAllTextAsync(folder["arguments"]));
        Assert.Equal("preview\n", await File.ReadAllTextAsync(folder["summary"]));
        if (script != 1)
        {
            Assert.Equal($"status={script}\n", await File.ReadAllTextAsync(folder["output"]));
            Assert.Equal(
                $"pr comment 7 --edit-last --body-file preview.md\n{(firstComment == 1 ? "pr comment 7 --body-file preview.md\n" : "")}",
                await File.ReadAllTextAsync(folder["gh"]));
        }
    }

    [GitopsTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task An_application_ends_the_job_as_the_script_ends_and_names_the_commit(int script)
    {
        Fake("rule-set.sh", $"printf '%s\\n' \"$@\" >arguments; echo applied; exit {script}");
        Fake("bin/git", "echo 0123abc");
        Assert.Equal(script, await RunAsync("apply", "Apply", ("GITHUB_REPOSITORY", "example/rules")));
        Assert.Equal("apply\n--comment\ncommit 0123abc of example/rules\nrules.json\n", await File.ReadAllTextAsync(folder["arguments"]));
        Assert.Equal("applied\n", await File.ReadAllTextAsync(folder["summary"]));
    }

    [GitopsTheory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Rules_that_somebody_changed_in_the_portal_fail_the_daily_comparison(int script)
    {
        Fake("rule-set.sh", $"exit {script}");
        Assert.Equal(script, await RunAsync("drift", "Compare"));
    }

    private void Fake(string name, string commands)
    {
        Directory.CreateDirectory(folder["bin"]);
        folder.WriteProgram(name, $"#!/bin/sh\n{commands}\n");
    }

    /// <summary>Runs a step's commands as GitHub's runner does.</summary>
    private async Task<int> RunAsync(string job, string step, params (string Name, string Value)[] environment)
    {
        var commands = ((YamlSequenceNode)Workflow["jobs"][job]["steps"]).Cast<YamlMappingNode>()
            .Single(s => Keys(s).Contains("name") && Text(s["name"]) == step)["run"];
        using var bash = new RunningProgram(
            "bash",
            ["--noprofile", "--norc", "-eo", "pipefail", folder.Write("step.sh", Text(commands))],
            folder["."],
            [
                ("PATH", $"{folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}"),
                ("GITHUB_STEP_SUMMARY", folder["summary"]),
                ("GITHUB_OUTPUT", folder["output"]),
                .. environment,
            ]);
        return await bash.ExitAsync();
    }

    private static IEnumerable<(string Name, YamlNode Json)> Jobs() =>
        ((YamlMappingNode)Workflow["jobs"]).Select(j => (Text(j.Key), j.Value));

    private static string[] Keys(YamlNode node) => [.. ((YamlMappingNode)node).Select(m => Text(m.Key))];

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    private static YamlMappingNode Read()
    {
        using var text = File.OpenText(Some.ProjectPath("deploy", "gitops", "rule-set.yml"));
        var yaml = new YamlStream();
        yaml.Load(text);
        return (YamlMappingNode)yaml.Documents.Single().RootNode;
    }
}
