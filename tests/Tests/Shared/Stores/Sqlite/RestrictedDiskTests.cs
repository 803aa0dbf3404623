using System.Net;
using System.Text;
using System.Text.Json;
using ClientVpnAdmin.AdminApi;
using ClientVpnAdmin.AdminApi.Access;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using Microsoft.Data.Sqlite;

namespace ClientVpnAdmin.Stores.Sqlite;

/// <summary>Both programs, as processes, over a SQLite file that nobody holds open, on a disk where nothing can be written.</summary>
public sealed class RestrictedDiskTests : IDisposable
{
    private readonly RestrictedDisk disk = new();

    public void Dispose() => disk.Dispose();

    [RestrictedDiskTheory]
    [InlineData(RestrictedDisk.Full)]
    [InlineData(RestrictedDisk.Full, "-wal")]
    [InlineData(RestrictedDisk.Full, "-wal", "-shm")]
    [InlineData(RestrictedDisk.ReadOnly)]
    [InlineData(RestrictedDisk.ReadOnly, "-wal", "-shm")]
    public async Task The_handler_decides_by_the_newest_rules(string state, params string[] besides)
    {
        foreach (var (isAllowed, exitCode, store) in new[] { (true, 0, "disk/rules.db"), (false, 1, RestrictedDisk.Link) })
        {
            await WriteAsync(isAllowed, besides);
            using var handler = disk.Start(state, store, [RunningProgram.HandlerPath, Some.EventFile("v1-office.json")]);
            Assert.True(await handler.ExitAsync() == exitCode, handler.Error);
            var line = JsonElement.Parse(handler.Error);
            Assert.Equal((isAllowed, 2), (line.GetProperty("allowed").GetBoolean(), line.GetProperty("revision").GetInt32()));
            Assert.Equal(isAllowed ? null : "address-not-allowed", line.GetProperty("reason").GetString());
        }
    }

