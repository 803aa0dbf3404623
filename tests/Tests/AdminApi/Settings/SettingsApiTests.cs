using System.Net;

namespace ClientVpnAdmin.AdminApi.Settings;

public sealed class SettingsApiTests : IDisposable
{
    private const string Defaults = """{"enforcement":"enforce","allowedPostureStatuses":["compliant"],"deniedPostureStatuses":[]}""";
    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task Settings_are_shown_and_replaced_and_what_is_left_out_takes_its_default()
    {
        var defaults = await portal.GetAsync("/api/settings");
        Assert.Equal(Defaults, defaults.Text);
        var put = await portal.PutAsync(
            "/api/settings",
            """{ "enforcement": "report-only", "allowedPostureStatuses": ["office"], "deniedPostureStatuses": ["x", "y"] }""",
            defaults.ETag);
        Assert.Equal(
            """{"enforcement":"report-only","allowedPostureStatuses":["office"],"deniedPostureStatuses":["x","y"]}""",
            put.Expect(HttpStatusCode.OK).ToJsonString());
        var shown = await portal.GetAsync("/api/settings");
        Assert.Equal((put.Text, put.ETag), (shown.Text, shown.ETag));
        (await portal.PutAsync("/api/settings", "{}", defaults.ETag)).ExpectProblem(HttpStatusCode.PreconditionFailed);
        Assert.Equal(Defaults, (await portal.PutAsync("/api/settings", "{}", put.ETag)).Text);
        Assert.Equal(2, await portal.HeadAsync());
    }

    [Fact]
    public async Task Settings_that_change_nothing_make_no_revision()
    {
        (await portal.PutAsync("/api/settings", Defaults)).Expect(HttpStatusCode.OK);
        Assert.Equal(0, await portal.HeadAsync());
    }

    [Theory]
    [InlineData("""{ "enforcement": "off" }""", "enforcement", "Write one of: enforce, report-only.")]
    [InlineData("""{ "enforcement": 1 }""", "enforcement", "Write a text, in double quotes.")]
    [InlineData("""{ "allowedPostureStatuses": "office" }""", "allowedPostureStatuses", "Write a list, in square brackets.")]
    [InlineData("""{ "allowedPostureStatuses": [""] }""", "allowedPostureStatuses[0]", "Give the status a name")]
    [InlineData("""{ "deniedPostureStatuses": ["1","2","3","4","5","6","7","8","9","10","11"] }""", "deniedPostureStatuses", "At most 10")]
    [InlineData("""{ "mode": "enforce" }""", "mode", "There is no such member")]
    public async Task Bad_settings_are_refused_with_an_error_that_names_the_field_and_the_remedy(string json, string field, string remedy)
    {
        Assert.Contains(remedy, (await portal.PutAsync("/api/settings", json)).ExpectError(field), StringComparison.Ordinal);
        Assert.Equal(0, await portal.HeadAsync());
    }
}
