namespace ClientVpnAdmin.Ranges;

public class WallTimeTests
{
    [Theory]
    [InlineData(0, "00:00")]
    [InlineData(1, "00:01")]
    [InlineData(1_440, "24:00")]
    public void Every_minute_of_a_day_and_its_end_are_a_time(int minutes, string text) =>
        Assert.Equal(text, WallTime.FromMinutes(minutes).ToString());

    [Theory]
    [InlineData(-1)]
    [InlineData(1_441)]
    public void There_is_no_other_time(int minutes) => Assert.Throws<FormatException>(() => WallTime.FromMinutes(minutes));
}
