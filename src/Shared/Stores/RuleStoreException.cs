namespace ClientVpnAdmin.Stores;

/// <summary>The rule store can't be used, or what it holds can't be trusted.</summary>
public sealed class RuleStoreException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>True if the store answered, and what it holds can't be trusted; false if it is away.</summary>
    public bool IsDamaged { get; init; }
}
