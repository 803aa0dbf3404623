using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using ClientVpnAdmin.Deploy.OpenVpn;

namespace ClientVpnAdmin.Documents;

/// <summary>The commands of the documents, run from the text itself, in order, in an empty home.</summary>
public sealed partial class DocumentCommandsTests : IDisposable
{
    private const string Walk = "README.md";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Those for people who change the program do what takes hours, or start tests in a test.
    [Fact]
    public void Every_command_that_needs_no_AWS_is_in_one_of_these_tests() => Assert.Equal(
        [Walk, "docs/administering.md", "docs/deploying.md", "docs/gitops.md", "docs/openvpn.md", "docs/page.md"],
        from document in MarkdownDocument.All
        where document is { IsJapanese: false, Path: not "CONTRIBUTING.md" } && document.Code.Any(b => b.Info == "sh")
        select document.Path);

    [ShellFact]
    public async Task READMEs_walk_answers_what_it_says()
    {
        var outputs = await RunAsync([Walk], """
            test "$(portal /decisions | jq -c '[.items[].allowed]')" = '[false,true]'
            """);
        var walk = string.Concat(outputs.Values);
        Assert.Contains("\"allowed\": true", walk, StringComparison.Ordinal);
        Assert.Contains(Some.SeedMessage, walk, StringComparison.Ordinal);
    }

    [ShellFact]
    public async Task Another_link_to_the_page_is_printed()
    {
        var outputs = await RunAsync([Walk, "docs/page.md"], "");
        Assert.Contains("/#code=", string.Concat(outputs.Values), StringComparison.Ordinal);
    }

    [ShellFact]
    public async Task Administering_leaves_the_rule_test_that_it_teaches_and_enforces_the_rules() =>
        await RunAsync([Walk, "docs/administering.md"], """
            test "$(portal /rule-tests | jq -r '.items[].description')" = 'The office gets in'
            test "$(portal /settings | jq -r .enforcement)" = enforce
            test "$(portal '/ranges?q=wrong' | jq '.items | length')" = 0
            test "$(portal '/ranges?q=mallory' | jq -r '.items[0].description')" = 'Left on Friday'
            test "$(portal '/ranges?q=Left' | jq -c '.items[0].users')" = '["mallory"]'
            test "$(curl -sS -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $(cat alice.token)" "$ASPNETCORE_URLS/api/me")" = 401
            """);

    [ShellFact]
    public async Task Deploying_ends_with_the_rules_enforced() =>
        await RunAsync([Walk, "docs/deploying.md"], """
            test "$(portal /settings | jq -r .enforcement)" = enforce
            """);

    [ShellFact]
    public async Task Gitops_previews_and_applies_the_file_that_it_exports() =>
        await RunAsync([Walk, "docs/gitops.md"], """
            test "$(portal '/ranges?q=Osaka' | jq -r '.items[].id')" = "$(jq -r '.ranges[1].id' rules.json)"
            test "$(portal /revisions | jq -r '.items[0].comment')" = 'Osaka has an office'
            """);

    [OpenVpnFact]
    public async Task The_trial_with_OpenVPN_denies_one_client_with_the_message_and_lets_the_other_in()
    {
        var outputs = await RunAsync([Walk, "docs/openvpn.md"], """
            test ! -e client.crt
            test "$(portal '/decisions?endpointId=cvpn-endpoint-openvpn' | jq -c '[.items[].allowed]')" = '[true,false]'
            """);
        var (denied, allowed) = (Output("127.0.0.3"), Output("127.0.0.2"));
        Assert.Contains($"AUTH_FAILED,{Some.SeedMessage}", denied, StringComparison.Ordinal);
        Assert.DoesNotContain(OpenVpnNetwork.Connected, denied, StringComparison.Ordinal);
        Assert.Contains(OpenVpnNetwork.Connected, allowed, StringComparison.Ordinal);

        string Output(string client) =>
            outputs.Single(o => o.Key.Lines.Any(line => line.EndsWith($"--local {client}", StringComparison.Ordinal))).Value;
    }

