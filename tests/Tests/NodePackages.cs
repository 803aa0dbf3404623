using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace ClientVpnAdmin;

/// <summary>
/// The programs that the tests have from <c>tests/package.json</c>: installed by <c>npm ci</c> at first use, and when it changes.
/// </summary>
internal static class NodePackages
{
    private static readonly Lazy<string?> Installed = new(Install);

    /// <summary>Why there are none; null if there are.</summary>
    public static string? Problem => Installed.Value;

    private static string Folder => Some.ProjectPath("tests");

    /// <summary>A package's file; it is there only if <c>npm ci</c> could have the package, and has run since it was added.</summary>
    public static string PathOf(string file) => Path.Combine(Folder, "node_modules", file);

    /// <summary>Starts a program of a package.</summary>
    /// <param name="file">Its file, such as <c>dynalite/cli.js</c>.</param>
    /// <param name="folder">Where it runs; with the packages unless given.</param>
    public static RunningProgram Start(
        string file, IEnumerable<string> args, string? folder = null, params (string Name, string Value)[] environment)
    {
        Assert.True(Problem is null, Problem);
        return new RunningProgram("node", [PathOf(file), .. args], folder ?? Folder, environment);
    }

    private static string? Install()
    {
        var wanted = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "package.json")))!["dependencies"]!.AsObject();
        if (wanted.All(package => Version(package.Key) == package.Value!.ToString()))
        {
            return null;
        }

        try
        {
            using var npm = new RunningProgram(
                OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci", "--no-audit", "--no-fund"], Folder);
            return npm.ExitAsync().GetAwaiter().GetResult() == 0 ? null : $"npm ci in {Folder} failed: {npm.Error}";
        }
        catch (Win32Exception)
        {
            return "This test needs Node.js 20 or later, which brings npm (https://nodejs.org).";
        }
    }

    private static string? Version(string package)
    {
        var path = Path.Combine(Folder, "node_modules", package, "package.json");
        return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path))!["version"]!.ToString() : null;
    }
}

/// <summary>A test that needs a package of Node.js, and is skipped where none can be installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute([CallerMemberName] string test = "") => this.Skip(NodePackages.Problem, test);
}
