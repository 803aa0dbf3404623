using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Sources;

/// <summary>A source can't be read. A fault of it never has an address's query: there may be a key in it.</summary>
/// <param name="fault">Why, and what to do about it.</param>
public sealed class SourceException(Fault fault, Exception? cause = null) : Exception(fault.Message, cause)
{
    public Fault Fault { get; } = fault;
}
