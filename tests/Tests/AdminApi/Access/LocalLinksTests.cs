using System.Security.Cryptography;
using System.Text;

namespace ClientVpnAdmin.AdminApi.Access;

public sealed class LocalLinksTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private readonly TemporaryFolder folder = new();
    private readonly LocalLinks links;

    public LocalLinksTests() => links = new(folder[""]);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_code_is_32_random_bytes_of_which_only_the_digest_is_kept_in_a_private_file()
    {
        var code = links.Make("alice", Now);
        Assert.Matches("^[A-Za-z0-9_-]{43}$", code);
        Assert.NotEqual(code, links.Make("alice", Now));
        var file = Path.Combine(folder["links"], Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(code))));
        Assert.True(TemporaryFolder.IsPrivate(file));
        Assert.True(TemporaryFolder.IsPrivate(folder["links"]));
        Assert.DoesNotContain(code, File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public void A_code_is_good_once()
    {
        var code = links.Make("alice", Now);
        Assert.Equal("alice", links.Redeem(code, Now));
        Assert.Null(links.Redeem(code, Now));
        Assert.Empty(Directory.EnumerateFiles(folder["links"]));
    }

    [Fact]
    public async Task Of_many_who_redeem_a_code_at_once_one_gets_in()
    {
        for (var i = 0; i < 20; i++)
        {
            var code = links.Make("alice", Now);
            using var start = new Barrier(8);
            var names = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return new LocalLinks(folder[""]).Redeem(code, Now);
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)));
            Assert.Single(names, "alice");
        }
    }

    [Theory]
    [InlineData(59, true)]
    [InlineData(61, false)]
    [InlineData(-1, true)]
    public void A_code_is_good_for_a_minute(int seconds, bool isGood) =>
        Assert.Equal(isGood ? "alice" : null, links.Redeem(links.Make("alice", Now), Now.AddSeconds(seconds)));

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{ "Name": "", "Expires": "9999-12-31T00:00:00Z" }""")]
    [InlineData("not JSON")]
    public void A_file_that_cannot_be_read_lets_nobody_in_and_is_gone_afterwards(string text)
    {
        var code = links.Make("alice", Now);
        var file = Assert.Single(Directory.EnumerateFiles(folder["links"]));
        File.WriteAllText(file, text);
        Assert.Null(links.Redeem(code, Now));
        Assert.Empty(Directory.EnumerateFiles(folder["links"]));
    }

    [Fact]
    public void What_nobody_came_for_is_removed_with_the_next_one()
    {
        links.Make("alice", Now);
        folder.Write("links/other", "x");
        foreach (var file in Directory.EnumerateFiles(folder["links"]))
        {
            File.SetLastWriteTimeUtc(file, Now.UtcDateTime.AddMinutes(-2));
        }

        links.Make("bob", Now);
        Assert.Single(Directory.EnumerateFiles(folder["links"]));
    }

    [Fact]
    public void A_folder_that_others_can_write_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        links.Make("alice", Now);
        File.SetUnixFileMode(
            folder["links"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupWrite);
        Assert.Contains(
            "chmod go-w", Assert.Throws<InvalidOperationException>(() => new LocalLinks(folder[""])).Message, StringComparison.Ordinal);
    }
}
