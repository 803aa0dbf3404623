using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClientVpnAdmin.AdminApi.Sources;

/// <summary>A name server on the loopback address, by UDP and TCP. It says what a test wants it to.</summary>
internal sealed class NameServer : IAsyncDisposable
{
    public const int A = 1;
    public const int Alias = 5;
    public const int Aaaa = 28;

    private const int Header = 12;

    private readonly CancellationTokenSource end = new();
    private readonly UdpClient udp;
    private readonly TcpListener tcp;
    private readonly Task answering;

    public NameServer()
    {
        (udp, tcp) = Open();
        answering = Task.WhenAll(AnswerUdpAsync(), AnswerTcpAsync());
    }

    public IPEndPoint EndPoint => (IPEndPoint)udp.Client.LocalEndPoint!;

    /// <summary>What is answered about a name and a type; null for no answer at all. Without it no name is known.</summary>
    public Func<string, int, Reply?> Answer { get; set; } = (_, _) => new Reply(3);

    /// <summary>What was asked for, as <c>home.example.com 1</c>.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>Knows these records, and no others.</summary>
    public void Know(params Record[] records) => Answer = (name, type) =>
    {
        var known = records.Where(r => string.Equals(r.Owner, name, StringComparison.OrdinalIgnoreCase)).ToList();
        var path = known.Where(r => r.Type == type || r.Type == Alias).ToList();
        foreach (var target in known.Where(r => r.Type == Alias).Select(r => r.Target))
        {
            path.AddRange(records.Where(r => r.Owner == target && r.Type == type));
        }

        return known.Count == 0 ? new Reply(3) : new Reply(0, [.. path]);
    };

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        udp.Dispose();
        tcp.Dispose();
        await answering;
        end.Dispose();
    }

    private static (UdpClient Udp, TcpListener Tcp) Open()
    {
        // The port that is free for the one may be taken for the other.
        for (var tries = 0; ; tries++)
        {
            var udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
            var tcp = new TcpListener((IPEndPoint)udp.Client.LocalEndPoint!);
            try
            {
                tcp.Start();
                return (udp, tcp);
            }
            catch (SocketException) when (tries < 10)
            {
                udp.Dispose();
                tcp.Dispose();
            }
        }
    }

    private async Task AnswerUdpAsync()
    {
        try
        {
            while (true)
            {
                var query = await udp.ReceiveAsync(end.Token);
                if (Reply(query.Buffer, isTcp: false) is { } reply)
                {
                    await udp.SendAsync(reply, query.RemoteEndPoint, end.Token);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task AnswerTcpAsync()
    {
        try
        {
            while (true)
            {
                using var client = await tcp.AcceptTcpClientAsync(end.Token);
                var stream = client.GetStream();
                var length = new byte[2];
                await stream.ReadExactlyAsync(length, end.Token);
                var query = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(query, end.Token);
                if (Reply(query, isTcp: true) is { } reply)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)reply.Length);
                    await stream.WriteAsync((byte[])[.. length, .. reply], end.Token);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException or IOException)
        {
            // The test is over.
        }
    }

    private byte[]? Reply(byte[] query, bool isTcp)
    {
        var (labels, at) = (new List<string>(), Header);
        while (query[at] > 0)
        {
            labels.Add(Encoding.ASCII.GetString(query, at + 1, query[at]));
            at += query[at] + 1;
        }

        var (name, type) = (string.Join('.', labels), BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(at + 1)));
        Asked.Enqueue($"{name} {type}");
        if (Answer(name, type) is not { } reply)
        {
            return null;
        }

        if (reply.Raw is not null)
        {
            return [.. query[..2], .. reply.Raw];
        }

        var cut = reply.FitsTcpOnly && !isTcp;
        var records = cut ? [] : reply.Records;
        return
        [
            .. query[..2],
            (byte)(0x81 | (cut ? 2 : 0)), (byte)(0x80 | reply.Code), // an answer; recursion was wanted, and there is
            0, 1, 0, (byte)records.Count, 0, 0, 0, 0,
            .. query[Header..(at + 5)],
            .. records.SelectMany(record => record.ToBytes()),
        ];
    }
}

/// <summary>What a name server answers.</summary>
/// <param name="Code">0, or the error: 2 is SERVFAIL, 3 is NXDOMAIN.</param>
internal sealed record Reply(int Code, params IReadOnlyList<Record> Records)
{
    /// <summary>Whether UDP has but a truncated answer.</summary>
    public bool FitsTcpOnly { get; init; }

    /// <summary>What follows the id, instead of an answer.</summary>
    public byte[]? Raw { get; init; }
}

/// <summary>What a name server knows about a name.</summary>
/// <param name="Target">An address, or the name that an alias stands for.</param>
internal sealed record Record(string Owner, string Target, int Ttl = 300)
{
    public int Type => !IPAddress.TryParse(Target, out var address) ? NameServer.Alias
        : address.AddressFamily == AddressFamily.InterNetwork ? NameServer.A : NameServer.Aaaa;

    public byte[] ToBytes()
    {
        var data = IPAddress.TryParse(Target, out var address) ? address.GetAddressBytes() : Name(Target);
        return [.. Name(Owner), 0, (byte)Type, 0, 1, .. Number(Ttl)[..4], 0, (byte)data.Length, .. data];
    }

    private static byte[] Number(int number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }

    private static byte[] Name(string name) =>
        [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];
}
