namespace ClientVpnAdmin.Handler;

public class HandlerSettingsTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("3650", 3650)]
    [InlineData(null, 30)]
    [InlineData("", 30)]
    [InlineData("0", 30)]
    [InlineData("3651", 30)]
    [InlineData("-5", 30)]
    [InlineData("7.5", 30)]
    [InlineData("a week", 30)]
    public void Decisions_are_kept_for_a_number_of_days_or_else_thirty(string? value, int days) =>
        Assert.Equal(
            TimeSpan.FromDays(days), HandlerSettings.Read(name => name == "DECISION_RETENTION_DAYS" ? value : null).DecisionRetention);

    [Theory]
    [InlineData("1", 1)]
    [InlineData("86400", 86400)]
    [InlineData(null, 0)]
    [InlineData("0", 0)]
    [InlineData("86401", 0)]
    [InlineData("-5", 0)]
    [InlineData("00:05:00", 0)]
    [InlineData("5m", 0)]
    public void Old_rules_are_used_for_a_number_of_seconds_or_else_not_at_all(string? value, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), HandlerSettings.Read(name => name == "RULES_MAX_STALE" ? value : null).RulesMaxStale);

    [Fact]
    public void Metrics_are_written_on_Lambda_only()
    {
        Assert.Equal(
            "AWSClientVPN-main",
            HandlerSettings.Read(name => name == "AWS_LAMBDA_FUNCTION_NAME" ? "AWSClientVPN-main" : null).FunctionName);
        Assert.Null(HandlerSettings.Read(_ => null).FunctionName);
    }
}
