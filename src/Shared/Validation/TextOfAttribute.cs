namespace ClientVpnAdmin.Validation;

/// <summary>
/// Says what a text is that comes in or goes out as it is, or each text of a list: the words of an enum, a time, a connection event.
/// The OpenAPI document shows it as that.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class TextOfAttribute(Type type) : Attribute
{
    public Type Type => type;
}
