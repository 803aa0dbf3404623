using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Sources;

public sealed class NamesTests : IAsyncLifetime
{
    private readonly NameServer server = new();
    private TimeSpan patience = TimeSpan.FromMinutes(1);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task The_addresses_of_all_names_are_the_entries_and_the_names_their_notes()
    {
        server.Know(
            new("home.alice.test", "203.0.113.7", 600),
            new("home.alice.test", "2001:db8::7", 900),
            new("home.bob.test", "198.51.100.9", 450));
        var content = await ReadAsync("home.alice.test", "home.bob.test");
        Assert.Equal(
            ["198.51.100.9/32 home.bob.test", "203.0.113.7/32 home.alice.test", "2001:db8::7/128 home.alice.test"],
            content.Entries.Select(e => $"{e.Cidr} {e.Note}"));
        Assert.Equal(TimeSpan.FromSeconds(450), content.TimeToLive);
    }

    [Fact]
    public async Task A_time_to_live_is_at_least_a_minute()
    {
        server.Know(new Record("home.test", "203.0.113.7", 5));
        Assert.Equal(TimeSpan.FromMinutes(1), (await ReadAsync("home.test")).TimeToLive);
    }

    [Fact]
    public async Task An_alias_is_followed_and_holds_no_longer_than_it_says()
    {
        server.Know(new("home.test", "dynamic.test", 120), new("dynamic.test", "203.0.113.7", 3600));
        var content = await ReadAsync("Home.Test");
        Assert.Equal("203.0.113.7/32", Assert.Single(content.Entries).Cidr.ToString());
        Assert.Equal(TimeSpan.FromSeconds(120), content.TimeToLive);
    }

    [Fact]
    public async Task Aliases_in_a_circle_have_no_addresses()
    {
        server.Answer = (_, _) => new Reply(0, new("home.test", "away.test"), new("away.test", "home.test"));
        Assert.Equal("name-without-addresses", (await FailAsync("home.test")).Code);
    }

    [Fact]
    public async Task What_an_answer_says_of_other_names_does_not_count()
    {
        server.Answer = (_, type) => new Reply(
            0, type == NameServer.A ? [new("home.test", "203.0.113.7"), new("bank.test", "198.51.100.9")] : []);
        Assert.Equal("203.0.113.7/32", Assert.Single((await ReadAsync("home.test")).Entries).Cidr.ToString());
    }

    [Fact]
    public async Task An_IPv4_address_written_as_IPv6_is_the_IPv4_address()
    {
        server.Answer = (_, type) => type == NameServer.Aaaa ? new Reply(0, new Record("home.test", "::ffff:203.0.113.7")) : new Reply(0);
        Assert.Equal("203.0.113.7/32", Assert.Single((await ReadAsync("home.test")).Entries).Cidr.ToString());
    }

    [Fact]
    public async Task A_truncated_answer_is_asked_for_once_more_by_TCP()
    {
        server.Answer = (_, type) => type == NameServer.A
            ? new Reply(0, [.. Enumerable.Range(1, 100).Select(i => new Record("home.test", $"203.0.113.{i}"))]) { FitsTcpOnly = true }
            : new Reply(0);
        Assert.Equal(100, (await ReadAsync("home.test")).Entries.Count);
    }

    [Theory]
    [InlineData(3, "name-unknown", "There is no name 'home.test'")]
    [InlineData(2, "name-server-failed", "ServerFailure")]
    [InlineData(5, "name-server-failed", "Refused")]
    [InlineData(0, "name-without-addresses", "has no addresses")]
    public async Task A_name_without_an_answer_fails_with_its_name_and_the_reason(int code, string fault, string says)
    {
        server.Answer = (_, _) => new Reply(code);
        var failed = await FailAsync("home.test");
        Assert.Equal((fault, "home.test"), (failed.Code, failed.Values["name"]));
        Assert.Contains(says, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_server_that_does_not_answer_is_a_failure()
    {
        server.Answer = (_, _) => null;
        patience = TimeSpan.FromSeconds(1);
        var failed = await FailAsync("home.test");
        Assert.Equal(("name-server-failed", "no answer"), (failed.Code, failed.Values["error"]));
        Assert.True(server.Asked.Count(question => question == "home.test 1") > 1); // a packet may get lost
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0x81, 0x80, 0, 1, 0, 9, 0, 0, 0, 0, 4, 104, 111 })]
    public async Task An_answer_that_can_not_be_read_is_a_failure(byte[] raw)
    {
        server.Answer = (_, _) => new Reply(0) { Raw = raw };
        Assert.Equal("name-server-failed", (await FailAsync("home.test")).Code);
    }

    [Fact]
    public async Task Half_of_a_list_is_never_taken_for_all_of_it()
    {
        server.Answer = (name, type) => name == "home.test" && type == NameServer.A ? new Reply(0, new Record(name, "203.0.113.7"))
            : name == "home.test" ? new Reply(2)
            : new Reply(3);
        Assert.Equal("name-server-failed", (await FailAsync("home.test")).Code);
        server.Know(new Record("home.test", "203.0.113.7"));
        Assert.Equal("away.test", (await FailAsync("home.test", "away.test")).Values["name"]);
    }

    [Theory]
    [InlineData("192.168.1.7", "192.168.0.0/16")]
    [InlineData("fe80::1", "8000::/1")]
    [InlineData("127.0.0.1", "127.0.0.0/8")]
    public async Task A_name_that_leads_to_an_address_of_nobody_is_refused(string address, string special)
    {
        server.Know(new("home.test", "203.0.113.7"), new("home.test", address));
        var failed = await FailAsync("home.test");
        Assert.Equal(("special-address", special), (failed.Code, failed.Values["special"]));
        Assert.Contains(address, failed.Values["cidr"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("home..test")]
    [InlineData("a b.test")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789.test")]
    public async Task A_text_that_is_no_name_is_a_failure_like_others(string name) =>
        Assert.StartsWith("name-", (await FailAsync(name)).Code, StringComparison.Ordinal);

    private Task<SourceContent> ReadAsync(params string[] names) =>
        new SourceReader(null, patience, [server.EndPoint], PublicInternet.Reaches, null)
            .ReadAsync(new ListSource { Kind = SourceKind.Dns, Names = [.. names] }, default);

    private async Task<Fault> FailAsync(params string[] names) =>
        (await Assert.ThrowsAsync<SourceException>(() => ReadAsync(names))).Fault;
}
