using System.Net.Http.Headers;
using ClientVpnAdmin.AdminApi.Access;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ClientVpnAdmin.AdminPage;

/// <summary>How somebody comes into the page, and what stays of it.</summary>
[Collection(nameof(BrowserCollection))]
public sealed class SignInTests(Browser browser)
{
    [BrowserFact]
    public async Task The_printed_link_opens_the_page_signed_in_as_the_systems_user()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await Expect(opened.Page.GetByRole(AriaRole.Button, new() { Name = Environment.UserName })).ToBeVisibleAsync();
        Assert.DoesNotContain("code=", opened.Page.Url, StringComparison.Ordinal);
        opened.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task The_link_is_good_once_and_the_page_says_how_to_get_another()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await using var other = await browser.Chromium.NewContextAsync();
        var page = await other.NewPageAsync();
        await page.GotoAsync(await opened.LinkAsync());
        await Expect(page.GetByText("This link has been used, or its minute is over.")).ToBeVisibleAsync();
        await Expect(page.GetByText("dotnet run --project src/AdminApi -- link")).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task A_link_that_is_pasted_into_the_open_tab_signs_in_as_well()
    {
        await using var opened = await OpenedPage.StartAsync(browser);
        await opened.Page.GotoAsync(opened.Url.ToString());
        await Expect(opened.Page.GetByText("The portal prints a link when it starts.")).ToBeVisibleAsync();
        await opened.Page.GotoAsync(await opened.LinkAsync()); // which is only another # to the browser
        await Expect(opened.Page.GetByRole(AriaRole.Button, new() { Name = $"{Environment.UserName} (editor)" })).ToBeVisibleAsync();
        Assert.DoesNotContain("code=", opened.Page.Url, StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task The_token_is_in_this_tab_only_and_in_no_address()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        await Expect(opened.Page.GetByText("Who was denied lately")).ToBeVisibleAsync();
        var token = await opened.Page.EvaluateAsync<string>("sessionStorage.getItem('token')");
        Assert.NotEmpty(token);
        Assert.DoesNotContain(token, await opened.Page.EvaluateAsync<string>("JSON.stringify(localStorage)"), StringComparison.Ordinal);
        Assert.Empty(await opened.Page.Context.CookiesAsync());
        Assert.DoesNotContain(token, await opened.Page.EvaluateAsync<string>("location.href"), StringComparison.Ordinal);
        await using var other = await browser.Chromium.NewContextAsync();
        var page = await opened.Page.Context.NewPageAsync();
        await page.GotoAsync(opened.Url.ToString());
        await Expect(page.GetByText("The portal prints a link when it starts.")).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Who_signs_out_has_a_token_that_is_good_for_nothing()
    {
        await using var opened = await OpenedPage.SignedInAsync(browser);
        var token = await opened.Page.EvaluateAsync<string>("sessionStorage.getItem('token')");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = Environment.UserName }).ClickAsync();
        await opened.Page.GetByRole(AriaRole.Menuitem, new() { Name = "Sign out" }).ClickAsync();
        await Expect(opened.Page.GetByText("You are signed out.")).ToBeVisibleAsync();
        Assert.Null(await opened.Page.EvaluateAsync<string?>("sessionStorage.getItem('token')"));
        using var client = new HttpClient { BaseAddress = opened.Url };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await client.GetAsync(new Uri("/api/me", UriKind.Relative));
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [BrowserFact]
    public async Task An_issuers_button_leads_there_and_back_to_the_place_that_was_wanted()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var opened = await OpenedPage.StartAsync(browser, settings:
        [
            ("Authentication__Schemes__Bearer__Authority", issuer.Url),
            ("Authentication__Schemes__Bearer__RequireHttpsMetadata", "false"),
            ("Authentication__Schemes__Bearer__ValidAudiences__0", Issuer.Audience),
            ("SignIn__NameClaim", "email"),
            ("SignIn__RoleClaim", "groups"),
            ("SignIn__Editors", "vpn-editors"),
            ("SignIn__ClientId", "the-page"),
        ]);
        await opened.GoAsync("messages");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = $"Sign in at {new Uri(issuer.Url).Authority}" }).ClickAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Button, new() { Name = "alice@example.com" })).ToBeVisibleAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Heading, new() { Name = "Denial messages" })).ToBeVisibleAsync();
        Assert.DoesNotContain("the-code", opened.Page.Url, StringComparison.Ordinal);
        opened.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task By_IAM_the_page_says_in_plain_words_which_command_signs_in()
    {
        const string Command = "RULE_STORE=dynamodb:client-vpn-admin dotnet run --project src/AdminApi";
        await using var opened = await OpenedPage.StartAsync(browser);

        // Only on Lambda is there such a portal; that it answers so is tested there.
        await opened.Page.RouteAsync("**/api/sign-in", route => route.FulfillAsync(new()
        {
            ContentType = "application/json",
            Body = $$"""{ "kind": "iam", "issuer": null, "command": "{{Command}}" }""",
        }));
        await opened.Page.GotoAsync(opened.Url.ToString());
        await Expect(opened.Page.GetByText("A browser cannot sign with that, but your own machine can")).ToBeVisibleAsync();
        await Expect(opened.Page.GetByText(Command, new() { Exact = true })).ToBeVisibleAsync();
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "日本語" }).ClickAsync();
        await Expect(opened.Page.GetByText("このポータルは AWS の ID で利用者を確認します。")).ToBeVisibleAsync();
        await Expect(opened.Page.GetByText(Command, new() { Exact = true })).ToBeVisibleAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Textbox)).ToHaveCountAsync(0); // no token would help
        opened.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task A_reader_signs_in_with_a_token_and_sees_no_editing()
    {
        await using var opened = await OpenedPage.StartAsync(browser);
        await opened.ApiAsync(HttpMethod.Post, "/ranges", """{ "cidr": "203.0.113.0/24", "description": "Tokyo office" }""");
        await opened.ConnectAsync("dave", "192.0.2.200");
        await opened.Page.GotoAsync(opened.Url.ToString());
        await opened.Page.GetByText("Or sign in with a token").ClickAsync();
        await opened.Page.GetByLabel("Token", new() { Exact = true }).FillAsync("nonsense");
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();

        // It is also in what is read out, which is there for a while only.
        await Expect(opened.Page.GetByRole(AriaRole.Group).GetByText("This token is not accepted")).ToBeVisibleAsync();
        await opened.Page.GetByLabel("Token", new() { Exact = true }).FillAsync(opened.Token("reader.token"));
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Button, new() { Name = "reader" })).ToBeVisibleAsync();
        await Expect(opened.Page.GetByText("dave")).ToBeVisibleAsync();
        await Expect(opened.Page.GetByRole(AriaRole.Button, new() { Name = "Allow for 8 h" })).ToHaveCountAsync(0);
        await Expect(opened.Page.GetByRole(AriaRole.Button, new() { Name = "Add range" })).ToHaveCountAsync(0);
    }
}
