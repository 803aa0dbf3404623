using System.IO.Compression;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Settings;
using CsCheck;

namespace ClientVpnAdmin.RuleSets;

public class RuleSetCodecTests
{
    private static readonly RuleSet Rules = new(
        [
            Some.Range("203.0.113.0/24", age: 3) with { Description = "東京 😀", EndpointIds = [Some.Endpoint, Some.OtherEndpoint] },
            Some.Range("0.0.0.0/0", age: 2) with { Action = RangeAction.Deny, ValidFrom = Some.Time, ValidUntil = Some.Time.AddTicks(1) },
            Some.Range("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0/124", age: 1) with { Enabled = false, EndpointIds = [Some.Endpoint] },
            Some.Range("::/0") with
            {
                Users = ["alice", "*@example.com"],
                Groups = ["vpn-users"],
                CommonNames = ["laptop-*"],
                Platforms = ["win", "mac"],
                Schedule = ScheduleTests.Weekly("Asia/Tokyo", "monday,saturday,sunday 09:00 24:00", "friday 22:00 06:00"),
            },
        ],
        [
            Some.Message("all"),
            Some.Message("one", Some.Endpoint, DenialReason.OutsideValidity),
            Some.Message("two", reason: DenialReason.InvalidRequest),
        ],
        new() { Enforcement = Enforcement.ReportOnly, AllowedPostureStatuses = ["a", "b"], DeniedPostureStatuses = ["a"] },
        [
            Some.RuleTest("東京", Some.EventJson().ToJsonString(), allowed: true),
            Some.RuleTest("at night", "{}", allowed: false) with { At = Some.Time },
        ]);

    [Fact]
    public void What_was_encoded_is_decoded()
    {
        var decoded = RuleSetCodec.Decode(RuleSetCodec.Encode(Rules));
        Assert.Equal(Rules.Ranges.Length, decoded.Ranges.Length);
        Assert.All(Rules.Ranges.Zip(decoded.Ranges), p =>
        {
            Assert.True(p.First.SaysTheSameAs(p.Second));
            Assert.Equal((p.First.UpdatedAt, p.First.UpdatedBy), (p.Second.UpdatedAt, p.Second.UpdatedBy));
        });
        Assert.Equal(Rules.DenialMessages.AsEnumerable(), decoded.DenialMessages.AsEnumerable());
        Assert.Equal(Rules.Settings, decoded.Settings);
        Assert.Equal(2, decoded.RuleTests.Length);
        Assert.All(Rules.RuleTests.Zip(decoded.RuleTests), p => Assert.True(p.First.SaysTheSameAs(p.Second)));
        Assert.Empty(RuleSetCodec.Decode(RuleSetCodec.Encode(RuleSet.Empty)).Ranges);
    }

    [Fact]
    public void What_takes_several_sections_is_decoded_as_well()
    {
        var rules = new RuleSet(
            Enumerable.Range(0, 1_200).Select(i =>
                Some.Range(i % 2 == 0 ? $"10.{i / 256}.{i % 256}.0/24" : $"2001:db8:{i:x}::/48") with { Description = $"Office {i}" }),
            [],
            new(),
            Enumerable.Range(0, 1_000).Select(i => Some.RuleTest($"Test {i}", "{}", allowed: true)));
        var decoded = RuleSetCodec.Decode(RuleSetCodec.Encode(rules));
        Assert.Equal(Texts(rules), Texts(decoded));
        Assert.Equal(rules.RuleTests.Select(t => (t.Id, t.Description)), decoded.RuleTests.Select(t => (t.Id, t.Description)));
        Assert.Equal("Office 1199", Assert.Single(decoded.Containing(Addresses.Address.Parse("2001:db8:4af::7")!.Value)).Description);

        static IEnumerable<(Guid, string, string)> Texts(RuleSet rules) =>
            rules.Ranges.Select(r => (r.Id, r.Cidr.ToString(), r.Description));
    }

    [Fact]
    public void Equal_rule_sets_make_equal_bytes()
    {
        Assert.Equal(RuleSetCodec.Encode(Rules), RuleSetCodec.Encode(RuleSetCodec.Decode(RuleSetCodec.Encode(Rules))));
        Assert.Equal(
            RuleSetCodec.Encode(Rules),
            RuleSetCodec.Encode(
                new RuleSet(Rules.Ranges.Reverse(), Rules.DenialMessages.Reverse(), Rules.Settings, Rules.RuleTests.Reverse())));
    }

