using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Settings;
using ClientVpnAdmin.Tries;
using CsCheck;

namespace ClientVpnAdmin.RuleSets;

public sealed class RuleItemsTests
{
    private static readonly AddressList Offices = Some.List(
        "東京 offices", "203.0.113.0/28", "203.0.113.0/24", "2001:db8::/32", "::/0") with
    {
        Description = "x",
        Source = new()
        {
            Kind = SourceKind.Url,
            Url = new("https://example.com/list?a=b"),
            Format = FeedFormat.Csv,
            Column = "東京",
            MaxChange = 0,
            RefreshMinutes = 10_080,
        },
    };

    private static readonly AddressList Homes = Some.List("homes") with
    {
        Source = new()
        {
            Kind = SourceKind.Dns,
            Names = ["a.example.com", "b.example.com"],
            Countries = ["JP"],
            Services = ["S3"],
            Regions = ["x"],
        },
        Entries =
        [
            new(Cidr.Parse("198.51.100.7", out _)!, "b"), // the same block twice, and once more with the same note
            new(Cidr.Parse("198.51.100.7", out _)!, "東京"),
            new(Cidr.Parse("198.51.100.7", out _)!, "b"),
            new(Cidr.Parse("0.0.0.0/0", out _)!),
            new(Cidr.Parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", out _)!),
            new(Cidr.Parse("203.0.113.0/24", out _)!),
        ],
    };

    private static readonly RuleSet Rules = new(
        [
            Some.RangeOf(Offices, age: 5) with { Description = "by list", Users = ["bob"] },
            Some.RangeOf(Offices, age: 4) with { Action = RangeAction.Deny },
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
        ],
        [Offices, Homes]);

    [Fact]
    public async Task What_is_stored_of_a_rule_set_makes_it_again()
    {
        var read = await RuleItems.ReadAsync(Items(Rules).ToAsyncEnumerable());
        Assert.Equal(Rules.Ranges.Length, read.Ranges.Length);
        Assert.All(Rules.Ranges.Zip(read.Ranges), p =>
        {
            Assert.True(p.First.SaysTheSameAs(p.Second));
            Assert.Equal((p.First.UpdatedAt, p.First.UpdatedBy), (p.Second.UpdatedAt, p.Second.UpdatedBy));
        });
        Assert.Equal(Rules.DenialMessages.AsEnumerable(), read.DenialMessages.AsEnumerable());
        Assert.Equal(Rules.Settings, read.Settings);
        Assert.Equal(2, read.RuleTests.Length);
        Assert.Equal(Rules.AddressLists.AsEnumerable(), read.AddressLists.AsEnumerable());
        Assert.All(Rules.RuleTests.Zip(read.RuleTests), p => Assert.True(p.First.SaysTheSameAs(p.Second)));
        Assert.True(RuleItems.AreEqual(Rules, read));
        Assert.Empty(Items(RuleSet.Empty));
        Assert.Empty((await RuleItems.ReadAsync(AsyncEnumerable.Empty<Part>())).Ranges);
    }

    [Fact]
    public async Task Between_two_rule_sets_is_what_makes_one_of_the_other()
    {
        var messages = Rules.DenialMessages;
        RuleSet[] others =
        [
            RuleSet.Empty,
            Rules.With(Rules.Ranges.RemoveAt(1)),
            Rules.With([.. Rules.Ranges[..^1], Rules.Ranges[^1] with { Cidr = Cidr.Parse("2001:db8::/32", out _)! }]),
            Rules.With([Rules.Ranges[0] with { Description = "y" }, .. Rules.Ranges[1..]]),
            Rules.With(new RuleSettings()),
            Rules.With([Offices with { Name = "y" }, Homes]),
            Rules.With([Offices with { Source = Homes.Source }, Homes]),
            Rules.With([Offices with { Entries = Offices.Entries.RemoveAt(1) }, Homes]),
            Rules.With([Offices with { Entries = [] }, Homes with { Entries = Homes.Entries.RemoveAt(2) }]),
            Rules.With([Offices, Homes with { Entries = [.. Homes.Entries.Skip(3), new(Cidr.Parse("198.51.100.7", out _)!)] }]),
            Rules.With([Offices, Homes, Some.List("another", "203.0.113.0/24")]),
            Rules.With([Offices]),
            Rules.With([.. Rules.Ranges[1..], Some.RangeOf(Homes)]),
            Rules.With([Rules.Ranges[0] with { AddressListId = Homes.Id }, .. Rules.Ranges[1..]]),
            Rules.With([Rules.Ranges[0] with { AddressListId = null, Cidr = Cidr.Parse("2001:db8::/32", out _) }, .. Rules.Ranges[1..]]),
            Rules.With(Rules.Ranges[2..]).With([Homes]),
            Rules.With(Rules.RuleTests.RemoveAt(0)),
            Rules.With([messages[0] with { Id = Guid.NewGuid(), Text = "another for the same" }, .. messages[1..]]),
            Rules.With([messages[0] with { EndpointId = Some.OtherEndpoint }, .. messages[1..]]),

            // Two that change places.
            Rules.With(
            [
                messages[0] with { EndpointId = messages[1].EndpointId, Reason = messages[1].Reason },
                messages[1] with { EndpointId = messages[0].EndpointId, Reason = messages[0].Reason },
                messages[2],
            ]),
        ];
        foreach (var (before, after) in others.SelectMany(other => new[] { (Rules, other), (other, Rules) }))
        {
            var items = Items(before).ToDictionary(part => Convert.ToHexString(part.Key));
            var edits = RuleItems.Between(before, after);
            Assert.NotEmpty(edits);
            Assert.False(RuleItems.AreEqual(before, after));
            foreach (var (key, value) in edits)
            {
                items.Remove(Convert.ToHexString(key));
                if (value is not null)
                {
                    items.Add(Convert.ToHexString(key), Part.Item(key, value));
                }
            }

            Assert.True(RuleItems.AreEqual(after, await RuleItems.ReadAsync(items.Values.ToAsyncEnumerable())));

            // And in one step, from what is different.
            var (old, @new) = (Items(before).ToDictionary(Text), Items(after).ToDictionary(Text));
            var applied = RuleItems.Apply(
                before,
                old.Where(item => !@new.ContainsKey(item.Key)).Select(item => item.Value),
                @new.Where(item => !old.ContainsKey(item.Key)).Select(item => item.Value));
            Assert.True(RuleItems.AreEqual(after, applied));
            Assert.Equal(after.AddressLists.AsEnumerable(), applied.AddressLists.AsEnumerable());
        }

        Assert.Empty(
            RuleItems.Between(Rules, new RuleSet(Rules.Ranges, Rules.DenialMessages, Rules.Settings, Rules.RuleTests, Rules.AddressLists)));
    }

    [Fact]
    public void The_stored_form_does_not_change_unawares()
    {
        // A store written by an earlier build must stay readable: when this fails, the old form must be read as well.
        var id = new Guid("019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b");
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
            ],
            [Some.Message("x", Some.Endpoint, DenialReason.NotInScope) with { Id = id }],
            new() { Enforcement = Enforcement.ReportOnly },
            [Some.RuleTest("x", "{}", allowed: true) with { Id = id }]);
        const string Authors = "808096f199f0a3ef08" + "0561646d696e" + "808096f199f0a3ef08" + "0561646d696e";
        Assert.Equal(
            [
                ("00", "01" + "0109636f6d706c69616e74" + "00"), // report-only, compliant, none
                ("01" + "6376706e2d656e64706f696e742d3066313365616237663836303433336363" + "00" + "05",
                    "019b0d3c7a1e7c3f9a523f6f0c1d2e4b" + "0178" + Authors),
                ("02" + "019b0d3c7a1e7c3f9a523f6f0c1d2e4b", "0178" + "027b7d" + "00" + "01" + Authors),
                ("04" + "aaeeaaab00" + "019b0d3c7a1e7c3f9a523f6f0c1d2e4b", // 0000 1010 0000 0001 and the end
                    "03" + "0178" + "011f6376706e2d656e64706f696e742d3066313365616237663836303433336363" + "010178"
                    + "00" + "00" + "00" + "00" + "808096f199f0a3ef08" + "0103" + "9c04" + "a00b" + "0178" + Authors),
            ],
            Items(rules).Select(item => (Convert.ToHexStringLower(item.Key), Convert.ToHexStringLower(item.Value!))));
    }

    [Fact]
    public async Task Damaged_items_are_refused_or_make_a_valid_rule_set_but_never_fail_otherwise()
    {
        var items = Items(Rules).ToArray();
        await Gen.Select(Gen.Int[0, items.Length - 1], Gen.Bool, Gen.Int[0, 1_000], Gen.Byte, Gen.Int[0, 8]).SampleAsync(
            async (which, isKey, position, value, cut) =>
            {
                var damaged = items.ToArray();
                var bytes = (isKey ? items[which].Key : items[which].Value!)[..];
                bytes[position % bytes.Length] = value;
                bytes = cut == 0 ? bytes[..(position % bytes.Length)] : bytes;
                damaged[which] = isKey ? Part.Item(bytes, items[which].Value!) : Part.Item(items[which].Key, bytes);
                try
                {
                    await RuleItems.ReadAsync(damaged.ToAsyncEnumerable());
                }
                catch (InvalidDataException)
                {
                    // Refused, as it should be.
                }
            },
            iter: 50_000);
    }

    [Fact]
    public async Task Something_of_a_kind_that_this_program_does_not_know_is_refused_with_advice() => Assert.Contains(
        "Update it",
        (await Assert.ThrowsAsync<InvalidDataException>(
            () => RuleItems.ReadAsync(Items(Rules).Append(Part.Item([7, 1], [])).ToAsyncEnumerable()))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void The_fingerprint_of_a_list_and_of_each_kind_of_object_changes_with_it()
    {
        var range = Some.Range("10.0.0.0/8");
        Assert.Equal(RuleItems.Fingerprint([range]), RuleItems.Fingerprint([range with { }]));
        Assert.NotEqual(RuleItems.Fingerprint([range]), RuleItems.Fingerprint([range with { Description = "x" }]));
        Assert.NotEqual(RuleItems.Fingerprint([range]), RuleItems.Fingerprint([range, range]));
        var message = Some.Message("x");
        Assert.NotEqual(RuleItems.Fingerprint(message), RuleItems.Fingerprint(message with { Text = "y" }));
        var test = Some.RuleTest("x", "{}", allowed: true);
        Assert.NotEqual(RuleItems.Fingerprint(test), RuleItems.Fingerprint(test with { Id = Guid.NewGuid() }));
        Assert.NotEqual(RuleItems.Fingerprint(test), RuleItems.Fingerprint(test with { Allowed = false }));
        Assert.NotEqual(RuleItems.Fingerprint(test), RuleItems.Fingerprint(test with { Description = "y" }));
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
        Assert.Equal(variants.Length, variants.Select(v => RuleItems.Fingerprint(v)).Distinct().Count());
        Assert.Equal(RuleItems.Fingerprint(range), RuleItems.Fingerprint(range with { }));
        Assert.All(variants[1..^2], v => Assert.False(range.SaysTheSameAs(v)));
        Assert.All(variants[^2..], v => Assert.True(range.SaysTheSameAs(v)));
    }

    private static string Text(Part item) => $"{Convert.ToHexString(item.Key)} {Convert.ToHexString(item.Value!)}";

    private static IEnumerable<Part> Items(RuleSet rules) =>
        RuleItems.Between(RuleSet.Empty, rules).Select(edit => Part.Item(edit.Key, edit.Value!));
}
