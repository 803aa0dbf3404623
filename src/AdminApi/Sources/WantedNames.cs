using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Sources;

/// <summary>The names by which somebody chooses a part of a source, and which of them it has. Case doesn't count.</summary>
/// <param name="names">Null means all.</param>
internal sealed class WantedNames(IReadOnlyCollection<string>? names)
{
    private readonly HashSet<string>? wanted = names?.ToHashSet(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> missing = new(names ?? [], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a part with this name is chosen. It is known from now on that there is one.</summary>
    public bool Has(string name)
    {
        missing.Remove(name);
        return wanted?.Contains(name) != false;
    }

    /// <summary>A name that was mistyped, or is no more, would be a part of the list that is silently empty.</summary>
    /// <param name="noun">What the names are of: <c>country</c>.</param>
    /// <exception cref="SourceException">The source lacks some.</exception>
    public void ThrowIfMissing(string noun)
    {
        if (missing.Count > 0)
        {
            var texts = string.Join(", ", missing.Order(StringComparer.Ordinal).Select(Errors.Shown));
            throw new SourceException(new(
                "not-in-source",
                $"The source has no {noun} {texts}: correct it, or remove it.",
                ("names", texts)));
        }
    }
}
