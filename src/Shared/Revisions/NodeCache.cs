using ClientVpnAdmin.Tries;

namespace ClientVpnAdmin.Revisions;

/// <summary>The nodes in a store, of which those that were used lately are kept in memory. Safe for concurrent use.</summary>
/// <param name="store">Where they are.</param>
/// <param name="maxBytes">How much memory they may take, about.</param>
internal sealed class NodeCache(IRuleStore store, int maxBytes = NodeCache.DefaultMaxBytes) : INodes
{
    private const int DefaultMaxBytes = 32 * 1024 * 1024;
    private const int ReadAtOnce = 100;
    private const int PartBytes = 130; // of memory for a part, besides its key and its value

    private readonly Lock access = new();

    // What was used since the young ones were half of all, and what was used in the time before that.
    private Dictionary<Digest, Part[]> young = [];
    private Dictionary<Digest, Part[]> old = [];
    private int youngBytes;

    /// <summary>The nodes that are in memory, and no others.</summary>
    public INodes InMemory => new Kept(this);

    public async Task<IReadOnlyList<Part[]>> ReadAsync(IReadOnlyList<Digest> digests, CancellationToken cancellationToken)
    {
        var nodes = new Part[]?[digests.Count];
        HashSet<Digest>? missing = null;
        for (var i = 0; i < nodes.Length; i++)
        {
            nodes[i] = Find(digests[i]);
            if (nodes[i] is null)
            {
                (missing ??= []).Add(digests[i]);
            }
        }

        if (missing is not null)
        {
            var read = await store.ReadNodesAsync(missing, cancellationToken);
            for (var i = 0; i < nodes.Length; i++)
            {
                if (nodes[i] is null)
                {
                    nodes[i] = NodeFormat.Decode(
                        digests[i],
                        read.GetValueOrDefault(digests[i]) ?? throw new InvalidDataException("Some of its rules are missing."));
                    Keep(digests[i], nodes[i]!);
                }
            }
        }

        return nodes!;
    }

    /// <summary>Reads all nodes below a root, those near it first, until half of the room is taken.</summary>
    public async Task FillAsync(Part[] root, CancellationToken cancellationToken)
    {
        var bytes = 0;
        var next = new Queue<Digest>(NodesOf(root));
        while (next.Count > 0 && bytes < maxBytes / 2)
        {
            var some = new List<Digest>();
            while (some.Count < ReadAtOnce && next.TryDequeue(out var digest))
            {
                some.Add(digest);
            }

            foreach (var node in await ReadAsync(some, cancellationToken))
            {
                bytes += WeightOf(node);
                foreach (var digest in NodesOf(node))
                {
                    next.Enqueue(digest);
                }
            }
        }

        static IEnumerable<Digest> NodesOf(Part[] parts) => parts.Where(part => part.Value is null).Select(part => part.Node);
    }

    /// <summary>Keeps a node that is in the store in memory.</summary>
    public void Keep(Digest digest, Part[] node)
    {
        lock (access)
        {
            if (!young.TryAdd(digest, node))
            {
                return;
            }

            youngBytes += WeightOf(node);
            if (youngBytes > maxBytes / 2)
            {
                (old, young, youngBytes) = (young, [], 0);
            }
        }
    }

    private static int WeightOf(Part[] node) => node.Sum(part => part.Weight + PartBytes);

    private Part[]? Find(Digest digest)
    {
        lock (access)
        {
            if (young.TryGetValue(digest, out var node))
            {
                return node;
            }

            if (!old.TryGetValue(digest, out node))
            {
                return null;
            }

            Keep(digest, node);
            return node;
        }
    }

    private sealed class Kept(NodeCache cache) : INodes
    {
        public Task<IReadOnlyList<Part[]>> ReadAsync(IReadOnlyList<Digest> digests, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<Part[]>>([
                .. digests.Select(digest => cache.Find(digest) ?? throw new InvalidDataException("Not all of its rules are in memory.")),
            ]);
    }
}
