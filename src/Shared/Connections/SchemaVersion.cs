namespace ClientVpnAdmin.Connections;

/// <summary>A version of what Client VPN and its connect handler say to each other.</summary>
public enum SchemaVersion
{
    V1,
    V2,
    V3,
}