    /// <summary>
    /// Runs the commands of documents, one document after the other in one shell, and then those that check what they have done.
    /// </summary>
    /// <returns>What each block printed on standard output.</returns>
    private async Task<Dictionary<CodeBlock, string>> RunAsync(IReadOnlyList<string> documents, string checks)
    {
        var isOpenVpn = documents.Contains("docs/openvpn.md");
        var url = $"http://localhost:{DynamoDbServer.FreePort()}"; // 5080 may be taken, by a test or by whoever runs the tests
        var blocks = documents.Select(MarkdownDocument.Read).SelectMany(d => d.Code.Select(b => (Document: d, Block: b))).ToList();
        var script = new StringBuilder(isOpenVpn ? "ip link set lo up\n" : "").AppendLine(Prelude);
        foreach (var (document, block) in blocks.Where(b => b.Block.Info == "sh"))
        {
            script.AppendLine(Mark(document, block));
            script.AppendJoin('\n', block.Lines).Replace("http://localhost:5080", url).AppendLine();
        }

        script.AppendLine("printf '\\n@@ checks\\n'").AppendLine(checks);
        Directory.CreateDirectory(folder["home"]);
        folder.Write(Path.Combine("home", ".curlrc"), "fail-with-body\n"); // an answer of 400 or more fails the command
        foreach (var part in new[] { "samples", Path.Combine("deploy", "gitops"), Path.Combine("deploy", "openvpn") })
        {
            var copy = Directory.CreateDirectory(folder[Path.Combine("project", part)]).FullName;
            foreach (var file in Directory.EnumerateFiles(Some.ProjectPath(part)))
            {
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            }
        }

        string[] environment =
        [
            "env", "-i", $"PATH={Environment.GetEnvironmentVariable("PATH")}:/usr/sbin", $"HOME={folder["home"]}", "LANG=C.UTF-8",
            $"ASPNETCORE_URLS={url}", $"PORTAL={RunningProgram.PortalPath}", $"HANDLER={RunningProgram.HandlerPath}",
            $"DOTNET_ROOT={RunningProgram.DotnetRoot}",
        ];
        // timeout ends all that the script has started, and before RunningProgram gives up.
        string[] command = [.. environment, "timeout", "--kill-after", "5", "170", "bash", folder.Write("script.sh", script.ToString())];
        using var shell = isOpenVpn
            ? new RunningProgram("unshare", [.. OpenVpnNetwork.Namespaces, "--net", .. command], folder["project"])
            : new RunningProgram(command[0], command[1..], folder["project"]);
        shell.Input.Close();
        var exitCode = await shell.ExitAsync();
        Assert.True(exitCode == 0, $"Exit code {exitCode}. The commands printed:\n{shell.Output}\n{shell.Error}");

        var outputs = blocks.Where(b => b.Block.Info == "sh").ToDictionary(b => b.Block, b => OutputOf(shell.Output, b.Document, b.Block));
        foreach (var (shown, commands) in blocks.Skip(1).Zip(blocks))
        {
            if (shown.Block.Info is "json" or "text" && commands.Block.Info == "sh")
            {
                // What a document shows behind commands is what they print.
                Assert.Equal(string.Join('\n', shown.Block.Lines), outputs[commands.Block].Trim());
            }
        }

        return outputs;
    }

    private static string Mark(MarkdownDocument document, CodeBlock block) =>
        $"printf '\\n@@ {document}:{block.Line}\\n'; printf '@@ {document}:{block.Line}\\n' >&2";

    private static string OutputOf(string all, MarkdownDocument document, CodeBlock block)
    {
        var mark = $"@@ {document}:{block.Line}\n";
        var output = all[(all.IndexOf(mark, StringComparison.Ordinal) + mark.Length)..];
        return NextMark().Match(output) is { Success: true } next ? output[..next.Index] : output;
    }

    /// <summary>What is other for a test than for a person with two terminals: what goes on running, and what is built already.</summary>
    private const string Prelude = """
        set -euo pipefail

        dotnet() {
          case "$*" in
            'run --project src/AdminApi') start_portal ;;
            'run --project src/AdminApi -- token '* | 'run --project src/AdminApi -- link') command dotnet "$PORTAL" "${@:5}" ;;
            'run --project src/Handler -- '*) handle "${@:5}" ;;
            'test') ;; # this is one of them
            'publish src/Handler -c Release -o trial')
              mkdir trial
              printf '#!/bin/sh\nDOTNET_ROOT=%s exec %s "$@"\n' "$DOTNET_ROOT" "$HANDLER" >trial/ClientVpnAdmin.Handler
              chmod +x trial/ClientVpnAdmin.Handler ;;
            *) echo "The test doesn't know what to do with: dotnet $*" >&2; return 2 ;;
          esac
        }

        # It has a terminal of its own, and ends with the script.
        start_portal() {
          command dotnet "$PORTAL" >~/portal.log 2>&1 &
          local portal=$!
          trap "kill $portal" EXIT
          until_in ~/portal.log 'Application started' $portal
        }

        # A denial is an answer as well: 1.
        handle() {
          local status=0
          "$HANDLER" "$@" || status=$?
          [ $status -le 1 ]
        }

        openvpn() {
          case "$*" in
            *' --client '*' --local 127.0.0.2')
              command openvpn "$@" >client.log 2>&1 &
              local client=$!
              until_in client.log 'Initialization Sequence Completed' $client
              kill $client # Ctrl+C
              wait $client || true
              cat client.log ;;
            *' --client '*) command openvpn "$@" || true ;; # it is denied
            *) exec openvpn "$@" ;; # the server, in the background
          esac
        }

        # Waits until a text is in a file, as long as a process runs.
        until_in() {
          until grep -q "$2" "$1"; do
            kill -0 "$3" || { cat "$1" >&2; return 1; }
            sleep 0.1
          done
        }
        """;

    [GeneratedRegex("^@@ ", RegexOptions.Multiline)]
    private static partial Regex NextMark();
}

/// <summary>A test that runs the documents' commands, which are written for bash, curl and jq.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ShellFactAttribute : FactAttribute
{
    public ShellFactAttribute([CallerMemberName] string test = "") => this.Skip(
        !OperatingSystem.IsLinux() ? "The documents' commands look for the token where it is on Linux."
        : Array.Find(["bash", "curl", "jq"], HookFactAttribute.Missing) is { } missing
            ? $"{missing} is not installed (Debian: apt-get install {missing})."
        : null,
        test);
}
