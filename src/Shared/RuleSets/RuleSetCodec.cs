using System.Buffers.Binary;
using System.Collections.Immutable;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.DenialMessages;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleObjects;
using ClientVpnAdmin.RuleTests;
using ClientVpnAdmin.Settings;

namespace ClientVpnAdmin.RuleSets;

/// <summary>
/// The stored form of a rule set: a format version, and sections, each compressed by itself behind its two lengths. The first section has
/// the settings, the denial messages and all prefixes in the index's order; then come the ranges in that order and the rule tests, so many
/// to a section. In <see cref="BinaryWriter"/>'s encoding, times as UTC ticks (100 ns), prefixes and ids as <see cref="Columns"/>. In one
/// build the same rule set always makes the same bytes.
/// </summary>
/// <remarks>
/// A handler that starts cold reads this before its first answer. So it reads the first section, and of the others those with ranges that
/// contain the address in question.
/// </remarks>
public static class RuleSetCodec
{
    private const byte FormatVersion = 4;

    /// <summary>
    /// How many ranges or rule tests are in a section: enough to be compressed well, few enough to be read for one of them.
    /// </summary>
    private const int InSection = 512;

    private const int IdBytes = 16;

    public static byte[] Encode(RuleSet rules)
    {
        var ranges = rules.Ranges.Sort(RangeIndex.Compare);
        using var body = new Writer();
        body.Write(FormatVersion);
        body.WriteSection(first =>
        {
            first.Write(rules.Settings);
            first.Write7BitEncodedInt(rules.DenialMessages.Length);
            foreach (var message in rules.DenialMessages)
            {
                first.Write(message);
            }

            first.Write7BitEncodedInt(rules.RuleTests.Length);
            first.WriteColumns([.. ranges.Where(r => !r.Cidr.Network.IsIPv6).Select(Prefix.Bytes)]);
            first.WriteColumns([.. ranges.Where(r => r.Cidr.Network.IsIPv6).Select(Prefix.Bytes)]);
        });
        body.WriteSections(ranges, (section, range) => section.WriteRest(range));
        body.WriteSections(rules.RuleTests, (section, test) => section.WriteRest(test));
        return body.ToArray();
    }

    /// <param name="body">As <see cref="Encode"/> makes it.</param>
    /// <param name="damaged">
    /// What to throw when a section that is read later turns out damaged. Default: what is wrong with it, as it is.
    /// </param>
    /// <exception cref="InvalidDataException">These are not the bytes of a rule set, or those of another format.</exception>
    public static RuleSet Decode(byte[] body, Func<InvalidDataException, Exception>? damaged = null) => Reading(() =>
    {
        var sections = Sections(body);
        using var first = sections[0].Read();
        var settings = first.ReadSettings();
        var messages = new DenialMessage[first.ReadCount()];
        for (var i = 0; i < messages.Length; i++)
        {
            messages[i] = first.ReadDenialMessage();
        }

        var tests = first.Read7BitEncodedInt();
        var ipv4 = first.ReadColumns(Prefix.IPv4Bytes);
        var ipv6 = first.ReadColumns(Prefix.IPv6Bytes);
        var count = ipv4.Count + ipv6.Count;
        var index = new RangeIndex(RangeAt, count);
        for (var i = 0; i < count; i++)
        {
            var prefix = PrefixAt(i);
            if (prefix.Enabled)
            {
                index.Add(prefix.Network, prefix.Length, i);
            }
        }

        var firstWithTests = 1 + SectionsFor(count);
        return first.IsAtEnd && tests >= 0 && sections.Count == firstWithTests + SectionsFor(tests)
            ? new RuleSet(
                () => [.. Enumerable.Range(0, count).Select(RangeAt)],
                index,
                [.. messages],
                settings,
                () => [.. Enumerable.Range(0, tests).Select(RuleTestAt)])
            : throw new FormatException("There are more or fewer sections than there should be.");

        Prefix PrefixAt(int position) => new(
            position < ipv4.Count
                ? ipv4.Read(position, stackalloc byte[Prefix.IPv4Bytes])
                : ipv6.Read(position - ipv4.Count, stackalloc byte[Prefix.IPv6Bytes]));

        AddressRange RangeAt(int position) => ReadingLater(() =>
        {
            using var rest = sections[1 + (position / InSection)].ReadRest(position, count, out var id);
            return rest.ToItsEnd(rest.ReadRange(id, PrefixAt(position)));
        });

        RuleTest RuleTestAt(int position) => ReadingLater(() =>
        {
            using var rest = sections[firstWithTests + (position / InSection)].ReadRest(position, tests, out var id);
            return rest.ToItsEnd(rest.ReadRuleTest(id));
        });

        T ReadingLater<T>(Func<T> read)
        {
            try
            {
                return Reading(read);
            }
            catch (InvalidDataException e) when (damaged is not null)
            {
                throw damaged(e);
            }
        }
    });

