namespace ClientVpnAdmin;

/// <summary>How all files are written. What more is asked of documents is in <see cref="Documents.DocumentsTests"/>.</summary>
public class FormTests
{
    private const int MaxColumns = 140;
    private const char FirstWide = '\u2E80'; // Chinese and Japanese characters take two columns

    private static readonly string[] Folders = ["src", "tests", "deploy", "samples", ".ci", "docs"];
    private static readonly string[] LongByNature = ["package-lock.json", "normalization.txt", "stryker-config.json", "swagger.json"];

    // What git ignores, and the events, which are as AWS writes them.
    private static readonly string[] SkippedFolders =
    [
        .. File.ReadLines(Some.ProjectPath(".gitignore")).Where(l => l.EndsWith('/')).Select(l => Path.GetFileName(l.TrimEnd('/'))),
        "events",
    ];

    [Fact]
    public void No_line_has_more_than_140_columns()
    {
        var files = Folders.SelectMany(folder => Files(new(Some.ProjectPath(folder))))
            .Concat(new DirectoryInfo(Some.ProjectPath()).EnumerateFiles("*.md"))
            .ToList();
        Assert.InRange(files.Count, 150, 1_000); // or nothing was looked at
        string[] tooLong =
        [
            .. from file in files
               from line in File.ReadLines(file.FullName).Index()
               where line.Item.Sum(c => c >= FirstWide ? 2 : 1) > MaxColumns
               select $"{Path.GetRelativePath(Some.ProjectPath(), file.FullName)}:{line.Index + 1}",
        ];
        Assert.True(tooLong.Length == 0, $"These lines are longer:\n{string.Join('\n', tooLong)}"); // xunit cuts lists off
    }

    private static IEnumerable<FileInfo> Files(DirectoryInfo folder) => folder.EnumerateFiles()
        .Where(f => !LongByNature.Contains(f.Name) && f.Extension != ".png")
        .Concat(folder.EnumerateDirectories().Where(d => !SkippedFolders.Contains(d.Name)).SelectMany(Files));
}
