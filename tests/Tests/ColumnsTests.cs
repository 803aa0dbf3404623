namespace ClientVpnAdmin;

public class ColumnsTests
{
    private const int MaxColumns = 140;
    private const char FirstWide = '\u2E80'; // Chinese and Japanese characters take two columns

    private static readonly string[] Folders = ["src", "tests", "deploy", "samples", ".ci"];
    private static readonly string[] Made = ["bin", "obj", "node_modules", "packages", "StrykerOutput", "events"]; // and what AWS writes
    private static readonly string[] Data = ["package-lock.json", "normalization.txt", "stryker-config.json"]; // long by their nature

    [Fact]
    public void No_line_has_more_than_140_columns()
    {
        var files = Folders.SelectMany(folder => Files(new DirectoryInfo(Some.ProjectPath(folder)))).ToList();
        Assert.InRange(files.Count, 150, 1_000); // or nothing was looked at
        Assert.Equal(
            [],
            from file in files
            from line in File.ReadLines(file.FullName).Index()
            where line.Item.Sum(c => c >= FirstWide ? 2 : 1) > MaxColumns
            select $"{file.FullName}, line {line.Index + 1}");
    }

    private static IEnumerable<FileInfo> Files(DirectoryInfo folder) => folder.EnumerateFiles().Where(f => !Data.Contains(f.Name))
        .Concat(folder.EnumerateDirectories().Where(d => !Made.Contains(d.Name)).SelectMany(Files));
}
