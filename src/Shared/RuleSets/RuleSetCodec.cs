using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.DenialMessages;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleTests;
using ClientVpnAdmin.Settings;

namespace ClientVpnAdmin.RuleSets;

/// <summary>
/// The stored form of a rule set: a format version; all texts, each once; settings; denial messages; ranges, in the index's order; rule tests. In
/// <see cref="BinaryWriter"/>'s encoding, texts as places among the texts, times as UTC ticks (100 ns). The same rule set always makes the
/// same bytes.
/// </summary>
/// <remarks>
/// A handler that starts cold reads this before its first answer. So of a range it reads only what the index needs, and all of it only of
/// those that contain the address in question.
/// </remarks>
public static class RuleSetCodec
{
    private const byte FormatVersion = 2;

    public static byte[] Encode(RuleSet rules)
    {
        using var texts = new Texts();
        using var writer = new Writer(texts);
        writer.Write(rules.Settings);
        writer.Write7BitEncodedInt(rules.DenialMessages.Length);
        foreach (var message in rules.DenialMessages)
        {
            writer.Write(message);
        }

        writer.Write7BitEncodedInt(rules.Ranges.Length);
        foreach (var range in rules.Ranges.Sort(RangeIndex.Compare))
        {
            writer.Write(range);
        }

        writer.Write7BitEncodedInt(rules.RuleTests.Length);
        foreach (var test in rules.RuleTests)
        {
            writer.Write(test);
        }

        return [FormatVersion, .. writer.ToArray()];
    }

