using System.Text.RegularExpressions;

namespace ClientVpnAdmin.Documents;

/// <summary>How the documents are written. That their commands do what they say is in <see cref="DocumentCommandsTests"/>.</summary>
public sealed partial class DocumentsTests
{
    private const int MostColumns = 140;
    private const char FirstWide = '\u2E80'; // Chinese and Japanese characters take two columns
    private const int MostLinesOfReadme = 110;
    private const int MostWords = 25;

    private static readonly string[] Infos = ["sh", CodeBlock.NeedsAws, "json", "text", "mermaid", ""];

    [Fact]
    public void README_is_short() =>
        Assert.InRange(MarkdownDocument.Of("README.md").Lines.Count, 1, MostLinesOfReadme);

    [Fact]
    public void No_line_is_longer_than_140_columns() => Assert.Empty(
        from document in MarkdownDocument.All
        from line in document.Lines.Index()
        where line.Item.Sum(c => c >= FirstWide ? 2 : 1) > MostColumns
        select $"{document}:{line.Index + 1}");

    [Fact]
    public void No_sentence_has_more_than_25_words() => Assert.Empty(
        from document in MarkdownDocument.All
        where !document.IsJapanese
        from sentence in document.Sentences
        let words = Word().Count(sentence)
        where words > MostWords
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
        Assert.Equal(["README.ja.md", "docs/ja/administering.md", "docs/ja/deploying.md"], japanese.Select(d => d.Path));
        Assert.All(japanese, document => Assert.Equal(
            Commands(MarkdownDocument.Of(document.Path == "README.ja.md" ? "README.md" : document.Path.Replace("/ja/", "/", StringComparison.Ordinal))),
            Commands(document)));

        // Without comments, which are translated.
        static IEnumerable<string> Commands(MarkdownDocument document) => document.Code.Where(b => b.IsShell)
            .SelectMany(b => b.Lines.Where(line => !line.StartsWith('#')).Select(line => Comment().Replace(line, "")).Prepend($"```{b.Info}"));
    }

    private static bool Exists(MarkdownDocument document, string link)
    {
        var (path, anchor) = Target(document, link);
        return (File.Exists(Some.ProjectPath(path)) || Directory.Exists(Some.ProjectPath(path)))
            && (anchor is null || MarkdownDocument.Of(path).Anchors.Contains(anchor));
    }

    /// <summary>The file in the project that a link leads to, and the place in it.</summary>
    private static (string Path, string? Anchor) Target(MarkdownDocument document, string link)
    {
        var parts = link.Split('#');
        var root = Some.ProjectPath();
        var path = parts[0].Length == 0 ? document.Path : Path.Combine(Path.GetDirectoryName(document.Path)!, parts[0]);
        return (Path.GetRelativePath(root, Path.GetFullPath(path, root)).Replace('\\', '/'), parts.ElementAtOrDefault(1));
    }

    [GeneratedRegex(@"\S*[\p{L}\p{N}]\S*")]
    private static partial Regex Word();

    [GeneratedRegex(@"\s{2,}# .*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\baws |deploy/deploy\.sh|\$PORTAL_URL|/sessions/review")]
    private static partial Regex OnlyOnAws();
}
