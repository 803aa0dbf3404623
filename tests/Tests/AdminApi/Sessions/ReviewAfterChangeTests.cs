using System.Net;
using Microsoft.Extensions.Logging;

namespace ClientVpnAdmin.AdminApi.Sessions;

/// <summary>What becomes of open connections when a change denies them.</summary>
public sealed class ReviewAfterChangeTests : IAsyncLifetime
{
    private const string List = "DescribeClientVpnConnections";

    private Ec2 ec2 = null!;
    private Portal portal = null!;

    public async Task InitializeAsync()
    {
        ec2 = await Ec2.StartAsync();
#pragma warning disable CA2000 // The portal disposes of it.
        portal = new Portal(("Sessions:WatchedEndpoints", $"{Some.Endpoint}, {Some.OtherEndpoint}")) { Ec2 = ec2.MakeClient() };
#pragma warning restore CA2000
    }

    public async Task DisposeAsync()
    {
        await portal.DisposeAsync();
        await ec2.DisposeAsync();
    }

    [Fact]
    public async Task Once_a_change_is_answered_the_connections_that_it_denies_are_ended_and_no_others()
    {
        var range = await ConnectAsync();
        Assert.Empty(ec2.Calls); // nobody can be denied by ranges that are added
        (await portal.DeleteAsync($"/api/preview/ranges/{range}")).Expect(HttpStatusCode.OK);
        Assert.Empty(ec2.Calls);

        (await portal.DeleteAsync($"/api/ranges/{range}?force=true")).Expect(HttpStatusCode.NoContent);
        Assert.Equal([$"TerminateClientVpnConnections {Some.Endpoint} cvpn-connection-1"], Calls("Terminate"));
        Assert.Contains(
            $"The connection cvpn-connection-1 of {Some.Endpoint} would not come in any more (address-not-allowed): ended.",
            portal.Warnings);
        Assert.Equal(
            [
                $"Reviewed {Some.Endpoint} after revision 3: 3 active, 1 ended, 0 to be ended still",
                $"Reviewed {Some.OtherEndpoint} after revision 3: 2 active, 0 ended, 0 to be ended still",
            ],
            portal.Logged.Where(line => line.Id.Id == 7).Select(line => line.Message));
        Assert.Equal("active", ec2.Connections["cvpn-connection-3"]); // of which nothing is recorded: that is the schedule's matter
    }

    [Fact]
    public async Task What_EC2_refuses_is_an_error_in_the_log_and_the_change_is_made()
    {
        var range = await ConnectAsync();
        ec2.Failures[List] = "UnauthorizedOperation";
        (await portal.DeleteAsync($"/api/ranges/{range}?force=true")).Expect(HttpStatusCode.NoContent);
        Assert.Equal(3, await portal.HeadAsync());
        Assert.Equal(
            [$"The review of {Some.Endpoint} after revision 3 failed.", $"The review of {Some.OtherEndpoint} after revision 3 failed."],
            portal.Logged.Where(line => line.Level == LogLevel.Error).Select(line => line.Message));
    }

    [Fact]
    public async Task A_change_waits_for_EC2_for_ten_seconds_and_no_longer()
    {
        var range = await ConnectAsync();
        var goesOn = new TaskCompletionSource();
        ec2.Answering = goesOn.Task;
        var change = portal.DeleteAsync($"/api/ranges/{range}?force=true");
        await UntilAsync(() => Calls(List).Any());
        portal.Time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(change.IsCompleted);
        portal.Time.Advance(TimeSpan.FromSeconds(1.5));
        (await change.WaitAsync(TimeSpan.FromMinutes(1))).Expect(HttpStatusCode.NoContent);
        Assert.Contains(
            "The review of open connections after revision 3 took longer than 10 s and was broken off: the next has the rest.",
            portal.Warnings);
        goesOn.SetResult();
    }

    [Fact]
    public async Task Changes_that_are_made_during_a_review_share_the_next_one()
    {
        var range = await ConnectAsync();
        var goesOn = new TaskCompletionSource();
        ec2.Answering = goesOn.Task;
        var first = portal.DeleteAsync($"/api/ranges/{range}?force=true");
        await UntilAsync(() => Calls(List).Any());
        var others = new[] { "192.0.2.1", "192.0.2.2", "192.0.2.3" }.Select(address =>
            portal.PostAsync("/api/ranges?force=true", $$"""{ "cidr": "{{address}}", "action": "deny" }""")).ToList();
        await UntilAsync(() => portal.Logged.Count(line => line.Id.Id == 3) == 6); // all are committed, and wait
        goesOn.SetResult();
        (await first).Expect(HttpStatusCode.NoContent);
        foreach (var answer in await Task.WhenAll(others))
        {
            answer.Expect(HttpStatusCode.Created);
        }

        Assert.Equal(
            ["3", "3", "6", "6"], // of two endpoints each
            portal.Logged.Where(line => line.Id.Id == 7).Select(line => line.GetStructuredStateValue("Revision")));
    }

    [Fact]
    public void An_endpoint_that_is_none_keeps_the_portal_from_starting()
    {
        using var other = new Portal(("Sessions:WatchedEndpoints", $"{Some.Endpoint},main"));
        Assert.StartsWith(
            "Sessions:WatchedEndpoints: 'main' is not a Client VPN endpoint id.",
            Assert.Throws<InvalidOperationException>(() => other.Server).Message,
            StringComparison.Ordinal);
    }

    private IEnumerable<string> Calls(string action) => ec2.Calls.Where(c => c.StartsWith(action, StringComparison.Ordinal));

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            await Task.Delay(20);
        }
    }

    /// <summary>Three are connected, one of them without a recorded decision.</summary>
    /// <returns>The range that let the first one in.</returns>
    private async Task<string> ConnectAsync()
    {
        var range = await portal.AddRangeAsync("203.0.113.0/24");
        await portal.AddRangeAsync("198.51.100.0/24");
        foreach (var (connection, publicIp) in new[] { ("cvpn-connection-1", "203.0.113.7"), ("cvpn-connection-2", "198.51.100.7") })
        {
            var json = Some.EventJson(publicIp);
            json["connection-id"] = connection;
            await portal.DecideAsync(json);
            ec2.Connections[connection] = "active";
        }

        ec2.Connections["cvpn-connection-3"] = "active";
        return range;
    }
}
