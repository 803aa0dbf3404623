namespace ClientVpnAdmin;

/// <summary>Skipped tests that say why in their names, since <c>dotnet test</c> prints names and no reasons.</summary>
internal static class Skipping
{
    /// <param name="fact">The test's attribute.</param>
    /// <param name="reason">Why the test can't run here; null if it can.</param>
    /// <param name="test">The test's own name.</param>
    public static void Skip(this FactAttribute fact, string? reason, string test)
    {
        if (reason is not null)
        {
            fact.Skip = reason;
            fact.DisplayName = $"{test}: {reason}";
        }
    }
}
