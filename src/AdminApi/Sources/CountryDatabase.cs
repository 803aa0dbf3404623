using System.Buffers.Binary;
using System.Net;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.AdminApi.Ranges;
using ClientVpnAdmin.Validation;
using MaxMind.Db;

namespace ClientVpnAdmin.AdminApi.Sources;

/// <summary>
/// Which country an address is in, by a database that the administrator brings: an <c>.mmdb</c> file of MaxMind, DB-IP or others, a
/// folder with MaxMind's CSV files, or DB-IP's CSV file.
/// </summary>
/// <remarks>
/// Special addresses are passed over here, and not refused as elsewhere: MaxMind's trees have all of IPv4 once more below those of 6to4 and
/// Teredo, and others' give private networks to a country.
/// </remarks>
internal static class CountryDatabase
{
    /// <summary>DB-IP's code for addresses that aren't in any country.</summary>
    private const string NoCountry = "ZZ";

    /// <summary>Reads several countries at once; each one's blocks are as few as can be.</summary>
    /// <param name="path">The file, or the folder.</param>
    /// <param name="codes">Which countries; null means all.</param>
    /// <exception cref="SourceException">It can't be read, or lacks a country.</exception>
    public static IReadOnlyDictionary<string, List<AddressEntry>> Read(
        string? path, IReadOnlyCollection<string>? codes, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(path) || !Path.Exists(path))
        {
            throw new SourceException(new(
                "no-country-database",
                "There is no country database. Bring one of MaxMind or DB-IP, and say in the configuration where it is.",
                ("file", Path.GetFileName(path) ?? "")));
        }

        try
        {
            var wanted = new WantedNames(codes);
            var spans = new Dictionary<string, List<(Address First, Address Last)>>(StringComparer.Ordinal);
            foreach (var (first, last, country) in Spans(path))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var code = country.ToUpperInvariant();
                if (IsCode(code) && wanted.Has(code))
                {
                    (spans.TryGetValue(code, out var known) ? known : spans[code] = []).AddRange(PublicInternet.Within(first, last));
                }
            }

