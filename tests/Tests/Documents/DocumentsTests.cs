using System.Text.RegularExpressions;
using ClientVpnAdmin.AdminApi;

namespace ClientVpnAdmin.Documents;

/// <summary>
/// How the documents are written, besides the length of their lines, which <see cref="FormTests"/> limits.
/// That their commands do what they say is in <see cref="DocumentCommandsTests"/>.
/// </summary>
public sealed partial class DocumentsTests
{
    private const int MaxLinesOfReadme = 110;
    private const int MaxWords = 25;

    private static readonly string[] Infos = ["sh", CodeBlock.NeedsAws, "json", "text", "mermaid", ""];

    [Theory]
    [InlineData("README.md")]
    [InlineData("README.ja.md")]
    public void README_is_short(string path) => Assert.InRange(MarkdownDocument.Read(path).Lines.Count, 1, MaxLinesOfReadme);

    [Fact]
    public void No_sentence_has_more_than_25_words() => Assert.Empty(
        from document in MarkdownDocument.All
        where !document.IsJapanese
        from sentence in document.Sentences
        let words = Word().Count(sentence)
        where words > MaxWords
        select $"{document}: {words} words: {sentence}");

    [Fact]
    public void Every_link_leads_somewhere() => Assert.Empty(
        from document in MarkdownDocument.All
        from link in document.Links
        where !link.StartsWith("https://", StringComparison.Ordinal) && !Exists(document, link)
        select $"{document}: {link}");

    [Fact]
    public void Every_document_can_be_reached_from_README()
    {
        var reached = new HashSet<string>();
        var open = new Queue<string>(["README.md"]);
        while (open.TryDequeue(out var path))
        {
            if (reached.Add(path) && MarkdownDocument.All.FirstOrDefault(d => d.Path == path) is { } document)
            {
                document.Links.Select(link => Target(document, link).Path).ToList().ForEach(open.Enqueue);
            }
        }

        Assert.Empty(MarkdownDocument.All.Select(d => d.Path).Except(reached));
    }

    [Fact]
    public void A_block_is_marked_as_one_for_AWS_only_if_it_is_one()
    {
        var blocks = MarkdownDocument.All.SelectMany(d => d.Code.Select(block => (Document: d, Block: block))).ToList();
        Assert.All(blocks, b => Assert.Contains(b.Block.Info, Infos)); // or it could be hidden from the test that runs them
        Assert.All(
            blocks.Where(b => b.Block.Info == CodeBlock.NeedsAws),
            b => Assert.True(OnlyOnAws().IsMatch(string.Join('\n', b.Block.Lines)), $"{b.Document}:{b.Block.Line} needs no AWS."));
    }

    [Fact]
    public void Japanese_documents_have_the_same_commands_as_the_English_ones()
    {
        var japanese = MarkdownDocument.All.Where(d => d.IsJapanese).ToList();
        Assert.Equal(
            [
                "README.ja.md", "docs/ja/administering.md", "docs/ja/deploying.md", "docs/ja/events.md", "docs/ja/gitops.md",
                "docs/ja/page.md",
            ],
            japanese.Select(d => d.Path));
        Assert.All(japanese, document => Assert.Equal(Commands(MarkdownDocument.Read(English(document.Path))), Commands(document)));

        static string English(string path) =>
            path == "README.ja.md" ? "README.md" : path.Replace("/ja/", "/", StringComparison.Ordinal);

        // Without comments, which are translated.
        static IEnumerable<string> Commands(MarkdownDocument document) =>
            from block in document.Code
            where block.IsShell
            from line in block.Lines.Prepend($"```{block.Info}")
            where !line.StartsWith('#')
            select Comment().Replace(line, "");
    }

    [Fact]
    public async Task The_calls_for_editors_are_those_of_the_walk()
    {
        using var portal = new Portal();
        var answers = new List<Answer>();
        foreach (Match call in Call().Matches(await File.ReadAllTextAsync(Some.ProjectPath("samples", "portal.http"))))
        {
            var body = call.Groups["body"].Value.Trim();
            var method = new HttpMethod(call.Groups["method"].Value);
            answers.Add(await portal.SendAsync(method, call.Groups["path"].Value, body.Length == 0 ? null : body));
        }

        Assert.Equal([201, 201, 200, 200, 200], answers.Select(a => (int)a.Status));
        Assert.True((bool)answers[2].Json["allowed"]!);
        Assert.Equal(Some.SeedMessage, (string?)answers[3].Json["message"]);
        Assert.Equal(2, answers[4].Json["items"]!.AsArray().Count);
    }

    [Fact]
    public async Task The_document_of_the_API_lists_every_call()
    {
        using var portal = new Portal();
        var paths = (await portal.GetAsync("/swagger/v1/swagger.json", token: null)).Json["paths"]!.AsObject();
        var calls = paths.SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}"))
            .Where(call => !call.Contains("/api/preview/", StringComparison.Ordinal)); // as the calls themselves

        // A row has one path and its methods, or several calls.
        var listed = MarkdownDocument.Read("docs/api.md").Prose.Where(line => ApiRow().IsMatch(line))
            .Select(line => line.Split('|')[1].Replace("`", "", StringComparison.Ordinal).Trim().Split(", "))
            .SelectMany(row => row.Select(call => call.Contains(' ', StringComparison.Ordinal) ? call : $"{call} {row[^1].Split(' ')[1]}"));
        Assert.Equal(calls.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private static bool Exists(MarkdownDocument document, string link)
    {
        var (path, anchor) = Target(document, link);
        return (File.Exists(Some.ProjectPath(path)) || Directory.Exists(Some.ProjectPath(path)))
            && (anchor is null || MarkdownDocument.Read(path).Anchors.Contains(anchor));
    }

    /// <summary>The file in the project that a link leads to, and the place in it.</summary>
    private static (string Path, string? Anchor) Target(MarkdownDocument document, string link)
    {
        var parts = link.Split('#');
        var root = Some.ProjectPath();
        var path = parts[0].Length == 0 ? document.Path : Path.Combine(Path.GetDirectoryName(document.Path)!, parts[0]);
        return (Path.GetRelativePath(root, Path.GetFullPath(path, root)).Replace('\\', '/'), parts.ElementAtOrDefault(1));
    }

    [GeneratedRegex(
        @"^(?<method>GET|POST) \{\{host\}\}(?<path>\S+)\n(.+: .+\n)*(?<body>[^#]*)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Call();

    [GeneratedRegex(@"\S*[\p{L}\p{N}]\S*")]
    private static partial Regex Word();

    [GeneratedRegex(@"^\| `[A-Z]+[` ].*/")]
    private static partial Regex ApiRow();

    [GeneratedRegex(@"\s{2,}# .*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\baws |deploy/deploy\.sh|\$PORTAL_URL|/sessions/review")]
    private static partial Regex OnlyOnAws();
}
