using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ClientVpnAdmin.Stores.Sqlite;

/// <summary>
/// A small disk that is full or read-only, seen by one program only: it is mounted in a namespace that ends with the program. The test
/// prepares its files in <see cref="Source"/>.
/// </summary>
internal sealed class RestrictedDisk : IDisposable
{
    public const string Full = "full";
    public const string ReadOnly = "read-only";

    /// <summary>A symbolic link to the store, outside the disk.</summary>
    public const string Link = "link.db";

    private const string Mount = """
        set -e
        mount -t tmpfs -o size=2m,mode=700 tmpfs disk
        cp -r source/* disk/
        if [ "$1" = full ]; then cat /dev/zero >disk/fill 2>/dev/null || :; else mount -o remount,ro disk; fi
        shift
        exec "$@"
        """;

    private readonly TemporaryFolder folder = new();

    public RestrictedDisk()
    {
        Directory.CreateDirectory(Source);
        Directory.CreateDirectory(folder["disk"]);
        File.CreateSymbolicLink(folder[Link], folder["disk/rules.db"]);
    }

    public string Source => folder["source"];

    public string StorePath => Path.Combine(Source, "rules.db");

    public RunningProgram Start(string state, params string[] program) => Start(state, "disk/rules.db", program);

    public RunningProgram Start(string state, string store, string[] program) => new(
        "unshare",
        ["--mount", "sh", "-c", Mount, "sh", state, .. program],
        folder[""],
        ("RULE_STORE", $"sqlite:{folder[store]}"),
        ("DOTNET_ROOT", RunningProgram.DotnetRoot));

    /// <summary>Makes room on a program's full disk, or lets it write to its read-only one.</summary>
    public async Task RelieveAsync(RunningProgram program, string state)
    {
        string[] command = state == Full ? ["rm", folder["disk/fill"]] : ["mount", "-o", "remount,rw", folder["disk"]];
        using var relief = new RunningProgram("nsenter", ["--mount", "--target", $"{program.Id}", .. command], folder[""]);
        Assert.True(await relief.ExitAsync() == 0, relief.Error);
    }

    public void Dispose() => folder.Dispose();
}

/// <summary>A test with a disk that is full or read-only.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RestrictedDiskFactAttribute : FactAttribute
{
    public RestrictedDiskFactAttribute([CallerMemberName] string test = "") => this.Skip(Requirement.Value, test);

    internal static Lazy<string?> Requirement { get; } = new(() =>
        !OperatingSystem.IsLinux() ? "Mounts a disk as Linux does."
        : !Environment.IsPrivilegedProcess ? "Mounting a disk needs root: run the tests as root."
        : NoMounts());

    private static string? NoMounts()
    {
        string[] mount = ["--mount", "mount", "-t", "tmpfs", "tmpfs", Path.GetTempPath()];
        using var process = Process.Start(new ProcessStartInfo("unshare", mount) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"Root may not mount a disk here: {error.Trim()}";
    }
}

/// <inheritdoc cref="RestrictedDiskFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RestrictedDiskTheoryAttribute : TheoryAttribute
{
    public RestrictedDiskTheoryAttribute([CallerMemberName] string test = "") =>
        this.Skip(RestrictedDiskFactAttribute.Requirement.Value, test);
}
