using CsCheck;

namespace ClientVpnAdmin.Tries;

public sealed class TrieTests
{
    /// <summary>
    /// Keys of six bytes, of which many begin alike; and values of up to 1,200 bytes, so that some hundreds make many nodes.
    /// </summary>
    private static readonly Gen<(byte[] Key, byte[] Value)> Item =
        Gen.Select(Gen.Byte[0, 3].Array[6], Gen.Byte.Array[0, 1_200], (key, value) => (key, value));

    private readonly MemoryNodes nodes = new();

    [Fact]
    public Task The_same_content_makes_the_same_nodes_in_whatever_order_it_was_edited() =>
        Gen.Select(Item.Array[0, 400], Item.Array[0, 100], Gen.Int[1, 50], Gen.Int).SampleAsync(
            async (wanted, unwanted, atOnce, seed) =>
            {
                var content = Content(wanted);
                var straight = await EditAsync([], content.Select(Set));

                // In another order, in pieces, with other values at first, and with what goes away again.
                var random = new Random(seed);
                var edits = content.Select(pair => Set(new(pair.Key, pair.Value[..(pair.Value.Length / 2)])))
                    .Concat(Content(unwanted).Select(Set))
                    .ToArray();
                random.Shuffle(edits);
                var last = content.Select(Set)
                    .Concat(Content(unwanted).Where(pair => !content.ContainsKey(pair.Key)).Select(pair => Remove(pair.Key)))
                    .ToArray();
                random.Shuffle(last);
                Part[] root = [];
                foreach (var some in edits.Chunk(atOnce).Concat(last.Chunk(atOnce)))
                {
                    root = await EditAsync(root, some.DistinctBy(edit => edit.Key, Keys.Equality));
                }

                Assert.Equal(NodeFormat.Encode(straight).Bytes, NodeFormat.Encode(root).Bytes);
            },
            iter: 100);

    [Fact]
    public Task What_was_set_is_found_and_nothing_else() =>
        Gen.Select(Item.Array[0, 400], Gen.Byte[0, 3].Array[0, 4]).SampleAsync(
            async (items, beginning) =>
            {
                var content = Content(items);
                var root = await EditAsync([], content.Select(Set));
                var all = await Trie.ReadAllAsync(root, nodes, default).ToListAsync();
                Assert.Equal(content.Select(p => (Hex(p.Key), Hex(p.Value))), all.Select(part => (Hex(part.Key), Hex(part.Value!))));

                // On the way to some keys, all of them are found.
                var some = await Trie.FindAsync(root, part => IsOnTheWay(part, beginning), nodes, default);
                Assert.Equal(
                    content.Keys.Where(key => key.AsSpan().StartsWith(beginning)).Select(Hex), some.Select(part => Hex(part.Key)));
            },
            iter: 100);

    [Theory]
    [InlineData(0)] // the root is made of what was a node
    [InlineData(1)] // and here of an item that was too heavy for one
    public async Task What_is_left_alone_makes_the_root_as_if_there_had_been_nothing_beside_it(byte first)
    {
        KeyValuePair<byte[], byte[]?>[] left = first == 0
            ? [.. Enumerable.Range(0, 100).Select(i => Set(new([0, (byte)i], new byte[80])))]
            : [Set(new([1, 0], new byte[2 * Trie.MaxWeight]))];
        KeyValuePair<byte[], byte[]?>[] beside = [.. Enumerable.Range(0, 100).Select(i => Set(new([2, (byte)i], new byte[80])))];
        var straight = await EditAsync([], left);
        var root = await EditAsync(await EditAsync([], [.. left, .. beside]), beside.Select(edit => Remove(edit.Key)));
        Assert.Equal(NodeFormat.Encode(straight).Bytes, NodeFormat.Encode(root).Bytes);
    }

    [Fact]
    public Task Two_maps_differ_in_what_was_edited() =>
        Gen.Select(Item.Array[0, 400], Item.Array[0, 20], Gen.Int[0, 20]).SampleAsync(
            async (items, changed, removed) =>
            {
                var content = Content(items);
                var before = await EditAsync([], content.Select(Set));
                var edits = Content(changed).Select(Set).Concat(content.Keys.Take(removed).Select(Remove))
                    .DistinctBy(edit => edit.Key, Keys.Equality)
                    .ToList();
                var after = await EditAsync(before, edits);
                var (onlyBefore, onlyAfter) = await Trie.CompareAsync(before, after, nodes, default);
                var real = edits.Where(e => !(content.TryGetValue(e.Key, out var old) ? old : null).AsSpan().SequenceEqual(e.Value)
                        || content.ContainsKey(e.Key) != e.Value is not null)
                    .OrderBy(e => e.Key, Keys.Order)
                    .ToList();
                Assert.Equal(real.Where(e => content.ContainsKey(e.Key)).Select(e => Hex(e.Key)), onlyBefore.Select(p => Hex(p.Key)));
                Assert.Equal(real.Where(e => e.Value is not null).Select(e => Hex(e.Key)), onlyAfter.Select(p => Hex(p.Key)));
            },
            iter: 100);

