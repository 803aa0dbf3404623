namespace ClientVpnAdmin.Stores;

/// <summary>The rule store can't be used, or what it holds can't be trusted.</summary>
public sealed class RuleStoreException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>True if the store can't be reached or is busy. All else is damage, for which no old rules stand in.</summary>
    public bool IsAway { get; init; }

    /// <summary>True if the store is there, and can't be written: for want of room, or of the right to.</summary>
    public bool IsReadOnly { get; init; }
}
