namespace ClientVpnAdmin.Stores;

public sealed class PrivateFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Of_those_who_make_the_same_file_at_once_the_first_makes_it_and_all_find_that_one()
    {
        const int Writers = 4;
        for (var round = 0; round < 300; round++)
        {
            var path = folder[$"{round}.key"];
            using var together = new Barrier(Writers);
            var found = new string[Writers];
            var threads = Enumerable.Range(0, Writers).Select(writer => new Thread(() =>
            {
                together.SignalAndWait();
                PrivateFiles.Write(path, $"{writer}", overwrite: false);
                found[writer] = File.ReadAllText(path);
            })).ToList();
            threads.ForEach(t => t.Start());
            threads.ForEach(t => t.Join());
            Assert.Single(found.Distinct());
        }

        Assert.Equal(300, Directory.GetFiles(folder[""]).Length); // and nothing is left of the others
    }

    [Fact]
    public void A_file_that_is_there_is_replaced_only_if_that_is_asked_for()
    {
        PrivateFiles.Write(folder["file"], "one", overwrite: false);
        PrivateFiles.Write(folder["file"], "two", overwrite: false);
        Assert.Equal("one", File.ReadAllText(folder["file"]));
        PrivateFiles.Write(folder["file"], "three", overwrite: true);
        Assert.Equal("three", File.ReadAllText(folder["file"]));
        Assert.True(TemporaryFolder.IsPrivate(folder["file"]));
    }
}
