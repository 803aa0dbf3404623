using ClientVpnAdmin.AdminApi.Sessions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ClientVpnAdmin.AdminPage.Views;

/// <summary>Open connections are decided about again, and ended.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class SessionsTests(Browser browser)
{
    [BrowserFact]
    public async Task Who_would_not_come_in_any_more_is_found_and_ended_and_nobody_else()
    {
        await using var ec2 = await Ec2.StartAsync();
        await using var opened = await OpenedPage.SignedInAsync(browser, settings:
        [
            ("AWS_ENDPOINT_URL_EC2", ec2.Url), ("AWS_REGION", "us-east-1"), ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ]);
        var range = (await opened.ApiAsync(HttpMethod.Post, "/ranges", """{ "cidr": "203.0.113.0/24" }"""))!["id"];
        await opened.ApiAsync(HttpMethod.Post, "/ranges", """{ "cidr": "198.51.100.0/24" }""");
        await opened.ConnectAsync("dave", "203.0.113.7", connectionId: "cvpn-connection-1");
        await opened.ConnectAsync("bob", "198.51.100.7", connectionId: "cvpn-connection-2");
        await opened.ApiAsync(HttpMethod.Delete, $"/ranges/{range}?force=true");
        (ec2.Connections["cvpn-connection-1"], ec2.Connections["cvpn-connection-2"]) = ("active", "active");
        ec2.Connections["cvpn-connection-3"] = "active"; // no decision of it is recorded

        await opened.GoAsync("sessions");
        await Expect(opened.Page.GetByPlaceholder("cvpn-endpoint-…")).ToHaveValueAsync(Some.Endpoint); // the only one that is known
        ec2.Failures["DescribeClientVpnConnections"] = "UnauthorizedOperation";
        await ReviewAsync();
        await Expect(opened.Page.GetByText("Only AWS knows who is connected.")).ToBeVisibleAsync();
        ec2.Failures.Clear();
        await ReviewAsync();
        var row = opened.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "dave" });
        await Expect(row).ToContainTextAsync("no allow range has the address");
        await Expect(opened.Page.GetByText("bob")).ToHaveCountAsync(0); // would come in again
        Assert.Empty(Ended());

        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "End these …" }).First.ClickAsync();
        var dialog = opened.Page.GetByRole(AriaRole.Dialog);
        var end = dialog.GetByRole(AriaRole.Button, new() { Name = "End connections" });
        await Expect(end).ToBeDisabledAsync();
        await dialog.GetByLabel("Number of connections").FillAsync("1");
        await end.ClickAsync();
        await Expect(opened.Page.GetByText("1 connection was ended.")).ToBeVisibleAsync();
        await Expect(row.GetByText("ended", new() { Exact = true })).ToBeVisibleAsync();
        Assert.Equal([$"TerminateClientVpnConnections {Some.Endpoint} cvpn-connection-1"], Ended());

        Task ReviewAsync() => opened.Page.GetByRole(AriaRole.Button, new() { Name = "Review" }).ClickAsync();

        IEnumerable<string> Ended() => ec2.Calls.Where(c => c.StartsWith("Terminate", StringComparison.Ordinal));
    }
}
