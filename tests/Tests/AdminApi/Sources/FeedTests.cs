using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Http;

namespace ClientVpnAdmin.AdminApi.Sources;

public sealed class FeedTests : IAsyncLifetime
{
    private const string Secret = "c3VwZXJzZWNyZXQ";

    private readonly NameServer names = new();
    private FeedServer server = null!;

    public async Task InitializeAsync()
    {
        server = await FeedServer.StartAsync();
        names.Know(
            new("feed.test", "127.0.0.1"),
            new("inner.test", "10.0.0.1"),
            new("both.test", "127.0.0.1"),
            new("both.test", "169.254.169.254"));
    }

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        await names.DisposeAsync();
    }

    [Fact]
    public async Task A_plain_list_has_addresses_networks_and_spans_with_notes()
    {
        Send("""
            # Our offices
            203.0.113.0/24 # Tokyo

            198.51.100.0/255.255.255.128   #   Osaka
            192.0.2.5-192.0.2.6
            2001:db8::7
            """);
        Assert.Equal(
            [
                "192.0.2.5/32 ", "192.0.2.6/32 ", "198.51.100.0/25 Osaka", "203.0.113.0/24 Tokyo", "2001:db8::7/128 ",
            ],
            (await ReadAsync()).Entries.Select(e => $"{e.Cidr} {e.Note}"));
        Assert.Null((await ReadAsync()).TimeToLive);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData(null)]
    public async Task A_compressed_list_is_read(string? encoding)
    {
        server.Answer = async context =>
        {
            context.Response.Headers.ContentEncoding = encoding;
            await using var body = encoding switch
            {
                "gzip" => new GZipStream(context.Response.Body, CompressionLevel.Fastest),
                "br" => new BrotliStream(context.Response.Body, CompressionLevel.Fastest),
                _ => context.Response.Body,
            };
            await body.WriteAsync("203.0.113.7"u8.ToArray());
        };
        Assert.Single((await ReadAsync()).Entries);
    }

    [Theory]
    [InlineData(15, null)]
    [InlineData(17, "feed-too-large")]
    public async Task What_is_larger_than_16_MiB_is_not_taken(int mebibytes, string? code)
    {
        server.Answer = async context =>
        {
            var line = Encoding.ASCII.GetBytes($"#{new string(' ', 1022)}\n");
            await context.Response.WriteAsync("203.0.113.7\n");
            for (var i = 0; i < mebibytes * 1024; i++)
            {
                await context.Response.Body.WriteAsync(line, context.RequestAborted);
            }
        };
        await ExpectAsync(code);
    }

    [Fact]
    public async Task A_bomb_of_zeros_that_never_ends_is_left_at_16_MiB()
    {
        server.Answer = async context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await using var body = new GZipStream(context.Response.Body, CompressionLevel.Optimal);
            var zeros = new byte[1024 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await body.WriteAsync(zeros, context.RequestAborted);
            }
        };
        Assert.Equal("feed-too-large", (await FailAsync()).Code);
    }

    [Fact]
    public async Task A_server_that_drips_is_left_when_the_time_is_over()
    {
        server.Answer = async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync("#", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(20, context.RequestAborted);
            }
        };
        var fault = await FailAsync(patience: TimeSpan.FromSeconds(2));
        Assert.Equal(("feed-too-slow", "2"), (fault.Code, fault.Values["seconds"]));
    }

    [Fact]
    public async Task A_server_that_never_says_a_word_is_left_when_the_time_is_over()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var url = $"https://feed.test:{((IPEndPoint)silent.LocalEndpoint).Port}/";
        Assert.Equal("feed-too-slow", (await FailAsync(url, TimeSpan.FromSeconds(2))).Code);
    }

    [Theory]
    [InlineData("http://feed.test/", "feed-not-https")]
    [InlineData("http://127.0.0.1/", "feed-not-https")]
    [InlineData("ftp://feed.test/", "feed-not-https")]
    [InlineData("file:///etc/passwd", "feed-not-https")]
    [InlineData("https://127.0.0.2/", "feed-not-public")]
    [InlineData("https://0x7f.2/", "feed-not-public")]
    [InlineData("https://2130706434/", "feed-not-public")]
    [InlineData("https://169.254.169.254/latest/meta-data/", "feed-not-public")]
    [InlineData("https://[fd00:ec2::254]/latest/meta-data/", "feed-not-public")]
    [InlineData("https://[::ffff:169.254.169.254]/", "feed-not-public")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/", "feed-not-public")]
    [InlineData("https://[2002:a9fe:a9fe::1]/", "feed-not-public")]
    [InlineData("https://[::1]/", "feed-not-public")]
    [InlineData("https://inner.test/", "feed-not-public")]
    [InlineData("https://both.test/", "feed-not-public")]
    [InlineData("https://user:c3VwZXJzZWNyZXQ@feed.test/", "feed-credentials")]
    [InlineData("https://nowhere.test/", "name-unknown")]
    public async Task Nothing_else_is_fetched_where_an_address_leads_inward_at_once_or_by_a_redirect(string target, string code)
    {
        Assert.Equal(code, (await FailAsync(target)).Code);
        foreach (var status in new[] { 301, 302, 303, 307, 308 })
        {
            Redirect(status, target);
            Assert.Equal(code, (await FailAsync()).Code);
        }
    }

    [Fact]
    public async Task The_machine_itself_is_not_public_though_a_server_answers_there()
    {
        Send("203.0.113.7");
        Assert.Single((await ReadAsync($"https://127.0.0.1:{server.Port}/")).Entries); // as the tests allow it
        var reader = new SourceReader(null, Long, [names.EndPoint], PublicInternet.Reaches, server.Trust);
        foreach (var host in new[] { "127.0.0.1", "feed.test" })
        {
            var failed = await Assert.ThrowsAsync<SourceException>(
                () => reader.ReadAsync(Source($"https://{host}:{server.Port}/"), default));
            Assert.Equal(("feed-not-public", "127.0.0.1"), (failed.Fault.Code, failed.Fault.Values["address"]));
        }
    }

    [Fact]
    public async Task A_name_whose_address_changes_after_it_was_looked_at_leads_nowhere_else()
    {
        await using var inner = await FeedServer.StartAsync(IPAddress.Parse("127.0.0.2"), server.Port);
        var innerAsked = false;
        inner.Answer = context =>
        {
            innerAsked = true;
            return context.Response.WriteAsync("198.51.100.7");
        };
        Send("203.0.113.7");
        names.Answer = (name, type) => names.Asked.Count <= 2
            ? new Reply(0, type == NameServer.A ? [new(name, "127.0.0.1", 0)] : [])
            : new Reply(0, type == NameServer.A ? [new(name, "127.0.0.2", 0)] : []);

        Assert.Equal("203.0.113.7/32", Assert.Single((await ReadAsync()).Entries).Cidr.ToString());
        Assert.Equal(["feed.test 1", "feed.test 28"], names.Asked.Order()); // asked once, and connected to what was said
        Assert.Equal("feed-not-public", (await FailAsync()).Code);
        Assert.False(innerAsked);
    }

    [Fact]
    public async Task A_name_is_looked_at_again_at_each_redirect()
    {
        names.Answer = (name, type) => names.Asked.Count <= 2
            ? new Reply(0, type == NameServer.A ? [new(name, "127.0.0.1", 0)] : [])
            : new Reply(0, type == NameServer.A ? [new(name, "169.254.169.254", 0)] : []);
        server.Answer = context =>
        {
            context.Response.Headers.Connection = "close";
            context.Response.Redirect("/again");
            return Task.CompletedTask;
        };
        Assert.Equal("169.254.169.254", (await FailAsync()).Values["address"]);
    }

    [Theory]
    [InlineData(5, null)]
    [InlineData(6, "feed-redirects")]
    [InlineData(int.MaxValue, "feed-redirects")]
    public async Task Five_redirects_are_followed_and_no_more(int redirects, string? code)
    {
        var requests = 0;
        server.Answer = context =>
        {
            if (requests++ < redirects)
            {
                context.Response.Redirect(requests % 2 == 0 ? $"/{requests}" : $"https://feed.test:{server.Port}/list?key={Secret}");
                return Task.CompletedTask;
            }

            return context.Response.WriteAsync("203.0.113.7");
        };
        await ExpectAsync(code);
        Assert.Equal(6, requests);
    }

    [Fact]
    public async Task No_cookie_is_kept_and_nothing_is_told_of_the_portal()
    {
        var headers = new ConcurrentQueue<string>();
        server.Answer = context =>
        {
            foreach (var name in context.Request.Headers.Keys)
            {
                headers.Enqueue(name);
            }

            context.Response.Cookies.Append("visitor", "17");
            if (context.Request.Path == "/list")
            {
                context.Response.Redirect("/there");
                return Task.CompletedTask;
            }

            return context.Response.WriteAsync("203.0.113.7");
        };
        await ReadAsync();
        Assert.Equal(["Accept-Encoding", "Host", "User-Agent"], headers.Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(201)]
    [InlineData(204)]
    [InlineData(206)]
    [InlineData(302)] // to nowhere
    [InlineData(304)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task Any_answer_but_200_is_a_failure(int status)
    {
        server.Answer = context =>
        {
            context.Response.StatusCode = status;
            return status is 204 or 304 ? Task.CompletedTask : context.Response.WriteAsync("203.0.113.7");
        };
        var fault = await FailAsync();
        Assert.Equal(("feed-status", $"{status}"), (fault.Code, fault.Values["status"]));
    }

    [Fact]
    public async Task A_list_that_breaks_off_is_not_taken_for_a_shorter_one()
    {
        server.Answer = async context =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("203.0.113.7\n");
            await context.Response.Body.FlushAsync();
            context.Abort();
        };
        Assert.Equal("feed-unreachable", (await FailAsync()).Code);
    }

    [Fact]
    public async Task Compressed_bytes_that_are_none_are_a_failure()
    {
        server.Answer = context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return context.Response.WriteAsync("203.0.113.7");
        };
        Assert.Equal("feed-unreachable", (await FailAsync()).Code);
    }

    [Fact]
    public async Task A_server_without_a_trusted_certificate_is_not_believed()
    {
        Send("203.0.113.7");
        var reader = new SourceReader(null, Long, [names.EndPoint], IPAddress.IsLoopback, certificates: null);
        var failed = await Assert.ThrowsAsync<SourceException>(() => reader.ReadAsync(Source(), default));
        Assert.Equal(("feed-certificate", "feed.test"), (failed.Fault.Code, failed.Fault.Values["host"]));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_failure()
    {
        using var gone = new TcpListener(IPAddress.Loopback, 0);
        gone.Start();
        var port = ((IPEndPoint)gone.LocalEndpoint).Port;
        gone.Stop();
        Assert.Equal("feed-unreachable", (await FailAsync($"https://feed.test:{port}/")).Code);
    }

    [Fact]
    public async Task An_address_that_does_not_answer_leaves_the_others_to_be_tried()
    {
        Send("203.0.113.7");
        names.Know(new("feed.test", "127.0.0.3"), new("feed.test", "127.0.0.1"));
        var reader = new SourceReader(null, Long, [names.EndPoint], IPAddress.IsLoopback, server.Trust);
        Assert.Single((await reader.ReadAsync(Source(), default)).Entries);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("/list")]
    public async Task A_source_without_an_address_is_a_failure(string? url)
    {
        var reader = new SourceReader(null, Long, [names.EndPoint], IPAddress.IsLoopback, server.Trust);
        var source = new ListSource { Kind = SourceKind.Url, Url = url is null ? null : new Uri(url, UriKind.Relative) };
        Assert.Equal("feed-not-https", (await Assert.ThrowsAsync<SourceException>(() => reader.ReadAsync(source, default))).Fault.Code);
    }

    [Fact]
    public async Task Whoever_asked_may_end_it()
    {
        using var end = new CancellationTokenSource();
        server.Answer = async context =>
        {
            await end.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        var reader = new SourceReader(null, Long, [names.EndPoint], IPAddress.IsLoopback, server.Trust);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reader.ReadAsync(Source(), end.Token));
    }

    [Fact]
    public async Task An_empty_file_is_an_empty_list_which_no_list_becomes_by_itself()
    {
        Send("203.0.113.7");
        var before = await ReadAsync();
        Send("");
        Assert.Equal("source-empty", SourceChange.Between(before.Entries, (await ReadAsync()).Entries, Source()).Refusal?.Code);
    }

    [Fact]
    public async Task A_list_of_which_half_is_gone_is_not_taken_over_by_itself()
    {
        Send(string.Join('\n', Enumerable.Range(0, 100).Select(i => $"203.0.113.{i}")));
        var before = await ReadAsync();
        Send(string.Join('\n', Enumerable.Range(0, 50).Select(i => $"203.0.113.{i}")));
        Assert.Equal("50", SourceChange.Between(before.Entries, (await ReadAsync()).Entries, Source()).Refusal?.Values["removed"]);
    }

    [Theory]
    [InlineData("<!DOCTYPE html>\n<title>Sign in</title>", "1", "<!DOCTYPE html>")]
    [InlineData("203.0.113.7\n\n203.0.113.5/24 # host bits", "3", "203.0.113.5/24")]
    [InlineData("# list\r\n203.0.113.20-203.0.113.5", "2", "203.0.113.20-203.0.113.5")]
    [InlineData("203.0.113.7\rfeed.test", "2", "feed.test")]
    [InlineData("203.0.113.256", "1", "203.0.113.256")]
    public async Task A_line_that_is_no_address_fails_all_and_is_named(string text, string line, string given)
    {
        Send(text);
        var fault = await FailAsync();
        Assert.Equal(("feed-line", line, given), (fault.Code, fault.Values["line"], fault.Values["given"]));
        Assert.StartsWith($"Line {line}: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_a_failure()
    {
        server.Answer = async context => await context.Response.Body.WriteAsync(new byte[] { 0x81, 0x0A, 0xFF, 0x81, 0x20 });
        Assert.Equal("feed-unreadable", (await FailAsync()).Code);
    }

    [Theory]
    [InlineData("Name,CIDR\nTokyo,203.0.113.0/24\nOsaka,198.51.100.7\n", "cidr")]
    [InlineData("name;Cidr ;note\n\"To\nkyo\";203.0.113.0/255.255.255.0;\n;198.51.100.7;x\n", "CIDR")]
    [InlineData("sep=;\nname;cidr\nTokyo;198.51.100.7\nOsaka;203.0.113.0-203.0.113.255", " cidr")]
    [InlineData("cidr\tname\r\n203.0.113.0/24\tTokyo\r\n\r\n198.51.100.7", "cidr")]
    public async Task The_column_of_a_CSV_is_found_in_any_case(string csv, string column)
    {
        Send(csv);
        Assert.Equal(["198.51.100.7/32", "203.0.113.0/24"], (await ReadAsync(Csv(column))).Entries.Select(e => e.Cidr.ToString()));
    }

    [Theory]
    [InlineData("name,ip\nTokyo,203.0.113.7", "cidr", "feed-column")]
    [InlineData("cidr,CIDR\n203.0.113.7,203.0.113.7", "cidr", "feed-column")]
    [InlineData("cidr\n203.0.113.7", null, "feed-column")]
    [InlineData("name,cidr\n\"To\nkyo\",203.0.113.7\nOsaka", "cidr", "feed-line")]
    [InlineData("name,cidr\n\"To\nkyo\",203.0.113.7\nOsaka,", "cidr", "feed-line")]
    [InlineData("cidr,name\n203.0.113.7,a\n\n\"198.51.100.7\"x,b", "cidr", "feed-unreadable")]
    public async Task A_CSV_that_is_not_as_said_is_a_failure_that_names_the_line_or_the_columns(string csv, string? column, string code)
    {
        Send(csv);
        var fault = await FailAsync(Csv(column));
        Assert.Equal(code, fault.Code);
        Assert.Contains(code == "feed-column" ? csv.Split('\n')[0].Replace(",", ", ") : "Line 4", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_AWS_there_are_the_services_and_regions_that_were_chosen()
    {
        Send(Aws);
        Assert.Equal(
            ["13.34.37.64/27 AMAZON ap-southeast-4", "52.94.76.0/22 AMAZON us-west-2", "2600:1f68:4000::/39 AMAZON us-west-2"],
            await ReadAwsAsync([], []));
        Assert.Equal(["13.34.37.64/27 AMAZON ap-southeast-4"], await ReadAwsAsync(["amazon"], ["ap-southeast-4"]));
        Assert.Equal(["52.94.76.0/22 S3 us-west-2"], await ReadAwsAsync(["S3"], []));

        async Task<IEnumerable<string>> ReadAwsAsync(string[] services, string[] regions) =>
            (await ReadAsync(AwsSource(services, regions))).Entries.Select(e => $"{e.Cidr} {e.Note}");
    }

    [Fact]
    public async Task A_service_or_region_that_AWS_does_not_have_is_a_failure_that_names_it()
    {
        Send(Aws);
        Assert.Equal("AMAZN", (await FailAsync(AwsSource(["AMAZN", "S3"], []))).Values["names"]);
        Assert.Equal("eu-north-9, tokyo", (await FailAsync(AwsSource([], ["tokyo", "eu-north-9", "us-west-2"]))).Values["names"]);
    }

    [Theory]
    [InlineData("<html>", "feed-unreadable", "no JSON")]
    [InlineData("[]", "feed-unreadable", "prefixes")]
    [InlineData("""{ "prefixes": [] }""", "feed-unreadable", "ipv6_prefixes")]
    [InlineData("""{ "prefixes": [ { "ip_prefix": 7 } ], "ipv6_prefixes": [] }""", "feed-unreadable", "prefixes[0]")]
    [InlineData(
        """{ "prefixes": [ { "ip_prefix": "\ud800", "service": "S3", "region": "x" } ], "ipv6_prefixes": [] }""",
        "feed-unreadable",
        "prefixes[0]")]
    [InlineData(
        """{ "prefixes": [], "ipv6_prefixes": [ { "ipv6_prefix": "2600::1/40", "service": "S3", "region": "x" } ] }""",
        "feed-line",
        "ipv6_prefixes[0]")]
    public async Task JSON_that_is_not_as_AWS_has_it_is_a_failure_that_names_the_place(string json, string code, string place)
    {
        Send(json);
        var fault = await FailAsync(AwsSource([], []));
        Assert.Equal(code, fault.Code);
        Assert.Contains(place, fault.Message, StringComparison.Ordinal);
    }

    private const string Aws = """
        {
          "syncToken": "1", "createDate": "2026-04-01-00-00-00",
          "prefixes": [
            { "ip_prefix": "52.94.76.0/22", "region": "us-west-2", "service": "S3", "network_border_group": "us-west-2" },
            { "ip_prefix": "13.34.37.64/27", "region": "ap-southeast-4", "service": "AMAZON", "network_border_group": "x" },
            { "ip_prefix": "52.94.76.0/22", "region": "us-west-2", "service": "AMAZON", "network_border_group": "us-west-2" }
          ],
          "ipv6_prefixes": [
            { "ipv6_prefix": "2600:1f68:4000::/39", "region": "us-west-2", "service": "AMAZON", "network_border_group": "us-west-2" }
          ]
        }
        """;

    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    private void Send(string text) => server.Answer = context => context.Response.WriteAsync(text);

    private void Redirect(int status, string target) => server.Answer = context =>
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Location = target;
        return Task.CompletedTask;
    };

    private ListSource Source(string? url = null) =>
        new() { Kind = SourceKind.Url, Url = new Uri(url ?? $"https://feed.test:{server.Port}/list?key={Secret}") };

    private ListSource Csv(string? column) => Source() with { Format = FeedFormat.Csv, Column = column };

    private ListSource AwsSource(string[] services, string[] regions) =>
        Source() with { Format = FeedFormat.Aws, Services = [.. services], Regions = [.. regions] };

    /// <summary>One entry is read; or it fails with a code.</summary>
    private async Task ExpectAsync(string? code)
    {
        if (code is null)
        {
            Assert.Single((await ReadAsync()).Entries);
        }
        else
        {
            Assert.Equal(code, (await FailAsync()).Code);
        }
    }

    private Task<SourceContent> ReadAsync(string? url = null) => ReadAsync(Source(url));

    private Task<SourceContent> ReadAsync(ListSource source, TimeSpan? patience = null) => new SourceReader(
        null, patience ?? Long, [names.EndPoint], a => a.Equals(IPAddress.Loopback) || PublicInternet.Reaches(a), server.Trust)
        .ReadAsync(source, default);

    private Task<Fault> FailAsync(string? url = null, TimeSpan? patience = null) => FailAsync(Source(url), patience);

    private async Task<Fault> FailAsync(ListSource source, TimeSpan? patience = null)
    {
        var failure = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(source, patience));
        Assert.DoesNotContain(Secret, $"{failure} {string.Join(' ', failure.Fault.Values.Values)}", StringComparison.Ordinal);
        return failure.Fault;
    }
}