    [Fact]
    public void The_stored_form_does_not_change_unawares()
    {
        // A store written by an earlier build must stay readable:
        // when this fails, the format version must rise, and the old one be read as well.
        var id = new Guid("019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b");
        var otherId = new Guid("019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4c");
        var id6 = new Guid("019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4d");
        var rules = new RuleSet(
            [
                Some.Range("10.1.0.0/16") with
                {
                    Id = id,
                    Action = RangeAction.Deny,
                    Description = "x",
                    EndpointIds = [Some.Endpoint],
                    Users = ["x"],
                    ValidUntil = Some.Time,
                    Schedule = ScheduleTests.Weekly("x", "monday,sunday 09:00 24:00"),
                },
                Some.Range("203.0.113.0/24") with { Id = otherId },
                Some.Range("2001:db8::/32") with { Id = id6, Enabled = false },
            ],
            [Some.Message("x", Some.Endpoint, DenialReason.NotInScope) with { Id = id }],
            new(),
            [Some.RuleTest("x", "{}", allowed: true) with { Id = id }]);
        string[] sections =
        [
            "00" + "0109636f6d706c69616e74" + "00" // enforce, compliant, none
                + "01" + "019b0d3c7a1e7c3f9a523f6f0c1d2e4b" + "0178" + "1f6376706e2d656e64706f696e742d3066313365616237663836303433336363"
                + "05" + "808096f199f0a3ef08" + "0561646d696e" + "808096f199f0a3ef08" + "0561646d696e"
                + "01" // one rule test
                + "02" + "0302" + "1018" + "0acb" + "0100" + "0071" + "0000" // IPv4: their flags, lengths and networks, byte by byte
                + "01" + "00" + "20" + "20010db8000000000000000000000000", // IPv6
            "03" // their ids, byte by byte
                + "0101019b9b9b0d0d0d3c3c3c7a7a7a1e1e1e7c7c7c3f3f3f9a9a9a5252523f3f3f6f6f6f0c0c0c1d1d1d2e2e2e4b4c4d"
                + "59" + "0178" + "011f6376706e2d656e64706f696e742d3066313365616237663836303433336363" + "010178"
                + "00" + "00" + "00" + "00" + "808096f199f0a3ef08"
                + "0103" + "9c04" + "a00b" + "0178" + "808096f199f0a3ef08" + "0561646d696e" + "808096f199f0a3ef08" + "0561646d696e"
                + "27" + "00" + "0000000000" + "00" + "00" + "00"
                + "808096f199f0a3ef08" + "0561646d696e" + "808096f199f0a3ef08" + "0561646d696e"
                + "27" + "00" + "0000000000" + "00" + "00" + "00"
                + "808096f199f0a3ef08" + "0561646d696e" + "808096f199f0a3ef08" + "0561646d696e",
            "01" + "019b0d3c7a1e7c3f9a523f6f0c1d2e4b" + "25" + "0178" + "027b7d" + "00" + "01"
                + "808096f199f0a3ef08" + "0561646d696e" + "808096f199f0a3ef08" + "0561646d696e",
        ];

        using var body = new BinaryReader(new MemoryStream(RuleSetCodec.Encode(rules)));
        Assert.Equal(4, body.ReadByte());
        Assert.All(sections, expected =>
        {
            var length = body.Read7BitEncodedInt();
            using var zlib = new ZLibStream(new MemoryStream(body.ReadBytes(body.Read7BitEncodedInt())), CompressionMode.Decompress);
            using var section = new MemoryStream();
            zlib.CopyTo(section);
            Assert.Equal(expected, Convert.ToHexStringLower(section.ToArray()));
            Assert.Equal(section.Length, length);
        });
        Assert.Equal(-1, body.PeekChar());
    }

    [Fact]
    public void Damaged_bytes_are_refused_or_make_a_valid_rule_set_but_never_fail_otherwise()
    {
        var body = RuleSetCodec.Encode(Rules);
        Gen.Select(Gen.Int[0, body.Length - 1], Gen.Byte, Gen.Int[0, body.Length]).Array[1, 4].Sample(
            edits =>
            {
                var damaged = body.ToArray();
                foreach (var (position, value, _) in edits)
                {
                    damaged[position] = value;
                }

                try
                {
                    var decoded = RuleSetCodec.Decode(edits[0].Item3 % 4 == 0 ? damaged[..edits[0].Item3] : damaged);
                    Assert.True(decoded.Ranges.Length + decoded.RuleTests.Length >= 0);
                }
                catch (InvalidDataException)
                {
                    // Refused, as it should be.
                }
            },
            iter: 50_000);
    }

    [Fact]
    public void Every_truncation_and_every_addition_is_refused()
    {
        var body = RuleSetCodec.Encode(Rules);
        for (var length = 0; length < body.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => RuleSetCodec.Decode(body[..length]));
        }

