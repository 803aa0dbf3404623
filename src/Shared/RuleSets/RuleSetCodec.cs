using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.DenialMessages;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Settings;

namespace ClientVpnAdmin.RuleSets;

/// <summary>
/// The stored form of a rule set: a format version, then its parts, in <see cref="BinaryWriter"/>'s encoding. The same rule set always
/// makes the same bytes.
/// </summary>
/// <remarks>
/// Binary, because a handler that starts cold reads all of it before its first answer. A text that occurs again, as names of
/// administrators and endpoints do, is written once and then referred to. Times are UTC ticks (100 ns).
/// </remarks>
public static class RuleSetCodec
{
    private const byte FormatVersion = 1;

    public static byte[] Encode(RuleSet rules)
    {
        using var stream = new MemoryStream();
        using var writer = new Writer(stream);
        writer.Write(FormatVersion);
        writer.Write(rules.Settings);
        writer.Write7BitEncodedInt(rules.DenialMessages.Length);
        foreach (var message in rules.DenialMessages)
        {
            writer.Write(message);
        }

        writer.Write7BitEncodedInt(rules.Ranges.Length);
        foreach (var range in rules.Ranges)
        {
            writer.Write(range);
        }

        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">These are not the bytes of a rule set, or those of a newer format.</exception>
    public static RuleSet Decode(byte[] body)
    {
        try
        {
            using var stream = new MemoryStream(body, writable: false);
            using var reader = new Reader(stream);
            if (reader.ReadByte() is not FormatVersion and var version)
            {
                throw new InvalidDataException($"The rules are stored in format {version}; this program reads format {FormatVersion}. Update it.");
            }

            var settings = reader.ReadSettings();
            var messages = new DenialMessage[reader.ReadCount()];
            for (var i = 0; i < messages.Length; i++)
            {
                messages[i] = reader.ReadDenialMessage();
            }

            var ranges = new AddressRange[reader.ReadCount()];
            for (var i = 0; i < ranges.Length; i++)
            {
                ranges[i] = reader.ReadRange();
            }

            return stream.Position == stream.Length
                ? new RuleSet(ranges, messages, settings)
                : throw new InvalidDataException("The stored rules are longer than they should be.");
        }
        catch (Exception e) when (e is EndOfStreamException or ArgumentException or FormatException)
        {
            throw new InvalidDataException("The stored rules are damaged.", e);
        }
    }

    /// <summary>A short digest of everything in the range, for telling whether it has changed.</summary>
    public static string Fingerprint(AddressRange range) => Fingerprint(w => w.Write(range));

    /// <summary>A short digest of everything in all the ranges.</summary>
    public static string Fingerprint(ImmutableArray<AddressRange> ranges) => Fingerprint(w =>
    {
        foreach (var range in ranges)
        {
            w.Write(range);
        }
    });

    /// <summary>A short digest of everything in the message.</summary>
    public static string Fingerprint(DenialMessage message) => Fingerprint(w => w.Write(message));

    /// <summary>A short digest of the settings.</summary>
    public static string Fingerprint(RuleSettings settings) => Fingerprint(w => w.Write(settings));

    private static string Fingerprint(Action<Writer> write)
    {
        using var stream = new MemoryStream();
        using var writer = new Writer(stream);
        write(writer);
        return Convert.ToHexStringLower(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length))[..8]);
    }

    private sealed class Writer(MemoryStream stream) : BinaryWriter(stream, Encoding.UTF8)
    {
        private readonly Dictionary<string, int> known = new(StringComparer.Ordinal);

        public void Write(RuleSettings settings)
        {
            Write((byte)settings.Enforcement);
            WriteTexts(settings.AllowedPostureStatuses);
            WriteTexts(settings.DeniedPostureStatuses);
        }

        public void Write(DenialMessage message)
        {
            Write(message.Id);
            WriteText(message.Text);
            WriteText(message.EndpointId ?? "");
            Write((byte)(message.Reason is { } reason ? 1 + (int)reason : 0));
            WriteTime(message.CreatedAt);
            WriteText(message.CreatedBy);
            WriteTime(message.UpdatedAt);
            WriteText(message.UpdatedBy);
        }

        public void Write(AddressRange range)
        {
            Write(range.Id);
            Write((byte)((int)range.Action | (range.Enabled ? 2 : 0) | (range.Cidr.Network.IsIPv6 ? 4 : 0)));
            Write((byte)range.Cidr.PrefixLength);
            if (range.Cidr.Network.IsIPv6)
            {
                Write((ulong)(range.Cidr.Network.Value >> 64));
                Write((ulong)range.Cidr.Network.Value);
            }
            else
            {
                Write((uint)range.Cidr.Network.Value);
            }

            WriteText(range.Description);
            WriteTexts(range.EndpointIds);
            WriteTime(range.ValidFrom);
            WriteTime(range.ValidUntil);
            WriteTime(range.CreatedAt);
            WriteText(range.CreatedBy);
            WriteTime(range.UpdatedAt);
            WriteText(range.UpdatedBy);
        }

        private void Write(Guid id) => Write(id.ToByteArray(bigEndian: true));

        // No time is 0; year 1 itself can't be a rule's time.
        private void WriteTime(DateTimeOffset? time) => Write7BitEncodedInt64(time?.UtcTicks ?? 0);

        private void WriteTexts(ImmutableArray<string> texts)
        {
            Write7BitEncodedInt(texts.Length);
            foreach (var text in texts)
            {
                WriteText(text);
            }
        }

        // 0 and the text itself when it is new, else its number.
        private void WriteText(string text)
        {
            if (known.TryGetValue(text, out var number))
            {
                Write7BitEncodedInt(number);
                return;
            }

            known.Add(text, known.Count + 1);
            Write7BitEncodedInt(0);
            Write(text);
        }
    }

    private sealed class Reader(MemoryStream stream) : BinaryReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true))
    {
        private readonly List<string> known = [];

        public RuleSettings ReadSettings() => new()
        {
            Enforcement = ReadEnum<Enforcement>(ReadByte()),
            AllowedPostureStatuses = ReadTexts(),
            DeniedPostureStatuses = ReadTexts(),
        };

        public DenialMessage ReadDenialMessage() => new()
        {
            Id = ReadId(),
            Text = ReadText(),
            EndpointId = ReadText() is { Length: > 0 } endpointId ? endpointId : null,
            Reason = ReadByte() is > 0 and var reason ? ReadEnum<DenialReason>(reason - 1) : null,
            CreatedAt = ReadTime(),
            CreatedBy = ReadText(),
            UpdatedAt = ReadTime(),
            UpdatedBy = ReadText(),
        };

        public AddressRange ReadRange()
        {
            var id = ReadId();
            var flags = ReadByte();
            var prefixLength = ReadByte();
            var isIPv6 = (flags & 4) != 0;
            var network = new Address(isIPv6, isIPv6 ? new UInt128(ReadUInt64(), ReadUInt64()) : ReadUInt32());
            return new()
            {
                Id = id,
                Cidr = new Cidr(network, prefixLength),
                Action = (flags & 1) == 0 ? RangeAction.Allow : RangeAction.Deny,
                Enabled = (flags & 2) != 0,
                Description = ReadText(),
                EndpointIds = ReadTexts(),
                ValidFrom = ReadOptionalTime(),
                ValidUntil = ReadOptionalTime(),
                CreatedAt = ReadTime(),
                CreatedBy = ReadText(),
                UpdatedAt = ReadTime(),
                UpdatedBy = ReadText(),
            };
        }

        /// <summary>Reads how many things follow; each takes a byte at least, so a damaged count can't ask for more memory than there is body.</summary>
        public int ReadCount() =>
            Read7BitEncodedInt() is var count && count >= 0 && count <= BaseStream.Length - BaseStream.Position
                ? count
                : throw new FormatException("A count is out of bounds.");

        private static T ReadEnum<T>(int value)
            where T : struct, Enum
        {
            var result = (T)Enum.ToObject(typeof(T), value);
            return Enum.IsDefined(result) ? result : throw new FormatException($"{value} is not a {typeof(T).Name}.");
        }

        private Guid ReadId()
        {
            Span<byte> bytes = stackalloc byte[16];
            ReadExactly(bytes);
            return new Guid(bytes, bigEndian: true);
        }

        private DateTimeOffset ReadTime() => new(Read7BitEncodedInt64(), TimeSpan.Zero);

        private DateTimeOffset? ReadOptionalTime() => Read7BitEncodedInt64() is not 0 and var ticks ? new(ticks, TimeSpan.Zero) : null;

        private ImmutableArray<string> ReadTexts()
        {
            var texts = new string[ReadCount()];
            for (var i = 0; i < texts.Length; i++)
            {
                texts[i] = ReadText();
            }

            return [.. texts];
        }

        private string ReadText()
        {
            var number = Read7BitEncodedInt();
            if (number == 0)
            {
                known.Add(ReadString());
                return known[^1];
            }

            return number > 0 && number <= known.Count ? known[number - 1] : throw new FormatException("A text refers to none.");
        }
    }
}
