using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.Stores.DynamoDb;
using ClientVpnAdmin.Stores.Sqlite;

namespace ClientVpnAdmin;

/// <summary>The rules, the decisions made by them, and what became of refreshes, in one place.</summary>
public sealed record Store(IRuleStore Rules, IDecisionLog Decisions, IRefreshLog Refreshes)
{
    /// <summary>Why the store could be read, and not written, when it was opened, and what to do; null if it could be written.</summary>
    public string? ReadOnlyBecause { get; private init; }

    internal static Store In(SqliteFile file) => new(new SqliteRuleStore(file), new SqliteDecisionLog(file), new SqliteRefreshLog(file))
    {
        ReadOnlyBecause = file.ReadOnlyBecause,
    };

    internal static Store In(DynamoDbTable table) => new(new DynamoDbRuleStore(table), new DynamoDbDecisionLog(table), new DynamoDbRefreshLog(table));
}