            wanted.ThrowIfMissing("country");
            return spans.ToDictionary(
                country => country.Key,
                country => SourceEntries.Checked(Merge(country.Value).Select(block => new AddressEntry(block, country.Key))),
                StringComparer.Ordinal);
        }
        catch (Exception e) when (e is not (SourceException or OperationCanceledException))
        {
            // A damaged file makes MaxMind's reader throw all kinds of exceptions.
            throw Unreadable(path, "It is damaged or of another kind, or may not be read.", e);
        }
    }

    private static bool IsCode(string code) => code.Length == 2 && code.All(char.IsAsciiLetterUpper) && code != NoCountry;

    private static IEnumerable<(Address First, Address Last, string Country)> Spans(string path) =>
        Directory.Exists(path) ? ReadMaxMindFolder(path)
            : Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase) ? ReadSpans(path)
            : ReadTree(path);

    private static IEnumerable<(Address First, Address Last, string Country)> ReadTree(string path)
    {
        // In memory, since a mapped file that somebody cuts off ends the process.
        using var reader = new Reader(path, FileAccessMode.Memory);
        foreach (var node in reader.FindAll<Dictionary<string, object>>())
        {
            // Below 0 it is wider than all of IPv4, at the left end of a tree for IPv6.
            if (node.PrefixLength >= 0 && Country(node.Data) is { } country)
            {
                yield return Span(ToAddress(node.Start), node.PrefixLength, country);
            }
        }

        // By way of text a million of them would take seconds.
        static Address ToAddress(IPAddress address)
        {
            Span<byte> bytes = stackalloc byte[16];
            return address.TryWriteBytes(bytes, out var length) && length == 4
                ? new Address(false, BinaryPrimitives.ReadUInt32BigEndian(bytes))
                : new Address(true, BinaryPrimitives.ReadUInt128BigEndian(bytes));
        }

        // Where a block was registered (registered_country) says little about where it is used. Some who convert databases for
        // packages keep but a country_code.
        static string? Country(Dictionary<string, object> data) =>
            (data.TryGetValue("country", out var country) && country is IReadOnlyDictionary<string, object> members
                && members.TryGetValue("iso_code", out var code) ? code : data.GetValueOrDefault("country_code")) as string;
    }

    private static IEnumerable<(Address First, Address Last, string Country)> ReadMaxMindFolder(string folder)
    {
        var countries = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (_, place) in Table("Country-Locations-en.csv", "geoname_id", "country_iso_code"))
        {
            countries[place[0]] = place[1];
        }

        foreach (var file in new[] { "Country-Blocks-IPv4.csv", "Country-Blocks-IPv6.csv" })
        {
            foreach (var (line, block) in Table(file, "network", "geoname_id"))
            {
                var cidr = Cidr.Parse(block[0], out var fault) ?? throw UnreadableLine(folder, line, fault!.Message);
                if (block[1].Length > 0)
                {
                    yield return Span(cidr.Network, cidr.PrefixLength, countries.GetValueOrDefault(block[1]) ?? throw UnreadableLine(
                        folder, line, $"There is no place {Errors.Quote(block[1])} among the locations."));
                }
            }
        }

        IEnumerable<(int Line, string[] Cells)> Table(string name, params string[] columns)
        {
            var path = Directory.EnumerateFiles(folder, $"*-{name}").Order(StringComparer.Ordinal).LastOrDefault()
                ?? throw Unreadable(folder, $"A file such as GeoLite2-{name} is missing.");
            using var text = new StreamReader(path);
            int[]? indexes = null;
            foreach (var (line, cells) in FeedText.Rows(text, ','))
            {
                if (indexes is null)
                {
                    indexes = Array.ConvertAll(columns, column => Array.IndexOf(cells, column));
                    if (indexes.Contains(-1))
                    {
                        throw Unreadable(path, $"It has no columns {string.Join(" and ", columns)}.");
                    }

                    continue;
                }

                yield return indexes.Max() < cells.Length
                    ? (line, Array.ConvertAll(indexes, i => cells[i]))
                    : throw UnreadableLine(path, line, "It ends too soon.");
            }
        }
    }

    private static IEnumerable<(Address First, Address Last, string Country)> ReadSpans(string path)
    {
        using var text = new StreamReader(path);
        foreach (var (line, cells) in FeedText.Rows(text, ','))
        {
            yield return cells is [var from, var to, var country, ..]
                && Address.Parse(from) is { } first && Address.Parse(to) is { } last
                && first.IsIPv6 == last.IsIPv6 && first.Value <= last.Value
                ? (first, last, country)
                : throw UnreadableLine(path, line, "It is not of the form 1.0.0.0,1.0.0.255,AU.");
        }
    }

    private static (Address First, Address Last, string Country) Span(Address network, int prefixLength, string country) =>
        (network, network with { Value = network.Value | Cidr.HostBits(network.Width, prefixLength) }, country);

    /// <summary>The fewest blocks of all spans together, as far as a block may be so wide.</summary>
    private static IEnumerable<Cidr> Merge(List<(Address First, Address Last)> spans)
    {
        spans.Sort((a, b) => a.First.IsIPv6.CompareTo(b.First.IsIPv6) is var order && order != 0
            ? order : a.First.Value.CompareTo(b.First.Value));
        for (var i = 0; i < spans.Count;)
        {
            var (first, last) = spans[i++];
            while (i < spans.Count && spans[i].First.IsIPv6 == first.IsIPv6
                && (spans[i].First.Value <= last.Value || spans[i].First.Value - 1 == last.Value))
            {
                last = spans[i].Last.Value > last.Value ? spans[i].Last : last;
                i++;
            }

            foreach (var (network, prefixLength) in AddressBlocks.Between(first, last, SourceEntries.ShortestPrefix(first.IsIPv6)))
            {
                yield return new Cidr(network, prefixLength);
            }
        }
    }

    private static SourceException UnreadableLine(string path, int line, string why) => Unreadable(path, $"Line {line}: {why}");

    private static SourceException Unreadable(string path, string why, Exception? cause = null) => new(
        new(
            "country-database-unreadable",
            $"The country database {Errors.Quote(Path.GetFileName(path))} can't be read. {why} Bring it anew from MaxMind or "
            + "DB-IP, unpacked.",
            ("file", Errors.Shown(Path.GetFileName(path))),
            ("why", why)),
        cause);
}
