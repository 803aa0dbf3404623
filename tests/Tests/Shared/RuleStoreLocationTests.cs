using ClientVpnAdmin.Stores;
using ClientVpnAdmin.Stores.Sqlite;


namespace ClientVpnAdmin;

public class RuleStoreLocationTests
{
    private static readonly string LocalDataFolder = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "client-vpn-admin");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task Is_in_the_users_local_data_folder_unless_said_otherwise(string? value)
    {
        var location = RuleStoreLocation.Parse(value);
        Assert.Equal(LocalDataFolder, location.Folder);
        if (!File.Exists(Path.Combine(LocalDataFolder, "rules.db")))
        {
            var e = await Assert.ThrowsAsync<RuleStoreException>(() => location.Existing().Rules.FindHeadAsync(default));
            Assert.Contains(Path.Combine(LocalDataFolder, "rules.db"), e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Is_a_path_after_sqlite_and_the_portals_files_go_beside_it()
    {
        Assert.IsType<SqliteRuleStore>(RuleStoreLocation.Parse("sqlite:a/b.db").Existing().Rules);
        Assert.Equal(Path.GetFullPath("a"), RuleStoreLocation.Parse("sqlite:a/b.db").Folder);
    }

    [Fact]
    public void Is_a_table_after_dynamodb_and_the_portals_files_go_into_the_local_data_folder() =>
        Assert.Equal(LocalDataFolder, RuleStoreLocation.Parse("dynamodb:rules").Folder);

    [Theory]
    [InlineData("sqlite:")]
    [InlineData("SQLITE:a")]
    [InlineData("dynamodb:")]
    [InlineData("a.db")]
    [InlineData("postgres:x")]
    public void Is_nothing_else(string value) =>
        Assert.Contains(
            "RULE_STORE", Assert.Throws<RuleStoreException>(() => RuleStoreLocation.Parse(value)).Message, StringComparison.Ordinal);
}
