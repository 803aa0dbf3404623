using System.IO.Compression;
using System.Text.RegularExpressions;
using ClientVpnAdmin.Deploy.OpenVpn;

namespace ClientVpnAdmin.Deploy;

/// <summary>
/// deploy.sh as it is run. The .NET SDK is a script here, which writes the files that matter, and so is the AWS CLI: it keeps what is
/// uploaded and deployed, and says what the real one says.
/// </summary>
public sealed partial class DeployTests : IDisposable
{
    private const string Account = "123456789012";
    private const string Bucket = $"client-vpn-admin-{Account}-eu-west-1";

    private const string Dotnet = """
        #!/bin/sh
        echo "$*" >>"$(dirname "$0")/built"
        [ "$1" = publish ] || exit 0
        while [ "$1" != -o ]; do shift; done
        mkdir -p "$2/page"
        echo GLIBC_2.34 >"$2/bootstrap"
        echo program >"$2/ClientVpnAdmin.AdminApi"
        chmod +x "$2/ClientVpnAdmin.AdminApi"
        echo page >"$2/page/index.html"
        """;

    private const string Aws = """
        #!/bin/bash
        here=$(dirname "$0")
        cd "$here" || exit 1
        echo "$*" >>calls
        all="$*"
        value() { sed -n "s/.* $1 \([^ ]*\).*/\1/p" <<<"$all"; }
        case "$1 $2" in
          "sts get-caller-identity") case $all in *Arn*) echo arn:aws:iam::123456789012:user/alice ;; *) echo 123456789012 ;; esac ;;
          "s3api get-public-access-block" | "s3api get-bucket-policy") cat "$2" ;;
          "s3api get-bucket-versioning") echo Enabled ;;
          "s3api head-object") cat "object-$(value --key)" 2>/dev/null || exit 254 ;;
          "s3api put-object")
            printf '%s\tversion%s\n' "$(value --checksum-sha256)" "$RANDOM" >"object-$(value --key)"
            cut -f2 "object-$(value --key)"
            ;;
          "cloudformation deploy")
            echo "${all#*--parameter-overrides }" >asked
            echo
            echo "Waiting for changeset to be created.."
            if [ -f odd ]; then
              echo "Something new."
            elif cmp -s asked deployed; then
              printf '\nNo changes to deploy. Stack client-vpn-admin-main is up to date\n'
            else
              printf 'Changeset created successfully. Run the following command to review changes:\n%s %s\n' \
                "aws cloudformation describe-change-set --change-set-name" \
                arn:aws:cloudformation:eu-west-1:123456789012:changeSet/awscli-cloudformation-package-deploy-1/2
            fi
            ;;
          "cloudformation describe-change-set") cat change-set ;;
          "cloudformation execute-change-set") mv asked deployed ;;
          "cloudformation wait") [ ! -e broken ] || { echo "Waiter StackUpdateComplete failed" >&2; exit 255; } ;;
          "cloudformation describe-stack-events") printf 'Handler\tThe bucket is gone\n' ;;
          "cloudformation describe-stacks")
            case $all in
              *Outputs*) printf 'PortalUrl\thttps://a1b2.example\n' ;;
              *) if [ -e deployed ]; then cat stack; else echo '{ "Stacks": [{ "StackStatus": "REVIEW_IN_PROGRESS" }] }'; fi ;;
            esac
            ;;
        esac
        """;

    // All of the system's certificates would be looked through at each deployment, which takes two seconds.
    private static readonly Lazy<Task<string>> Roots = new(async () =>
    {
        var file = Path.Combine(AppContext.BaseDirectory, "amazon-roots.pem");
        using var made = new RunningProgram("bash", [Some.ProjectPath("deploy", "amazon-roots.sh"), file], AppContext.BaseDirectory);
        Assert.True(await made.ExitAsync() == 0, made.Error);
        return file;
    });

    private readonly TemporaryFolder folder = new();

