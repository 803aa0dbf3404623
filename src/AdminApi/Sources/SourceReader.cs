using System.Net;
using System.Net.Security;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;

namespace ClientVpnAdmin.AdminApi.Sources;

/// <summary>Reads what a source says now: all of it, or it fails.</summary>
internal sealed class SourceReader
{
    private static readonly TimeSpan MinTimeToLive = TimeSpan.FromMinutes(1);

    private readonly string? countryDatabase;
    private readonly HostNames names;
    private readonly Feed feed;

    /// <param name="countryDatabase">The country database's file or folder; null if there is none.</param>
    public SourceReader(string? countryDatabase)
        : this(countryDatabase, TimeSpan.FromSeconds(20), null, PublicInternet.Reaches, null)
    {
    }

    /// <summary>For tests, which have a name server and a web server of their own.</summary>
    /// <param name="patience">How long a feed may take.</param>
    internal SourceReader(
        string? countryDatabase,
        TimeSpan patience,
        IReadOnlyList<IPEndPoint>? nameServers,
        Func<IPAddress, bool> reaches,
        RemoteCertificateValidationCallback? certificates)
    {
        this.countryDatabase = countryDatabase;
        names = new HostNames(patience / 4, nameServers);
        feed = new Feed(names, patience, reaches, certificates);
    }

    /// <summary>Whether there is a country database here.</summary>
    public bool HasCountryDatabase => countryDatabase is not null;

    /// <exception cref="SourceException">It can't be read.</exception>
    public async Task<SourceContent> ReadAsync(ListSource source, CancellationToken cancellationToken) => source.Kind switch
    {
        SourceKind.Dns => await ReadNamesAsync(source.Names, cancellationToken),
        SourceKind.Url => await ReadFeedAsync(source, cancellationToken),
        SourceKind.Countries => new(
            SourceEntries.Checked((await ReadCountriesAsync(source.Countries, cancellationToken)).Values.SelectMany(entries => entries)),
            null),
        _ => throw new SourceException(new(
            "nothing-to-refresh", "People give the entries of this list: there is nothing to refresh. Change the entries themselves.")),
    };

    /// <summary>Reads several countries' lists at once, by their codes.</summary>
    /// <param name="codes">Which countries; null means all that there are.</param>
    /// <exception cref="SourceException">The database can't be read, or lacks one of them.</exception>
    public Task<IReadOnlyDictionary<string, List<AddressEntry>>> ReadCountriesAsync(
        IReadOnlyCollection<string>? codes, CancellationToken cancellationToken) =>
        Task.Run(() => CountryDatabase.Read(countryDatabase, codes, cancellationToken), cancellationToken);

    private async Task<SourceContent> ReadFeedAsync(ListSource source, CancellationToken cancellationToken)
    {
        var body = await feed.FetchAsync(source.Url, cancellationToken);
        try
        {
            return new(SourceEntries.Checked(await FeedText.ParseAsync(body, source, cancellationToken)), null);
        }
        catch (InvalidOperationException e)
        {
            // Text in JSON that isn't Unicode.
            const string Why = "It has text that isn't Unicode.";
            throw new SourceException(
                new("feed-unreadable", $"{Why} See whether the source is still the right one, and its format.", ("why", Why)), e);
        }
    }

    private async Task<SourceContent> ReadNamesAsync(IReadOnlyList<string> hosts, CancellationToken cancellationToken)
    {
        var (entries, timeToLive) = (new List<AddressEntry>(), TimeSpan.MaxValue);
        foreach (var host in hosts)
        {
            var found = await names.ResolveAsync(host, cancellationToken);
            entries.AddRange(found.Addresses
                .Select(address => Address.Parse(address.ToString())!.Value)
                .Select(address => new AddressEntry(new Cidr(address, address.Width), SourceEntries.Note(host))));
            timeToLive = found.TimeToLive < timeToLive ? found.TimeToLive : timeToLive;
        }

        return new(
            SourceEntries.Checked(entries),
            hosts.Count == 0 ? null : timeToLive < MinTimeToLive ? MinTimeToLive : timeToLive);
    }
}
