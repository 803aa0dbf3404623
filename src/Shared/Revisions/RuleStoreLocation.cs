namespace ClientVpnAdmin.Revisions;

/// <summary>Where the rule store is, as <c>RULE_STORE</c> says it.</summary>
public static class RuleStoreLocation
{
    public const string Variable = "RULE_STORE";

    private const string SqlitePrefix = "sqlite:";

    /// <summary>The folder in which the programs keep what they aren't told another place for.</summary>
    /// <exception cref="RuleStoreException">The user has no such folder.</exception>
    public static string LocalDataFolder() =>
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } folder
            ? Path.Combine(folder, "client-vpn-admin")
            : throw new RuleStoreException($"There is no local data folder for this user. Set {Variable}=sqlite:<path>.");

    /// <summary>The path of the SQLite file.</summary>
    /// <param name="value"><c>sqlite:&lt;path&gt;</c>; null or empty means <c>client-vpn-admin/rules.db</c> in the user's local data folder.</param>
    /// <exception cref="RuleStoreException">The value is something else.</exception>
    public static string SqlitePath(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return Path.Combine(LocalDataFolder(), "rules.db");
        }

        return value.StartsWith(SqlitePrefix, StringComparison.Ordinal) && value.Length > SqlitePrefix.Length
            ? Path.GetFullPath(value[SqlitePrefix.Length..])
            : throw new RuleStoreException($"{Variable} is '{value}'. Write sqlite:<path>, or leave it unset for the default.");
    }
}
