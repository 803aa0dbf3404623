using ClientVpnAdmin.Settings;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Settings;

public class SettingsInputTests
{
    [Fact]
    public void What_is_left_out_takes_its_default()
    {
        var settings = new SettingsInput().Check(new Errors())!;
        Assert.Equal(Enforcement.Enforce, settings.Enforcement);
        Assert.Equal(["compliant"], settings.AllowedPostureStatuses.AsEnumerable());
        Assert.Empty(settings.DeniedPostureStatuses);
    }

    [Fact]
    public void At_most_ten_statuses_of_at_most_255_characters_are_taken()
    {
        string?[] most = [.. Enumerable.Range(0, 10).Select(i => new string((char)('a' + i), 255))];
        Assert.Equal(10, new SettingsInput { AllowedPostureStatuses = most }.Check(new Errors())!.AllowedPostureStatuses.Length);
        Assert.Equal(["allowedPostureStatuses"], ErrorsOf(new() { AllowedPostureStatuses = [.. most, "one more"] }).Keys);
        Assert.Equal(["deniedPostureStatuses[1]"], ErrorsOf(new() { DeniedPostureStatuses = ["ok", new string('x', 256)] }).Keys);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a\nb")]
    public void A_status_has_a_name_without_control_characters(string? status) =>
        Assert.Equal(["allowedPostureStatuses[1]"], ErrorsOf(new() { AllowedPostureStatuses = ["ok", status] }).Keys);

    [Fact]
    public void A_status_has_only_placeholders_that_there_are()
    {
        Assert.NotNull(new SettingsInput { DeniedPostureStatuses = ["{reason}", "{revision}-{range-id}", "a {brace"] }.Check(new Errors()));
        Assert.Equal(
            ["'{username}' is not a placeholder. There are {reason}, {revision}, {range-id}."],
            ErrorsOf(new() { DeniedPostureStatuses = ["{username}"] })["deniedPostureStatuses[0]"]);
    }

    [Theory]
    [InlineData("reportOnly")]
    [InlineData("ENFORCE")]
    [InlineData("off")]
    [InlineData("")]
    public void Any_other_enforcement_is_an_error(string word) =>
        Assert.Equal(
            [$"'{word}' is not allowed here. Write one of: enforce, report-only."], ErrorsOf(new() { Enforcement = word })["enforcement"]);

    private static Dictionary<string, string[]> ErrorsOf(SettingsInput input)
    {
        var errors = new Errors();
        Assert.Null(input.Check(errors));
        return errors.ToDictionary();
    }
}
