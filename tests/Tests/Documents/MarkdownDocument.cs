using System.Text.RegularExpressions;

namespace ClientVpnAdmin.Documents;

/// <summary>A code block of a document.</summary>
/// <param name="Info">What stands behind its opening fence, such as <c>sh</c>; empty for nothing.</param>
/// <param name="Line">The number of its first line.</param>
/// <param name="Lines">Its lines.</param>
internal sealed record CodeBlock(string Info, int Line, IReadOnlyList<string> Lines)
{
    public bool IsShell => Info is "sh" or NeedsAws;

    /// <summary>The info string of a block that can't be run without AWS; it renders as <c>sh</c> does.</summary>
    public const string NeedsAws = "sh aws";
}

/// <summary>One of the project's documents, in Markdown.</summary>
internal sealed partial class MarkdownDocument
{
    private static readonly string[] Folders = ["", "docs", "docs/ja"];

    private MarkdownDocument(string path)
    {
        Path = path;
        Lines = File.ReadAllLines(Some.ProjectPath(path));
        var code = new List<CodeBlock>();
        var prose = new List<string>();
        List<string>? block = null;
        var info = "";
        for (var i = 0; i < Lines.Count; i++)
        {
            var fence = Fence().Match(Lines[i]);
            if (!fence.Success)
            {
                (block ?? prose).Add(Lines[i]);
            }
            else if (block is null)
            {
                (block, info) = ([], fence.Groups["info"].Value);
                prose.Add(""); // what is before it and behind it are two paragraphs
            }
            else
            {
                code.Add(new(info, i + 1 - block.Count, block));
                block = null;
            }
        }

        Assert.True(block is null, $"{path} has a code block without an end.");
        (Code, Prose) = (code, prose);
    }

    /// <summary>All documents of the project.</summary>
    public static IReadOnlyList<MarkdownDocument> All { get; } =
    [
        .. Folders.SelectMany(folder => Directory.EnumerateFiles(Some.ProjectPath(folder), "*.md"))
            .Select(path => new MarkdownDocument(System.IO.Path.GetRelativePath(Some.ProjectPath(), path).Replace('\\', '/')))
            .OrderBy(d => d.Path, StringComparer.Ordinal),
    ];

    /// <summary>Its path in the project, with slashes.</summary>
    public string Path { get; }

    public bool IsJapanese => Path.StartsWith("docs/ja/", StringComparison.Ordinal) || Path.EndsWith(".ja.md", StringComparison.Ordinal);

    public IReadOnlyList<string> Lines { get; }

    public IReadOnlyList<CodeBlock> Code { get; }

    /// <summary>The lines outside of code blocks.</summary>
    public IReadOnlyList<string> Prose { get; }

    /// <summary>Where its links go, as they are written.</summary>
    public IEnumerable<string> Links => Prose.SelectMany(line => Link().Matches(line)).Select(m => m.Groups["target"].Value);

    /// <summary>The anchors that GitHub gives its headings.</summary>
    public IEnumerable<string> Anchors => Prose.Select(line => Heading().Match(line)).Where(m => m.Success)
        .Select(m => NotInAnchors().Replace(m.Groups["text"].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    /// <summary>The sentences of its paragraphs and lists, without headings and tables; code is one word.</summary>
    public IEnumerable<string> Sentences
    {
        get
        {
            var paragraph = "";
            foreach (var line in Prose.Append(""))
            {
                var isApart = line.Trim().Length == 0 || Heading().IsMatch(line) || line.TrimStart().StartsWith('|');
                if (isApart || ListItem().IsMatch(line))
                {
                    foreach (var sentence in SentenceEnd().Split(paragraph).Where(s => s.Length > 0))
                    {
                        yield return sentence;
                    }

                    paragraph = "";
                }

                if (!isApart)
                {
                    var text = Link().Replace(ListItem().Replace(line, "").Trim(), "${text}").Replace("*", "", StringComparison.Ordinal);
                    paragraph = $"{paragraph} {InlineCode().Replace(text, "code")}".Trim();
                }
            }
        }
    }

    public static MarkdownDocument Read(string path) => All.Single(d => d.Path == path);

    public override string ToString() => Path;

    [GeneratedRegex(@"^\s*```(?<info>.*?)\s*$")]
    private static partial Regex Fence();

    [GeneratedRegex(@"\[(?<text>[^\]]*)\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (?<text>.*)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N}\p{M} _-]")]
    private static partial Regex NotInAnchors();

    [GeneratedRegex(@"^\s*(-|\d+\.) ")]
    private static partial Regex ListItem();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"(?<=[.!?]\)?)\s+")]
    private static partial Regex SentenceEnd();
}