    [RestrictedDiskFact]
    public async Task The_handler_denies_and_says_what_to_do_where_the_log_with_the_newest_rules_cannot_be_read()
    {
        await WriteAsync(isAllowed: true, "-wal");
        using var handler = Handler(RestrictedDisk.ReadOnly);
        Assert.Equal(1, await handler.ExitAsync());
        var line = JsonElement.Parse(handler.Error);
        Assert.Equal("rules-unavailable", line.GetProperty("reason").GetString());
        Assert.Contains("its last changes are in the log beside it", line.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains("Make room on its disk", line.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [RestrictedDiskTheory]
    [InlineData(RestrictedDisk.Full)]
    [InlineData(RestrictedDisk.Full, "-wal")]
    [InlineData(RestrictedDisk.ReadOnly)]
    [InlineData(RestrictedDisk.ReadOnly, "-wal", "-shm")]
    public async Task The_portal_starts_read_only_and_writes_once_it_can_again(string state, params string[] besides)
    {
        await MakeTokensAsync();
        await WriteAsync(isAllowed: true, besides);
        using var portal = Portal(state);
        using var client = await portal.EditorAsync(Path.Combine(disk.Source, "admin.token"));
        var warning = Assert.Single(portal.Output.Split('\n'), l => l.Contains("can be read, but not written", StringComparison.Ordinal));
        Assert.Contains("Make room on its disk", warning, StringComparison.Ordinal);
        foreach (var path in new[] { "/health/ready", "/api/ranges", "/api/decisions", "/api/revisions", "/api/revisions/2/changes" })
        {
            using var read = await client.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        }

        using (var refused = await AddAsync(client))
        {
            var detail = (await Answer.ReadAsync(refused)).ExpectProblem(HttpStatusCode.ServiceUnavailable);
            Assert.Contains("Make room on its disk", detail, StringComparison.Ordinal);
        }

        await disk.RelieveAsync(portal, state);
        HttpStatusCode status;
        var attempts = 0;
        do
        {
            using var added = await AddAsync(client);
            status = added.StatusCode;
        }
        while (status != HttpStatusCode.Created && ++attempts < 2);

        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Contains("192.0.2.1", await client.GetStringAsync(new Uri("/api/ranges", UriKind.Relative)), StringComparison.Ordinal);
    }

    [RestrictedDiskFact]
    public async Task A_token_that_cannot_be_renewed_is_used_while_it_is_good()
    {
        await MakeTokensAsync();
        await WriteAsync(isAllowed: true);
        var tokens = new LocalTokens(disk.Source);
        var path = Path.Combine(disk.Source, "admin.token");
        var now = DateTimeOffset.UtcNow;
        await File.WriteAllTextAsync(path, tokens.Make("admin", "editor", now, TimeSpan.FromDays(29)).Text);
        using (var portal = Portal(RestrictedDisk.Full))
        {
            using var client = await portal.EditorAsync(path);
            using var read = await client.GetAsync(new Uri("/api/ranges", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, read.StatusCode);
            Assert.Contains("soon to expire", portal.Output, StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(path, tokens.Make("admin", "editor", now.AddDays(-2), TimeSpan.FromDays(1)).Text);
        using var expired = Portal(RestrictedDisk.Full);
        await expired.AssertEndsInOneLineAsync("Make room on its disk");
    }

    [RestrictedDiskTheory]
    [InlineData(RestrictedDisk.Full, false)]
    [InlineData(RestrictedDisk.Full, true)]
    [InlineData(RestrictedDisk.ReadOnly, false)]
    [InlineData(RestrictedDisk.ReadOnly, true)]
    public async Task The_portal_does_not_start_where_it_can_make_neither_store_nor_tokens(string state, bool hasStore)
    {
        await File.WriteAllTextAsync(disk.StorePath, ""); // an empty file is no store yet
        if (hasStore)
        {
            await WriteAsync(isAllowed: true);
        }

        using var portal = Portal(state);
        await portal.AssertEndsInOneLineAsync("Make room on its disk");
    }

    private static Task<HttpResponseMessage> AddAsync(HttpClient client) => client.PostAsync(
        new Uri("/api/ranges", UriKind.Relative), new StringContent("""{ "cidr": "192.0.2.1" }""", Encoding.UTF8, "application/json"));

    private RunningProgram Handler(string state) => disk.Start(state, RunningProgram.HandlerPath, Some.EventFile("v1-office.json"));

    private RunningProgram Portal(string state) => disk.Start(state, "dotnet", RunningProgram.PortalPath, "--urls", "http://127.0.0.1:0");

    /// <summary>The portal makes them at its first start.</summary>
    private async Task MakeTokensAsync()
    {
        using var portal = RunningProgram.Portal(disk.StorePath);
        await portal.ListeningAsync();
    }

    /// <summary>Leaves a store with two revisions that differ. With files besides, the newest is in the log.</summary>
    private async Task WriteAsync(bool isAllowed, params string[] besides)
    {
        foreach (var file in Directory.EnumerateFiles(disk.Source, "rules.db*"))
        {
            File.Delete(file);
        }

        using var folder = new TemporaryFolder();
        var path = folder["rules.db"];
        var log = new RevisionLog(new SqliteRuleStore(await SqliteFile.CreateAsync(path, default)), TimeProvider.System);
        await log.CommitAsync("alice", _ => new Proposal(Rules(!isAllowed), "Old."), default);
        SqliteConnection.ClearAllPools(); // the last connection takes the log into the file
        using (var open = besides.Length > 0 ? Sql.Open(path) : null)
        {
            open?.Execute("SELECT number FROM head");
            await log.CommitAsync("alice", _ => new Proposal(Rules(isAllowed), "New."), default);
            SqliteConnection.ClearAllPools();
            Assert.Equal(besides.Length > 0, File.Exists($"{path}-wal"));
            foreach (var suffix in besides.Prepend(""))
            {
                File.Copy(path + suffix, disk.StorePath + suffix);
            }
        }
    }

    private static RuleSet Rules(bool isAllowed) => new([.. isAllowed ? new[] { Some.Range("203.0.113.0/24") } : []], [], new());
}
