using System.Collections.Immutable;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.DenialMessages;

/// <summary>Finds, fills in and checks the texts shown to people who are denied.</summary>
/// <remarks>
/// Client VPN takes at most 255 characters (Administrator Guide, "Connection authorization"); we count UTF-16 code units, the most
/// cautious reading. The person's OpenVPN client throws a message with a control character away and retries for ever, takes one that
/// begins with TEMP for a retry instruction, and one that begins with CRV1: for a login challenge (OpenVPN 2.6, push.c).
/// </remarks>
public static class DenialText
{
    public const int MaxLength = 255;

    private static readonly string[] Commands = ["TEMP", "CRV1:"];

    private static readonly Dictionary<string, Func<ConnectionEvent, DenialReason, string>> Placeholders = new(StringComparer.Ordinal)
    {
        ["public-ip"] = (connection, _) => connection.PublicIp,
        ["username"] = (connection, _) => connection.Username,
        ["common-name"] = (connection, _) => connection.CommonName,
        ["endpoint-id"] = (connection, _) => connection.EndpointId,
        ["connection-id"] = (connection, _) => connection.ConnectionId,
        ["reason"] = (_, reason) => Words.Format(reason),
    };

    /// <summary>Reports everything that is wrong with a text as an administrator wrote it.</summary>
    public static void Check(string? text, string field, Errors errors)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            errors.Add(field, "missing", "Write what a denied person should read.");
            return;
        }

        Checks.Text(text, MaxLength, field, errors);
        if (CommandIn(text) is { } command)
        {
            errors.Add(
                field,
                "openvpn-command",
                $"A message that begins with {command} is a command to OpenVPN, and nobody would read it: begin with something else.",
                ("command", command));
        }

        Template.Check(text, Placeholders.Keys, field, errors);
    }

    /// <summary>
    /// What a denied person is told: the most specific message (endpoint and reason, then endpoint, then reason, then neither, then a
    /// built-in text), filled in and cut to <see cref="MaxLength"/> without splitting a character as people see it.
    /// </summary>
    internal static string For(ConnectionEvent connection, DenialReason reason, ImmutableArray<DenialMessage> messages)
    {
        DenialMessage? message = null;
        foreach (var one in messages)
        {
            if ((one.EndpointId is null || one.EndpointId == connection.EndpointId)
                && (one.Reason is null || one.Reason == reason)
                && (message is null || Specificity(one) > Specificity(message)))
            {
                message = one;
            }
        }

        if (message is not null && Fill(message.Text, connection, reason) is var filled && IsFitToSend(filled))
        {
            return filled;
        }

        var from = connection.Address is { } address ? $" from {address}" : "";
        return $"Connection{from} denied ({Words.Format(reason)}). Please contact your administrator.";
    }

    private static int Specificity(DenialMessage message) => (message.EndpointId is null ? 0 : 2) + (message.Reason is null ? 0 : 1);

    private static string Fill(string text, ConnectionEvent connection, DenialReason reason) =>
        Template.Fill(text, name => Placeholders.GetValueOrDefault(name)?.Invoke(connection, reason), MaxLength);

    private static bool IsFitToSend(string text) => !string.IsNullOrWhiteSpace(text) && CommandIn(text) is null;

    /// <summary>The command that OpenVPN would take a text for; null for none.</summary>
    private static string? CommandIn(string text)
    {
        foreach (var command in Commands)
        {
            if (text.StartsWith(command, StringComparison.Ordinal))
            {
                return command;
            }
        }

        return null;
    }
}