    public DeployTests()
    {
        Directory.CreateDirectory(folder["deploy"]);
        foreach (var file in Directory.GetFiles(Some.ProjectPath("deploy")))
        {
            File.Copy(file, folder[$"deploy/{Path.GetFileName(file)}"]);
        }

        Directory.CreateDirectory(folder["bin"]);
        folder.WriteProgram("bin/dotnet", Dotnet);
        folder.WriteProgram("bin/aws", Aws);
        folder.WriteProgram("bin/npm", "#!/bin/sh");
        folder.Write("bin/get-public-access-block", """
            { "PublicAccessBlockConfiguration":
              { "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": true } }
            """);
        folder.Write("bin/get-bucket-policy", $$"""
            { "Statement": [{ "Effect": "Deny", "Principal": "*", "Action": "s3:*",
              "Resource": ["arn:aws:s3:::{{Bucket}}", "arn:aws:s3:::{{Bucket}}/*"],
              "Condition": { "Bool": { "aws:SecureTransport": "false" } } }] }
            """);
        folder.Write("bin/stack", """
            { "Stacks": [{ "StackStatus": "UPDATE_COMPLETE", "Parameters": [
              { "ParameterKey": "Name", "ParameterValue": "main" }, { "ParameterKey": "RulesMaxStale", "ParameterValue": "3600" }] }] }
            """);
        folder.Write("bin/change-set", """
            { "Parameters": [
                { "ParameterKey": "Name", "ParameterValue": "main" }, { "ParameterKey": "RulesMaxStale", "ParameterValue": "0" }],
              "Changes": [
                { "ResourceChange": { "Action": "Modify", "LogicalResourceId": "Handler", "ResourceType": "AWS::Lambda::Function",
                  "Replacement": "False", "Details": [{ "Target": { "Attribute": "Properties", "Name": "Environment" } }] } },
                { "ResourceChange": { "Action": "Modify", "LogicalResourceId": "Table", "ResourceType": "AWS::DynamoDB::Table",
                  "Replacement": "True", "Details": [{ "Target": { "Attribute": "Properties", "Name": "KeySchema" } }] } },
                { "ResourceChange": { "Action": "Remove", "LogicalResourceId": "Review", "ResourceType": "AWS::Scheduler::Schedule" } },
                { "ResourceChange": {
                  "Action": "Add", "LogicalResourceId": "HandlerVersion1a2b", "ResourceType": "AWS::Lambda::Version" } }] }
            """);
    }

    public void Dispose() => folder.Dispose();

    [DeployFact]
    public async Task What_would_change_is_shown_and_deployed_and_the_same_once_more_changes_nothing()
    {
        var (exitCode, output) = await DeployAsync("--yes RulesMaxStale=3600");
        Assert.True(exitCode == 0, output);
        Assert.Contains("cloudformation wait stack-create-complete", Calls, StringComparison.Ordinal);
        Assert.Equal(2, Count("s3api put-object"));

        (exitCode, output) = await DeployAsync("--yes RulesMaxStale=0");
        Assert.Equal(0, exitCode);
        Assert.Contains("""
            This would change in client-vpn-admin-main:
              parameter  RulesMaxStale: 3600 -> 0
              modify     Handler                      AWS::Lambda::Function (Environment)
              REPLACE    Table                        AWS::DynamoDB::Table (KeySchema)
              REMOVE     Review                       AWS::Scheduler::Schedule
              add        HandlerVersion1a2b           AWS::Lambda::Version
            """.ReplaceLineEndings("\n"), output, StringComparison.Ordinal);
        Assert.EndsWith("PortalUrl\thttps://a1b2.example\n", output, StringComparison.Ordinal);
        Assert.Contains("cloudformation wait stack-update-complete", Calls, StringComparison.Ordinal);
        Assert.Equal(2, Count("cloudformation execute-change-set"));

        (exitCode, output) = await DeployAsync("--yes RulesMaxStale=0", umask: "022");
        Assert.Equal(0, exitCode);
        Assert.Contains("client-vpn-admin-main is as it should be: there is nothing to change.", output, StringComparison.Ordinal);
        Assert.Equal((2, 2), (Count("s3api put-object"), Count("cloudformation execute-change-set")));
    }

