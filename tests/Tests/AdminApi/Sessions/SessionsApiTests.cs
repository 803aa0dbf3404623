using System.Net;
using Amazon.EC2;
using Amazon.Runtime;

namespace ClientVpnAdmin.Sessions;

public sealed class SessionsApiTests : IAsyncLifetime
{
    private Ec2 ec2 = null!;
    private Portal portal = null!;

    public async Task InitializeAsync()
    {
        ec2 = await Ec2.StartAsync();
#pragma warning disable CA2000 // The portal disposes of it.
        portal = new Portal { Ec2 = new AmazonEC2Client(new BasicAWSCredentials("x", "x"), new AmazonEC2Config { ServiceURL = ec2.Url, AuthenticationRegion = "us-east-1", MaxErrorRetry = 0 }) };
#pragma warning restore CA2000
    }

    public async Task DisposeAsync()
    {
        await portal.DisposeAsync();
        await ec2.DisposeAsync();
    }

    [Fact]
    public async Task Connections_that_would_not_come_in_any_more_are_found_and_left_alone()
    {
        var range = await ConnectAsync();
        var before = (await ReviewAsync()).Expect(HttpStatusCode.OK);
        Assert.Equal((3, 2), (before["active"]!.GetValue<int>(), before["stillAllowed"]!.GetValue<int>()));
        Assert.Empty(before["denied"]!.AsArray());

        (await portal.SendAsync(HttpMethod.Delete, $"/api/ranges/{range}?force=true")).Expect(HttpStatusCode.NoContent);
        var after = (await ReviewAsync()).Expect(HttpStatusCode.OK);
        Assert.Equal((3, 1), (after["active"]!.GetValue<int>(), after["stillAllowed"]!.GetValue<int>()));
        var denied = after["denied"]!.AsArray().Single()!;
        Assert.Equal(
            """["cvpn-connection-1","alice","203.0.113.7","address-not-allowed",false,null]""",
            new System.Text.Json.Nodes.JsonArray([.. new[] { "connectionId", "username", "publicIp", "reason", "terminated", "error" }.Select(m => denied[m]?.DeepClone())]).ToJsonString());
        Assert.Equal(["cvpn-connection-3"], after["unknown"]!.AsArray().Select(u => u!["connectionId"]!.ToString()));
        Assert.DoesNotContain(ec2.Calls, c => c.StartsWith("Terminate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_terminate_they_are_ended_and_no_others()
    {
        var range = await ConnectAsync();
        (await portal.SendAsync(HttpMethod.Delete, $"/api/ranges/{range}?force=true")).Expect(HttpStatusCode.NoContent);
        var review = (await ReviewAsync("&terminate=true")).Expect(HttpStatusCode.OK);
        Assert.True(review["denied"]![0]!["terminated"]!.GetValue<bool>());
        Assert.Equal([$"TerminateClientVpnConnections {Some.Endpoint} cvpn-connection-1"], ec2.Calls.Where(c => c.StartsWith("Terminate", StringComparison.Ordinal)));

        var again = (await ReviewAsync("&terminate=true")).Expect(HttpStatusCode.OK);
        Assert.Empty(again["denied"]!.AsArray());
        Assert.Equal(2, again["active"]!.GetValue<int>());
    }

    [Fact]
    public async Task In_report_only_mode_nobody_is_ended()
    {
        var range = await ConnectAsync();
        await portal.PutAsync("/api/settings", """{ "enforcement": "report-only" }""");
        (await portal.DeleteAsync($"/api/ranges/{range}")).Expect(HttpStatusCode.NoContent);
        Assert.Empty((await ReviewAsync("&terminate=true")).Expect(HttpStatusCode.OK)["denied"]!.AsArray());
    }

    [Fact]
    public async Task A_connection_that_was_denied_as_far_as_is_recorded_is_left_alone()
    {
        await ConnectAsync();
        ec2.Connections["cvpn-connection-5"] = "active"; // as if another handler had let it in
        var review = (await ReviewAsync("&terminate=true")).Expect(HttpStatusCode.OK);
        Assert.Empty(review["denied"]!.AsArray());
        Assert.Equal(["cvpn-connection-3", "cvpn-connection-5"], review["unknown"]!.AsArray().Select(u => u!["connectionId"]!.ToString()));
    }

    [Fact]
    public async Task What_EC2_refuses_is_said()
    {
        var range = await ConnectAsync();
        (await portal.SendAsync(HttpMethod.Delete, $"/api/ranges/{range}?force=true")).Expect(HttpStatusCode.NoContent);
        ec2.Failures["TerminateClientVpnConnections"] = "UnauthorizedOperation";
        var denied = (await ReviewAsync("&terminate=true")).Expect(HttpStatusCode.OK)["denied"]![0]!;
        Assert.False(denied["terminated"]!.GetValue<bool>());
        Assert.Contains("not authorized", denied["error"]!.ToString(), StringComparison.Ordinal);

        ec2.Failures["DescribeClientVpnConnections"] = "InvalidClientVpnEndpointId.NotFound";
        Assert.Contains("Nothing was ended", (await ReviewAsync("&terminate=true")).ExpectProblem(HttpStatusCode.BadGateway), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_editors_may_review_and_an_endpoint_must_be_named()
    {
        (await portal.PostAsync($"/api/sessions/review?endpointId={Some.Endpoint}", "", "reader.token")).ExpectProblem(HttpStatusCode.Forbidden);
        (await portal.PostAsync("/api/sessions/review", "")).ExpectError("endpointId");
        (await portal.PostAsync("/api/sessions/review?endpointId=x", "")).ExpectError("endpointId");
        (await ReviewAsync("&terminate=yes")).ExpectError("terminate");
        Assert.Empty(ec2.Calls);
    }

    /// <summary>Two are connected whose decisions are recorded, one without, and one is gone already.</summary>
    /// <returns>The range that let the first one in.</returns>
    private async Task<string> ConnectAsync()
    {
        var range = await portal.AddRangeAsync("203.0.113.0/24");
        await portal.AddRangeAsync("198.51.100.0/24");
        foreach (var (connection, publicIp) in new[] { ("cvpn-connection-1", "203.0.113.7"), ("cvpn-connection-2", "198.51.100.7"), ("cvpn-connection-4", "203.0.113.8"), ("cvpn-connection-5", "192.0.2.7") })
        {
            var json = Some.EventJson(publicIp);
            json["connection-id"] = connection;
            await portal.DecideAsync(json);
        }

        (ec2.Connections["cvpn-connection-1"], ec2.Connections["cvpn-connection-2"], ec2.Connections["cvpn-connection-3"], ec2.Connections["cvpn-connection-4"]) = ("active", "active", "active", "terminated");
        return range;
    }

    private Task<Answer> ReviewAsync(string more = "") => portal.PostAsync($"/api/sessions/review?endpointId={Some.Endpoint}{more}", "");
}
