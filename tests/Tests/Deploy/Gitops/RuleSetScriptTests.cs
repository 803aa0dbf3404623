using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using ClientVpnAdmin.Deploy.OpenVpn;

namespace ClientVpnAdmin.Deploy.Gitops;

/// <summary>The script, run against a running portal.</summary>
public sealed class RuleSetScriptTests : IDisposable
{
    private const string Nasty = "a | b ` *c* [d](https://e.example) <script> @all #1 \\| $x$ &amp; www.f.example";
    private static readonly string Script = Some.ProjectPath("deploy", "gitops", "rule-set.sh");
    private readonly TemporaryFolder folder = new();
    private readonly RunningProgram portal;

    public RuleSetScriptTests() => portal = RunningProgram.Portal(folder["rules.db"]);

    public void Dispose()
    {
        portal.Dispose();
        folder.Dispose();
    }

    [GitopsFact]
    public async Task Rules_live_in_a_Git_repository_are_previewed_applied_and_refused_when_they_break_a_rule_test()
    {
        Directory.CreateDirectory(folder["repository"]);
        await GitAsync("init", "--quiet");
        Assert.Equal((0, ""), await RunAsync("export", "rules.json"));
        await GitAsync("add", "rules.json");
        await GitAsync("commit", "--quiet", "--message", "Export");

        await EditAsync(rules =>
        {
            rules["ranges"]!.AsArray().Add(new JsonObject { ["cidr"] = "203.0.113.0/24", ["description"] = "東京オフィス" });
            rules["ruleTests"]!.AsArray().Add(new JsonObject
            {
                ["description"] = "The office gets in",
                ["event"] = Some.EventJson("203.0.113.7"),
                ["allowed"] = true,
            });
        });
        var (code, markdown) = await RunAsync("preview", "rules.json");
        Assert.Equal(2, code);
        const string Start = "## The rules would change\n\n**2 added, 0 changed, 0 removed**, against revision 0.\n";
        Assert.StartsWith(Start, markdown, StringComparison.Ordinal);
        Assert.Contains("\n| added | range `203.0.113.0/24` 東京オフィス | action: allow |\n", markdown, StringComparison.Ordinal);
        Assert.Contains("\n| added | rule test The office gets in |", markdown, StringComparison.Ordinal);

        (code, markdown) = await RunAsync("apply", "--comment", "commit 東京:\n1/2 \"&\"", "rules.json");
        Assert.Equal(0, code);
        Assert.EndsWith("\nThey are revision 1 now.\n", markdown, StringComparison.Ordinal);
        var revision = (await PortalAsync("/api/revisions/1"))!;
        Assert.Equal("commit 東京: 1/2 \"&\"", revision["comment"]!.ToString());
        Assert.Equal((0, "## The rules are as the file says\n\nThere is nothing to change.\n"), await RunAsync("preview", "rules.json"));
        Assert.Equal(0, (await RunAsync("apply", "rules.json")).Code);

        // With the ids that the portal has given it is still the same, and is committed as it comes.
        Assert.Equal((0, ""), await RunAsync("export", "rules.json"));
        await GitAsync("commit", "--quiet", "--all", "--message", "Ids");
        Assert.Equal(0, (await RunAsync("preview", "rules.json")).Code);
        Assert.Equal((0, ""), await RunAsync("export", "rules.json"));
        await GitAsync("diff", "--exit-code");

        await EditAsync(rules => rules["ranges"]![0]!["cidr"] = "198.51.100.0/24");
        foreach (var command in new[] { "preview", "apply" })
        {
            (code, markdown) = await RunAsync(command, "rules.json");
            Assert.Equal(3, code);
            Assert.StartsWith("## The rules are refused\n", markdown, StringComparison.Ordinal);
            Assert.Contains(
                "\n| changed | range `198.51.100.0/24` 東京オフィス | cidr: 203.0.113.0/24 → 198.51.100.0/24 |\n",
                markdown,
                StringComparison.Ordinal);
            Assert.Contains("\n| The office gets in | allowed | denied, `address-not-allowed` |\n", markdown, StringComparison.Ordinal);
        }

        Assert.Equal(1, (int)(await PortalAsync("/api/revisions"))!["items"]![0]!["number"]!);
        Assert.Equal(2, (await RunAsync("preview", "--force", "rules.json")).Code);
        Assert.Equal(0, (await RunAsync("apply", "--force", "rules.json")).Code);
    }

