namespace ClientVpnAdmin.Revisions;

public class RuleStoreLocationTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Is_in_the_users_local_data_folder_unless_said_otherwise(string? value) => Assert.Equal(
        Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "client-vpn-admin", "rules.db"),
        RuleStoreLocation.SqlitePath(value));

    [Fact]
    public void Is_a_path_after_sqlite() => Assert.Equal(Path.GetFullPath("a/b.db"), RuleStoreLocation.SqlitePath("sqlite:a/b.db"));

    [Theory]
    [InlineData("sqlite:")]
    [InlineData("SQLITE:a")]
    [InlineData("a.db")]
    [InlineData("postgres:x")]
    public void Is_nothing_else(string value) =>
        Assert.Contains("RULE_STORE", Assert.Throws<RuleStoreException>(() => RuleStoreLocation.SqlitePath(value)).Message, StringComparison.Ordinal);
}
