using System.Globalization;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using Microsoft.Data.Sqlite;

namespace ClientVpnAdmin.Stores.Sqlite;

public sealed class SqliteCorruptionTests : IDisposable
{
    /// <summary>How many corruptions are tried instead of 600.</summary>
    private const string Variable = "SQLITE_CORRUPTIONS";

    private const int Revisions = 400;
    private const int Page = 4096;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task However_a_file_is_corrupted_it_answers_with_its_newest_rules_or_is_refused_as_damaged()
    {
        var asked = Environment.GetEnvironmentVariable(Variable);
        var corruptions = string.IsNullOrEmpty(asked) ? 600 : int.Parse(asked, CultureInfo.InvariantCulture);
        var (sound, rules) = await MakeAsync();
        Assert.True(sound.Length > 20 * Page, $"The file has {sound.Length} bytes only.");
        var (right, refused) = (0, 0);
        var wrong = new List<string>();
        for (var seed = 0; seed < corruptions; seed++)
        {
            var path = folder[$"{seed}.db"];
            var (bytes, how) = Corrupt(sound, new Random(seed));
            await File.WriteAllBytesAsync(path, bytes);
            try
            {
                var store = new SqliteRuleStore(SqliteFile.Existing(path));
                var head = await new RevisionLog(store, TimeProvider.System).ReadHeadAsync(default);
                right++;
                if (head.Revision != Revisions || !RuleItems.AreEqual(head.Rules, rules))
                {
                    wrong.Add($"{seed}, {how}: revision {head.Revision}");
                }

                await store.ListRevisionsAsync(long.MaxValue, Revisions, default);
            }
            catch (RuleStoreException e) when (!e.IsAway)
            {
                refused++;
            }
#pragma warning disable CA1031 // Whatever it is, it is wrong here.
            catch (Exception e)
#pragma warning restore CA1031
            {
                wrong.Add($"{seed}, {how}: {e}");
            }

            using (var connection = new SqliteConnection($"Data Source={path}"))
            {
                SqliteConnection.ClearPool(connection);
            }

            File.Delete(path);
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {corruptions} ({refused} refused):\n{string.Join('\n', wrong)}");
        Assert.True(right > corruptions / 10 && refused > corruptions / 10, $"{right} right, {refused} refused.");
    }

    /// <returns>The bytes of a file whose last change lets nobody in, and those rules.</returns>
    private async Task<(byte[] File, RuleSet Rules)> MakeAsync()
    {
        var path = folder["sound.db"];
        var log = new RevisionLog(new SqliteRuleStore(await SqliteFile.CreateAsync(path, default)), TimeProvider.System);
        for (var i = 1; i < Revisions; i++)
        {
            var everyone = Some.Range("0.0.0.0/0") with { Description = $"Revision {i}" };
            await log.CommitAsync("alice", head => new Proposal(head.Rules.With([everyone]), $"Let everybody in: {i}."), default);
        }

        var nobody = Some.Range("0.0.0.0/0") with { Action = RangeAction.Deny };
        var head = await log.CommitAsync("alice", head => new Proposal(head.Rules.With([nobody]), "Let nobody in."), default);
        Sql.Execute(path, "PRAGMA wal_checkpoint(TRUNCATE)"); // or the newest pages would be in the log beside the file
        SqliteConnection.ClearAllPools();
        Assert.False(File.Exists($"{path}-wal"));
        return (await File.ReadAllBytesAsync(path), head.Rules);
    }

    private static (byte[] File, string How) Corrupt(byte[] sound, Random random)
    {
        var file = (byte[])sound.Clone();
        var (page, other) = (random.Next(file.Length / Page) * Page, random.Next(file.Length / Page) * Page);
        var (start, length) = (page + random.Next(Page), random.Next(1, 65));
        var some = file.AsSpan(start, Math.Min(length, file.Length - start));
        switch (random.Next(8))
        {
            case 0:
                random.NextBytes(some);
                return (file, $"{some.Length} random bytes from {start}");
            case 1:
                some.Clear();
                return (file, $"{some.Length} zeros from {start}");
            case 2: // where a page has its own structure
                random.NextBytes(file.AsSpan(page == 0 ? 100 : page, random.Next(1, 33)));
                return (file, $"random bytes at the beginning of the page at {page}");
            case 3:
                file[start] ^= (byte)(1 << random.Next(8));
                return (file, $"a bit at {start}");
            case 4:
                random.NextBytes(file.AsSpan(page, Page));
                return (file, $"the page at {page} random");
            case 5:
                file.AsSpan(page, Page).Clear();
                return (file, $"the page at {page} zeros");
            case 6:
                file.AsSpan(other, Page).CopyTo(file.AsSpan(page));
                return (file, $"the page at {other} over that at {page}");
            default:
                return random.Next(10) switch
                {
                    0 => ([], "empty"),
                    1 => (new byte[file.Length], "zeros"),
                    _ => (file[..random.Next(file.Length)], "truncated"),
                };
        }
    }
}
