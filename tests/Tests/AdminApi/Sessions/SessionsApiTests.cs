using System.Globalization;
using System.Net;

namespace ClientVpnAdmin.AdminApi.Sessions;

public sealed class SessionsApiTests : IAsyncLifetime
{
    private Ec2 ec2 = null!;
    private Portal portal = null!;

    public async Task InitializeAsync()
    {
        ec2 = await Ec2.StartAsync();
#pragma warning disable CA2000 // The portal disposes of it.
        portal = new Portal { Ec2 = ec2.MakeClient() };
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
            new System.Text.Json.Nodes.JsonArray(
            [
                .. new[] { "connectionId", "username", "publicIp", "reason", "terminated", "error" }
                    .Select(m => denied[m]?.DeepClone()),
            ]).ToJsonString());
        Assert.Equal(["cvpn-connection-3"], after["notRecorded"]!.AsArray().Select(u => u!["connectionId"]!.ToString()));
        Assert.DoesNotContain(ec2.Calls, c => c.StartsWith("Terminate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_terminate_they_are_ended_and_no_others()
    {
        var range = await ConnectAsync();
        (await portal.SendAsync(HttpMethod.Delete, $"/api/ranges/{range}?force=true")).Expect(HttpStatusCode.NoContent);
        var review = (await ReviewAsync("&terminate=true")).Expect(HttpStatusCode.OK);
        Assert.True(review["denied"]![0]!["terminated"]!.GetValue<bool>());
        Assert.Equal(
            [$"TerminateClientVpnConnections {Some.Endpoint} cvpn-connection-1"],
            ec2.Calls.Where(c => c.StartsWith("Terminate", StringComparison.Ordinal)));

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
        var notRecorded = (await ReviewAsync("&terminateNotRecorded=true")).Expect(HttpStatusCode.OK)["notRecorded"]!.AsArray().Single()!;
        Assert.Contains("report-only", notRecorded["error"]!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(ec2.Calls, c => c.StartsWith("Terminate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connection_that_was_denied_as_far_as_is_recorded_is_left_alone()
    {
        await ConnectAsync();
        ec2.Connections["cvpn-connection-5"] = "active"; // as if another handler had let it in
        var review = (await ReviewAsync("&terminate=true")).Expect(HttpStatusCode.OK);
        Assert.Empty(review["denied"]!.AsArray());
        var notRecorded = review["notRecorded"]!.AsArray().Select(u => u!["connectionId"]!.ToString());
        Assert.Equal(["cvpn-connection-3", "cvpn-connection-5"], notRecorded);
    }

    [Fact]
    public async Task Connections_that_are_not_recorded_are_ended_when_that_is_asked_for_and_no_others()
    {
        await ConnectAsync();
        var listed = (await ReviewAsync("&terminate=true")).Expect(HttpStatusCode.OK)["notRecorded"]!.AsArray().Single()!;
        Assert.Equal(
            """{"connectionId":"cvpn-connection-3","username":"alice","commonName":"","decisionId":null,"terminated":false,"error":null}""",
            listed.ToJsonString());
        Assert.DoesNotContain(ec2.Calls, c => c.StartsWith("Terminate", StringComparison.Ordinal));

        var ended = (await ReviewAsync("&terminateNotRecorded=true")).Expect(HttpStatusCode.OK)["notRecorded"]!.AsArray().Single()!;
        Assert.Equal((true, null), (ended["terminated"]!.GetValue<bool>(), ended["error"]));
        Assert.Equal(
            [$"TerminateClientVpnConnections {Some.Endpoint} cvpn-connection-3"],
            ec2.Calls.Where(c => c.StartsWith("Terminate", StringComparison.Ordinal)));
        Assert.Contains(
            $"No decision that let the connection cvpn-connection-3 of {Some.Endpoint} in is recorded: ended.", portal.Warnings);

        ec2.Connections["cvpn-connection-3"] = "active";
        ec2.Failures["TerminateClientVpnConnections"] = "UnauthorizedOperation";
        var refused = (await ReviewAsync("&terminateNotRecorded=true")).Expect(HttpStatusCode.OK)["notRecorded"]!.AsArray().Single()!;
        Assert.False(refused["terminated"]!.GetValue<bool>());
        Assert.Contains("not authorized", refused["error"]!.ToString(), StringComparison.Ordinal);
        (await ReviewAsync("&terminateNotRecorded=yes")).ExpectError("terminateNotRecorded");
    }

    [Fact]
    public async Task A_connection_whose_decision_cannot_be_read_or_has_no_event_is_one_that_is_not_recorded()
    {
        await ConnectAsync();
        var json = Some.EventJson();
        (json["connection-id"], json["x"]) = ("cvpn-connection-3", new string('x', 100_000));
        var withoutEvent = await portal.DecideAsync(json);
        Sql.Execute(portal.StorePath, "UPDATE decisions SET decision = x'FF' WHERE instr(decision, 'cvpn-connection-1')");
        var review = (await ReviewAsync("&terminateNotRecorded=true")).Expect(HttpStatusCode.OK);
        Assert.Equal((1, 1), (review["unreadable"]!.GetValue<int>(), review["stillAllowed"]!.GetValue<int>()));
        Assert.Equal(
            ["cvpn-connection-1  true", $"cvpn-connection-3 {withoutEvent.Id} true"],
            review["notRecorded"]!.AsArray().Select(s => $"{s!["connectionId"]} {s["decisionId"]} {s["terminated"]!.ToJsonString()}"));
        Assert.Single(portal.Warnings, w => w.Contains("without which this call went on: 1.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_connection_that_has_just_begun_is_not_ended_since_its_decision_may_yet_be_recorded()
    {
        await ConnectAsync();
        foreach (var (seconds, isEnded) in new[] { (0, false), (55, false), (65, true) })
        {
            ec2.Connections["cvpn-connection-3"] = "active";
            var since = portal.Time.GetUtcNow().AddSeconds(-seconds);
            ec2.Established["cvpn-connection-3"] = seconds == 0
                ? "a while ago"
                : since.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            var session = (await ReviewAsync("&terminateNotRecorded=true")).Expect(HttpStatusCode.OK)["notRecorded"]!.AsArray().Single()!;
            Assert.Equal((isEnded, isEnded), (session["terminated"]!.GetValue<bool>(), session["error"] is null));
        }
    }

    [Fact]
    public async Task While_not_all_decisions_could_be_looked_at_those_not_found_are_left_alone_and_the_answer_says_why()
    {
        await ConnectAsync();
        var later = portal.Time.GetUtcNow().AddMinutes(1);
        await portal.DecideAsync(Some.EventJson(), later);
        Sql.Execute(portal.StorePath, $"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
            INSERT INTO decisions
            SELECT substr(key, 1, 19) || printf('%032x', i), allowed, reason, username, public_ip, endpoint_id, expires_at,
                CAST(replace(
                    CAST(decision AS TEXT),
                    json_extract(CAST(decision AS TEXT), '$.id'),
                    printf('00000000-0000-0000-0000-%012x', i)) AS BLOB)
            FROM decisions, n WHERE key LIKE '{later.UtcTicks:D19}%'
            """);
        portal.Time.Advance(TimeSpan.FromMinutes(2));
        var review = (await ReviewAsync("&terminateNotRecorded=true")).Expect(HttpStatusCode.OK);
        Assert.Equal((0, 0), (review["stillAllowed"]!.GetValue<int>(), review["unreadable"]!.GetValue<int>()));
        Assert.Equal(3, review["notRecorded"]!.AsArray().Count);
        Assert.All(review["notRecorded"]!.AsArray(), s =>
        {
            Assert.False(s!["terminated"]!.GetValue<bool>());
            Assert.Contains("more than 100,000", s["error"]!.ToString(), StringComparison.Ordinal);
        });
        Assert.DoesNotContain(ec2.Calls, c => c.StartsWith("Terminate", StringComparison.Ordinal));
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
        Assert.Contains(
            "Nothing was ended", (await ReviewAsync("&terminate=true")).ExpectProblem(HttpStatusCode.BadGateway), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_editors_may_review_and_an_endpoint_must_be_named()
    {
        (await portal.PostAsync($"/api/sessions/review?endpointId={Some.Endpoint}", "", "reader.token"))
            .ExpectProblem(HttpStatusCode.Forbidden);
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
        foreach (var (connection, publicIp) in new[]
        {
            ("cvpn-connection-1", "203.0.113.7"),
            ("cvpn-connection-2", "198.51.100.7"),
            ("cvpn-connection-4", "203.0.113.8"),
            ("cvpn-connection-5", "192.0.2.7"),
        })
        {
            var json = Some.EventJson(publicIp);
            json["connection-id"] = connection;
            await portal.DecideAsync(json);
        }

        (
            ec2.Connections["cvpn-connection-1"],
            ec2.Connections["cvpn-connection-2"],
            ec2.Connections["cvpn-connection-3"],
            ec2.Connections["cvpn-connection-4"]) = ("active", "active", "active", "terminated");
        return range;
    }

    private Task<Answer> ReviewAsync(string more = "") => portal.PostAsync($"/api/sessions/review?endpointId={Some.Endpoint}{more}", "");
}
