using System.Runtime.CompilerServices;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;
using CsCheck;

namespace ClientVpnAdmin.AdminApi.Sources;

public sealed class CountryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_country_of_a_tree_is_as_few_blocks_as_can_be()
    {
        var file = new MmdbFile();
        file.AddCountry("20.0.0.0/24", "JP");
        file.AddCountry("20.0.1.0/24", "JP");
        file.AddCountry("20.0.2.0/24", "DE");
        file.AddCountry("20.0.3.0/24", "JP");
        file.AddCountry("2400:4000::/32", "JP");
        file.AddCountry("2400:4001::/32", "JP");
        var path = Write(file);
        Assert.Equal(["20.0.0.0/23 JP", "20.0.3.0/24 JP", "2400:4000::/31 JP"], await ReadAsync(path, "JP"));
        Assert.Equal(["20.0.0.0/23 JP", "20.0.2.0/24 DE", "20.0.3.0/24 JP", "2400:4000::/31 JP"], await ReadAsync(path, "de", "jp"));
    }

    [Fact]
    public async Task Where_a_block_was_registered_does_not_count()
    {
        var file = new MmdbFile();
        file.Add("20.0.0.0/24", Members(("registered_country", Members(("iso_code", "JP")))));
        file.Add("20.0.1.0/24", Members(("country", Members(("iso_code", "DE"))), ("registered_country", Members(("iso_code", "JP")))));
        file.Add("20.0.2.0/24", Members(("country", Members(("geoname_id", 7u)))));
        file.Add("20.0.3.0/24", Members(("continent", Members(("code", "AS")))));
        Assert.Equal(["20.0.1.0/24 DE"], await ReadAllAsync(Write(file)));
    }

    [Fact]
    public async Task A_code_alone_is_the_country_as_well()
    {
        var file = new MmdbFile();
        file.Add("20.0.0.0/24", Members(("country_code", "JP")));
        file.Add("20.0.1.0/24", Members(("country_code", "ZZ"))); // no country
        file.Add("20.0.2.0/24", Members(("country_code", "Japan")));
        Assert.Equal(["20.0.0.0/24 JP"], await ReadAllAsync(Write(file)));
    }

    [Fact]
    public async Task What_leads_to_IPv4_addresses_once_more_is_passed_over()
    {
        var file = new MmdbFile();
        file.AddCountry("20.0.0.0/24", "JP");
        file.AddAlias("::ffff:0:0/96");
        file.AddAlias("2002::/16");
        file.AddAlias("2001::/32");
        file.AddAlias("64:ff9b::/96");
        Assert.Equal(["20.0.0.0/24 JP"], await ReadAllAsync(Write(file)));
    }

    [Fact]
    public async Task A_block_is_never_wider_than_an_entry_may_be()
    {
        var file = new MmdbFile();
        file.AddCountry("6.0.0.0/7", "US");
        file.AddCountry("2a00::/15", "DE");
        Assert.Equal(["2a00::/16 DE", "2a01::/16 DE", "6.0.0.0/8 US", "7.0.0.0/8 US"], await ReadAllAsync(Write(file)));
    }

    [Fact]
    public async Task Special_addresses_that_a_database_gives_to_a_country_are_passed_over()
    {
        var file = new MmdbFile();
        file.AddCountry("172.0.0.0/10", "JP");
        file.AddCountry("192.168.1.0/24", "JP");
        file.AddCountry("2001::/22", "JP");
        Assert.Equal(
            ["172.0.0.0/12 JP", "172.32.0.0/11 JP", "2001:200::/23 JP"],
            await ReadAllAsync(Write(file)));
        Assert.Empty(await ReadAllAsync(folder.Write("private.csv", "10.0.0.0,10.255.255.255,JP\n192.168.0.0,192.168.255.255,JP\n")));
    }

    [Fact]
    public async Task Countries_that_a_database_lacks_are_named()
    {
        var file = new MmdbFile();
        file.AddCountry("20.0.0.0/24", "JP");
        Assert.Equal(("not-in-source", "UK, XX"), await FailAsync(Write(file), "names", "XX", "JP", "UK"));
    }

    [Fact]
    public async Task No_country_is_not_all_of_them()
    {
        var file = new MmdbFile();
        file.AddCountry("20.0.0.0/24", "JP");
        Assert.Empty(await ReadAsync(Write(file)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("missing.mmdb")]
    public async Task Without_a_database_it_is_said_what_to_bring(string? name)
    {
        var failed = await Assert.ThrowsAsync<SourceException>(
            () => ReadAsync(name is null ? null : folder[name], "JP"));
        Assert.Equal("no-country-database", failed.Fault.Code);
        Assert.Contains("MaxMind or DB-IP", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_damage_is_a_failure_and_nothing_else()
    {
        var file = new MmdbFile();
        file.AddCountry("20.0.0.0/8", "JP");
        file.AddCountry("2400::/16", "JP");
        var (whole, random, failed) = (file.ToBytes(), new Random(1), 0);
        for (var i = 0; i < 300; i++)
        {
            var bytes = i % 10 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            if (i % 10 > 0)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
            }

            await File.WriteAllBytesAsync(folder["damaged.mmdb"], bytes);
            try
            {
                await ReadAsync(folder["damaged.mmdb"], "JP");
            }
            catch (SourceException)
            {
                failed++;
            }
        }

        Assert.InRange(failed, 50, 300); // a bit of the description may be any other
    }

    [Fact]
    public async Task MaxMinds_CSV_files_are_read_from_their_folder()
    {
        WriteFolder();
        Assert.Equal(["20.0.0.0/23 JP", "20.0.3.0/24 DE", "2400:4000::/32 JP"], await ReadAllAsync(folder["csv"]));
        Assert.Equal(["20.0.3.0/24 DE"], await ReadAsync(folder["csv"], "DE"));
    }

    [Theory]
    [InlineData("Blocks-IPv4", "network,geoname_id\n20.0.0.1/24,1861060\n", "Line 2: '20.0.0.1/24' has host bits")]
    [InlineData("Blocks-IPv6", "network,geoname_id\n\n2400::/32,17\n", "no place '17'")]
    [InlineData("Blocks-IPv4", "network,geoname_id\n20.0.0.0/24\n", "Line 2: It ends too soon")]
    [InlineData("Blocks-IPv6", "from,to\n", "no columns network and geoname_id")]
    [InlineData("Blocks-IPv6", null, "GeoLite2-Country-Blocks-IPv6.csv is missing")]
    [InlineData("Locations-en", null, "GeoLite2-Country-Locations-en.csv is missing")]
    [InlineData("Blocks-IPv4", "\"network", "is no CSV")]
    public async Task A_folder_that_is_not_MaxMinds_is_a_failure_that_says_why(string file, string? text, string says)
    {
        WriteFolder();
        var path = Path.Combine(folder["csv"], $"GeoLite2-Country-{file}.csv");
        File.Delete(path);
        if (text is not null)
        {
            await File.WriteAllTextAsync(path, text);
        }

        var failed = await Assert.ThrowsAsync<SourceException>(() => ReadAllAsync(folder["csv"]));
        Assert.Contains(says, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DB_IPs_CSV_file_is_read()
    {
        var path = folder.Write("dbip-country-lite-2026-04.csv", """
            0.0.0.0,0.255.255.255,ZZ
            20.0.0.0,20.0.0.255,JP
            20.0.1.0,20.0.2.127,JP
            20.0.2.128,20.0.2.255,DE
            2400:4000::,2400:4000:ffff:ffff:ffff:ffff:ffff:ffff,JP
            """);
        Assert.Equal(
            ["20.0.0.0/23 JP", "20.0.2.0/25 JP", "20.0.2.128/25 DE", "2400:4000::/32 JP"], await ReadAllAsync(path));
    }

    [Theory]
    [InlineData("20.0.0.0,20.0.0.255")]
    [InlineData("20.0.0.255,20.0.0.0,JP")]
    [InlineData("20.0.0.0,2400::,JP")]
    [InlineData("start,end,country")]
    public async Task A_line_that_is_not_DB_IPs_fails_all_and_is_named(string line)
    {
        var path = folder.Write("dbip.csv", $"20.0.5.0,20.0.5.255,JP\n{line}\n");
        Assert.Equal(
            ("country-database-unreadable", "Line 2: It is not of the form 1.0.0.0,1.0.0.255,AU."), await FailAsync(path, "why", "JP"));
    }

    [Fact]
    public void Each_address_is_in_its_country_and_no_two_blocks_could_be_one() =>
        Gen.Int[0, 2].Array[64].Sample(
            countries =>
            {
                string[] codes = ["JP", "DE", "ZZ"];
                var path = folder.Write(
                    "random.csv", string.Concat(countries.Select((country, i) => $"20.0.0.{i},20.0.0.{i},{codes[country]}\n")));
                var read = CountryDatabase.Read(path, null, default);
                for (var i = 0; i < countries.Length; i++)
                {
                    var address = Address.Parse($"20.0.0.{i}")!.Value;
                    Assert.Equal(
                        countries[i] == 2 ? [] : [codes[countries[i]]],
                        read.Values.SelectMany(e => e).Where(e => e.Cidr.Contains(address)).Select(e => e.Note));
                }

                foreach (var blocks in read.Values.Select(e => e.Select(entry => entry.Cidr).ToHashSet()))
                {
                    Assert.DoesNotContain(blocks, block => blocks.Contains(new Cidr(Other(block), block.PrefixLength)));
                }
            },
            iter: 100,
            threads: 1);

    /// <summary>The network beside a block that would make a block together with it.</summary>
    private static Address Other(Cidr block) =>
        block.Network with { Value = block.Network.Value ^ (UInt128.One << (32 - block.PrefixLength)) };

    [CountryDatabaseFact]
    public void A_real_database_has_all_countries_within_what_entries_may_be()
    {
        var countries = CountryDatabase.Read(CountryDatabaseFactAttribute.Path, null, default);
        Assert.InRange(countries.Count, 200, 260);
        Assert.InRange(countries.Values.Sum(entries => entries.Count), 200_000, 2_000_000);

        // Two that have been where they are for decades: RIPE's own network, and JPNIC's.
        Assert.Equal(["NL"], Of("193.0.6.139"));
        Assert.Equal(["JP"], Of("192.41.192.40"));
        foreach (var entries in countries.Values)
        {
            Assert.All(entries.Zip(entries.Skip(1)), pair => Assert.True(pair.First.CompareBlock(pair.Second) < 0));
        }

        string[] Of(string address) =>
            [.. countries.Where(c => c.Value.Exists(e => e.Cidr.Contains(Address.Parse(address)!.Value))).Select(c => c.Key)];
    }

    private static Dictionary<string, object> Members(params (string Name, object Value)[] members) =>
        members.ToDictionary(m => m.Name, m => m.Value);

    private string Write(MmdbFile file)
    {
        File.WriteAllBytes(folder["countries.mmdb"], file.ToBytes());
        return folder["countries.mmdb"];
    }

    private void WriteFolder()
    {
        Directory.CreateDirectory(folder["csv"]);
        folder.Write("csv/GeoLite2-Country-Locations-en.csv", """
            geoname_id,locale_code,continent_code,continent_name,country_iso_code,country_name,is_in_european_union
            1861060,en,AS,Asia,JP,Japan,0
            2921044,en,EU,Europe,DE,Germany,1
            6255148,en,EU,Europe,,,0
            """);
        folder.Write("csv/GeoLite2-Country-Blocks-IPv4.csv", """
            network,geoname_id,registered_country_geoname_id,represented_country_geoname_id,is_anonymous_proxy,is_satellite_provider
            20.0.0.0/24,1861060,2921044,,0,0
            20.0.1.0/24,1861060,1861060,,0,0
            20.0.2.0/24,,1861060,,0,0
            20.0.3.0/24,2921044,2921044,,0,0
            20.0.4.0/24,6255148,2921044,,0,0
            """);
        folder.Write("csv/GeoLite2-Country-Blocks-IPv6.csv", """
            network,geoname_id,registered_country_geoname_id,represented_country_geoname_id,is_anonymous_proxy,is_satellite_provider
            2400:4000::/32,1861060,1861060,,0,0
            """);
    }

    private static async Task<IEnumerable<string>> ReadAsync(string? path, params string[] countries) =>
        (await Reader(path).ReadAsync(new ListSource { Kind = SourceKind.Countries, Countries = [.. countries] }, default))
            .Entries.Select(e => $"{e.Cidr} {e.Note}");

    private static async Task<IEnumerable<string>> ReadAllAsync(string path) =>
        (await Reader(path).ReadCountriesAsync(null, default)).Values
            .SelectMany(entries => entries).Select(e => $"{e.Cidr} {e.Note}").Order(StringComparer.Ordinal);

    /// <returns>The fault's code, and one of its values.</returns>
    private static async Task<(string Code, string Value)> FailAsync(string path, string value, params string[] countries)
    {
        var fault = (await Assert.ThrowsAsync<SourceException>(() => ReadAsync(path, countries))).Fault;
        return (fault.Code, fault.Values[value]);
    }

    private static SourceReader Reader(string? path) => new(path);
}

/// <summary>A test that needs a real country database, and is skipped where npm couldn't bring it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CountryDatabaseFactAttribute : FactAttribute
{
    public CountryDatabaseFactAttribute([CallerMemberName] string test = "") => this.Skip(
        NodePackages.Problem ?? (File.Exists(Path) ? null : "This test needs a country database: run npm ci in tests, which brings it."),
        test);

    public static string Path => NodePackages.PathOf("@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb");
}
