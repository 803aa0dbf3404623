namespace ClientVpnAdmin.Decisions;

public class RetentionTests
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
    public void Is_a_number_of_days_or_else_thirty(string? value, int days) => Assert.Equal(TimeSpan.FromDays(days), Retention.Read(value));
}
