using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace ClientVpnAdmin;

/// <summary>What the folders of <c>src</c> promise whoever looks for something in them.</summary>
public partial class RoomsTests
{
    private static readonly string[] Projects = ["Shared", "AdminApi", "Handler"];

    [Fact]
    public void No_two_folders_need_each_other_not_even_by_way_of_others()
    {
        var needs = Files().GroupBy(f => f.Namespace).ToDictionary(f => f.Key, f => f.SelectMany(file => file.Needs).ToHashSet());
        Assert.InRange(needs.Count, 25, 60);
        Assert.InRange(needs.Values.Sum(n => n.Count), 100, 1_000); // or nothing was looked at
        foreach (var folder in needs.Keys)
        {
            Assert.False(IsReachable(folder, folder, []), $"{folder} needs what needs it.");
        }

        bool IsReachable(string from, string to, HashSet<string> seen) =>
            needs.GetValueOrDefault(from, []).Any(next => next == to || (seen.Add(next) && IsReachable(next, to, seen)));
    }

    [Fact]
    public void No_using_directive_hides_what_a_file_needs() => Assert.DoesNotContain(
        Files(), file => HiddenUsing().IsMatch(File.ReadAllText(Some.ProjectPath("src", file.Path))));

    [Fact]
    public void Each_file_is_in_its_folders_namespace()
    {
        foreach (var (path, space, _) in Files().Where(f => f.Namespace.Length > 0))
        {
            var folders = path.Split('/')[..^1];
            Assert.Equal(string.Join('.', ["ClientVpnAdmin", .. folders[0] == "Shared" ? folders[1..] : folders]), space);
        }
    }

    [Fact]
    public void The_shared_part_knows_neither_program_and_the_programs_not_each_other() => Assert.All(
        Files(),
        file => Assert.DoesNotContain(
            file.Needs,
            n => (n.StartsWith("ClientVpnAdmin.AdminApi", StringComparison.Ordinal)
                    && !file.Path.StartsWith("AdminApi/", StringComparison.Ordinal))
                || (n.StartsWith("ClientVpnAdmin.Handler", StringComparison.Ordinal)
                    && !file.Path.StartsWith("Handler/", StringComparison.Ordinal))));

    private static IEnumerable<(string Path, string Namespace, string[] Needs)> Files([CallerFilePath] string here = "")
    {
        var source = Path.Combine(Path.GetDirectoryName(here)!, "../../src");
        return from project in Projects
               from file in Directory.EnumerateFiles(Path.Combine(source, project), "*.cs", SearchOption.AllDirectories)
               let path = Path.GetRelativePath(source, file).Replace('\\', '/')
               where !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
               let text = File.ReadAllText(file)
               let space = Namespace().Match(text).Groups[1].Value
               let needs = Usings().Matches(text).Select(u => u.Groups[1].Value).Concat(Around(space))
               select (path, space, needs.ToArray());
    }

    /// <summary>What needs no using directive: the folders around one, up to the project's own.</summary>
    private static IEnumerable<string> Around(string space)
    {
        while (space.Count(c => c == '.') > 1)
        {
            space = space[..space.LastIndexOf('.')];
            if (space is not ("ClientVpnAdmin.AdminApi" or "ClientVpnAdmin.Handler"))
            {
                yield return space;
            }
        }
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^(global using|using static|using \w+ =) *ClientVpnAdmin", RegexOptions.Multiline)]
    private static partial Regex HiddenUsing();

    [GeneratedRegex(@"^using (ClientVpnAdmin[\w.]*);", RegexOptions.Multiline)]
    private static partial Regex Usings();
}