    [GitopsFact]
    public async Task Ranges_are_removed_as_many_as_it_has_shown_or_as_it_is_told()
    {
        await ApplyAsync("""{ "cidr": "10.0.0.0/8" }, { "cidr": "10.1.0.0/16", "users": ["alice"] }""");
        Write("""{ "cidr": "10.0.0.0/8" }""");
        var (code, markdown) = await RunAsync("apply", "--removals", "2", "rules.json");
        Assert.Equal(3, code);
        Assert.Contains("It would remove 1 ranges and entries, not 2", markdown, StringComparison.Ordinal);
        (code, markdown) = await RunAsync("apply", "rules.json");
        Assert.Equal(0, code);
        Assert.Contains("\n| **removed** | range `10.1.0.0/16` | action: allow; users: alice |\n", markdown, StringComparison.Ordinal);
    }

    [GitopsFact]
    public async Task Address_lists_and_their_entries_are_shown_and_applied()
    {
        WriteLists("""{ "name": "Tokyo|office", "entries": [{ "cidr": "203.0.113.0/28" }, { "cidr": "198.51.100.7" }] }""");
        var (code, markdown) = await RunAsync("apply", "rules.json");
        Assert.Equal(0, code);
        Assert.Contains(
            "\n**1 added, 0 changed, 0 removed**, and the entries of 1 address list, against", markdown, StringComparison.Ordinal);
        Assert.Contains("\n| added | address list Tokyo\\|office |", markdown, StringComparison.Ordinal);
        Assert.Contains(
            "\n| changed | entries of Tokyo\\|office | 2 added: `198.51.100.7/32`, `203.0.113.0/28`; 0 removed |\n",
            markdown,
            StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("preview", "rules.json")).Code);