    [DeployFact]
    public async Task Another_file_under_a_packages_name_is_not_deployed()
    {
        await DeployAsync("--yes");
        foreach (var file in Directory.GetFiles(folder["bin"], "object-handler-*"))
        {
            await File.WriteAllTextAsync(file, "c29tZWJvZHkgZWxzZSdzIGNvZGU=\tversion0\n");
        }

        await DeployAsync("--yes");
        Assert.Equal(3, Count("s3api put-object"));
        Assert.DoesNotContain("HandlerVersion=version0", Calls, StringComparison.Ordinal);
    }

    [DeployFact]
    public async Task Nothing_is_built_where_nobody_can_be_asked()
    {
        var (exitCode, output) = await DeployAsync("");
        Assert.Equal(2, exitCode);
        Assert.Contains("give --yes", output, StringComparison.Ordinal);
        Assert.Equal("", Calls);
        Assert.False(Directory.Exists(folder["deploy/packages"]));
    }

    [DeployFact]
    public async Task Whoever_says_no_changes_nothing()
    {
        var (_, output) = await DeployAsync("", answer: "n");
        Assert.Contains("Deploy this? [y/N]", output, StringComparison.Ordinal);
        Assert.Contains("Nothing was deployed.", output, StringComparison.Ordinal);
        Assert.Contains("cloudformation delete-change-set", Calls, StringComparison.Ordinal);
        Assert.Contains("cloudformation delete-stack", Calls, StringComparison.Ordinal); // it is only a name
        Assert.Equal(0, Count("cloudformation execute-change-set"));

        await DeployAsync("", answer: "y");
        Assert.Equal(1, Count("cloudformation execute-change-set"));

        await DeployAsync("RulesMaxStale=0", answer: "n");
        Assert.Equal(2, Count("cloudformation delete-change-set"));
        Assert.Equal(1, Count("cloudformation delete-stack")); // it is in use by now
    }

    [DeployFact]
    public async Task A_deployment_that_fails_says_why()
    {
        folder.Write("bin/broken", "");
        var (exitCode, output) = await DeployAsync("--yes");
        Assert.Equal(1, exitCode);
        Assert.Contains("Handler\tThe bucket is gone", output, StringComparison.Ordinal);

        folder.Write("bin/odd", "");
        (exitCode, output) = await DeployAsync("--yes");
        Assert.Equal(1, exitCode);
        Assert.Contains("named no change set, so nothing was deployed. It said:", output, StringComparison.Ordinal);
        Assert.Contains("Something new.", output, StringComparison.Ordinal);
    }

    [DeployFact]
    public async Task The_packages_are_the_same_under_any_umask_and_Lambdas_user_can_read_and_run_them()
    {
        await DeployAsync("--package-only", umask: "022");
        var before = Packages();
        await DeployAsync("--package-only", umask: "077");
        Assert.Equal(before.Keys, Packages().Keys);
        Assert.Equal(before["handler"], Packages()["handler"]);
        Assert.Equal(before["portal"], Packages()["portal"]);
        Assert.Equal(
            ["100644 ClientVpnAdmin.AdminApi", "100644 amazon-roots.pem", "100755 bootstrap", "100644 page/index.html"],
            Entries("handler").Order(ByName));
        Assert.Equal(
            ["100755 ClientVpnAdmin.AdminApi", "100755 bootstrap", "100644 page/index.html"], Entries("portal").Order(ByName));

        Dictionary<string, byte[]> Packages() => new[] { "handler", "portal" }.ToDictionary(p => p, p => File.ReadAllBytes(PathOf(p)));

        string PathOf(string package) => Assert.Single(Directory.GetFiles(folder["deploy/packages"], $"{package}-*.zip"));

        List<string> Entries(string package)
        {
            using var zip = ZipFile.OpenRead(PathOf(package));
            return [.. zip.Entries.Select(e => $"{Convert.ToString(e.ExternalAttributes >> 16 & 0xFFFF, 8)} {e.FullName}")];
        }
    }