    /// <exception cref="InvalidDataException">These are not the bytes of a rule set, or those of another format.</exception>
    public static RuleSet Decode(byte[] body) => Reading(() =>
    {
        using var reader = new Reader(body);
        if (reader.ReadByte() is not FormatVersion and var version)
        {
            throw new InvalidDataException($"The rules are stored in format {version}; this program reads format {FormatVersion}. "
                + (version > FormatVersion ? "Update it." : "They were stored before the first release: begin with a new store."));
        }

        reader.PassTexts();
        var settings = reader.ReadSettings();
        var messages = new DenialMessage[reader.ReadCount()];
        for (var i = 0; i < messages.Length; i++)
        {
            messages[i] = reader.ReadDenialMessage();
        }

        var places = new int[reader.ReadCount()];
        var index = new RangeIndex(position => RangeAt(body, places[position]));
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = reader.Position;
            var (network, prefixLength, _, isEnabled) = reader.ReadPrefix();
            if (isEnabled)
            {
                index.Add(network, prefixLength, i);
            }

            reader.PassRest();
        }

        var testPlaces = new int[reader.ReadCount()];
        for (var i = 0; i < testPlaces.Length; i++)
        {
            testPlaces[i] = reader.Position;
            reader.PassRest();
        }

        return reader.Position == body.Length
            ? new RuleSet(
                () => [.. places.Select(place => RangeAt(body, place))], index, [.. messages], settings, () => [.. testPlaces.Select(place => RuleTestAt(body, place))])
            : throw new InvalidDataException("The stored rules are longer than they should be.");
    });

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

    /// <summary>A short digest of everything in the test.</summary>
    public static string Fingerprint(RuleTest test) => Fingerprint(w => w.Write(test));

    /// <summary>A short digest of the settings.</summary>
    public static string Fingerprint(RuleSettings settings) => Fingerprint(w => w.Write(settings));

    private static string Fingerprint(Action<Writer> write)
    {
        using var texts = new Texts();
        using var writer = new Writer(texts);
        write(writer);
        return Convert.ToHexStringLower(SHA256.HashData(writer.ToArray())[..8]);
    }

    private static AddressRange RangeAt(byte[] body, int place) => Reading(() =>
    {
        using var reader = new Reader(body) { Position = place };
        return reader.ReadRange();
    });

    private static RuleTest RuleTestAt(byte[] body, int place) => Reading(() =>
    {
        using var reader = new Reader(body) { Position = place };
        return reader.ReadRuleTest();
    });

    private static T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or ArgumentException or FormatException or JsonException)
        {
            throw new InvalidDataException("The stored rules are damaged.", e);
        }
    }

    /// <summary>All texts one after the other, each once, behind their lengths.</summary>
    private sealed class Texts() : BinaryWriter(new MemoryStream(), Encoding.UTF8)
    {
        private readonly Dictionary<string, int> places = new(StringComparer.Ordinal);

        public int PlaceOf(string text)
        {
            if (!places.TryGetValue(text, out var place))
            {
                places.Add(text, place = (int)BaseStream.Length);
                Write(text);
            }

            return place;
        }
    }

    private sealed class Writer(Texts texts) : BinaryWriter(new MemoryStream(), Encoding.UTF8)
    {

        /// <summary>The length of the texts, the texts, and what refers to them.</summary>
        public byte[] ToArray()
        {
            var length = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, (int)texts.BaseStream.Length);
            return [.. length, .. Bytes(texts), .. Bytes(this)];
        }

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
            WriteAuthors(message);
        }

        public void Write(AddressRange range)
        {
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

            using var rest = new Writer(texts);
            rest.Write(range.Id);
            rest.WriteText(range.Description);
            rest.WriteTexts(range.EndpointIds);
            rest.WriteTexts(range.Users);
            rest.WriteTexts(range.Groups);
            rest.WriteTexts(range.CommonNames);
            rest.WriteTexts(range.Platforms);
            rest.WriteTime(range.ValidFrom);
            rest.WriteTime(range.ValidUntil);
            rest.Write(range.Schedule);
            rest.WriteAuthors(range);
            WriteRest(rest);
        }

        public void Write(RuleTest test)
        {
            using var rest = new Writer(texts);
            rest.Write(test.Id);
            rest.WriteText(test.Description);
            rest.WriteText(test.Event.GetRawText());
            rest.WriteTime(test.At);
            rest.Write(test.Allowed);
            rest.WriteAuthors(test);
            WriteRest(rest);
        }

        private void WriteAuthors(RuleObject written)
        {
            WriteTime(written.CreatedAt);
            WriteText(written.CreatedBy);
            WriteTime(written.UpdatedAt);
            WriteText(written.UpdatedBy);
        }

        // After how long it is, so that it can be passed over.
        private void WriteRest(Writer rest)
        {
            Write7BitEncodedInt((int)rest.BaseStream.Length);
            Write(Bytes(rest));
        }

        // No windows are no schedule.
        private void Write(Schedule? schedule)
        {
            Write7BitEncodedInt(schedule?.Windows.Length ?? 0);
            foreach (var window in schedule?.Windows ?? [])
            {
                Write((byte)window.Days.Aggregate(0, (days, day) => days | (1 << (int)day)));
                Write7BitEncodedInt(window.From.Minutes);
                Write7BitEncodedInt(window.To.Minutes);
            }

            if (schedule is not null)
            {
                WriteText(schedule.TimeZone);
            }
        }

        private static byte[] Bytes(BinaryWriter writer) => ((MemoryStream)writer.BaseStream).ToArray();

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

        private void WriteText(string text) => Write7BitEncodedInt(texts.PlaceOf(text));
    }

    private sealed class Reader(byte[] body) : BinaryReader(new MemoryStream(body, writable: false), new UTF8Encoding(false, throwOnInvalidBytes: true))
    {
        private const int TextsStart = 1 + sizeof(int);

        private static readonly DayOfWeek[] Week = [.. Enumerable.Range(1, 7).Select(day => (DayOfWeek)(day % 7))];

        public int Position
        {
            get => (int)BaseStream.Position;
            set => BaseStream.Position = value >= 0 && value <= body.Length ? value : throw new FormatException("A place is out of bounds.");
        }

        public void PassTexts()
        {
            var length = ReadInt32();
            Position += length >= 0 ? length : throw new FormatException("A length is out of bounds.");
        }

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

        public (Address Network, int PrefixLength, RangeAction Action, bool Enabled) ReadPrefix()
        {
            var flags = ReadByte();
            var prefixLength = ReadByte();
            var isIPv6 = (flags & 4) != 0;
            var network = new Address(isIPv6, isIPv6 ? new UInt128(ReadUInt64(), ReadUInt64()) : ReadUInt32());
            return (network, prefixLength, (flags & 1) == 0 ? RangeAction.Allow : RangeAction.Deny, (flags & 2) != 0);
        }

        public AddressRange ReadRange()
        {
            var (network, prefixLength, action, isEnabled) = ReadPrefix();
            ReadCount();
            return new()
            {
                Id = ReadId(),
                Cidr = new Cidr(network, prefixLength),
                Action = action,
                Enabled = isEnabled,
                Description = ReadText(),
                EndpointIds = ReadTexts(),
                Users = ReadTexts(),
                Groups = ReadTexts(),
                CommonNames = ReadTexts(),
                Platforms = ReadTexts(),
                ValidFrom = ReadOptionalTime(),
                ValidUntil = ReadOptionalTime(),
                Schedule = ReadSchedule(),
                CreatedAt = ReadTime(),
                CreatedBy = ReadText(),
                UpdatedAt = ReadTime(),
                UpdatedBy = ReadText(),
            };
        }

        public RuleTest ReadRuleTest()
        {
            ReadCount();
            return new()
            {
                Id = ReadId(),
                Description = ReadText(),
                Event = JsonElement.Parse(ReadText()),
                At = ReadOptionalTime(),
                Allowed = ReadBoolean(),
                CreatedAt = ReadTime(),
                CreatedBy = ReadText(),
                UpdatedAt = ReadTime(),
                UpdatedBy = ReadText(),
            };
        }

        public void PassRest()
        {
            var length = ReadCount();
            Position += length;
        }

        /// <summary>Reads how many things follow; each takes a byte at least, so a damaged count can't ask for more memory than there is body.</summary>
        public int ReadCount() =>
            Read7BitEncodedInt() is var count && count >= 0 && count <= BaseStream.Length - BaseStream.Position
                ? count
                : throw new FormatException("A count is out of bounds.");

        private Schedule? ReadSchedule()
        {
            var windows = new ScheduleWindow[ReadCount()];
            for (var i = 0; i < windows.Length; i++)
            {
                var days = ReadByte();
                windows[i] = new()
                {
                    Days = [.. Week.Where(d => (days & (1 << (int)d)) != 0)],
                    From = WallTime.Of(Read7BitEncodedInt()),
                    To = WallTime.Of(Read7BitEncodedInt()),
                };
            }

            return windows.Length == 0 ? null : new() { Windows = [.. windows], TimeZone = ReadText() };
        }

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
            var place = Read7BitEncodedInt();
            var after = Position;
            Position = TextsStart + place;
            var text = ReadString();
            Position = after;
            return text;
        }
    }
}
