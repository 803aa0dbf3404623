using ClientVpnAdmin.Stores;
using ClientVpnAdmin.Stores.DynamoDb;
using ClientVpnAdmin.Stores.Sqlite;

namespace ClientVpnAdmin;

/// <summary>Where the rule store is, as <c>RULE_STORE</c> says it.</summary>
public sealed class RuleStoreLocation
{
    public const string Variable = "RULE_STORE";

    private const string SqlitePrefix = "sqlite:";
    private const string DynamoDbPrefix = "dynamodb:";

    private readonly string? sqlitePath;

    private RuleStoreLocation(string? sqlitePath, string? table)
    {
        this.sqlitePath = sqlitePath;
        Table = table;
    }

    /// <summary>What <see cref="Variable"/> must be to name it from any folder; null if it is the default.</summary>
    public string? Setting { get; private init; }

    /// <summary>The DynamoDB table's name; null when the store is elsewhere.</summary>
    public string? Table { get; }

    /// <summary>
    /// The folder for the portal's own files: beside the SQLite file, or the user's local data folder when the store is elsewhere.
    /// </summary>
    public string Folder => sqlitePath is null ? LocalDataFolder() : Path.GetDirectoryName(sqlitePath)!;

    /// <summary>The store's own files, whether they exist or not; none when the store is elsewhere.</summary>
    public IReadOnlyList<string> Files
    {
        get
        {
            if (sqlitePath is null)
            {
                return [];
            }

            var target = File.Exists(sqlitePath) ? File.ResolveLinkTarget(sqlitePath, returnFinalTarget: true) : null;
            var file = target?.FullName ?? sqlitePath; // beside which SQLite's own files are
            return [sqlitePath, file, $"{file}-wal", $"{file}-shm", $"{file}-journal"];
        }
    }

    /// <param name="value">
    /// <c>sqlite:&lt;path&gt;</c> or <c>dynamodb:&lt;table&gt;</c>; null or empty means SQLite in <c>client-vpn-admin/rules.db</c> in the
    /// user's local data folder.
    /// </param>
    /// <exception cref="RuleStoreException">The value is something else.</exception>
    public static RuleStoreLocation Parse(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return new(Path.Combine(LocalDataFolder(), "rules.db"), null);
        }

        if (value.StartsWith(SqlitePrefix, StringComparison.Ordinal) && value.Length > SqlitePrefix.Length)
        {
            var path = Path.GetFullPath(value[SqlitePrefix.Length..]);
            return new(path, null) { Setting = SqlitePrefix + path };
        }

        return value.StartsWith(DynamoDbPrefix, StringComparison.Ordinal) && value.Length > DynamoDbPrefix.Length
            ? new(null, value[DynamoDbPrefix.Length..]) { Setting = value }
            : throw new RuleStoreException(
                $"{Variable} is '{value}'. Write sqlite:<path> or dynamodb:<table>, or leave it unset for the default.");
    }

#pragma warning disable CA2000 // The table's client lives as long as the store, which is as long as the program.
    /// <summary>Opens the store, and makes it where that may be done.</summary>
    /// <exception cref="RuleStoreException">The store can't be opened.</exception>
    public async Task<Store> CreateAsync(CancellationToken cancellationToken) => sqlitePath is null
        ? Store.In(await DynamoDbTable.CreateAsync(Table!, cancellationToken))
        : Store.In(await SqliteFile.CreateAsync(sqlitePath, cancellationToken));

    /// <summary>A store that must exist already: using it fails, and makes nothing, while it doesn't.</summary>
    /// <exception cref="RuleStoreException">The AWS SDK isn't configured.</exception>
    public Store Existing() => sqlitePath is null ? Store.In(DynamoDbTable.Existing(Table!)) : Store.In(SqliteFile.Existing(sqlitePath));
#pragma warning restore CA2000

    private static string LocalDataFolder() =>
        Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } folder
            ? Path.Combine(folder, "client-vpn-admin")
            : throw new RuleStoreException($"There is no local data folder for this user. Set {Variable}=sqlite:<path>.");
}