    [DeployFact]
    public async Task The_functions_get_this_machines_processor_unless_another_is_asked_for()
    {
        folder.WriteProgram("bin/clang", "#!/bin/sh\necho \"$*\" >>\"$(dirname \"$0\")/linked\"");
        foreach (var (machine, option, architecture, rid, cross) in new[]
            {
                ("aarch64", "", "arm64", "linux-arm64", null),
                ("x86_64", "", "x86_64", "linux-x64", null),
                ("x86_64", "--architecture arm64", "arm64", "linux-arm64", "aarch64-linux-gnu"),
                ("aarch64", "--architecture x86_64", "x86_64", "linux-x64", "x86_64-linux-gnu"),
                ("aarch64", "--architecture arm64", "arm64", "linux-arm64", (string?)null),
            })
        {
            RunsOn(machine);
            var (exitCode, output) = await DeployAsync($"--yes {option}");
            Assert.True(exitCode == 0, output);
            var deployed = await File.ReadAllTextAsync(folder["bin/deployed"]);
            Assert.Contains($" Architecture={architecture}\n", deployed, StringComparison.Ordinal);
            var built = Array.FindAll(
                await File.ReadAllLinesAsync(folder["bin/built"]), l => l.StartsWith("publish ", StringComparison.Ordinal));
            Assert.Equal(2, built.Length);
            Assert.All(built, line => Assert.Contains($" -r {rid} ", line, StringComparison.Ordinal));
            Assert.Equal(cross is not null, File.Exists(folder["bin/linked"]));
            if (cross is not null)
            {
                Assert.Contains($"--target={cross} ", await File.ReadAllTextAsync(folder["bin/linked"]), StringComparison.Ordinal);
                Assert.Contains($" -p:ObjCopyName={cross}-objcopy ", built[0], StringComparison.Ordinal);
            }

            File.Delete(folder["bin/built"]);
            File.Delete(folder["bin/linked"]);
        }
    }

    [DeployFact]
    public async Task What_another_processor_needs_is_named_before_anything_is_built()
    {
        RunsOn("x86_64");
        folder.WriteProgram("bin/clang", "#!/bin/sh\nexit 1");
        var (exitCode, output) = await DeployAsync("--package-only --architecture arm64");
        Assert.Equal(2, exitCode);
        Assert.Contains("(Debian: clang gcc-aarch64-linux-gnu libc6-dev-arm64-cross)", output, StringComparison.Ordinal);

        // The template's parameter alone would give a processor that the packages are not built for.
        foreach (var (args, remedy) in new[]
        {
            ("Architecture=arm64", "give --architecture arm64"), ("--architecture riscv64", "give --architecture arm64"),
            ("--architecture aarch64", "give --architecture arm64"), ("Name=prod", "--name and --bucket"),
            ("CodeBucket=b", "--name and --bucket"), ("HandlerKey=k", "this script uploads"), ("PortalVersion=v", "this script uploads"),
        })
        {
            (exitCode, output) = await DeployAsync($"--package-only {args}");
            Assert.Equal(2, exitCode);
            Assert.Contains(remedy, output, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(folder["bin/built"]));
        Assert.False(Directory.Exists(folder["deploy/packages"]));
    }

    [CrossFact]
    public async Task Clang_links_for_the_other_processor_with_the_packages_that_are_named()
    {
        RunsOn("x86_64");
        var (exitCode, output) = await DeployAsync("--package-only --architecture arm64");
        Assert.True(exitCode == 0, output);
    }

    [DeployFact]
    public async Task A_handler_that_Lambdas_system_is_too_old_for_is_not_packed()
    {
        folder.WriteProgram("bin/dotnet", Dotnet.Replace("GLIBC_2.34", "GLIBC_2.35", StringComparison.Ordinal));
        var (exitCode, output) = await DeployAsync("--package-only");
        Assert.Equal(1, exitCode);
        Assert.Contains("asks for glibc 2.35; Amazon Linux 2023 has 2.34", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder["deploy/packages"], "*.zip"));
    }

