using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using Microsoft.Data.Sqlite;

namespace ClientVpnAdmin.AdminApi;

/// <summary>
/// The portal, killed amid commits. What is stored afterwards must be read whole, and have all that was acknowledged.
/// Each store has a class of its own that runs this against the real thing.
/// </summary>
public abstract class KilledPortalTests
{
    private const int Editors = 3;
    private const int Filling = 1_000; // of each list, so that a commit has many nodes to write
    private const int Batch = 20;

    // What a call that was answered has made: there, or gone. What was not answered may be either.
    private readonly ConcurrentDictionary<string, bool> acknowledged = new();

    private int count;

    /// <summary>The store, as RULE_STORE names it.</summary>
    protected abstract string RuleStore { get; }

    /// <summary>Where the portal has its editor's token.</summary>
    protected abstract string TokenPath { get; }

    private protected abstract TemporaryFolder Folder { get; }

    [Fact]
    public async Task Killed_again_and_again_amid_commits_it_leaves_every_acknowledged_revision_and_no_half_one()
    {
        var kills = int.Parse(Environment.GetEnvironmentVariable("KILLS") ?? "10", CultureInfo.InvariantCulture);
        Assert.True(kills > 0, "KILLS is less than 1.");
        var random = new Random(1);
        var (lists, lastChecked, interrupted) = (await FillAsync(), 1L, 0);
        for (var kill = 1; kill <= kills; kill++)
        {
            using (var portal = new RunningProgram(
                "dotnet",
                [RunningProgram.PortalPath, "--urls", "http://127.0.0.1:0"],
                Folder[""],
                ("RULE_STORE", RuleStore),
                ("XDG_DATA_HOME", Folder[""])))
            {
                using var client = await portal.EditorAsync(TokenPath);
                var before = count;
                var editors = lists.Select(list => Task.Run(async () =>
                {
                    try
                    {
                        while (true)
                        {
                            await EditAsync(client, list);
                        }
                    }
                    catch (HttpRequestException)
                    {
                        Interlocked.Increment(ref interrupted);
                    }
                })).ToList();

                // From the first acknowledgement on, at any moment of the next few commits.
                while (count == before && !editors.Any(e => e.IsFaulted))
                {
                    await Task.Delay(1);
                }

                await Task.Delay(TimeSpan.FromMilliseconds(random.NextDouble() * 50));
                portal.Kill();
                await Task.WhenAll(editors);
            }

            lastChecked = await CheckAsync(lastChecked);
        }

        await CheckAsync(1);
        Assert.Equal(kills * Editors, interrupted);
        Assert.True(count >= kills, $"Only {count} commits were acknowledged.");
    }

    /// <summary>What else must hold of the store.</summary>
    protected virtual void CheckStore()
    {
    }

    /// <summary>A range, then some entries at once that lie far apart, and then those are taken away again.</summary>
    private async Task EditAsync(HttpClient client, AddressList list)
    {
        var number = Interlocked.Increment(ref count);
        var cidr = $"2001:db8:ffff::{number:x}/128";
        await SendAsync(cidr, true, () => client.PostAsync("/api/ranges", Json($$"""{ "cidr": "{{cidr}}" }""")));

        var entries = $"/api/address-lists/{list.Id}/entries";
        var blocks = Enumerable.Range(0, Batch).Select(i => $"2001:db8:{i * Filling / Batch:x}::{number:x}").ToList();
        var body = string.Join(',', blocks.Select(block => $$"""{ "cidr": "{{block}}", "note": "{{number}}" }"""));
        await SendAsync(KeyOf(list, $"{number}"), true, () => client.PostAsync(entries, Json($"[{body}]")));
        if (number % 2 == 0)
        {
            var query = string.Join('&', blocks.Select(block => $"cidr={block}/128"));
            await SendAsync(KeyOf(list, $"{number}"), false, () => client.DeleteAsync(new Uri($"{entries}?{query}", UriKind.Relative)));
        }

        async Task SendAsync(string what, bool isThere, Func<Task<HttpResponseMessage>> send)
        {
            acknowledged.TryRemove(what, out _);
            using var response = await send();
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
            acknowledged[what] = isThere;
            Interlocked.Increment(ref count);
        }

        static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
    }

