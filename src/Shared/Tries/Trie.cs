using System.Runtime.InteropServices;

namespace ClientVpnAdmin.Tries;

/// <summary>
/// A map from keys to values, stored as nodes that never change, each under its own digest. Keys are bytes, none of which begins another;
/// they are kept in order.
/// </summary>
/// <remarks>
/// <para>
/// Where it is cut into nodes hangs on its content alone. Two keys part at the first bit in which they differ; so all keys make a binary
/// tree. What is below a branch becomes a node of its own as soon as it is heavier than <see cref="MaxWeight"/>, nodes below it counted as
/// references. So the same content makes the same nodes, whatever was edited before, and an edit makes the nodes on its way anew, and no
/// others.
/// </para>
/// <para>The uppermost node, the root, isn't stored here: whoever keeps it keeps the map. It may be as light as it likes.</para>
/// </remarks>
internal static class Trie
{
    /// <summary>How heavy a part may be before it is cut out: a node's weight is about its size in bytes before compression.</summary>
    public const int MaxWeight = 6_000;

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
        while (merged is [{ Value: null } only])
        {
            merged = [.. (await nodes.ReadAsync([only.Node], cancellationToken))[0]]; // all that is left makes the root
        }

        var output = new List<Part>();
        Cut(CollectionsMarshal.AsSpan(merged), output, isRoot: true, made);
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

    private static void Cut(ReadOnlySpan<Part> parts, List<Part> output, bool isRoot, Action<Node> made)
    {
        if (Weigh(parts) <= MaxWeight || (parts.Length == 1 && isRoot))
        {
            output.AddRange(parts);
            return;
        }

        var here = new List<Part>();
        if (parts.Length == 1)
        {
            here.Add(parts[0]); // an item that is too heavy by itself
        }
        else
        {
            var bit = Part.CommonBits(parts[0].Key, parts[^1].Key);
            var (low, high) = (0, parts.Length);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = (parts[middle].Key[bit / 8] & (0x80 >> (bit % 8))) == 0 ? (middle + 1, high) : (low, middle);
            }

            Cut(parts[..low], here, isRoot: false, made);
            Cut(parts[low..], here, isRoot: false, made);
        }

        var cut = CollectionsMarshal.AsSpan(here);
        if (isRoot || (parts.Length > 1 && Weigh(cut) <= MaxWeight))
        {
            output.AddRange(cut);
            return;
        }

        var node = NodeFormat.Encode(cut);
        made(node);
        var bits = cut.Length == 1 ? cut[0].Bits : Part.CommonBits(cut[0].Key, cut[^1].Key);
        var key = cut[0].Key[..((bits + 7) / 8)];
        if (bits % 8 != 0)
        {
            key[^1] &= (byte)(0xFF << (8 - (bits % 8)));
        }

        output.Add(new Part(key, bits, null, node.Digest));
    }

    private static int Weigh(ReadOnlySpan<Part> parts)
    {
        var weight = 0;
        foreach (var part in parts)
        {
            weight += part.Weight;
        }

        return weight;
    }

    private static int Compare(byte[] a, byte[] b) => a.AsSpan().SequenceCompareTo(b);
}