    /// <summary>A short digest of everything in an object, for telling whether it has changed.</summary>
    public static string Fingerprint(RuleObject one) => Fingerprint(w =>
    {
        switch (one)
        {
            case AddressRange range:
                w.Write(range);
                break;
            case DenialMessage message:
                w.Write(message);
                break;
            case RuleTest test:
                w.Write(test);
                break;
            default:
                throw new ArgumentException($"{one.GetType()} is not stored.", nameof(one));
        }
    });

    /// <summary>A short digest of everything in all the ranges.</summary>
    public static string Fingerprint(ImmutableArray<AddressRange> ranges) => Fingerprint(w =>
    {
        foreach (var range in ranges)
        {
            w.Write(range);
        }
    });

    /// <summary>A short digest of the settings.</summary>
    public static string Fingerprint(RuleSettings settings) => Fingerprint(w => w.Write(settings));

    private static string Fingerprint(Action<Writer> write)
    {
        using var writer = new Writer();
        write(writer);
        return Convert.ToHexStringLower(SHA256.HashData(writer.ToArray())[..8]);
    }

    /// <summary>How many sections so many ranges or rule tests take.</summary>
    private static int SectionsFor(int count) => (count + InSection - 1) / InSection;

    private static List<Section> Sections(byte[] body)
    {
        using var reader = new Reader(body);
        if (reader.ReadByte() is not FormatVersion and var version)
        {
            throw new InvalidDataException($"The rules are stored in format {version}; this program reads format {FormatVersion}. "
                + (version > FormatVersion ? "Update it." : "They were stored before the first release: begin with a new store."));
        }

        var sections = new List<Section>();
        do
        {
            var length = reader.Read7BitEncodedInt();
            sections.Add(new Section(body, reader.PassCounted(), length));
        }
        while (!reader.IsAtEnd);
        return sections;
    }

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

    /// <summary>A section of a body: read, and decompressed, when it is needed.</summary>
    /// <param name="place">Where in the body it is, compressed.</param>
    /// <param name="length">How long it is when it is not compressed.</param>
    private sealed class Section(byte[] body, Range place, int length)
    {
        // Deflate makes no more of a byte: a damaged length can't ask for more memory than there could be.
        private const int MaxRatio = 1032;

        private byte[]? bytes;
        private Range[]? rests;

        public Reader Read() => new(bytes ??= Decompress());

        /// <summary>Of a section with ids, reads up to the rest of one.</summary>
        /// <param name="position">Which one, of all in such sections.</param>
        /// <param name="total">How many there are in all of them.</param>
        /// <param name="id">Its id.</param>
        /// <returns>A reader of that rest and nothing else.</returns>
        public Reader ReadRest(int position, int total, out Guid id)
        {
            using var reader = Read();
            var ids = reader.ReadColumns(IdBytes);
            id = new Guid(ids.Read(position % InSection, stackalloc byte[IdBytes]), bigEndian: true);
            rests ??= LayOut();
            return new Reader(bytes!, rests[position % InSection]);

            Range[] LayOut()
            {
                Range[] all = [.. Enumerable.Range(0, ids.Count).Select(_ => reader.PassCounted())];
                return all.Length == Math.Min(InSection, total - (position / InSection * InSection))
                    ? reader.ToItsEnd(all)
                    : throw new FormatException("A section has more or fewer ids than it should have.");
            }
        }