    private static string KeyOf(AddressList list, string note) => $"{list.Name}, {note}";

    private async Task<List<AddressList>> FillAsync()
    {
        var filling = Enumerable.Range(0, Filling).Select(i => $"2001:db8:{i:x}::/48").ToArray();
        var lists = Enumerable.Range(0, Editors).Select(i => Some.List($"List {i}", filling)).ToList();
        var rules = RuleSet.Empty.With(lists).With(lists.Select(list => Some.RangeOf(list)));
        var store = await RuleStoreLocation.Parse(RuleStore).CreateAsync(default);
        await new RevisionLog(store.Rules, TimeProvider.System).CommitAsync("test", _ => new Proposal(rules, "Filled."), default);
        return lists;
    }

    /// <summary>
    /// Opens the store as a program would that starts now: it must be sound and have all that was acknowledged, and every revision since
    /// the last check must be whole and a single change away from the one before.
    /// </summary>
    private async Task<long> CheckAsync(long lastChecked)
    {
        SqliteConnection.ClearAllPools();
        var log = new RevisionLog(RuleStoreLocation.Parse(RuleStore).Existing().Rules, TimeProvider.System);
        var head = await log.ReadHeadAsync(default);
        var there = Read(head.Rules);
        Assert.All(acknowledged, known => Assert.Equal((known.Key, known.Value), (known.Key, there.Contains(known.Key))));
        Assert.Null((await log.VerifyAsync(default)).FirstBroken);
        var before = (await log.ReadAsync(lastChecked, default))!;
        for (var number = lastChecked + 1; number <= head.Revision; number++)
        {
            var next = await log.ReadAsync(number, default, before);
            Assert.NotNull(next);
            var (old, @new) = (Read(before.Rules), Read(next.Rules));
            old.SymmetricExceptWith(@new);
            Assert.Single(old);
            before = next;
        }

        CheckStore();
        return head.Revision;
    }

    /// <summary>The ranges and batches of entries, which are whole.</summary>
    private static HashSet<string> Read(RuleSet rules)
    {
        Assert.Equal(Editors, rules.AddressLists.Length);
        var batches = rules.AddressLists.SelectMany(
            list => list.Entries.GroupBy(entry => entry.Note), (list, batch) => (list, batch.Key, Count: batch.Count()));
        var keys = rules.Ranges.Where(range => range.Cidr is not null).Select(range => $"{range.Cidr}").ToHashSet();
        foreach (var (list, note, entries) in batches)
        {
            Assert.Equal(note.Length == 0 ? Filling : Batch, entries);
            keys.Add(KeyOf(list, note));
        }

        return keys;
    }
}

public sealed class SqliteKilledPortalTests : KilledPortalTests, IDisposable
{
    private readonly TemporaryFolder folder = new();

    protected override string RuleStore => $"sqlite:{folder["rules.db"]}";

    protected override string TokenPath => folder["admin.token"];

    private protected override TemporaryFolder Folder => folder;

    public void Dispose() => folder.Dispose();

    protected override void CheckStore()
    {
        using var connection = Sql.Open(folder["rules.db"]);
        Assert.Equal("ok", connection.Execute("SELECT group_concat(integrity_check) FROM pragma_integrity_check"));
        Assert.Equal(0L, connection.Execute("SELECT count(*) FROM pragma_foreign_key_check"));
        Assert.Equal(1L, connection.Execute("SELECT max(number) = count(*) FROM revisions"));
    }
}

[Collection(DynamoDbCollection.Name)]
public sealed class DynamoDbKilledPortalTests(DynamoDbServer server) : KilledPortalTests, IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private string table = "";

    protected override string RuleStore => $"dynamodb:{table}";

    protected override string TokenPath => folder["client-vpn-admin/admin.token"];

    private protected override TemporaryFolder Folder => folder;

    public async Task InitializeAsync() => table = await server.CreateTableAsync();

    public async Task DisposeAsync()
    {
        folder.Dispose();
        await server.Client.DeleteTableAsync(table);
    }
}
