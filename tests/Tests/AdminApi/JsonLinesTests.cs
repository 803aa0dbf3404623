using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace ClientVpnAdmin.AdminApi;

/// <summary>How the portal's log is written where it is JSON.</summary>
public sealed class JsonLinesTests
{
    [Fact]
    public void An_event_is_one_line_which_is_written_when_the_call_returns()
    {
        using var services = new ServiceCollection().AddLogging(logging => logging.AddJsonConsole(c => c.IncludeScopes = true))
            .BuildServiceProvider();
        using var output = new MemoryStream();
        using var lines = new JsonLines(services.GetServices<ConsoleFormatter>(), output);
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(lines));
        var logger = factory.CreateLogger("test");
        using (logger.BeginScope(new Dictionary<string, object> { ["RequestId"] = "Root=1" }))
        {
            logger.LogWarning(new EventId(7), new InvalidOperationException("two\nlines"), "{Who} came\nin", "東京");
        }

        var line = Encoding.UTF8.GetString(output.ToArray());
        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        var json = JsonNode.Parse(line)!;
        Assert.Equal(("7", "Warning", "東京"), ($"{json["EventId"]}", $"{json["LogLevel"]}", $"{json["State"]!["Who"]}"));
        Assert.Equal("Root=1", $"{json["Scopes"]![0]!["RequestId"]}");

        logger.LogInformation("another");
        Assert.Equal(2, output.ToArray().Count(b => b == '\n'));
    }
}