        private byte[] Decompress()
        {
            var (start, count) = place.GetOffsetAndLength(body.Length);
            if (length < 0 || length > (long)count * MaxRatio)
            {
                throw new FormatException("A length is out of bounds.");
            }

            var decompressed = new byte[length];
            using var compressed = new LastByteApart(body, start, count);
            using var zlib = new ZLibStream(compressed, CompressionMode.Decompress);
            zlib.ReadExactly(decompressed);
            return zlib.ReadByte() == -1 && compressed.Position == count
                ? decompressed
                : throw new FormatException("A section is longer than it should be.");
        }
    }

    /// <summary>Bytes whose last one is given alone: a decompressor, which reads ahead, asks for it only if its end isn't before.</summary>
    private sealed class LastByteApart(byte[] bytes, int start, int length) : MemoryStream(bytes, start, length, writable: false)
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            base.Read(buffer, offset, Math.Min(count, Math.Max(1, (int)(Length - Position) - 1)));
    }

    /// <summary>
    /// Rows of equally many bytes: the first byte of each, then the second of each, and so on. Neighbours are mostly alike, so this
    /// compresses well.
    /// </summary>
    /// <param name="bytes">Where they are.</param>
    /// <param name="start">Where they begin.</param>
    /// <param name="count">How many rows there are.</param>
    private sealed class Columns(byte[] bytes, int start, int count)
    {
        public int Count => count;

        /// <summary>Reads one row.</summary>
        /// <returns>The row.</returns>
        public ReadOnlySpan<byte> Read(int position, Span<byte> row)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, count);
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = bytes[start + (i * count) + position];
            }

            return row;
        }
    }

    /// <summary>What is known of a range without reading the rest of it.</summary>
    private readonly record struct Prefix(Address Network, int Length, RangeAction Action, bool Enabled)
    {
        public const int IPv4Bytes = 2 + 4;
        public const int IPv6Bytes = 2 + 16;

        private const byte DenyFlag = 1;
        private const byte EnabledFlag = 2;

        /// <param name="bytes">As <see cref="Bytes"/> makes them.</param>
        public Prefix(ReadOnlySpan<byte> bytes)
            : this(
                bytes.Length == IPv6Bytes
                    ? new Address(true, BinaryPrimitives.ReadUInt128BigEndian(bytes[2..]))
                    : new Address(false, BinaryPrimitives.ReadUInt32BigEndian(bytes[2..])),
                bytes[1],
                (bytes[0] & DenyFlag) == 0 ? RangeAction.Allow : RangeAction.Deny,
                (bytes[0] & EnabledFlag) != 0)
        {
        }

        public static byte[] Bytes(AddressRange range)
        {
            var bytes = new byte[range.Cidr.Network.IsIPv6 ? IPv6Bytes : IPv4Bytes];
            bytes[0] = (byte)((range.Action == RangeAction.Deny ? DenyFlag : 0) | (range.Enabled ? EnabledFlag : 0));
            bytes[1] = (byte)range.Cidr.PrefixLength;
            if (range.Cidr.Network.IsIPv6)
            {
                BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(2), range.Cidr.Network.Value);
            }
            else
            {
                BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2), (uint)range.Cidr.Network.Value);
            }

            return bytes;
        }
    }

    private sealed class Writer() : BinaryWriter(new MemoryStream(), Encoding.UTF8)
    {
        public byte[] ToArray() => ((MemoryStream)BaseStream).ToArray();

        /// <summary>Writes a section: its length, and how many bytes follow, compressed.</summary>
        public void WriteSection(Action<Writer> write)
        {
            using var section = new Writer();
            write(section);
            using var compressed = new MemoryStream();
            using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            {
                zlib.Write(section.ToArray());
            }

            Write7BitEncodedInt((int)section.BaseStream.Length);
            WriteCounted(compressed.ToArray());
        }

        /// <summary>Writes sections of so many each: their ids, then the rest of each.</summary>
        public void WriteSections<T>(IEnumerable<T> all, Action<Writer, T> writeRest)
            where T : RuleObject
        {
            foreach (var some in all.Chunk(InSection))
            {
                WriteSection(section =>
                {
                    section.WriteColumns([.. some.Select(one => one.Id.ToByteArray(bigEndian: true))]);
                    Array.ForEach(some, one => writeRest(section, one));
                });
            }
        }

        public void Write(RuleSettings settings)
        {
            Write((byte)settings.Enforcement);
            Write(settings.AllowedPostureStatuses);
            Write(settings.DeniedPostureStatuses);
        }

        public void Write(DenialMessage message)
        {
            Write(message.Id);
            Write(message.Text);
            Write(message.EndpointId ?? "");
            Write((byte)(message.Reason is { } reason ? 1 + (int)reason : 0));
            WriteAuthors(message);
        }

        public void Write(AddressRange range)
        {
            Write(Prefix.Bytes(range));
            Write(range.Id);
            WriteRest(range);
        }

        public void Write(RuleTest test)
        {
            Write(test.Id);
            WriteRest(test);
        }

        /// <summary>Writes how many rows there are, and the rows as <see cref="Columns"/>.</summary>
        public void WriteColumns(byte[][] rows)
        {
            Write7BitEncodedInt(rows.Length);
            for (var i = 0; i < (rows is [var first, ..] ? first.Length : 0); i++)
            {
                Write([.. rows.Select(row => row[i])]);
            }
        }

        /// <summary>Writes what isn't in the columns, after how long it is, so that it can be passed over.</summary>
        public void WriteRest(AddressRange range)
        {
            using var rest = new Writer();
            rest.Write(range.Description);
            rest.Write(range.EndpointIds);
            rest.Write(range.Users);
            rest.Write(range.Groups);
            rest.Write(range.CommonNames);
            rest.Write(range.Platforms);
            rest.Write(range.ValidFrom);
            rest.Write(range.ValidUntil);
            rest.Write(range.Schedule);
            rest.WriteAuthors(range);
            WriteCounted(rest.ToArray());
        }

        /// <inheritdoc cref="WriteRest(AddressRange)"/>
        public void WriteRest(RuleTest test)
        {
            using var rest = new Writer();
            rest.Write(test.Description);
            rest.Write(test.Event.GetRawText());
            rest.Write(test.At);
            rest.Write(test.Allowed);
            rest.WriteAuthors(test);
            WriteCounted(rest.ToArray());
        }

        private void WriteCounted(byte[] bytes)
        {
            Write7BitEncodedInt(bytes.Length);
            Write(bytes);
        }

        private void WriteAuthors(RuleObject written)
        {
            Write(written.CreatedAt);
            Write(written.CreatedBy);
            Write(written.UpdatedAt);
            Write(written.UpdatedBy);
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
                Write(schedule.TimeZone);
            }
        }

        private void Write(Guid id) => Write(id.ToByteArray(bigEndian: true));

        // No time is 0; year 1 itself can't be a rule's time.
        private void Write(DateTimeOffset? time) => Write7BitEncodedInt64(time?.UtcTicks ?? 0);

        private void Write(ImmutableArray<string> texts)
        {
            Write7BitEncodedInt(texts.Length);
            foreach (var text in texts)
            {
                Write(text);
            }
        }
    }

    private sealed class Reader(byte[] bytes, int start, int length)
        : BinaryReader(new MemoryStream(bytes, start, length, writable: false), StrictUtf8)
    {
        private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

        private static readonly DayOfWeek[] Week = [.. Enumerable.Range(1, 7).Select(day => (DayOfWeek)(day % 7))];

        public Reader(byte[] bytes)
            : this(bytes, 0, bytes.Length)
        {
        }

        public Reader(byte[] bytes, Range part)
            : this(bytes, part.Start.Value, part.End.Value - part.Start.Value)
        {
        }

        public bool IsAtEnd => BaseStream.Position == length;

        /// <summary>What was read, if there is nothing behind it.</summary>
        public T ToItsEnd<T>(T read) => IsAtEnd ? read : throw new FormatException("Something is longer than it should be.");

        public RuleSettings ReadSettings() => new()
        {
            Enforcement = ReadEnum<Enforcement>(ReadByte()),
            AllowedPostureStatuses = ReadTexts(),
            DeniedPostureStatuses = ReadTexts(),
        };

        public DenialMessage ReadDenialMessage() => new()
        {
            Id = ReadId(),
            Text = ReadString(),
            EndpointId = ReadString() is { Length: > 0 } endpointId ? endpointId : null,
            Reason = ReadByte() is > 0 and var reason ? ReadEnum<DenialReason>(reason - 1) : null,
            CreatedAt = ReadTime(),
            CreatedBy = ReadString(),
            UpdatedAt = ReadTime(),
            UpdatedBy = ReadString(),
        };

        public AddressRange ReadRange(Guid id, Prefix prefix) =>
            new()
            {
                Id = id,
                Cidr = new Cidr(prefix.Network, prefix.Length),
                Action = prefix.Action,
                Enabled = prefix.Enabled,
                Description = ReadString(),
                EndpointIds = ReadTexts(),
                Users = ReadTexts(),
                Groups = ReadTexts(),
                CommonNames = ReadTexts(),
                Platforms = ReadTexts(),
                ValidFrom = ReadOptionalTime(),
                ValidUntil = ReadOptionalTime(),
                Schedule = ReadSchedule(),
                CreatedAt = ReadTime(),
                CreatedBy = ReadString(),
                UpdatedAt = ReadTime(),
                UpdatedBy = ReadString(),
            };

        public RuleTest ReadRuleTest(Guid id) =>
            new()
            {
                Id = id,
                Description = ReadString(),
                Event = JsonElement.Parse(ReadString()),
                At = ReadOptionalTime(),
                Allowed = ReadBoolean(),
                CreatedAt = ReadTime(),
                CreatedBy = ReadString(),
                UpdatedAt = ReadTime(),
                UpdatedBy = ReadString(),
            };

        /// <summary>Reads how many rows follow, and passes over them.</summary>
        /// <param name="rowBytes">How many bytes a row has.</param>
        public Columns ReadColumns(int rowBytes)
        {
            var count = ReadCount();
            return count <= (length - (int)BaseStream.Position) / rowBytes
                ? new Columns(bytes, Pass(rowBytes * count).Start.Value, count)
                : throw new FormatException("A count is out of bounds.");
        }

        /// <summary>Passes over bytes behind their count.</summary>
        /// <returns>Where they are.</returns>
        public Range PassCounted() => Pass(ReadCount());

        /// <summary>
        /// Reads how many things follow; each takes a byte at least, so a damaged count can't ask for more memory than there is body.
        /// </summary>
        public int ReadCount() =>
            Read7BitEncodedInt() is var count && count >= 0 && count <= BaseStream.Length - BaseStream.Position
                ? count
                : throw new FormatException("A count is out of bounds.");

        private Range Pass(int count)
        {
            var from = start + (int)BaseStream.Position;
            BaseStream.Position += count;
            return from..(from + count);
        }

        private Schedule? ReadSchedule()
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
                texts[i] = ReadString();
            }

            return [.. texts];
        }
    }
}
