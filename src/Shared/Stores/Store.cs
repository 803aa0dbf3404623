using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Revisions;

namespace ClientVpnAdmin.Stores;

/// <summary>The rules and the decisions made by them, in one place.</summary>
public sealed record Store(IRuleStore Rules, IDecisionLog Decisions)
{
    internal static Store In(SqliteFile file) => new(new SqliteRuleStore(file), new SqliteDecisionLog(file));

    internal static Store In(DynamoDbTable table) => new(new DynamoDbRuleStore(table), new DynamoDbDecisionLog(table));
}
