using System.Net;

namespace ClientVpnAdmin.AdminApi.Callers;

public sealed class MeApiTests : IDisposable
{
    private readonly Portal portal = new(("FORWARDEDHEADERS_ENABLED", "true")); // or no test could come from anywhere

    public void Dispose() => portal.Dispose();

    [Theory]
    [InlineData("admin.token", """{"name":"admin","role":"editor","publicIp":null}""")]
    [InlineData("reader.token", """{"name":"reader","role":"reader","publicIp":null}""")]
    public async Task Whoever_asks_is_told_their_name_and_role(string token, string expected) =>
        Assert.Equal(expected, (await portal.GetAsync("/api/me", token)).Text);

    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9")]
    [InlineData("::ffff:203.0.113.9", "203.0.113.9")]
    [InlineData("2001:DB8::9", "2001:db8::9")]
    [InlineData("127.0.0.1", null)]
    [InlineData("::ffff:127.0.0.1", null)]
    [InlineData("::1", null)]
    [InlineData("10.1.2.3", null)]
    [InlineData("172.31.255.255", null)]
    [InlineData("172.32.0.1", "172.32.0.1")]
    [InlineData("192.168.0.1", null)]
    [InlineData("169.254.1.1", null)]
    [InlineData("100.64.0.1", null)]
    [InlineData("100.128.0.1", "100.128.0.1")]
    [InlineData("fd12:3456::1", null)]
    [InlineData("fe80::1", null)]
    [InlineData("0.0.0.0", null)]
    [InlineData("::", null)]
    public async Task Whoever_comes_by_a_public_address_is_told_which(string from, string? expected) => Assert.Equal(
        expected, (await portal.SendFromAsync(from, HttpMethod.Get, "/api/me")).Expect(HttpStatusCode.OK)["publicIp"]?.ToString());
}
