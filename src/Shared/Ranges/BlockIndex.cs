using System.Numerics;
using System.Runtime.InteropServices;
using ClientVpnAdmin.Addresses;

namespace ClientVpnAdmin.Ranges;

/// <summary>A CIDR block, and to whom it belongs.</summary>
internal readonly record struct OwnedBlock(Address Network, byte PrefixLength, BlockOwner Owner);

/// <summary>To whom a block belongs: a range, or an address list, which may have the same id.</summary>
internal readonly record struct BlockOwner(Guid Id, bool IsList);

/// <summary>
/// Finds the blocks that contain an address: one search and a short walk outwards, at any number of blocks. Immutable; a few edits lie
/// beside what was built, so that they cost little.
/// </summary>
internal sealed class BlockIndex
{
    private const int FewEdits = 1_000;

    private readonly Blocks<uint> ipv4;
    private readonly Blocks<UInt128> ipv6;

    // What isn't there any more of the built ones, and what came since.
    private readonly HashSet<OwnedBlock> gone = [];
    private readonly HashSet<OwnedBlock> come = [];
    private readonly BlockIndex? young;

    /// <param name="blocks">In any order.</param>
    public BlockIndex(IEnumerable<OwnedBlock> blocks)
    {
        var owners = new Dictionary<BlockOwner, int>();
        var (ipv4Blocks, ipv6Blocks) = (new List<Block<uint>>(), new List<Block<UInt128>>());
        foreach (var (network, length, owner) in blocks)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(length, network.Width);
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(owners, owner, out var isKnown);
            number = isKnown ? number : owners.Count - 1;
            if (network.IsIPv6)
            {
                ipv6Blocks.Add(new(network.Value, length, number));
            }
            else
            {
                ipv4Blocks.Add(new((uint)network.Value, length, number));
            }
        }

        BlockOwner[] all = [.. owners.Keys];
        (ipv4, ipv6) = (new(ipv4Blocks, all, 32), new(ipv6Blocks, all, 128));
    }

    private BlockIndex(BlockIndex built, HashSet<OwnedBlock> gone, HashSet<OwnedBlock> come)
    {
        (ipv4, ipv6, this.gone, this.come) = (built.ipv4, built.ipv6, gone, come);
        young = come.Count > 0 ? new BlockIndex(come) : null;
    }

    /// <summary>The index without some blocks, and with others.</summary>
    /// <returns>Null if there are too many edits by now: it must be built anew.</returns>
    public BlockIndex? Edit(IEnumerable<OwnedBlock> removed, IEnumerable<OwnedBlock> added)
    {
        var (newGone, newCome) = (gone.ToHashSet(), come.ToHashSet());
        foreach (var block in removed)
        {
            if (!newCome.Remove(block))
            {
                newGone.Add(block);
            }
        }

        foreach (var block in added)
        {
            if (!newGone.Remove(block))
            {
                newCome.Add(block);
            }
        }

        return newGone.Count + newCome.Count > FewEdits ? null : new(this, newGone, newCome);
    }

    /// <summary>Finds the blocks that contain an address.</summary>
    /// <param name="found">Takes how long each block's prefix is, and to whom it belongs; made only if there are any.</param>
    public void Find(Address address, ref List<(int PrefixLength, BlockOwner Owner)>? found)
    {
        if (address.IsIPv6)
        {
            ipv6.Find(address.Value, ref found);
        }
        else
        {
            ipv4.Find((uint)address.Value, ref found);
        }

        if (gone.Count > 0 && found is not null)
        {
            RemoveGone(address, found);
        }

        young?.Find(address, ref found);
    }

    // Apart, since what a lambda captures is made where the method begins.
    private void RemoveGone(Address address, List<(int PrefixLength, BlockOwner Owner)> found) =>
        found.RemoveAll(block => gone.Contains(
            new(address with { Value = address.Value & ~Cidr.HostBits(address.Width, block.PrefixLength) },
                (byte)block.PrefixLength,
                block.Owner)));

    private readonly record struct Block<T>(T First, byte Length, int Owner);

    /// <summary>
    /// Blocks either nest or are disjoint. So, with outer ones sorted before inner ones, whatever contains an address is the last block
    /// that begins at or before it, or lies around that one.
    /// </summary>
    private sealed class Blocks<T>
        where T : struct, IBinaryInteger<T>
    {
        private const int None = -1;

        // Where blocks begin whose first bits are as many. It is worth its memory when there are more blocks than that.
        private const int DirectBits = 16;

        private readonly int width;
        private readonly BlockOwner[] owners;
        private readonly T[] first;
        private readonly byte[] length;
        private readonly int[] owner;
        private readonly int[] around; // a block of the same addresses lies around the next one of them
        private readonly int[]? direct;

        public Blocks(List<Block<T>> blocks, BlockOwner[] owners, int width)
        {
            (this.owners, this.width) = (owners, width);
            blocks.Sort((a, b) => a.First.CompareTo(b.First) is not 0 and var order ? order : a.Length.CompareTo(b.Length));
            var count = blocks.Count;
            (first, length, owner, around) = (new T[count], new byte[count], new int[count], new int[count]);
            for (var i = 0; i < count; i++)
            {
                (first[i], length[i], owner[i]) = blocks[i];
                around[i] = i - 1;
                while (around[i] != None && !Contains(around[i], first[i]))
                {
                    around[i] = around[around[i]];
                }
            }

            if (count > 1 << DirectBits)
            {
                direct = new int[(1 << DirectBits) + 1];
                var i = 0;
                for (var bits = 0; bits < direct.Length; bits++)
                {
                    while (i < count && Leading(first[i]) < bits)
                    {
                        i++;
                    }

                    direct[bits] = i;
                }
            }
        }

        public void Find(T address, ref List<(int PrefixLength, BlockOwner Owner)>? found)
        {
            for (var i = LastFrom(address); i != None; i = around[i])
            {
                if (Contains(i, address))
                {
                    (found ??= []).Add((length[i], owners[owner[i]]));
                }
            }
        }

        private bool Contains(int block, T address) =>
            length[block] == 0 || (first[block] ^ address) >> (width - length[block]) == T.Zero;

        private int Leading(T value) => int.CreateTruncating(value >> (width - DirectBits));

        /// <summary>The last block that begins at or before the address.</summary>
        private int LastFrom(T address)
        {
            var (low, high) = direct is null ? (0, first.Length) : (direct[Leading(address)], direct[Leading(address) + 1]);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = first[middle] <= address ? (middle + 1, high) : (low, middle);
            }

            return low - 1;
        }
    }
}
