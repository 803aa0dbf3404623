namespace ClientVpnAdmin.AdminApi.Callers;

public sealed class MeApiTests : IDisposable
{
    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Theory]
    [InlineData("admin.token", """{"name":"admin","role":"editor"}""")]
    [InlineData("reader.token", """{"name":"reader","role":"reader"}""")]
    public async Task Whoever_asks_is_told_their_name_and_role(string token, string expected) =>
        Assert.Equal(expected, (await portal.GetAsync("/api/me", token)).Text);
}
