using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>The portal started as <c>token</c>, beside one that runs.</summary>
public sealed class TokenCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_token_names_a_person_and_is_revoked_alone_without_a_restart()
    {
        using var portal = RunningProgram.Portal(folder["rules.db"]);
        using var client = new HttpClient { BaseAddress = await portal.ListeningAsync() };
        var (token, said) = await RunAsync("--name", "alice", "--role", "editor", "--days", "7");
        var id = said[(said.LastIndexOf(' ') + 1)..];
        Assert.StartsWith("This is a token for alice, who is editor, until ", said, StringComparison.Ordinal);
        Assert.DoesNotContain(token, said, StringComparison.Ordinal);
        using (var added = await CallAsync(HttpMethod.Post, token))
        {
            Assert.Contains("\"createdBy\":\"alice\"", await added.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        var (listed, _) = await RunAsync("--list");
        Assert.Matches($"(?m)^{id}  20[0-9-]+  editor  alice$", listed);
        Assert.Matches("(?m)^[0-9a-f-]{36}  20[0-9-]+  reader  reader$", listed);
        Assert.Equal($"The token {id} is revoked.", (await RunAsync("--revoke", id)).Error);
        using (var refused = await CallAsync(HttpMethod.Post, token))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        using (var editor = await CallAsync(HttpMethod.Get, await File.ReadAllTextAsync(folder["admin.token"])))
        {
            Assert.Equal(HttpStatusCode.OK, editor.StatusCode);
        }

        Assert.DoesNotContain(id, (await RunAsync("--list")).Output, StringComparison.Ordinal);
        Assert.Equal($"There is no token {id}. See token --list.", (await RunAsync(1, "--revoke", id)).Error);

        async Task<HttpResponseMessage> CallAsync(HttpMethod method, string bearer)
        {
            using var request = new HttpRequestMessage(method, "/api/ranges");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
            request.Content = method == HttpMethod.Get
                ? null
                : new StringContent("""{ "cidr": "203.0.113.0/24" }""", Encoding.UTF8, "application/json");
            return await client.SendAsync(request);
        }
    }

    [Fact]
    public async Task Without_more_it_is_a_readers_token_of_the_user_for_30_days()
    {
        var (_, said) = await RunAsync();
        var until = DateTime.UtcNow.AddDays(30).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        Assert.StartsWith($"This is a token for {Environment.UserName}, who is reader, until {until}.", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--name must have", "--name", "")]
    [InlineData("--name must have", "--name", "a\nb")]
    [InlineData("--name must have", "--name", "a\u202eb")]
    [InlineData("'admin' not recognized", "--role", "admin")]
    [InlineData("--days must be from 1 to 365", "--days", "366")]
    [InlineData("--days must be from 1 to 365", "--days", "0")]
    [InlineData("Cannot parse argument 'x'", "--revoke", "x")]
    [InlineData("Unrecognized command or argument '--admin'", "--admin")]
    public async Task What_makes_no_sense_is_refused_and_makes_no_token(string problem, params string[] args)
    {
        var (output, error) = await RunAsync(1, args);
        Assert.Contains(problem, error, StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["tokens"]));
    }

    private Task<(string Output, string Error)> RunAsync(params string[] args) => RunAsync(0, args);

    private async Task<(string Output, string Error)> RunAsync(int exitCode, params string[] args)
    {
        var store = ("RULE_STORE", $"sqlite:{folder["rules.db"]}");
        using var command = new RunningProgram("dotnet", [RunningProgram.PortalPath, "token", .. args], folder[""], store);
        Assert.True(await command.ExitAsync() == exitCode, command.Output + command.Error);
        return (command.Output.Trim(), command.Error.Trim());
    }
}
