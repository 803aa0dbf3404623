using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.Connections;

/// <summary>What the handler answers Client VPN, in the schema version that was asked in.</summary>
/// <remarks>AWS Client VPN Administrator Guide, "Connection authorization".</remarks>
/// <param name="Allow">Whether the connection comes in.</param>
/// <param name="Message">Shown to a person who is denied; at most 255 characters. Empty when the connection comes in.</param>
/// <param name="PostureStatuses">At most 10 names; Client VPN writes them to its connection log.</param>
/// <param name="SchemaVersion">Decides the name under which the message goes.</param>
public sealed record ConnectionResponse(bool Allow, string Message, ImmutableArray<string> PostureStatuses, SchemaVersion SchemaVersion)
{
    // A writer asks for three bytes a character, and for 4 KB as soon as there aren't so many.
    private const int BytesBesideTexts = 256;
    private const int BytesOfCharacter = 3;

    /// <summary>The response as UTF-8 JSON, all characters outside ASCII as they are.</summary>
    public byte[] ToJson()
    {
        var characters = Message.Length;
        foreach (var status in PostureStatuses)
        {
            characters += status.Length + 1;
        }

        var json = new ArrayBufferWriter<byte>(BytesBesideTexts + (BytesOfCharacter * characters));
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteBoolean("allow", Allow);
            writer.WriteString(
                SchemaVersion == SchemaVersion.V1 ? "error-msg-on-failed-posture-compliance" : "error-msg-on-denied-connection", Message);
            writer.WriteStartArray("posture-compliance-statuses");
            foreach (var status in PostureStatuses)
            {
                writer.WriteStringValue(status);
            }

            writer.WriteEndArray();
            writer.WriteString("schema-version", Words.Format(SchemaVersion));
            writer.WriteEndObject();
        }

        return json.WrittenSpan.ToArray();
    }
}
