using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.DenialMessages;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.RuleTests;
using ClientVpnAdmin.Settings;

namespace ClientVpnAdmin.RuleSets;

/// <summary>
/// The stored form of one object of a rule set, without what its key says (<see cref="RuleKeys"/>): in <see cref="BinaryWriter"/>'s
/// encoding, times as UTC ticks (100 ns).
/// </summary>
internal static class ObjectCodec
{
    private const byte DenyFlag = 1;
    private const byte EnabledFlag = 2;

    private static readonly string[] NoNote = [""]; // as most entries have it

    public static byte[] Encode(AddressRange range)
    {
        using var writer = new Writer();
        writer.Write((byte)((range.Action == RangeAction.Deny ? DenyFlag : 0) | (range.Enabled ? EnabledFlag : 0)));
        writer.Write(range.Description);
        writer.Write(range.EndpointIds);
        writer.Write(range.Users);
        writer.Write(range.Groups);
        writer.Write(range.CommonNames);
        writer.Write(range.Platforms);
        writer.Write(range.ValidFrom);
        writer.Write(range.ValidUntil);
        writer.Write(range.Schedule);
        return writer.End(range);
    }

    public static byte[] Encode(AddressList list)
    {
        using var writer = new Writer();
        writer.Write(list.Name);
        writer.Write(list.Description);
        writer.Write((byte)list.Source.Kind);
        writer.Write(list.Source.Names);
        writer.Write(list.Source.Url?.OriginalString ?? "");
        writer.Write((byte)list.Source.Format);
        writer.Write(list.Source.Column ?? "");
        writer.Write(list.Source.Services);
        writer.Write(list.Source.Regions);
        writer.Write(list.Source.Countries);
        writer.Write7BitEncodedInt(list.Source.MaxChange);
        writer.Write7BitEncodedInt(list.Source.RefreshMinutes);
        return writer.End(list);
    }

    /// <summary>The notes of the entries with one block: mostly of one.</summary>
    public static byte[] EncodeNotes(ReadOnlySpan<AddressEntry> entries)
    {
        using var writer = new Writer();
        foreach (var entry in entries)
        {
            writer.Write(entry.Note);
        }

        return writer.ToArray();
    }

    public static byte[] Encode(DenialMessage message)
    {
        using var writer = new Writer();
        writer.Write(message.Id);
        writer.Write(message.Text);
        return writer.End(message);
    }

    public static byte[] Encode(RuleTest test)
    {
        using var writer = new Writer();
        writer.Write(test.Description);
        writer.Write(test.Event.GetRawText());
        writer.Write(test.At);
        writer.Write(test.Allowed);
        return writer.End(test);
    }

    public static byte[] Encode(RuleSettings settings)
    {
        using var writer = new Writer();
        writer.Write((byte)settings.Enforcement);
        writer.Write(settings.AllowedPostureStatuses);
        writer.Write(settings.DeniedPostureStatuses);
        return writer.ToArray();
    }

    /// <exception cref="InvalidDataException">These are not the bytes of a range.</exception>
    public static AddressRange DecodeRange(Guid id, Cidr? cidr, Guid? addressListId, byte[] bytes) => Decode(bytes, reader =>
    {
        var flags = reader.ReadByte();
        if (flags > (DenyFlag | EnabledFlag))
        {
            throw new FormatException("A flag is unknown.");
        }

        return new AddressRange
        {
            Id = id,
            Cidr = cidr,
            AddressListId = addressListId,
            Action = (flags & DenyFlag) == 0 ? RangeAction.Allow : RangeAction.Deny,
            Enabled = (flags & EnabledFlag) != 0,
            Description = reader.ReadString(),
            EndpointIds = reader.ReadTexts(),
            Users = reader.ReadTexts(),
            Groups = reader.ReadTexts(),
            CommonNames = reader.ReadTexts(),
            Platforms = reader.ReadTexts(),
            ValidFrom = reader.ReadOptionalTime(),
            ValidUntil = reader.ReadOptionalTime(),
            Schedule = reader.ReadSchedule(),
            CreatedAt = reader.ReadTime(),
            CreatedBy = reader.ReadString(),
            UpdatedAt = reader.ReadTime(),
            UpdatedBy = reader.ReadString(),
        };
    });

    /// <exception cref="InvalidDataException">These are not the bytes of an address list.</exception>
    public static AddressList DecodeList(Guid id, byte[] bytes) => Decode(bytes, reader => new AddressList
    {
        Id = id,
        Name = reader.ReadString(),
        Description = reader.ReadString(),
        Source = new()
        {
            Kind = RuleKeys.ToEnum<SourceKind>(reader.ReadByte()),
            Names = reader.ReadTexts(),
            Url = reader.ReadString() is { Length: > 0 } url ? new Uri(url) : null,
            Format = RuleKeys.ToEnum<FeedFormat>(reader.ReadByte()),
            Column = reader.ReadString() is { Length: > 0 } column ? column : null,
            Services = reader.ReadTexts(),
            Regions = reader.ReadTexts(),
            Countries = reader.ReadTexts(),
            MaxChange = reader.Read7BitEncodedInt(),
            RefreshMinutes = reader.Read7BitEncodedInt(),
        },
        CreatedAt = reader.ReadTime(),
        CreatedBy = reader.ReadString(),
        UpdatedAt = reader.ReadTime(),
        UpdatedBy = reader.ReadString(),
    });

