using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>The link that the portal prints at its start, and those of the portal started as <c>link</c>.</summary>
[Collection(DynamoDbCollection.Name)]
public sealed class LinkCommandTests(DynamoDbServer server) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task At_its_start_the_portal_prints_one_link_to_where_it_listens_and_logs_no_code()
    {
        using var portal = Start();
        var url = await portal.ListeningAsync();
        var link = await LinkOfAsync(portal);
        Assert.StartsWith($"{url}#code=", link.ToString(), StringComparison.Ordinal);
        var me = await OpenAsync(link);
        Assert.Equal((Environment.UserName, "editor"), (me["name"]!.ToString(), me["role"]!.ToString()));
        var (code, lines) = (Code(link), portal.Output.Split('\n', StringSplitOptions.TrimEntries));
        var line = Assert.Single(lines, l => l.Contains(code, StringComparison.Ordinal));
        Assert.Equal($"Sign in as {Environment.UserName} within a minute, once: {link}", line); // none of the log, which has times
        Assert.DoesNotContain(code, portal.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fresh_link_signs_in_once_at_the_portal_that_runs()
    {
        using var portal = Start();
        var url = await portal.ListeningAsync();
        var (output, error) = await RunAsync(["--urls", $"{url}"]);
        Assert.Matches($"^{url}#code=[A-Za-z0-9_-]{{43}}$", output);
        Assert.Contains(Environment.UserName, error, StringComparison.Ordinal);
        Assert.DoesNotContain("code=", error, StringComparison.Ordinal);
        var link = new Uri(output);
        Assert.Equal("editor", (await OpenAsync(link))["role"]!.ToString());
        Assert.Equal(HttpStatusCode.Unauthorized, (await ExchangeAsync(link)).Status);
    }

    [Fact]
    public async Task The_link_leads_to_where_a_portal_with_the_same_settings_listens()
    {
        Assert.StartsWith("http://localhost:5080/#code=", (await RunAsync([])).Output, StringComparison.Ordinal);
        var set = ("ASPNETCORE_URLS", "http://localhost:5081/;http://127.0.0.1:5082");
        Assert.StartsWith("http://localhost:5081/#code=", (await RunAsync([], set)).Output, StringComparison.Ordinal);
        Assert.StartsWith(
            "http://[::1]:5083/#code=", (await RunAsync(["--urls=http://[::1]:5083"], set)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_an_issuer_signs_in_there_are_no_links()
    {
        using var command = Link([], ("Authentication__Schemes__Bearer__Authority", "https://login.example.com"));
        await command.AssertEndsInOneLineAsync("no links");
    }

    [Fact]
    public async Task Over_a_table_changes_are_recorded_in_the_name_of_the_AWS_identity()
    {
        var table = await server.CreateTableAsync();
        await using var sts = await Sts.StartAsync();
        (string Name, string Value)[] settings = [("RULE_STORE", $"dynamodb:{table}"), ("AWS_ENDPOINT_URL_STS", sts.Url)];
        using var portal = Start(settings);
        var url = await portal.ListeningAsync();
        var fresh = new Uri((await RunAsync(["--urls", $"{url}"], settings)).Output);
        foreach (var link in new[] { await LinkOfAsync(portal), fresh })
        {
            Assert.Equal(Sts.Arn, (await OpenAsync(link))["name"]!.ToString());
        }
    }

    [Theory]
    [InlineData(403)]
    [InlineData(0)]
    public async Task While_STS_does_not_say_who_that_is_links_are_in_the_name_of_the_user_with_a_warning(int status)
    {
        var table = await server.CreateTableAsync();
        await using var sts = await Sts.StartAsync(status);
        using var portal = Start(("RULE_STORE", $"dynamodb:{table}"), ("AWS_ENDPOINT_URL_STS", sts.Url));
        await portal.ListeningAsync();
        Assert.Equal(Environment.UserName, (await OpenAsync(await LinkOfAsync(portal)))["name"]!.ToString());
        Assert.Matches("warn: .*STS doesn't say who you are", portal.Output);
    }

    [Fact]
    public async Task On_a_terminal_with_a_display_the_browser_is_opened_on_a_private_file_so_that_no_argument_has_the_code()
    {
        if (!File.Exists("/usr/bin/script"))
        {
            return; // which makes a terminal
        }

        var (arguments, opened) = (folder["arguments"], folder["opened"]);
        folder.WriteProgram("xdg-open", $"#!/bin/sh\necho \"$@\" >'{arguments}'\nmv '{arguments}' '{opened}'\n");
        foreach (var display in new[] { "", ":1" })
        {
            using var portal = new RunningProgram(
                "script",
                ["-qec", $"dotnet '{RunningProgram.PortalPath}' --urls http://127.0.0.1:0", "/dev/null"],
                folder[""],
                ("RULE_STORE", $"sqlite:{folder["rules.db"]}"),
                ("HOME", folder[""]),
                ("DISPLAY", display),
                ("WAYLAND_DISPLAY", ""),
                ("PATH", $"{folder[""]}:{Environment.GetEnvironmentVariable("PATH")}"));
            var link = await LinkOfAsync(portal);
            for (var i = 0; i < 500 && display.Length > 0 && !File.Exists(opened); i++)
            {
                await Task.Delay(20);
            }

            Assert.Equal(display.Length > 0, File.Exists(opened));
            if (display.Length > 0)
            {
                var page = (await File.ReadAllTextAsync(opened)).Trim();
                Assert.StartsWith(folder["client-vpn-admin-"], page, StringComparison.Ordinal); // in the home, and not hidden
                Assert.True(TemporaryFolder.IsPrivate(page));
                Assert.Contains($"content=\"0; url={link}\"", await File.ReadAllTextAsync(page), StringComparison.Ordinal);
            }
        }
    }

    private static string Code(Uri link) => link.Fragment["#code=".Length..];

    /// <summary>The link that the portal has printed.</summary>
    private static Task<Uri> LinkOfAsync(RunningProgram portal) => portal.ListeningAsync("within a minute, once: ");

    private static async Task<Answer> ExchangeAsync(Uri link)
    {
        using var client = new HttpClient { BaseAddress = link };
        using var response = await client.PostAsJsonAsync("/api/sign-in", new { code = Code(link) });
        return await Answer.ReadAsync(response);
    }

    /// <summary>Signs in as a page would; who that is.</summary>
    private static async Task<JsonNode> OpenAsync(Uri link)
    {
        var token = (await ExchangeAsync(link)).Expect(HttpStatusCode.OK)["token"]!.ToString();
        using var client = new HttpClient { BaseAddress = link };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await client.GetAsync(new Uri("/api/me", UriKind.Relative));
        return (await Answer.ReadAsync(response)).Expect(HttpStatusCode.OK);
    }

    private RunningProgram Start(params (string Name, string Value)[] settings) => new(
        "dotnet", [RunningProgram.PortalPath, "--urls", "http://127.0.0.1:0"], folder[""], [.. Ours(), .. settings]);

    private RunningProgram Link(string[] args, params (string Name, string Value)[] settings) =>
        new("dotnet", [RunningProgram.PortalPath, "link", .. args], folder[""], [.. Ours(), .. settings]);

    private async Task<(string Output, string Error)> RunAsync(string[] args, params (string Name, string Value)[] settings)
    {
        using var command = Link(args, settings);
        Assert.True(await command.ExitAsync() == 0, command.Output + command.Error);
        return (command.Output.Trim(), command.Error.Trim());
    }

    // Over a table, the portal's own files are below the user's folder for data.
    private (string Name, string Value)[] Ours() => [("RULE_STORE", $"sqlite:{folder["rules.db"]}"), ("XDG_DATA_HOME", folder[""])];
}
