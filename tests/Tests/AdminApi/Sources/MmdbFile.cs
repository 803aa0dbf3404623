using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using ClientVpnAdmin.Addresses;

namespace ClientVpnAdmin.AdminApi.Sources;

/// <summary>Writes a small database in MaxMind's format: an IPv6 tree with 24-bit records, IPv4 networks at its left end.</summary>
internal sealed class MmdbFile
{
    private const int IPv4Depth = 96;

    private readonly List<Node> nodes = [new()];
    private readonly MemoryStream data = new();

    /// <summary>What a network's data is; members are maps or texts.</summary>
    public void Add(string cidr, IReadOnlyDictionary<string, object> members)
    {
        var network = Cidr.Parse(cidr, out _)!;
        var depth = network.PrefixLength + (network.Network.IsIPv6 ? 0 : IPv4Depth);
        var last = Walk(network.Network.Value, depth - 1);
        last[Bit(network.Network.Value, depth - 1)] = -1 - (int)data.Position; // negative: where its data is
        Write(data, members);
    }

    public void AddCountry(string cidr, string code) =>
        Add(cidr, new Dictionary<string, object> { ["country"] = new Dictionary<string, object> { ["iso_code"] = code } });

    /// <summary>Lets an IPv6 network lead to the IPv4 addresses, as MaxMind's databases have it. Not before there are some.</summary>
    public void AddAlias(string cidr)
    {
        var parts = cidr.Split('/');
        var (value, depth) = (Address.ParseUnmapped(parts[0])!.Value.Value, int.Parse(parts[1], CultureInfo.InvariantCulture));
        Walk(value, depth - 1)[Bit(value, depth - 1)] = nodes.IndexOf(Walk(0, IPv4Depth));
    }

    public byte[] ToBytes()
    {
        using var file = new MemoryStream();
        var record = new byte[4];
        foreach (var next in nodes.SelectMany(node => node.Next))
        {
            // The node of this number; none; or data, which begins 16 bytes behind the tree.
            BinaryPrimitives.WriteInt32BigEndian(record, next > 0 ? next : next == 0 ? nodes.Count : nodes.Count + 16 + (-1 - next));
            file.Write(record.AsSpan(1));
        }

        file.Write(new byte[16]);
        file.Write(data.ToArray());
        file.Write([0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8]);
        Write(file, new Dictionary<string, object>
        {
            ["binary_format_major_version"] = (ushort)2,
            ["binary_format_minor_version"] = (ushort)0,
            ["build_epoch"] = 1_700_000_000UL,
            ["database_type"] = "Test-Country",
            ["description"] = new Dictionary<string, object> { ["en"] = "A test's" },
            ["ip_version"] = (ushort)6,
            ["languages"] = Array.Empty<object>(),
            ["node_count"] = (uint)nodes.Count,
            ["record_size"] = (ushort)24,
        });
        return file.ToArray();
    }

    private static int Bit(UInt128 value, int depth) => (int)((value >> (127 - depth)) & 1);

    /// <summary>The node so deep on the way to an address.</summary>
    private Node Walk(UInt128 value, int depth)
    {
        var node = nodes[0];
        for (var i = 0; i < depth; i++)
        {
            ref var next = ref node.Next[Bit(value, i)];
            if (next == 0)
            {
                next = nodes.Count;
                nodes.Add(new Node());
            }

            node = nodes[next];
        }

        return node;
    }

    private static void Write(Stream stream, object value)
    {
        switch (value)
        {
            case IReadOnlyDictionary<string, object> map:
                stream.WriteByte((byte)((7 << 5) | map.Count));
                foreach (var (name, member) in map)
                {
                    Write(stream, name);
                    Write(stream, member);
                }

                break;
            case string text:
                var bytes = Encoding.UTF8.GetBytes(text);
                Assert.InRange(bytes.Length, 0, 28); // longer ones have their length elsewhere
                stream.WriteByte((byte)((2 << 5) | bytes.Length));
                stream.Write(bytes);
                break;
            case ushort number:
                stream.Write([(5 << 5) | 2, (byte)(number >> 8), (byte)number]);
                break;
            case uint number:
                var four = new byte[4];
                BinaryPrimitives.WriteUInt32BigEndian(four, number);
                stream.Write([(6 << 5) | 4, .. four]);
                break;
            case ulong number:
                var eight = new byte[8];
                BinaryPrimitives.WriteUInt64BigEndian(eight, number);
                stream.Write([8, 9 - 7, .. eight]); // types above 7 follow in a byte of their own
                break;
            case object[] { Length: 0 }:
                stream.Write([0, 11 - 7]);
                break;
            default:
                throw new ArgumentException($"There is no such value as {value}.", nameof(value));
        }
    }

    private sealed class Node
    {
        public int[] Next { get; } = new int[2];

        public ref int this[int bit] => ref Next[bit];
    }
}
