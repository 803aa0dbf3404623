using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace ClientVpnAdmin.AdminApi.Sources;

/// <summary>
/// Fetches a file of the public Internet. Whoever runs the server, or the name's servers, may be hostile: they can't make the portal
/// connect to anything that isn't public, wait for long, or hold much.
/// </summary>
/// <param name="names">How hosts are found.</param>
/// <param name="patience">How long all of it may take.</param>
/// <param name="reaches">Whether an address may be connected to.</param>
/// <param name="certificates">Which certificates are good; null means those that the machine trusts.</param>
internal sealed class Feed(
    HostNames names, TimeSpan patience, Func<IPAddress, bool> reaches, RemoteCertificateValidationCallback? certificates)
{
    public const int MaxMiB = 16;

    private const int MaxRedirects = 5;

    /// <exception cref="SourceException">It can't be fetched.</exception>
    public async Task<byte[]> FetchAsync(Uri? url, CancellationToken cancellationToken)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        waiting.CancelAfter(patience);
        using var handler = Handler();
        using var http = new HttpClient(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("ClientVpnAdmin"); // some servers refuse those who don't say who they are
        var host = "";
        try
        {
            for (var redirects = 0; redirects <= MaxRedirects; redirects++)
            {
                host = Host(url);
                using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, waiting.Token);
                if (response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
                    && response.Headers.Location is { } target)
                {
                    url = new Uri(url!, target);
                    continue;
                }

                if (response.StatusCode != HttpStatusCode.OK)
                {
                    throw new SourceException(new(
                        "feed-status",
                        $"{host} answers with {(int)response.StatusCode} instead of 200: open the address in a browser, and correct it "
                        + "if it has moved.",
                        ("host", host),
                        ("status", (int)response.StatusCode)));
                }

                return await ReadAsync(host, response.Content, waiting.Token);
            }
        }
        catch (Exception e) when (e is not SourceException && !cancellationToken.IsCancellationRequested)
        {
            throw Explain(host, e, waiting.IsCancellationRequested);
        }

        throw new SourceException(new(
            "feed-redirects",
            $"{host} leads on to other addresses more than {MaxRedirects} times: give the address where it ends.",
            ("host", host),
            ("max", MaxRedirects)));
    }

    private static string Host(Uri? url)
    {
        if (url is not { IsAbsoluteUri: true } || url.Scheme != Uri.UriSchemeHttps)
        {
            var what = url is { IsAbsoluteUri: true } ? $"{url.Scheme}://{url.IdnHost}" : "";
            throw new SourceException(new(
                "feed-not-https",
                $"{(what.Length > 0 ? what : "The address")} isn't https, and nothing else is fetched: give an address that begins with "
                + "https:// and doesn't lead elsewhere.",
                ("host", what)));
        }

        return url.UserInfo.Length == 0
            ? url.IdnHost
            : throw new SourceException(new(
                "feed-credentials",
                $"The address at {url.IdnHost} has a user or a password before the @: remove them. A feed must be readable by anybody.",
                ("host", url.IdnHost)));
    }

    private SocketsHttpHandler Handler() => new()
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false, // each target is looked at first
        AutomaticDecompression = DecompressionMethods.All,
        ConnectCallback = async (context, cancellationToken) => await ConnectAsync(context.DnsEndPoint, cancellationToken),
        MaxResponseDrainSize = 0,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = certificates },
        UseCookies = false,
        UseProxy = false, // a proxy would look the name up once more, and connect to what it finds
    };

    /// <summary>Connects to an address that was looked at, and not to a name, which may have another one by then.</summary>
    private async Task<NetworkStream> ConnectAsync(DnsEndPoint target, CancellationToken cancellationToken)
    {
        IReadOnlyList<IPAddress> addresses = IPAddress.TryParse(target.Host, out var literal)
            ? [literal]
            : (await names.ResolveAsync(target.Host, cancellationToken)).Addresses;
        if (addresses.FirstOrDefault(address => !reaches(address)) is { } refused)
        {
            throw new SourceException(new(
                "feed-not-public",
                $"{target.Host} is at {refused}, which isn't an address of the public Internet: nothing is fetched from there. Give an "
                + "address that anybody can reach.",
                ("host", target.Host),
                ("address", refused)));
        }

        for (var i = 0; ; i++)
        {
            // One address that doesn't answer leaves time for the others.
            using var trying = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            trying.CancelAfter(patience / (addresses.Count + 1));
            try
            {
                return await OpenAsync(new IPEndPoint(addresses[i], target.Port), trying.Token);
            }
            catch (Exception e) when ((e is SocketException or OperationCanceledException)
                && i < addresses.Count - 1 && !cancellationToken.IsCancellationRequested)
            {
                // Perhaps the next one.
            }
        }
    }

    private static async Task<NetworkStream> OpenAsync(IPEndPoint target, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(target, cancellationToken);
            var stream = new NetworkStream(socket, ownsSocket: true);
            socket = null; // the stream's from now on
            return stream;
        }
        finally
        {
            socket?.Dispose();
        }
    }

    /// <summary>Reads what there is after it is decompressed, and no more than may be.</summary>
    private static async Task<byte[]> ReadAsync(string host, HttpContent content, CancellationToken cancellationToken)
    {
        await using var body = await content.ReadAsStreamAsync(cancellationToken);
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = await body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (all.Length + read > MaxMiB * 1024 * 1024)
            {
                throw new SourceException(new(
                    "feed-too-large",
                    $"What {host} sends is larger than {MaxMiB} MiB: give the address of a smaller list.",
                    ("host", host),
                    ("maxMiB", MaxMiB)));
            }

            await all.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        return all.ToArray();
    }

    private SourceException Explain(string host, Exception failure, bool isOver)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is SourceException found)
            {
                return found;
            }

            if (cause is AuthenticationException)
            {
                return new(
                    new(
                        "feed-certificate",
                        $"{host} can't show that it is {host}: its certificate is not trusted, too old or for another name. Tell those who "
                        + "run it.",
                        ("host", host)),
                    failure);
            }
        }

        return isOver
            ? new(
                new(
                    "feed-too-slow",
                    $"{host} took longer than {patience.TotalSeconds} seconds: it will be tried again. If that doesn't help, choose "
                    + "another source.",
                    ("host", host),
                    ("seconds", patience.TotalSeconds)),
                failure)
            : new(
                new(
                    "feed-unreachable",
                    $"{host} can't be reached, or breaks off: see whether the portal has a way to the Internet. It will be tried again.",
                    ("host", host)),
                failure);
    }
}