    [Fact]
    public async Task An_edit_writes_the_nodes_of_its_way_and_a_comparison_reads_them_and_no_others()
    {
        var random = new Random(1);
        var root = await EditAsync([], Enumerable.Range(0, 200_000).Select(_ => Set(new(Bytes(random, 8), Bytes(random, 20)))));
        var all = nodes.Written;
        Assert.True(all > 500, $"There are only {all} nodes.");
        var edited = await EditAsync(root, [Set(new(Bytes(random, 8), [1]))]);
        Assert.True(nodes.Written - all is >= 1 and <= 4, $"{nodes.Written - all} of {all} nodes");
        Assert.InRange(nodes.LastBytes, 1, 32_000);
        var read = nodes.Read;
        Assert.Single((await Trie.CompareAsync(root, edited, nodes, default)).OnlyAfter);
        Assert.InRange(nodes.Read - read, 2, 8);
    }

    [Fact]
    public async Task An_item_that_is_heavier_than_a_node_has_one_of_its_own()
    {
        var heavy = new byte[2 * Trie.MaxWeight];
        var root = await EditAsync([], [Set(new([1, 0], heavy)), Set(new([1, 1], [1])), Set(new([2, 0], [2]))]);
        Assert.Equal(3, root.Length);
        Assert.Null(root[0].Value);
        Assert.Equal([heavy, [1], [2]], await Trie.ReadAllAsync(root, nodes, default).Select(part => part.Value).ToListAsync());
        Assert.Equal(2, (await EditAsync(root, [Remove([1, 0])])).Length);
        Assert.Single(await EditAsync([], [Set(new([1, 0], heavy))]));
    }

    private Task<Part[]> EditAsync(Part[] root, IEnumerable<KeyValuePair<byte[], byte[]?>> edits) =>
        Trie.EditAsync(root, edits.DistinctBy(edit => edit.Key, Keys.Equality), nodes, nodes.Write, default);

    private static SortedDictionary<byte[], byte[]> Content(IEnumerable<(byte[] Key, byte[] Value)> items)
    {
        var content = new SortedDictionary<byte[], byte[]>(Keys.Order);
        foreach (var (key, value) in items)
        {
            content[key] = value;
        }

        return content;
    }

    private static bool IsOnTheWay(Part part, byte[] beginning) =>
        Part.CommonBits(part.Key, beginning) >= Math.Min(part.Bits, beginning.Length * 8);

    private static KeyValuePair<byte[], byte[]?> Set(KeyValuePair<byte[], byte[]> item) => new(item.Key, item.Value);

    private static KeyValuePair<byte[], byte[]?> Remove(byte[] key) => new(key, null);

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private sealed class Keys : IEqualityComparer<byte[]>, IComparer<byte[]>
    {
        public static readonly IEqualityComparer<byte[]> Equality = new Keys();
        public static readonly IComparer<byte[]> Order = new Keys();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] key) => Hex(key).GetHashCode(StringComparison.Ordinal);

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }

    /// <summary>Nodes in memory, which counts them.</summary>
    private sealed class MemoryNodes : INodes
    {
        private readonly Dictionary<Digest, byte[]> stored = [];

        public int Written { get; private set; }

        public int Read { get; private set; }

        public int LastBytes { get; private set; }

        public void Write(Node node)
        {
            lock (stored)
            {
                stored[node.Digest] = node.Bytes;
                Written++;
                LastBytes = node.Bytes.Length;
            }
        }

        public Task<IReadOnlyList<Part[]>> ReadAsync(IReadOnlyList<Digest> digests, CancellationToken cancellationToken)
        {
            lock (stored)
            {
                Read += digests.Count;
                return Task.FromResult<IReadOnlyList<Part[]>>([.. digests.Select(digest => NodeFormat.Decode(digest, stored[digest]))]);
            }
        }
    }
}
