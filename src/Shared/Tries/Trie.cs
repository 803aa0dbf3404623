using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClientVpnAdmin.Tries;

/// <summary>
/// A map from keys to values, stored as nodes that never change, each under its own digest. Keys are bytes, none of which begins another;
/// they are kept in order.
/// </summary>
/// <remarks>
/// <para>
/// Where it is cut into nodes hangs on its content alone. Two keys part at the first bit in which they differ; so all keys make a binary
/// tree. Where the two sides of a branch are too heavy to be together in a node, each becomes one of its own. So does a side beside one
/// that has more nodes below it: then items lie about as far down everywhere, and what is above them is full of nodes. What is very light
/// stays in the node of the branch. So the same content makes the same nodes, whatever was edited before, and an edit makes the nodes on
/// its way anew, and hardly any others.
/// </para>
/// <para>The uppermost node, the root, isn't stored here: whoever keeps it keeps the map. It may be as light as it likes.</para>
/// </remarks>
internal static class Trie
{
    /// <summary>How heavy a node is at most, one item alone apart: its weight is about its size in bytes before compression.</summary>
    public const int MaxWeight = 16_000;

    // Lighter ones would cost more to find than to carry along.
    private const int MinWeight = MaxWeight / 24;

    private const int ReadAtOnce = 100;

    /// <summary>Sets and removes items.</summary>
    /// <param name="root">The parts of the root.</param>
    /// <param name="edits">Values under their keys; null removes one.</param>
    /// <param name="nodes">Where the nodes below the root are.</param>
    /// <param name="made">Takes each node that has to be stored. Some may be stored already.</param>
    /// <returns>The parts of the new root.</returns>
    /// <exception cref="InvalidDataException">A node is missing or damaged.</exception>
    public static async Task<Part[]> EditAsync(
        Part[] root,
        IEnumerable<KeyValuePair<byte[], byte[]?>> edits,
        INodes nodes,
        Action<Node> made,
        CancellationToken cancellationToken)
    {
        var sorted = edits.ToList();
        sorted.Sort((a, b) => Compare(a.Key, b.Key));
        var parts = await OpenAsync(root, HasEdit, nodes, cancellationToken);
        var merged = Merge(parts, sorted);
        var output = new List<Part>();
        var (cut, tooLight) = (new List<Node>(), new HashSet<Digest>());
        do
        {
            merged = await OpenOnceAsync(merged, part => part.Value is null && tooLight.Contains(part.Node), nodes, cancellationToken);
            tooLight.Clear();
            cut.Clear();
            output.Clear();
            if (merged.Count > 0)
            {
                Cut(CollectionsMarshal.AsSpan(merged), output, cut, tooLight);
            }

            if (output is [{ Value: null } only])
            {
                tooLight.Add(only.Node); // all that is left makes the root
            }
        }
        while (tooLight.Count > 0);
        cut.ForEach(made);
        return [.. output];

        bool HasEdit(Part part)
        {
            var (low, high) = (0, sorted.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = Compare(sorted[middle].Key, part.Key) < 0 ? (middle + 1, high) : (low, middle);
            }

            return low < sorted.Count && part.Has(sorted[low].Key);
        }
    }

    /// <summary>Finds items, in the order of their keys. All nodes that are as far from the root are read at once.</summary>
    /// <param name="root">The parts of the root.</param>
    /// <param name="isWanted">True for an item that is looked for, and for a node that may have one.</param>
    /// <param name="nodes">Where the nodes below the root are.</param>
    /// <exception cref="InvalidDataException">A node is missing or damaged.</exception>
    public static async Task<List<Part>> FindAsync(
        Part[] root, Func<Part, bool> isWanted, INodes nodes, CancellationToken cancellationToken)
    {
        var parts = await OpenAsync(root, isWanted, nodes, cancellationToken);
        parts.RemoveAll(part => part.Value is null || !isWanted(part));
        return parts;
    }