        Assert.Throws<InvalidDataException>(() => RuleSetCodec.Decode([.. body, 0]));
    }

    [Theory]
    [InlineData(1, 3 * 16)] // ranges
    [InlineData(2, 2 * 16)] // rule tests
    public void Every_section_and_every_rest_in_it_must_end_where_it_ends(int number, int idBytes)
    {
        var sections = Sections(RuleSetCodec.Encode(SoMany(ranges: 3, tests: 2)));
        Read(Body(sections)); // as it should be
        var good = sections[number];
        var firstRest = 1 + idBytes; // behind the ids and their count
        Assert.InRange(good[firstRest], 1, 126); // a length of one byte

        // A byte more behind the last rest.
        Refuse([.. good, 0]);

        // A byte more in the first rest, and in the last.
        var secondRest = firstRest + 1 + good[firstRest];
        Refuse([.. good[..firstRest], (byte)(good[firstRest] + 1), .. good[(firstRest + 1)..secondRest], 0, .. good[secondRest..]]);
        var lastRest = good.Length - 1 - good[firstRest];
        Assert.Equal(good[firstRest], good[lastRest]);
        Refuse([.. good[..lastRest], (byte)(good[lastRest] + 1), .. good[(lastRest + 1)..], 0]);

        // A byte less in the first rest, which then reads on into the next.
        Refuse([.. good[..firstRest], (byte)(good[firstRest] - 1), .. good[(firstRest + 1)..]]);

        // One more id with a rest of its own.
        Refuse(Sections(RuleSetCodec.Encode(SoMany(ranges: 4, tests: 3)))[number]);

        void Refuse(byte[] section) =>
            Assert.Throws<InvalidDataException>(() => Read(Body([.. sections[..number], section, .. sections[(number + 1)..]])));

        static RuleSet SoMany(int ranges, int tests) => new(
            Enumerable.Range(0, ranges).Select(i => Some.Range($"10.{i}.0.0/16")),
            [],
            new(),
            Enumerable.Range(0, tests).Select(_ => Some.RuleTest("x", "{}", allowed: true)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_compressed_section_must_end_where_it_ends_as_well(int number)
    {
        var sections = Sections(RuleSetCodec.Encode(Rules));
        Read(Body(sections));
        Assert.Throws<InvalidDataException>(() => Read(Body(sections, behind: number)));
    }

    [Fact]
    public void Of_the_ranges_only_those_near_the_address_in_question_are_read()
    {
        var body = RuleSetCodec.Encode(
            new RuleSet(Enumerable.Range(0, 1_000).Select(i => Some.Range($"10.{i / 256}.{i % 256}.0/24")), [], new()));
        body[^1]++; // the last section's checksum
        var rules = RuleSetCodec.Decode(body);
        Assert.Equal("10.0.0.0/24", Assert.Single(rules.Containing(Addresses.Address.Parse("10.0.0.7")!.Value)).Cidr.ToString());
        Assert.Empty(rules.Containing(Addresses.Address.Parse("10.4.0.7")!.Value));
        Assert.Throws<InvalidDataException>(() => rules.Containing(Addresses.Address.Parse("10.3.231.7")!.Value).ToList());
        Assert.Throws<InvalidDataException>(() => rules.Ranges);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void A_section_that_says_it_is_longer_than_it_could_be_is_refused_without_making_room_for_it(int length)
    {
        var body = RuleSetCodec.Encode(Rules);
        using var reader = new BinaryReader(new MemoryStream(body));
        reader.ReadByte();
        reader.Read7BitEncodedInt();
        var rest = body[(int)reader.BaseStream.Position..];
        using var damaged = new MemoryStream();
        using var writer = new BinaryWriter(damaged);
        writer.Write(body[0]);
        writer.Write7BitEncodedInt(length);
        writer.Write(rest);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => RuleSetCodec.Decode(damaged.ToArray()));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact]
    public void A_word_that_there_is_not_is_refused()
    {
        var sections = Sections(RuleSetCodec.Encode(Rules));
        Assert.Equal((byte)Enforcement.ReportOnly, sections[0][0]);
        sections[0][0] = 9;
        Assert.Throws<InvalidDataException>(() => Read(Body(sections)));
    }

    [Fact]
    public void The_first_section_must_end_where_it_ends()
    {
        var sections = Sections(RuleSetCodec.Encode(Rules));
        sections[0] = [.. sections[0], 0];
        Assert.Throws<InvalidDataException>(() => Read(Body(sections)));
    }

    [Fact]
    public void The_fingerprint_of_a_list_and_of_each_kind_of_object_changes_with_it()
    {
        var range = Some.Range("10.0.0.0/8");
        Assert.Equal(RuleSetCodec.Fingerprint([range]), RuleSetCodec.Fingerprint([range with { }]));
        Assert.NotEqual(RuleSetCodec.Fingerprint([range]), RuleSetCodec.Fingerprint([range with { Description = "x" }]));
        Assert.NotEqual(RuleSetCodec.Fingerprint([range]), RuleSetCodec.Fingerprint([range, range]));
        var message = Some.Message("x");
        Assert.NotEqual(RuleSetCodec.Fingerprint(message), RuleSetCodec.Fingerprint(message with { Text = "y" }));
        var test = Some.RuleTest("x", "{}", allowed: true);
        Assert.NotEqual(RuleSetCodec.Fingerprint(test), RuleSetCodec.Fingerprint(test with { Id = Guid.NewGuid() }));
        Assert.NotEqual(RuleSetCodec.Fingerprint(test), RuleSetCodec.Fingerprint(test with { Allowed = false }));
        Assert.NotEqual(RuleSetCodec.Fingerprint(test), RuleSetCodec.Fingerprint(test with { Description = "y" }));
    }

    [Fact]
    public void Another_format_is_refused_with_advice()
    {
        var body = RuleSetCodec.Encode(Rules);
        body[0]++;
        Assert.Contains(
            "Update it", Assert.Throws<InvalidDataException>(() => RuleSetCodec.Decode(body)).Message, StringComparison.Ordinal);
        body[0] = 2;
        Assert.Contains(
            "new store", Assert.Throws<InvalidDataException>(() => RuleSetCodec.Decode(body)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fingerprint_changes_with_every_part_of_a_range()
    {
        var range = Some.Range("10.0.0.0/8");
        AddressRange[] variants =
        [
            range,
            range with { Id = Guid.NewGuid() },
            range with { Cidr = Addresses.Cidr.Parse("10.0.0.0/9", out _)! },
            range with { Action = RangeAction.Deny },
            range with { Description = "x" },
            range with { Enabled = false },
            range with { EndpointIds = [Some.Endpoint] },
            range with { ValidFrom = Some.Time },
            range with { ValidUntil = Some.Time },
            range with { Users = ["a"] },
            range with { Groups = ["a"] },
            range with { CommonNames = ["a"] },
            range with { Platforms = ["a"] },
            range with { Schedule = ScheduleTests.Weekly("Asia/Tokyo", "monday 09:00 18:00") },
            range with { Schedule = ScheduleTests.Weekly("Asia/Seoul", "monday 09:00 18:00") },
            range with { Schedule = ScheduleTests.Weekly("Asia/Tokyo", "tuesday 09:00 18:00") },
            range with { Schedule = ScheduleTests.Weekly("Asia/Tokyo", "monday 08:00 18:00") },
            range with { Schedule = ScheduleTests.Weekly("Asia/Tokyo", "monday 09:00 17:00") },
            range with { UpdatedAt = Some.Time.AddTicks(1) },
            range with { UpdatedBy = "bob" },
        ];
        Assert.Equal(variants.Length, variants.Select(RuleSetCodec.Fingerprint).Distinct().Count());
        Assert.Equal(RuleSetCodec.Fingerprint(range), RuleSetCodec.Fingerprint(range with { }));
        Assert.All(variants[1..^2], v => Assert.False(range.SaysTheSameAs(v)));
        Assert.All(variants[^2..], v => Assert.True(range.SaysTheSameAs(v)));
    }

    private static void Read(byte[] body)
    {
        var rules = RuleSetCodec.Decode(body);
        Assert.True(rules.Ranges.Length + rules.RuleTests.Length > 0);
    }

    /// <summary>The sections of a body, decompressed.</summary>
    private static List<byte[]> Sections(byte[] body)
    {
        using var reader = new BinaryReader(new MemoryStream(body));
        reader.ReadByte();
        var sections = new List<byte[]>();
        while (reader.BaseStream.Position < body.Length)
        {
            var section = new byte[reader.Read7BitEncodedInt()];
            using var zlib = new ZLibStream(new MemoryStream(reader.ReadBytes(reader.Read7BitEncodedInt())), CompressionMode.Decompress);
            zlib.ReadExactly(section);
            sections.Add(section);
        }

        return sections;
    }

    /// <summary>A body of these sections; behind one of them, compressed, a byte that doesn't belong to it.</summary>
    private static byte[] Body(IEnumerable<byte[]> sections, int? behind = null)
    {
        using var body = new BinaryWriter(new MemoryStream());
        body.Write((byte)4);
        foreach (var (i, section) in sections.Index())
        {
            using var compressed = new MemoryStream();
            using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            {
                zlib.Write(section);
            }

            compressed.Write(new byte[i == behind ? 1 : 0]);
            body.Write7BitEncodedInt(section.Length);
            body.Write7BitEncodedInt((int)compressed.Length);
            body.Write(compressed.ToArray());
        }

        return ((MemoryStream)body.BaseStream).ToArray();
    }
}
