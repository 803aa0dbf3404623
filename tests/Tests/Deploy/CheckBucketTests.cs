using ClientVpnAdmin.Documents;

namespace ClientVpnAdmin.Deploy;

/// <summary>Which bucket the packages may go into. The AWS CLI is a script here, which answers as the real one does.</summary>
public sealed class CheckBucketTests : IDisposable
{
    private const string Private = """
        { "PublicAccessBlockConfiguration":
          { "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": true } }
        """;

    private const string TlsOnly = """
        { "Statement": [{
          "Sid": "x", "Effect": "Deny", "Principal": { "AWS": "*" }, "Action": "s3:*",
          "Resource": ["arn:aws:s3:::packages/*", "arn:aws:s3:::packages"], "Condition": { "Bool": { "aws:SecureTransport": "false" } } }] }
        """;

    private static readonly string HalfPrivate = Private.Replace(
        "\"BlockPublicPolicy\": true", "\"BlockPublicPolicy\": false", StringComparison.Ordinal);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [ShellFact]
    public async Task A_bucket_that_is_ones_own_private_versioned_and_for_TLS_only_is_taken() =>
        Assert.Equal((0, ""), await CheckAsync());

    [ShellFact]
    public async Task A_policy_that_lets_people_of_the_same_account_in_is_taken() =>
        Assert.Equal((0, ""), await CheckAsync(("get-bucket-policy", With("""{ "AWS": ["arn:aws:iam::123456789012:role/ci"] }"""))));

    [ShellFact]
    public async Task Any_other_is_refused_with_the_remedy()
    {
        foreach (var (call, answer, problem, remedy) in new[]
        {
            ("head-bucket", "!An error occurred (403)", "it belongs to another account", "--bucket"),
            ("get-public-access-block", "!An error occurred (NoSuchPublicAccessBlockConfiguration)", "can be made public", "put-public"),
            ("get-public-access-block", HalfPrivate, "can be made public", "put-public-access-block"),
            ("get-bucket-versioning", "None", "has no versions", "put-bucket-versioning"),
            ("get-bucket-versioning", "Suspended", "has no versions", "put-bucket-versioning"),
            ("get-bucket-policy", "!An error occurred (NoSuchBucketPolicy)", "takes requests without TLS", "aws:SecureTransport"),
            ("get-bucket-policy", TlsOnly.Replace("Deny", "Allow", StringComparison.Ordinal), "takes requests without TLS", "aws:Secure"),
            ("get-bucket-policy", """{ "Statement": [] }""", "takes requests without TLS", "aws:SecureTransport"),
            ("get-bucket-policy", TlsOnly.Replace("packages/*", "none", StringComparison.Ordinal), "takes requests without TLS", "aws:"),
            ("get-bucket-policy", With("""{ "AWS": "arn:aws:iam::999999999999:root" }"""), "lets others in", "another bucket"),
            ("get-bucket-policy", With("\"*\""), "lets others in", "another bucket"),
        })
        {
            var (exitCode, error) = await CheckAsync((call, answer));
            Assert.True(exitCode == 1, $"{call} {answer}: {error}");
            Assert.Contains(problem, error, StringComparison.Ordinal);
            Assert.Contains("Nothing was uploaded. ", error, StringComparison.Ordinal);
            Assert.Contains(remedy, error, StringComparison.Ordinal);
        }
    }

    [ShellFact]
    public async Task A_bucket_that_is_missing_is_made_so()
    {
        Assert.Equal((0, ""), await CheckAsync(("head-bucket", "!An error occurred (404) when calling HeadBucket: Not Found")));
        var calls = await File.ReadAllTextAsync(folder["calls"]);
        Assert.Contains("s3 mb s3://packages", calls, StringComparison.Ordinal);
        Assert.Contains("put-public-access-block", calls, StringComparison.Ordinal);
        Assert.Contains("put-bucket-versioning", calls, StringComparison.Ordinal);
        Assert.Contains("put-bucket-policy", calls, StringComparison.Ordinal);
        Assert.DoesNotContain(
            calls.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            c => c.StartsWith("s3api", StringComparison.Ordinal)
                && !c.Contains("--expected-bucket-owner 123456789012", StringComparison.Ordinal));
    }

    private static string With(string principal) => TlsOnly.Replace(
        "[{", $$"""[{ "Effect": "Allow", "Principal": {{principal}}, "Action": "s3:*", "Resource": "*" }, {""", StringComparison.Ordinal);

    /// <param name="others">What calls answer instead of what is right; with an exclamation mark before it, as an error.</param>
    private async Task<(int ExitCode, string Error)> CheckAsync(params (string Call, string Answer)[] others)
    {
        var answers = new Dictionary<string, string>
        {
            ["get-public-access-block"] = Private,
            ["get-bucket-versioning"] = "Enabled",
            ["get-bucket-policy"] = TlsOnly,
            ["get-caller-identity"] = "arn:aws:sts::123456789012:assumed-role/deployer/alice",
        };
        foreach (var (call, answer) in others)
        {
            answers[call] = answer;
        }

        foreach (var (call, answer) in answers)
        {
            folder.Write(call, answer.TrimStart('!'));
            folder.Write($"{call}.exit", answer.StartsWith('!') ? "254" : "0");
        }

        folder.WriteProgram("aws", """
            #!/bin/sh
            here=$(dirname "$0")
            echo "$*" >>"$here/calls"
            [ -e "$here/$2" ] || exit 0
            if [ "$(cat "$here/$2.exit")" = 0 ]; then cat "$here/$2"; else cat "$here/$2" >&2; exit "$(cat "$here/$2.exit")"; fi
            """);
        using var check = new RunningProgram(
            "bash",
            [Some.ProjectPath("deploy", "check-bucket.sh"), "packages", "123456789012"],
            folder[""],
            ("PATH", $"{folder[""]}:{Environment.GetEnvironmentVariable("PATH")}"));
        var exitCode = await check.ExitAsync();
        foreach (var call in others)
        {
            File.Delete(folder[call.Call]);
        }

        return (exitCode, check.Error.Trim());
    }
}