    /// <summary>Reads all items, in the order of their keys. Only some of the nodes are in memory at a time.</summary>
    /// <exception cref="InvalidDataException">A node is missing or damaged.</exception>
    public static async IAsyncEnumerable<Part> ReadAllAsync(
        Part[] root, INodes nodes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rest = new Stack<Part>(root.Reverse());
        while (rest.Count > 0)
        {
            var (first, count) = (new List<Part>(), 0);
            while (count < ReadAtOnce && rest.TryPop(out var part))
            {
                if (part.Value is not null && count == 0)
                {
                    yield return part;
                    continue;
                }

                first.Add(part);
                count += part.Value is null ? 1 : 0;
            }

            first = await OpenOnceAsync(first, part => part.Value is null, nodes, cancellationToken);
            for (var i = first.Count - 1; i >= 0; i--)
            {
                rest.Push(first[i]);
            }
        }
    }

    /// <summary>Finds what two maps don't have in common. Nodes that both have are not read.</summary>
    /// <returns>The items of each that the other doesn't have, in the order of their keys.</returns>
    /// <exception cref="InvalidDataException">A node is missing or damaged.</exception>
    public static async Task<(List<Part> OnlyBefore, List<Part> OnlyAfter)> CompareAsync(
        Part[] before, Part[] after, INodes nodes, CancellationToken cancellationToken)
    {
        var (a, b) = (before.ToList(), after.ToList());
        while (true)
        {
            var common = a.Where(IsNode).Select(part => part.Node).ToHashSet();
            common.IntersectWith(b.Where(IsNode).Select(part => part.Node));
            a.RemoveAll(part => IsNode(part) && common.Contains(part.Node));
            b.RemoveAll(part => IsNode(part) && common.Contains(part.Node));

            // The outermost first: inside one of them may be what the other map has farther out.
            var bits = a.Concat(b).Where(IsNode).Select(part => part.Bits).DefaultIfEmpty(int.MaxValue).Min();
            if (bits == int.MaxValue)
            {
                break;
            }

            a = await OpenOnceAsync(a, part => part.Bits == bits, nodes, cancellationToken);
            b = await OpenOnceAsync(b, part => part.Bits == bits, nodes, cancellationToken);
        }

        return (Without(a, b), Without(b, a));

        static bool IsNode(Part part) => part.Value is null;

        static List<Part> Without(List<Part> those, List<Part> others)
        {
            var left = new List<Part>();
            var i = 0;
            foreach (var part in those)
            {
                while (i < others.Count && Compare(others[i].Key, part.Key) < 0)
                {
                    i++;
                }

                if (i == others.Count || !others[i].Key.AsSpan().SequenceEqual(part.Key)
                    || !others[i].Value.AsSpan().SequenceEqual(part.Value))
                {
                    left.Add(part);
                }
            }

            return left;
        }
    }

    /// <summary>In the place of nodes, their parts, as far down as some are wanted.</summary>
    private static async Task<List<Part>> OpenAsync(
        Part[] root, Func<Part, bool> isWanted, INodes nodes, CancellationToken cancellationToken)
    {
        var parts = root.ToList();
        while (parts.Exists(part => part.Value is null && isWanted(part)))
        {
            parts = await OpenOnceAsync(parts, isWanted, nodes, cancellationToken);
        }

        return parts;
    }

    private static async Task<List<Part>> OpenOnceAsync(
        List<Part> parts, Func<Part, bool> isWanted, INodes nodes, CancellationToken cancellationToken)
    {
        var wanted = parts.ConvertAll(part => part.Value is null && isWanted(part));
        var digests = parts.Where((_, i) => wanted[i]).Select(part => part.Node).ToList();
        if (digests.Count == 0)
        {
            return parts;
        }

        using var read = (await nodes.ReadAsync(digests, cancellationToken)).GetEnumerator();
        var opened = new List<Part>();
        for (var i = 0; i < parts.Count; i++)
        {
            if (wanted[i])
            {
                read.MoveNext();
                opened.AddRange(read.Current);
            }
            else
            {
                opened.Add(parts[i]);
            }
        }

        return opened;
    }