        // A change of entries alone is one as well.
        WriteLists("""{ "name": "Tokyo|office", "entries": [{ "cidr": "203.0.113.0/28" }, { "cidr": "192.0.2.7" }] }""");
        Assert.Equal(2, (await RunAsync("preview", "rules.json")).Code);
        (code, markdown) = await RunAsync("apply", "--removals", "0", "rules.json");
        Assert.Equal(3, code);
        Assert.Contains("It would remove 1 ranges and entries, not 0", markdown, StringComparison.Ordinal);
        (code, markdown) = await RunAsync("apply", "rules.json");
        Assert.Equal(0, code);
        Assert.Contains(
            "\n| **changed** | entries of Tokyo\\|office | 1 added: `192.0.2.7/32`; 1 removed: `198.51.100.7/32` |\n",
            markdown,
            StringComparison.Ordinal);
        Assert.Equal(2, (int)(await PortalAsync("/api/revisions"))!["items"]![0]!["number"]!);
    }

    [GitopsFact]
    public async Task What_is_wrong_with_the_file_is_listed_with_its_place()
    {
        Write("""{ "cidr": "203.0.113.5/24" }, { "cidr": "10.0.0.0/8", "<b>|`": 1 }""");
        foreach (var command in new[] { "preview", "apply" })
        {
            var (code, markdown) = await RunAsync(command, "rules.json");
            Assert.Equal(3, code);
            Assert.Contains("\n| `ranges[0].cidr` | '203.0.113.5/24' has host bits set. ", markdown, StringComparison.Ordinal);
            Assert.Contains("\n| `ranges[1].?b???` | There is no such member", markdown, StringComparison.Ordinal);
        }

        Write("""{ "cidr": "10.0.0.0/8" }, { "cidr": "10.0.0.0/8" }""");
        var twice = await RunAsync("preview", "rules.json");
        Assert.Equal(3, twice.Code);
        Assert.Contains("10.0.0.0/8 is twice in what was sent", twice.Output, StringComparison.Ordinal);
        foreach (var text in new[] { "[", "[]", "", "7" })
        {
            folder.Write("repository/rules.json", text);
            Assert.Equal(3, (await RunAsync("preview", "rules.json")).Code);
        }
    }

    [GitopsFact]
    public async Task Nothing_that_anybody_writes_breaks_the_table_or_mentions_people()
    {
        var range = new JsonObject { ["cidr"] = "10.0.0.0/8", ["description"] = Nasty, ["users"] = new JsonArray("@all|") };
        Write(range.ToJsonString());
        var (code, markdown) = await RunAsync("preview", "rules.json");
        Assert.Equal(2, code);
        Assert.Contains(
            @"| added | range `10.0.0.0/8` a \| b \` \*c\* \[d\](https\://e.example) \<script\> \@&#8203;all \#&#8203;1 \\\| \$x\$ \&amp; "
            + @"www\.f.example | action: allow; users: \@&#8203;all\| |",
            markdown,
            StringComparison.Ordinal);
    }

    [GitopsFact]
    public async Task A_preview_of_more_than_fits_into_a_comment_is_cut_and_says_so()
    {
        var text = new string('|', 500);
        var ranges = Enumerable.Range(0, 300).Select(i => $$"""{ "cidr": "10.0.{{i / 256}}.{{i % 256}}", "description": "{{text}}" }""");
        Write(string.Join(',', ranges));
        var (code, markdown) = await RunAsync("preview", "rules.json");
        Assert.Equal(2, code);
        Assert.Contains("**300 added", markdown, StringComparison.Ordinal);
        Assert.Contains("\n| … | and 220 more | |\n", markdown, StringComparison.Ordinal);
        Assert.InRange(markdown.Length, 1, 65_536); // GitHub's limit for a comment
    }

    [GitopsFact]
    public async Task What_could_not_be_tried_is_told_from_what_was_refused()
    {
        Write("""{ "cidr": "10.0.0.0/8" }""");
        var url = await portal.ListeningAsync();
        var reader = await File.ReadAllTextAsync(folder["reader.token"]);
        Assert.Equal(2, (await RunAsync([("PORTAL_TOKEN", reader)], "preview", "rules.json")).Code);
        foreach (var (environment, args, sentence) in new (string, string[], string)[]
        {
            ("PORTAL_TOKEN=wrong", ["preview", "rules.json"], "does not know this sign-in (401)"),
            ("PORTAL_TOKEN=a\"b\\", ["export", "other.json"], "does not know this sign-in (401)"),
            ("PORTAL_TOKEN=a\nb", ["preview", "rules.json"], "line break"),
            ($"PORTAL_TOKEN={reader}", ["apply", "rules.json"], "role does not allow this (403)"),
            ("PORTAL_TOKEN_FILE=none", ["preview", "rules.json"], "Set PORTAL_TOKEN"),
            ("PORTAL_URL=http://127.0.0.1:1", ["preview", "rules.json"], "can't be reached"),
            ("PORTAL_URL=", ["preview", "rules.json"], "Set PORTAL_URL"),
            ($"PORTAL_URL={url}swagger", ["preview", "rules.json"], "There is no such call"),
            ("PORTAL_AWS_SIGV4=eu-west-1", ["preview", "rules.json"], "Set AWS_ACCESS_KEY_ID"),
            ("X=", ["preview", "none.json"], "There is no file none.json"),
            ("X=", ["preview"], "see --help"),
            ("X=", ["destroy", "rules.json"], "There is no command destroy"),
            ("X=", ["preview", "--dry-run", "rules.json"], "There is no option --dry-run"),
            ("X=", ["apply", "rules.json", "--comment"], "--comment needs a value"),
            ("X=", ["apply", "--removals", "all", "rules.json"], "--removals needs a number"),
        })
        {
            var (name, value) = (environment.Split('=')[0], environment[(environment.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            var error = new StringBuilder();
            var (code, output) = await RunAsync([(name, value)], error, args);
            Assert.True(code == 1 && output.Length == 0, $"{environment} {string.Join(' ', args)}: {code} {output}{error}");
            Assert.Contains(sentence, $"{error}", StringComparison.Ordinal);
            Assert.DoesNotContain(reader, $"{error}", StringComparison.Ordinal);
        }

        Assert.Equal(0, (await RunAsync("--help")).Code);
        Assert.False(File.Exists(folder["repository/other.json"]));
    }

    [GitopsFact]
    public async Task No_program_that_it_starts_has_the_token_among_its_arguments_and_no_file_is_left()
    {
        Write("""{ "cidr": "10.0.0.0/8" }""");
        Directory.CreateDirectory(folder["bin"]);
        Directory.CreateDirectory(folder["tmp"]);
        foreach (var program in new[] { "curl", "jq" })
        {
            folder.WriteProgram(
                $"bin/{program}", $"#!/bin/sh\necho \"{program} $*\" >>'{folder["arguments"]}'\nexec {Where(program)} \"$@\"\n");
        }

        var path = $"{folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
        var (code, _) = await RunAsync([("PATH", path), ("TMPDIR", folder["tmp"])], "apply", "rules.json");
        Assert.Equal(0, code);
        var arguments = await File.ReadAllTextAsync(folder["arguments"]);
        Assert.Contains("curl --disable", arguments, StringComparison.Ordinal);
        Assert.DoesNotContain(await File.ReadAllTextAsync(folder["admin.token"]), arguments, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder["tmp"]));

        static string Where(string program) => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
            .Select(f => Path.Combine(f, program)).First(File.Exists);
    }

    [GitopsFact]
    public async Task Calls_are_signed_for_IAM_where_a_region_is_given()
    {
        Write("");
        using var gateway = new HttpListener();
        var url = $"http://127.0.0.1:{DynamoDbServer.FreePort()}/";
        gateway.Prefixes.Add(url);
        gateway.Start();
        var script = RunAsync(
            [
                ("PORTAL_URL", url), ("PORTAL_AWS_SIGV4", "ap-northeast-1"), ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
                ("AWS_SECRET_ACCESS_KEY", "se\"cr\\et"), ("AWS_SESSION_TOKEN", "session=="),
            ],
            "preview",
            "rules.json");
        var call = await gateway.GetContextAsync();
        var (path, authorization, session) = (
            call.Request.Url!.AbsolutePath, call.Request.Headers["Authorization"]!, call.Request.Headers["X-Amz-Security-Token"]);
        call.Response.StatusCode = 403;
        call.Response.Close();
        Assert.Equal(1, (await script).Code);
        Assert.Equal(("/api/rule-set", "session=="), (path, session));
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/", authorization, StringComparison.Ordinal);
        Assert.Contains("/ap-northeast-1/execute-api/aws4_request", authorization, StringComparison.Ordinal);
        Assert.Contains("x-amz-security-token", authorization, StringComparison.Ordinal);
    }

    [GitopsFact]
    public async Task Rules_that_somebody_changes_between_preview_and_change_are_not_overwritten()
    {
        Write("""{ "cidr": "10.0.0.0/8" }""");

        // A curl that lets somebody else change the rules just before the change is sent.
        Directory.CreateDirectory(folder["bin"]);
        var url = await portal.ListeningAsync();
        folder.WriteProgram("bin/curl", $$"""
            #!/bin/sh
            case "$*" in
              *'/api/rule-set?'*)
                PATH=${PATH#*:} curl -sS -o /dev/null -H "Authorization: Bearer $(cat '{{folder["admin.token"]}}')" \
                  -H 'Content-Type: application/json' -d '{ "cidr": "192.0.2.0/24" }' {{url}}api/ranges ;;
            esac
            PATH=${PATH#*:} exec curl "$@"
            """);
        var path = $"{folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}";
        var (code, markdown) = await RunAsync([("PATH", path)], "apply", "rules.json");
        Assert.Equal(3, code);
        Assert.Contains("Somebody else has changed this in the meantime", markdown, StringComparison.Ordinal);
        var ranges = (await PortalAsync("/api/ranges"))!["items"]!.AsArray();
        Assert.Equal("192.0.2.0/24", Assert.Single(ranges)!["cidr"]!.ToString());
    }

    [GitopsFact]
    public async Task The_preview_names_who_would_be_denied_and_who_would_come_in()
    {
        await ApplyAsync("""{ "cidr": "203.0.113.0/24" }""");
        await Some.ConnectAsync(folder["rules.db"], "al*ice", "203.0.113.7");
        await Some.ConnectAsync(folder["rules.db"], "bob", "198.51.100.7");
        Write("""{ "cidr": "198.51.100.0/24" }""");
        var (code, markdown) = await RunAsync("preview", "rules.json");
        Assert.Equal(3, code);
        Assert.Contains("\nDenied: 1 of the 1 user who came in: al\\*ice.\n", markdown, StringComparison.Ordinal);
        Assert.Contains("\nLet in: 1 user that stayed out: bob.\n", markdown, StringComparison.Ordinal);
        Assert.Contains("\n**That is more than half of them.**\n", markdown, StringComparison.Ordinal);
    }

    private void Write(string ranges)
    {
        Directory.CreateDirectory(folder["repository"]);
        folder.Write("repository/rules.json", $$"""{ "ranges": [{{ranges}}], "denialMessages": [], "settings": {}, "ruleTests": [] }""");
    }

    private void WriteLists(string lists)
    {
        Write("");
        var rules = JsonNode.Parse(File.ReadAllText(folder["repository/rules.json"]))!.AsObject();
        rules["addressLists"] = JsonNode.Parse($"[{lists}]");
        folder.Write("repository/rules.json", rules.ToJsonString());
    }

    private async Task ApplyAsync(string ranges)
    {
        Write(ranges);
        Assert.Equal(0, (await RunAsync("apply", "rules.json")).Code);
    }

    private async Task EditAsync(Action<JsonObject> edit)
    {
        var rules = JsonNode.Parse(await File.ReadAllTextAsync(folder["repository/rules.json"]))!.AsObject();
        edit(rules);
        folder.Write("repository/rules.json", rules.ToJsonString());
    }

    private async Task<JsonNode?> PortalAsync(string path)
    {
        using var editor = await portal.EditorAsync(folder["admin.token"]);
        return JsonNode.Parse(await editor.GetStringAsync(path));
    }

    private async Task GitAsync(params string[] args)
    {
        string[] identity = ["-c", "user.name=alice", "-c", "user.email=alice@example.com"];
        using var git = new RunningProgram("git", [.. identity, .. args], folder["repository"]);
        Assert.True(await git.ExitAsync() == 0, $"git {string.Join(' ', args)}: {git.Output}{git.Error}");
    }

    private Task<(int Code, string Output)> RunAsync(params string[] args) => RunAsync([], new(), args);

    private Task<(int Code, string Output)> RunAsync((string Name, string Value)[] environment, params string[] args) =>
        RunAsync(environment, new(), args);

    /// <summary>Runs the script as an editor, unless the environment says otherwise.</summary>
    private async Task<(int Code, string Output)> RunAsync(
        (string Name, string Value)[] environment, StringBuilder error, params string[] args)
    {
        (string Name, string Value)[] usual =
        [
            ("PORTAL_URL", $"{await portal.ListeningAsync()}"), ("PORTAL_TOKEN_FILE", folder["admin.token"]), ("LC_ALL", "C.UTF-8"),
            ("AWS_ACCESS_KEY_ID", ""), // whoever runs the tests may have one
        ];
        using var script = new RunningProgram("bash", [Script, .. args], folder["repository"], [.. usual, .. environment]);
        var code = await script.ExitAsync();
        error.Append(script.Error.Trim());
        return (code, script.Output.Trim('\n') is { Length: > 0 } output ? $"{output}\n" : "");
    }
}

/// <summary>A test that runs the script, which is written for bash, curl and jq, in a Git repository.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GitopsFactAttribute : FactAttribute
{
    public GitopsFactAttribute([CallerMemberName] string test = "") => this.Skip(Requirement, test);

    public static string? Requirement =>
        !OperatingSystem.IsLinux() ? "The script is tried on Linux only."
        : Array.Find(["bash", "curl", "jq", "git"], HookFactAttribute.Missing) is { } missing
            ? $"{missing} is not installed (Debian: apt-get install {missing})."
        : null;
}

/// <inheritdoc cref="GitopsFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GitopsTheoryAttribute : TheoryAttribute
{
    public GitopsTheoryAttribute([CallerMemberName] string test = "") => this.Skip(GitopsFactAttribute.Requirement, test);
}