    /// <exception cref="InvalidDataException">These are not the notes of entries.</exception>
    public static IReadOnlyList<string> DecodeNotes(byte[] bytes) => bytes is [0] ? NoNote : Decode(bytes, reader =>
    {
        var notes = new List<string>(1);
        while (reader.BaseStream.Position < bytes.Length)
        {
            notes.Add(reader.ReadString());
        }

        return notes.Count > 0 ? notes : throw new FormatException("There is no entry.");
    });

    /// <exception cref="InvalidDataException">These are not the bytes of a denial message.</exception>
    public static DenialMessage DecodeMessage(string? endpointId, DenialReason? reason, byte[] bytes) =>
        Decode(bytes, reader => new DenialMessage
        {
            EndpointId = endpointId,
            Reason = reason,
            Id = reader.ReadId(),
            Text = reader.ReadString(),
            CreatedAt = reader.ReadTime(),
            CreatedBy = reader.ReadString(),
            UpdatedAt = reader.ReadTime(),
            UpdatedBy = reader.ReadString(),
        });

    /// <exception cref="InvalidDataException">These are not the bytes of a rule test.</exception>
    public static RuleTest DecodeTest(Guid id, byte[] bytes) => Decode(bytes, reader => new RuleTest
    {
        Id = id,
        Description = reader.ReadString(),
        Event = JsonElement.Parse(reader.ReadString()),
        At = reader.ReadOptionalTime(),
        Allowed = reader.ReadBoolean(),
        CreatedAt = reader.ReadTime(),
        CreatedBy = reader.ReadString(),
        UpdatedAt = reader.ReadTime(),
        UpdatedBy = reader.ReadString(),
    });

    /// <exception cref="InvalidDataException">These are not the bytes of settings.</exception>
    public static RuleSettings DecodeSettings(byte[] bytes) => Decode(bytes, reader => new RuleSettings
    {
        Enforcement = RuleKeys.ToEnum<Enforcement>(reader.ReadByte()),
        AllowedPostureStatuses = reader.ReadTexts(),
        DeniedPostureStatuses = reader.ReadTexts(),
    });

    private static T Decode<T>(byte[] bytes, Func<Reader, T> read)
    {
        try
        {
            using var reader = new Reader(bytes);
            var value = read(reader);
            return reader.BaseStream.Position == bytes.Length
                ? value
                : throw new InvalidDataException("The stored rules are damaged: something is longer than it should be.");
        }
        catch (Exception e) when (e is IOException or ArgumentException or FormatException or JsonException)
        {
            throw new InvalidDataException("The stored rules are damaged.", e);
        }
    }

    private sealed class Writer() : BinaryWriter(new MemoryStream(), Encoding.UTF8)
    {
        public byte[] ToArray() => ((MemoryStream)BaseStream).ToArray();

        /// <summary>Writes the authors, which come last.</summary>
        public byte[] End(RuleObject written)
        {
            Write(written.CreatedAt);
            Write(written.CreatedBy);
            Write(written.UpdatedAt);
            Write(written.UpdatedBy);
            return ToArray();
        }

        // No windows are no schedule.
        public void Write(Schedule? schedule)
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
                Write(schedule.TimeZone);
            }
        }

        public void Write(Guid id) => Write(id.ToByteArray(bigEndian: true));

        // No time is 0; year 1 itself can't be a rule's time.
        public void Write(DateTimeOffset? time) => Write7BitEncodedInt64(time?.UtcTicks ?? 0);

        public void Write(ImmutableArray<string> texts)
        {
            Write7BitEncodedInt(texts.Length);
            foreach (var text in texts)
            {
                Write(text);
            }
        }
    }

    private sealed class Reader(byte[] bytes) : BinaryReader(new MemoryStream(bytes, writable: false), StrictUtf8)
    {
        private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

        private static readonly DayOfWeek[] Week = [.. Enumerable.Range(1, 7).Select(day => (DayOfWeek)(day % 7))];

        public Guid ReadId()
        {
            Span<byte> id = stackalloc byte[16];
            ReadExactly(id);
            return new Guid(id, bigEndian: true);
        }

        public DateTimeOffset ReadTime() => new(Read7BitEncodedInt64(), TimeSpan.Zero);

        public DateTimeOffset? ReadOptionalTime() => Read7BitEncodedInt64() is not 0 and var ticks ? new(ticks, TimeSpan.Zero) : null;

        public Schedule? ReadSchedule()
        {
            var windows = new ScheduleWindow[ReadCount()];
            for (var i = 0; i < windows.Length; i++)
            {
                var days = ReadByte();
                windows[i] = new()
                {
                    Days = [.. Week.Where(d => (days & (1 << (int)d)) != 0)],
                    From = WallTime.FromMinutes(Read7BitEncodedInt()),
                    To = WallTime.FromMinutes(Read7BitEncodedInt()),
                };
            }

            return windows.Length == 0 ? null : new() { Windows = [.. windows], TimeZone = ReadString() };
        }

        public ImmutableArray<string> ReadTexts()
        {
            var count = ReadCount();
            if (count == 0)
            {
                return [];
            }

            var texts = new string[count];
            for (var i = 0; i < texts.Length; i++)
            {
                texts[i] = ReadString();
            }

            return [.. texts];
        }

        /// <summary>
        /// Reads how many things follow; each takes a byte at least, so a damaged count can't ask for more memory than there are bytes.
        /// </summary>
        private int ReadCount() =>
            Read7BitEncodedInt() is var count && count >= 0 && count <= BaseStream.Length - BaseStream.Position
                ? count
                : throw new FormatException("A count is out of bounds.");
    }
}
