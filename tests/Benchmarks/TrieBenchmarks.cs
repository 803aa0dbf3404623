using BenchmarkDotNet.Attributes;

namespace ClientVpnAdmin.Tries;

/// <summary>
/// What an edit and a cold read of one way cost at three sizes, in one run; the nodes are in memory, compressed. How many nodes and bytes
/// they are is printed before.
/// </summary>
[MemoryDiagnoser]
public class TrieBenchmarks : INodes
{
    private readonly Dictionary<Digest, byte[]> stored = [];
    private readonly Random random = new(1);
    private Part[] root = [];
    private byte[] key = [];
    private int bytesRead;

    [Params(10, 10_000, 1_000_000)]
    public int Items { get; set; }

    [GlobalSetup]
    public async Task Prepare()
    {
        root = await Trie.EditAsync(
            [], Enumerable.Range(0, Items).Select(_ => KeyValuePair.Create(Bytes(26), (byte[]?)Bytes(20))), this, Store, default);
        key = Bytes(26);
        var (nodes, written) = (0, 0);
        var edited = await Trie.EditAsync(root, [KeyValuePair.Create(key, (byte[]?)[])], this, Count, default);
        bytesRead = 0;
        await Read();
        Console.WriteLine(
            $"// {Items} items: an edit writes {nodes} nodes of {written} bytes beside a root of {NodeFormat.Encode(edited).Bytes.Length}; "
            + $"a way is {bytesRead} bytes beside it");

        void Count(Node node)
        {
            nodes++;
            written += node.Bytes.Length;
        }
    }

    [Benchmark]
    public async Task<int> Edit() =>
        (await Trie.EditAsync(root, [KeyValuePair.Create(key, (byte[]?)[])], this, _ => { }, default)).Length;

    [Benchmark]
    public async Task<int> Read() => (await Trie.FindAsync(root, part => part.Has(key), this, default)).Count;

    Task<IReadOnlyList<Part[]>> INodes.ReadAsync(IReadOnlyList<Digest> digests, CancellationToken cancellationToken)
    {
        bytesRead += digests.Sum(digest => stored[digest].Length);
        return Task.FromResult<IReadOnlyList<Part[]>>([.. digests.Select(digest => NodeFormat.Decode(digest, stored[digest]))]);
    }

    private void Store(Node node) => stored[node.Digest] = node.Bytes;

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
