using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using Microsoft.Data.Sqlite;
using Mono.Unix;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>Whose files the local sign-in trusts.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class OwnFilesTests : IDisposable
{
    private const uint Nobody = 65534;

    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [UnixTheory]
    [InlineData("")]
    [InlineData("signing.key")]
    [InlineData("admin.token")]
    [InlineData("reader.token")]
    [InlineData("tokens")]
    [InlineData("rules.db")]
    public void The_portal_does_not_start_where_others_can_write(string file)
    {
        Restart();
        var path = PathOf(file);
        var mode = File.GetUnixFileMode(path);
        foreach (var other in new[] { UnixFileMode.GroupWrite, UnixFileMode.OtherWrite })
        {
            File.SetUnixFileMode(path, mode | other);
            AssertDoesNotStart($"{path} can be written by others. ", $"chmod go-w '{path}'");
        }

        File.SetUnixFileMode(path, mode);
        Restart();
    }

    [UnixTheory]
    [InlineData("signing.key")]
    [InlineData("admin.token")]
    [InlineData("reader.token")]
    public void The_portal_does_not_start_where_others_can_read_a_secret(string file)
    {
        Restart();
        File.SetUnixFileMode(PathOf(file), File.GetUnixFileMode(PathOf(file)) | UnixFileMode.OtherRead);
        AssertDoesNotStart($"{PathOf(file)} can be read by others, and somebody may have copied it. Delete it");
    }

    [UnixTheory(needsRoot: true)]
    [InlineData("")]
    [InlineData("signing.key")]
    [InlineData("reader.token")]
    [InlineData("tokens")]
    [InlineData("rules.db")]
    [InlineData("rules.db-wal")]
    public void The_portal_does_not_start_with_what_belongs_to_somebody_else(string file)
    {
        Restart();
        using var open = HeldOpen();
        if (!Path.Exists(PathOf(file)))
        {
            File.WriteAllText(PathOf(file), "");
        }

        UnixFileSystemInfo.GetFileSystemEntry(PathOf(file)).SetOwner(Nobody, Nobody);
        AssertDoesNotStart($"{PathOf(file)} belongs to the user 65534");
    }

    [UnixFact]
    public void The_portal_does_not_start_where_others_can_put_another_folder_in_the_place_of_its_own()
    {
        using var around = new TemporaryFolder();
        var store = Path.Combine(Directory.CreateDirectory(around["shared/own"]).FullName, "rules.db");
        File.SetUnixFileMode(around["shared"], (UnixFileMode)0b111_111_111);
        using var other = new Portal((RuleStoreLocation.Variable, $"sqlite:{store}"));
        Assert.StartsWith(
            $"{around["shared"]} belongs to somebody else or can be written by others",
            Assert.Throws<InvalidOperationException>(() => other.Server).Message,
            StringComparison.Ordinal);
        File.SetUnixFileMode(around["shared"], (UnixFileMode)0b1_111_111_111); // sticky, as /tmp is
        using var sticky = new Portal((RuleStoreLocation.Variable, $"sqlite:{store}"));
        _ = sticky.Server;
    }

    [UnixTheory(needsRoot: true)]
    [InlineData("rules.db-wal")]
    [InlineData("rules.db-journal")]
    public void The_portal_looks_at_the_files_beside_the_one_that_a_link_leads_to(string file)
    {
        using var link = new TemporaryFolder();
        Restart();
        using var open = HeldOpen();
        File.CreateSymbolicLink(link["link.db"], portal.StorePath);
        File.WriteAllText(PathOf(file), "");
        UnixFileSystemInfo.GetFileSystemEntry(PathOf(file)).SetOwner(Nobody, Nobody);
        using var other = new Portal((RuleStoreLocation.Variable, $"sqlite:{link["link.db"]}"));
        Assert.StartsWith(
            $"{PathOf(file)} belongs to the user 65534",
            Assert.Throws<InvalidOperationException>(() => other.Server).Message,
            StringComparison.Ordinal);
    }

    [UnixFact]
    public void A_key_that_was_planted_in_a_shared_folder_gets_nobody_in()
    {
        File.SetUnixFileMode(PathOf(""), (UnixFileMode)0b111_111_111);
        File.WriteAllText(PathOf("signing.key"), Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray()));
        AssertDoesNotStart("can be written by others");
        Assert.False(File.Exists(portal.StorePath));
    }

    private string PathOf(string file) => Path.Combine(Path.GetDirectoryName(portal.StorePath)!, file).TrimEnd('/');

    private void AssertDoesNotStart(params string[] says)
    {
        var problem = Assert.Throws<InvalidOperationException>(Restart).Message;
        Assert.All(says, text => Assert.Contains(text, problem, StringComparison.Ordinal));
    }

    /// <summary>SQLite removes the files beside the store when the last connection is closed, as other tests do for all of them.</summary>
    private SqliteConnection HeldOpen()
    {
        var connection = new SqliteConnection($"Data Source={portal.StorePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT number FROM head";
        command.ExecuteScalar();
        return connection;
    }

    private void Restart()
    {
        using var again = portal.WithWebHostBuilder(_ => { });
        _ = again.Server;
    }
}

/// <summary>A test about modes of files, which Windows doesn't have.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute([CallerMemberName] string test = "") =>
        this.Skip(OperatingSystem.IsWindows() ? "Windows has no modes as Unix has them." : null, test);
}

/// <summary>A test about owners and modes of files, which Windows doesn't have.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnixTheoryAttribute : TheoryAttribute
{
    public UnixTheoryAttribute(bool needsRoot = false, [CallerMemberName] string test = "") => this.Skip(
        OperatingSystem.IsWindows() ? "Windows has no owners and modes as Unix has them."
        : needsRoot && UnixEnvironment.EffectiveUserId != 0 ? "Only root can give a file to somebody else."
        : null,
        test);
}