    private static List<Part> Merge(List<Part> parts, List<KeyValuePair<byte[], byte[]?>> edits)
    {
        var merged = new List<Part>(parts.Count + edits.Count);
        var i = 0;
        foreach (var part in parts)
        {
            for (; i < edits.Count && Compare(edits[i].Key, part.Key) < 0; i++)
            {
                Add(edits[i]);
            }

            if (i == edits.Count || part.Value is null || !edits[i].Key.AsSpan().SequenceEqual(part.Key))
            {
                merged.Add(part);
            }
        }

        for (; i < edits.Count; i++)
        {
            Add(edits[i]);
        }

        return merged;

        void Add(KeyValuePair<byte[], byte[]?> edit)
        {
            if (edit.Value is { } value)
            {
                merged.Add(Part.Item(edit.Key, value));
            }
        }
    }

    /// <summary>Cuts what is below one branch, and says how heavy what is left of it is.</summary>
    /// <param name="made">Takes the nodes that are cut out.</param>
    /// <param name="tooLight">Takes those that must be opened, since they would not be cut out any more.</param>
    private static int Cut(ReadOnlySpan<Part> parts, List<Part> output, List<Node> made, HashSet<Digest> tooLight)
    {
        if (parts is [{ Value: null } node])
        {
            output.Add(node);
            return node.NodeWeight;
        }

        if (WeighItems(parts) is { } light && (light <= MaxWeight || parts.Length == 1))
        {
            output.AddRange(parts);
            return light;
        }

        var bit = Part.CommonBits(parts[0].Key, parts[^1].Key);
        var (low, high) = (0, parts.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = (parts[middle].Key[bit / 8] & (0x80 >> (bit % 8))) == 0 ? (middle + 1, high) : (low, middle);
        }

        var (left, right) = (new List<Part>(), new List<Part>());
        var leftWeight = Cut(parts[..low], left, made, tooLight);
        var rightWeight = Cut(parts[low..], right, made, tooLight);
        var (leftHeight, rightHeight) = (HeightOf(left), HeightOf(right));
        if (leftHeight < rightHeight)
        {
            leftWeight = CutOut(left, leftWeight, made);
        }
        else if (rightHeight < leftHeight)
        {
            rightWeight = CutOut(right, rightWeight, made);
        }

        if (leftWeight + rightWeight > MaxWeight)
        {
            leftWeight = CutOut(left, leftWeight, made);
            rightWeight = CutOut(right, rightWeight, made);
        }

        foreach (var (half, weight) in new[] { (left, leftWeight), (right, rightWeight) })
        {
            if (half is [{ Value: null } reference] && weight == reference.NodeWeight)
            {
                tooLight.Add(reference.Node);
            }

            output.AddRange(half);
        }

        return leftWeight + rightWeight;
    }

    private static int HeightOf(List<Part> parts) => parts is [{ Value: null } node] ? node.Height - 1 : parts.Max(part => part.Height);

    private static int CutOut(List<Part> parts, int weight, List<Node> made)
    {
        if (weight <= MinWeight)
        {
            return weight;
        }

        if (parts is not [{ Value: null }])
        {
            var node = NodeFormat.Encode(CollectionsMarshal.AsSpan(parts));
            made.Add(node);
            var bits = parts.Count == 1 ? parts[0].Bits : Part.CommonBits(parts[0].Key, parts[^1].Key);
            var key = parts[0].Key[..((bits + 7) / 8)];
            if (bits % 8 != 0)
            {
                key[^1] &= (byte)(0xFF << (8 - (bits % 8)));
            }

            var reference = new Part(key, bits, null, node.Digest, weight, 1 + HeightOf(parts));
            parts.Clear();
            parts.Add(reference);
        }

        return parts[0].Weight;
    }

    /// <returns>Null if there are nodes among them.</returns>
    private static int? WeighItems(ReadOnlySpan<Part> parts)
    {
        var weight = 0;
        foreach (var part in parts)
        {
            if (part.Value is null)
            {
                return null;
            }

            weight += part.Weight;
        }

        return weight;
    }

    private static int Compare(byte[] a, byte[] b) => a.AsSpan().SequenceCompareTo(b);
}
