using ClientVpnAdmin.Connections;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace ClientVpnAdmin.AdminApi.Swagger;

/// <summary>What Client VPN sends and is answered, in its own words, which no class of ours has.</summary>
/// <remarks>AWS Client VPN Administrator Guide, "Connection authorization".</remarks>
internal static class ClientVpnSchemas
{
    // AWS adds fields; and a version that isn't known yet must not make every recorded event one of another shape.
    private const string Event = """
        {
          "description":
            "What Client VPN sends about a new connection. Absent, null and empty mean the same. There may be more fields: AWS adds some.",
          "type": "object",
          "required": ["public-ip"],
          "properties": {
            "connection-id": {
              "description": "The connection.", "type": "string", "nullable": true, "example": "cvpn-connection-04e7e1b2f0daf9460"
            },
            "endpoint-id": {
              "description": "The Client VPN endpoint.", "type": "string", "nullable": true, "example": "cvpn-endpoint-0f13eab7f860433cc"
            },
            "common-name": {
              "description": "The client certificate's common name.", "type": "string", "nullable": true,
              "example": "laptop-17.example.co.jp"
            },
            "username": { "description": "Who connects.", "type": "string", "nullable": true, "example": "alice" },
            "platform": {
              "description": "The device's operating system, by its own word: android, ios, linux, mac, win and others.",
              "type": "string", "nullable": true, "example": "win"
            },
            "platform-version": {
              "description": "Its version, by the device's own word.", "type": "string", "nullable": true, "example": "10.0.22631"
            },
            "public-ip": {
              "description": "The device's public address, IPv4 or IPv6.", "type": "string", "example": "203.0.113.7"
            },
            "client-openvpn-version": {
              "description": "The version of OpenVPN, by the device's own word.", "type": "string", "nullable": true, "example": "2.6.10"
            },
            "aws-client-version": {
              "description": "The version of the client that AWS provides, by the device's own word. In v3 only.",
              "type": "string", "nullable": true, "example": "5.2.0"
            },
            "groups": {
              "description": "The user's groups, from v2 on: a list of texts, or one text. AWS doesn't say which.",
              "example": ["vpn-users"]
            },
            "schema-version": {
              "description":
                "v1, v2 or v3, as the response will be. Without one, an event with all fields of v1 is v1; any other is denied.",
              "type": "string", "nullable": true, "example": "v3"
            }
          }
        }
        """;

    private const string Response = """
        {
          "description": "What the handler answers Client VPN.",
          "type": "object",
          "required": ["allow", "posture-compliance-statuses", "schema-version"],
          "properties": {
            "allow": { "description": "Whether the connection comes in.", "type": "boolean", "example": false },
            "error-msg-on-failed-posture-compliance": {
              "description": "What a denied person is told, in v1; empty when the connection comes in.",
              "type": "string", "maxLength": 255,
              "example": "Your IP is not allowed to access. Please Contact mail@example.co.jp"
            },
            "error-msg-on-denied-connection": {
              "description": "The same, from v2 on.", "type": "string", "maxLength": 255,
              "example": "Your IP is not allowed to access. Please Contact mail@example.co.jp"
            },
            "posture-compliance-statuses": {
              "description": "What Client VPN writes to its connection log.", "type": "array", "maxItems": 10,
              "items": { "type": "string", "maxLength": 255 }, "example": ["compliant"]
            },
            "schema-version": {
              "description": "The event's; v3 if it had none that is known.", "type": "string", "enum": ["v1", "v2", "v3"], "example": "v3"
            }
          },
          "additionalProperties": false
        }
        """;

    /// <summary>The schema of a type that is Client VPN's; null for others.</summary>
    public static IOpenApiSchema? Find(Type type, SchemaRepository schemas) =>
        type == typeof(ConnectionEvent) ? Refer(type, Event, schemas)
        : type == typeof(ConnectionResponse) ? Refer(type, Response, schemas)
        : null;

    private static OpenApiSchemaReference Refer(Type type, string json, SchemaRepository schemas) =>
        schemas.Schemas.ContainsKey(type.Name)
            ? new OpenApiSchemaReference(type.Name)
            : schemas.AddDefinition(
                type.Name, OpenApiModelFactory.Parse<OpenApiSchema>(json, OpenApiSpecVersion.OpenApi3_0, new(), out _, "json")!);
}