    [DeployFact]
    public async Task The_deployers_policy_allows_every_call()
    {
        foreach (var script in new[] { "deploy.sh", "check-bucket.sh" })
        {
            var text = await File.ReadAllTextAsync(Some.ProjectPath("deploy", script));
            Assert.All(
                Call().Matches(text).Select(c => $"{c.Groups["service"].Value} {c.Groups["call"].Value}"),
                call => Assert.Contains(call, DeployerPolicyTests.Calls.Keys));
        }

        await DeployAsync("--yes");
        Assert.All(
            Calls.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            call => Assert.Contains(string.Join(' ', call.Split(' ').Take(2)), DeployerPolicyTests.Calls.Keys));
    }

    private static readonly Comparer<string> ByName = Comparer<string>.Create((a, b) => string.CompareOrdinal(a[7..], b[7..]));

    private string Calls => File.Exists(folder["bin/calls"]) ? File.ReadAllText(folder["bin/calls"]) : "";

    private int Count(string call) => Calls.Split('\n').Count(c => c.StartsWith(call, StringComparison.Ordinal));

    /// <param name="machine">The name that <c>uname -m</c> has for a processor.</param>
    private void RunsOn(string machine) =>
        folder.WriteProgram("bin/uname", $"#!/bin/sh\n[ \"$1\" = -s ] && echo Linux || echo {machine}");

    /// <param name="answer">What a person says who is asked; null where there is nobody, and no terminal.</param>
    private async Task<(int ExitCode, string Output)> DeployAsync(string args, string umask = "077", string? answer = null)
    {
        var command = $"umask {umask}; deploy/deploy.sh {args} 2>&1";
        using var deploy = new RunningProgram(
            answer is null ? "bash" : "script",
            ["-c", command, .. answer is null ? Array.Empty<string>() : ["-q", "/dev/null"]],
            folder[""],
            ("PATH", $"{folder["bin"]}:{Environment.GetEnvironmentVariable("PATH")}"),
            ("SYSTEM_ROOTS", await Roots.Value),
            ("AWS_REGION", "eu-west-1"));
        if (answer is null)
        {
            deploy.Input.Close();
        }
        else
        {
            await deploy.Input.WriteLineAsync(answer);
            await deploy.Input.FlushAsync();
        }

        return (await deploy.ExitAsync(), deploy.Output.ReplaceLineEndings("\n").TrimEnd('\n') + "\n");
    }

    [GeneratedRegex(@"\baws (?<service>[a-z0-9]+) (?<call>[a-z-]+)")]
    private static partial Regex Call();
}

/// <summary>A test of deploy.sh.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DeployFactAttribute : FactAttribute
{
    public DeployFactAttribute([System.Runtime.CompilerServices.CallerMemberName] string test = "") => this.Skip(
        !OperatingSystem.IsLinux() ? "deploy.sh runs on Linux only."
        : Array.Find(["bash", "jq", "script", "zip"], HookFactAttribute.Missing) is { } missing ? $"{missing} is not installed."
        : AmazonRootsTests.Missing is { } noTrustStore ? noTrustStore
        : null,
        test);
}

/// <summary>A test of a build for arm64 on a machine that is x86_64, with the real clang.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CrossFactAttribute : FactAttribute
{
    public CrossFactAttribute([System.Runtime.CompilerServices.CallerMemberName] string test = "") => this.Skip(
        new DeployFactAttribute().Skip
            ?? (HookFactAttribute.Missing("clang") ? "clang is not installed."
            : !File.Exists("/usr/aarch64-linux-gnu/lib/libc.so") || HookFactAttribute.Missing("aarch64-linux-gnu-ld")
                ? "gcc-aarch64-linux-gnu and libc6-dev-arm64-cross are not installed."
            : null),
        test);
}
