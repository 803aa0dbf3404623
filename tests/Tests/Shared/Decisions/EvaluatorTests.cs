using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Settings;

namespace ClientVpnAdmin.Decisions;

public class EvaluatorTests
{
    [Fact]
    public void The_seed_case_inside_the_range_answers_exactly_what_schema_v1_asks_for()
    {
        var rules = new RuleSet([Some.Range("203.0.113.0/24")], [Some.Message(Some.SeedMessage)], new());
        var decision = Evaluator.Decide(Some.Event("203.0.113.7", "v1"), Some.Time, rules, 2);
        Assert.Equal(
            """{"allow":true,"error-msg-on-failed-posture-compliance":"","posture-compliance-statuses":["compliant"]"""
            + ""","schema-version":"v1"}""",
            decision.Response.Json().GetRawText());
        Assert.Equal(new Decision(true, null, rules.Ranges[0].Id, null, null, 2, decision.Response), decision);
    }

    [Fact]
    public void The_seed_case_outside_the_range_answers_exactly_what_schema_v1_asks_for()
    {
        var rules = new RuleSet([Some.Range("203.0.113.0/24")], [Some.Message(Some.SeedMessage)], new());
        var decision = Evaluator.Decide(Some.Event("198.51.100.7", "v1"), Some.Time, rules, 2);
        Assert.Equal(
            """{"allow":false,"error-msg-on-failed-posture-compliance":"Your IP is not allowed to access."""
            + """ Please Contact mail@example.co.jp","posture-compliance-statuses":[],"schema-version":"v1"}""",
            decision.Response.Json().GetRawText());
        Assert.Equal(new Decision(false, DenialReason.AddressNotAllowed, null, null, Some.SeedMessage, 2, decision.Response), decision);
    }

    [Theory]
    [InlineData("v2")]
    [InlineData("v3")]
    public void Later_schema_versions_are_answered_with_their_own_name_for_the_message(string version)
    {
        var rules = new RuleSet([Some.Range("203.0.113.0/24")], [Some.Message("ここからは接続できません。")], new());
        Assert.Equal(
            """{"allow":true,"error-msg-on-denied-connection":"","posture-compliance-statuses":["compliant"]"""
            + $$""","schema-version":"{{version}}"}""",
            Evaluator.Decide(Some.Event("203.0.113.7", version), Some.Time, rules, 1).Response.Json().GetRawText());
        Assert.Equal(
            """{"allow":false,"error-msg-on-denied-connection":"ここからは接続できません。","posture-compliance-statuses":[]"""
            + $$""","schema-version":"{{version}}"}""",
            Evaluator.Decide(Some.Event("198.51.100.7", version), Some.Time, rules, 1).Response.Json().GetRawText());
    }

    [Fact]
    public void An_empty_rule_set_lets_nobody_in() => AssertDenied(DenialReason.AddressNotAllowed, Decide());

    [Theory]
    [InlineData("203.0.113.0", true)]
    [InlineData("203.0.113.255", true)]
    [InlineData("::ffff:203.0.113.7", true)]
    [InlineData("203.0.112.255", false)]
    [InlineData("203.0.114.0", false)]
    [InlineData("::203.0.113.7", false)]
    public void An_address_is_let_in_by_a_range_that_contains_it(string publicIp, bool allowed) =>
        Assert.Equal(allowed, Decide(publicIp, Some.Range("203.0.113.0/24")).Allowed);

    [Fact]
    public void Everything_in_IPv4_is_not_everything_in_IPv6_nor_the_other_way_round()
    {
        AssertDenied(DenialReason.AddressNotAllowed, Decide("2001:db8::7", Some.Range("0.0.0.0/0")));
        AssertDenied(DenialReason.AddressNotAllowed, Decide("203.0.113.7", Some.Range("::/0")));
        AssertDenied(DenialReason.AddressNotAllowed, Decide("::ffff:203.0.113.7", Some.Range("::/0")));
    }

    [Fact]
    public void A_disabled_range_is_no_candidate()
    {
        AssertDenied(DenialReason.AddressNotAllowed, Decide(Some.Range("203.0.113.0/24") with { Enabled = false }));
        Assert.True(
            Decide(Some.Range("203.0.113.0/24"), Some.Range("203.0.113.7") with { Action = RangeAction.Deny, Enabled = false }).Allowed);
    }

    [Fact]
    public void Deny_beats_allow_however_long_the_prefixes_are()
    {
        var wide = Some.Range("203.0.0.0/16") with { Action = RangeAction.Deny };
        Assert.Equal(wide.Id, AssertDenied(DenialReason.AddressBlocked, Decide(wide, Some.Range("203.0.113.7"))).RangeId);
        var narrow = Some.Range("203.0.113.7") with { Action = RangeAction.Deny };
        Assert.Equal(narrow.Id, AssertDenied(DenialReason.AddressBlocked, Decide(narrow, Some.Range("203.0.0.0/16"))).RangeId);
    }

    [Fact]
    public void A_deny_range_blocks_only_where_and_when_it_applies()
    {
        var allow = Some.Range("203.0.113.0/24");
        var deny = Some.Range("203.0.113.7") with { Action = RangeAction.Deny };
        Assert.Equal(allow.Id, Decide(allow, deny with { EndpointIds = [Some.OtherEndpoint] }).RangeId);
        Assert.Equal(allow.Id, Decide(allow, deny with { ValidUntil = Some.Time }).RangeId);
        AssertDenied(DenialReason.AddressBlocked, Decide(allow, deny with { EndpointIds = [Some.Endpoint] }));
    }

    [Fact]
    public void A_deny_range_that_does_not_apply_is_no_miss() =>
        AssertDenied(
            DenialReason.AddressNotAllowed, Decide(Some.Range("203.0.113.7") with { Action = RangeAction.Deny, ValidUntil = Some.Time }));

    [Fact]
    public void Of_several_allow_ranges_the_longest_prefix_is_named()
    {
        var longest = Some.Range("203.0.113.0/28");
        Assert.Equal(
            longest.Id,
            Decide(
                Some.Range("0.0.0.0/0"),
                Some.Range("203.0.113.0/24"),
                longest,
                Some.Range("203.0.113.8/29") with { Enabled = false }).RangeId);
    }

    [Fact]
    public void Of_equal_prefixes_the_older_range_is_named()
    {
        var older = Some.Range("203.0.113.0/24", age: 2);
        Assert.Equal(older.Id, Decide(Some.Range("203.0.113.0/24", age: 1), older, Some.Range("203.0.113.0/24")).RangeId);
    }

    [Fact]
    public void Of_a_longer_prefix_that_does_not_apply_nothing_comes_in_the_way()
    {
        var wide = Some.Range("203.0.0.0/16");
        Assert.Equal(wide.Id, Decide(wide, Some.Range("203.0.113.0/24") with { EndpointIds = [Some.OtherEndpoint] }).RangeId);
    }

    [Fact]
    public void An_endpoint_compares_exactly_and_none_given_means_all()
    {
        var range = Some.Range("203.0.113.0/24");
        Assert.True(Decide(range with { EndpointIds = [Some.OtherEndpoint, Some.Endpoint] }).Allowed);
        AssertDenied(DenialReason.NotInScope, Decide(range with { EndpointIds = [Some.OtherEndpoint] }));
        AssertDenied(DenialReason.NotInScope, Decide(range with { EndpointIds = [Some.Endpoint.ToUpperInvariant()] }));
    }

    [Fact]
    public void An_event_without_an_endpoint_is_in_the_scope_of_ranges_for_all_only()
    {
        var json = Some.EventJson();
        json.Remove("endpoint-id");
        var range = Some.Range("203.0.113.0/24");
        AssertDenied(
            DenialReason.NotInScope, Evaluator.Decide(json.Read(), Some.Time, Rules(range with { EndpointIds = [Some.Endpoint] }), 1));
        Assert.True(Evaluator.Decide(json.Read(), Some.Time, Rules(range), 1).Allowed);
    }

    [Theory]
    [InlineData("alice", "alice", true)]
    [InlineData("Alice", "aLICE", true)]
    [InlineData("ÄRZTIN", "ärztin", true)]
    [InlineData("alice", "alice2", false)]
    [InlineData("alice", "", false)]
    [InlineData("*@example.com", "bob@EXAMPLE.com", true)]
    [InlineData("*@example.com", "@example.com", true)]
    [InlineData("*@example.com", "bob@example.com.evil", false)]
    [InlineData("adm-*", "ADM-bob", true)]
    [InlineData("adm-*", "xadm-bob", false)]
    [InlineData("*adm*", "the-ADM-bob", true)]
    [InlineData("*adm*", "bob", false)]
    [InlineData("*", "bob", true)]
    [InlineData("*", "", false)]
    [InlineData("**", "bob", true)]
    [InlineData("**", "", false)]
    [InlineData("*", " \u200B", false)]
    [InlineData("josé", "jose\u0301", true)]
    [InlineData("jose\u0301", "JOSÉ", true)]
    [InlineData("jose*", "josé", false)]
    [InlineData("alice", "alice ", false)]
    [InlineData("alice", "alice\u200B", false)]
    [InlineData("alice", "ａｌｉｃｅ", false)]
    [InlineData("straße", "strasse", false)]
    [InlineData("a?ice", "alice", false)]
    [InlineData("a.*", "alice", false)]
    public void A_user_or_common_name_compares_without_regard_to_case_and_may_begin_or_end_with_an_asterisk(
        string pattern, string name, bool applies)
    {
        var range = Some.Range("203.0.113.0/24");
        foreach (var (field, restricted) in new[]
        {
            ("username", range with { Users = ["nobody", pattern] }),
            ("common-name", range with { CommonNames = [pattern, "nobody"] }),
        })
        {
            var json = Some.EventJson();
            json[field] = name;
            Assert.Equal(applies ? null : DenialReason.NotInScope, Evaluator.Decide(json.Read(), Some.Time, Rules(restricted), 1).Reason);
        }
    }

    [Theory]
    [InlineData("vpn-users", true)]
    [InlineData("others", true)]
    [InlineData("VPN-users", false)]
    [InlineData("vpn-*", false)]
    [InlineData("", false)]
    public void A_group_compares_exactly_and_one_of_several_is_enough(string group, bool applies)
    {
        var json = Some.EventJson();
        json["groups"] = new JsonArray("first", "vpn-users", "others");
        var range = Some.Range("203.0.113.0/24") with { Groups = ["nobody", group] };
        Assert.Equal(applies ? null : DenialReason.NotInScope, Evaluator.Decide(json.Read(), Some.Time, Rules(range), 1).Reason);
        Assert.Equal(DenialReason.NotInScope, Evaluator.Decide(Some.Event(), Some.Time, Rules(range), 1).Reason);
    }

    [Theory]
    [InlineData("win", true)]
    [InlineData("WIN", true)]
    [InlineData("win*", false)]
    [InlineData("mac", false)]
    public void A_platform_compares_without_regard_to_case(string platform, bool applies) =>
        Assert.Equal(
            applies ? null : DenialReason.NotInScope, Decide(Some.Range("203.0.113.0/24") with { Platforms = ["linux", platform] }).Reason);

    [Theory]
    [InlineData("contractors", "\"vpn,contractors\"", false)]
    [InlineData("contractors", "\"[\\\"contractors\\\"]\"", false)]
    [InlineData("contractors", "[\"vpn,contractors\"]", false)]
    [InlineData("vpn,contractors", "\"vpn,contractors\"", true)]
    [InlineData("vpn,contractors", "[\"vpn,contractors\"]", true)]
    [InlineData("contractors", "[\"contractors \"]", false)]
    [InlineData("contractors", "null", false)]
    public void An_allow_range_takes_groups_as_they_are_given(string group, string groups, bool applies)
    {
        var json = Some.EventJson();
        json["groups"] = JsonNode.Parse(groups);
        var range = Some.Range("203.0.113.0/24") with { Groups = [group] };
        Assert.Equal(applies ? null : DenialReason.NotInScope, Evaluator.Decide(json.Read(), Some.Time, Rules(range), 1).Reason);
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("ALICE")]
    [InlineData("alice ")]
    [InlineData("\u3000alice\t")]
    [InlineData("alice\0")]
    [InlineData("al\u200Bice")]
    [InlineData("al\u00ADice")]
    [InlineData("ａｌｉｃｅ")]
    [InlineData("josé")]
    [InlineData("jose\u0301")]
    [InlineData("JOSE\u0301 ")]
    [InlineData("adm-ｂｏｂ")]
    [InlineData("\u200BADM-bob")]
    [InlineData("bob@evil.example\u200B")]
    [InlineData("")]
    [InlineData(" \u200B")]
    [InlineData(null)]
    public void A_deny_range_takes_names_loosely_and_the_lack_of_one_for_each(string? name)
    {
        ImmutableArray<string> names = ["alice", "josé", "adm-*", "*@evil.example"];
        var deny = Some.Range("0.0.0.0/0") with { Action = RangeAction.Deny };
        foreach (var (field, restricted) in new[]
        {
            ("username", deny with { Users = names }),
            ("common-name", deny with { CommonNames = names }),
        })
        {
            AssertDenied(DenialReason.AddressBlocked, DecideBeside(restricted, field, name));
            Assert.True(DecideBeside(restricted, field, "CORP\\alice").Allowed);
            Assert.True(DecideBeside(restricted, field, "alice@example.com").Allowed);
            Assert.True(DecideBeside(restricted, field, "xadm-bob").Allowed);
        }
    }

    [Theory]
    [InlineData("\"contractors\"")]
    [InlineData("\"Contractors\"")]
    [InlineData("\"vpn,contractors\"")]
    [InlineData("\"contractors;vpn\"")]
    [InlineData("\"vpn , contractors ; x\"")]
    [InlineData("\"vpn;x,y;contractors\"")]
    [InlineData("\"[\\\"contractors\\\",\\\"vpn\\\"]\"")]
    [InlineData("\"[contractors, vpn]\"")]
    [InlineData("\"[\\\"\\\\u0063ontractors\\\"]\"")]
    [InlineData("[\"vpn\",\"CONTRACTORS\"]")]
    [InlineData("[\"vpn,contractors\"]")]
    [InlineData("[\"vpn\",\"[\\\"contractors\\\"]\"]")]
    [InlineData("[\"contractors\\u200b \"]")]
    [InlineData("\"\"")]
    [InlineData("\" \"")]
    [InlineData("\",;\"")]
    [InlineData("\"[]\"")]
    [InlineData("[]")]
    [InlineData("[\"\",null]")]
    [InlineData("null")]
    public void A_deny_range_takes_groups_in_every_form_that_they_could_be_meant_in(string groups)
    {
        var deny = Some.Range("0.0.0.0/0") with { Action = RangeAction.Deny, Groups = ["contractors"] };
        AssertDenied(DenialReason.AddressBlocked, DecideBeside(deny, "groups", JsonNode.Parse(groups)));
        Assert.True(DecideBeside(deny, "groups", "vpn").Allowed);
        Assert.True(DecideBeside(deny, "groups", new JsonArray("vpn", "subcontractors")).Allowed);
    }

    [Theory]
    [InlineData("endpoint-id", Some.Endpoint, " CVPN-endpoint-0f13eab7f860433cc", Some.OtherEndpoint)]
    [InlineData("platform", "win", "WIN ", "mac")]
    public void A_deny_range_takes_an_endpoint_or_platform_loosely_and_the_lack_of_one_for_each(
        string field, string asked, string alike, string other)
    {
        var deny = Some.Range("0.0.0.0/0") with { Action = RangeAction.Deny };
        deny = field == "platform" ? deny with { Platforms = [asked] } : deny with { EndpointIds = [asked] };
        foreach (var given in new[] { asked, alike, "", null })
        {
            AssertDenied(DenialReason.AddressBlocked, DecideBeside(deny, field, given));
        }

        Assert.True(DecideBeside(deny, field, other).Allowed);
    }

    [Theory]
    [InlineData("\"CN=vpn,OU=staff;CN=contractors,OU=staff\"")]
    [InlineData("[\"CN=vpn,OU=staff;CN=contractors,OU=staff\"]")]
    [InlineData("[\"CN=contractors,OU=staff\"]")]
    public void A_deny_range_finds_a_group_with_a_comma_in_it(string groups)
    {
        var deny = Some.Range("0.0.0.0/0") with { Action = RangeAction.Deny, Groups = ["CN=contractors,OU=staff"] };
        AssertDenied(DenialReason.AddressBlocked, DecideBeside(deny, "groups", JsonNode.Parse(groups)));
        Assert.True(DecideBeside(deny, "groups", "CN=vpn,OU=staff").Allowed);
    }

    [Fact]
    public void The_names_of_a_deny_range_are_taken_loosely_as_well()
    {
        var deny = Some.Range("0.0.0.0/0") with { Action = RangeAction.Deny, Users = ["ａdm-*", "jose\u0301"], Groups = ["Ｃontractors"] };
        AssertDenied(DenialReason.AddressBlocked, DecideBeside(deny with { Groups = [] }, "username", "adm-bob"));
        AssertDenied(DenialReason.AddressBlocked, DecideBeside(deny with { Groups = [] }, "username", "JOSÉ"));
        AssertDenied(DenialReason.AddressBlocked, DecideBeside(deny with { Users = [] }, "groups", "contractors"));
    }

    [Theory]
    [InlineData("endpoint-id")]
    [InlineData("platform")]
    [InlineData("username")]
    [InlineData("common-name")]
    [InlineData("groups")]
    public void No_allow_range_asks_for_what_is_absent(string field)
    {
        var json = Some.EventJson();
        json[field] = "";
        var range = Some.Range("203.0.113.0/24");
        range = field switch
        {
            "endpoint-id" => range with { EndpointIds = [""] },
            "platform" => range with { Platforms = [""] },
            "username" => range with { Users = [""] },
            "common-name" => range with { CommonNames = [""] },
            _ => range with { Groups = [""] },
        };
        AssertDenied(DenialReason.NotInScope, Evaluator.Decide(json.Read(), Some.Time, Rules(range), 1));
    }

    [Fact]
    public void A_pattern_of_a_deny_range_keeps_the_white_space_beside_its_asterisk()
    {
        var deny = Some.Range("0.0.0.0/0") with { Action = RangeAction.Deny, Users = ["svc *"] };
        AssertDenied(DenialReason.AddressBlocked, DecideBeside(deny, "username", "SVC backup"));
        Assert.True(DecideBeside(deny, "username", "svcarlos").Allowed);
    }

    [Fact]
    public void A_deny_range_needs_all_its_conditions_all_the_same()
    {
        var deny = Some.Range("0.0.0.0/0") with { Action = RangeAction.Deny, Users = ["bob"], Groups = ["contractors"] };
        Assert.True(DecideBeside(deny, "groups", "contractors").Allowed); // by alice
        AssertDenied(DenialReason.AddressBlocked, DecideBeside(deny with { Users = ["alice"] }, "groups", null));
    }

    [Fact]
    public void Maintenance_is_a_deny_range_for_everything_with_a_schedule()
    {
        var rules = Rules(
            Some.Range("203.0.113.0/24"),
            Some.Range("0.0.0.0/0") with
            {
                Action = RangeAction.Deny,
                Schedule = ScheduleTests.Weekly("Asia/Tokyo", "sunday 02:00 04:00"),
            });
        var sunday = new DateTimeOffset(2026, 4, 5, 0, 0, 0, TimeSpan.FromHours(9));
        Assert.True(Evaluator.Decide(Some.Event(), sunday.AddHours(2).AddTicks(-1), rules, 1).Allowed);
        AssertDenied(DenialReason.AddressBlocked, Evaluator.Decide(Some.Event(), sunday.AddHours(2), rules, 1));
        Assert.True(Evaluator.Decide(Some.Event(), sunday.AddHours(4), rules, 1).Allowed);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(9, true)]
    [InlineData(10, false)]
    [InlineData(11, false)]
    public void Validity_includes_its_first_moment_and_excludes_its_last(int ticksAfterBeginning, bool allowed)
    {
        var range = Some.Range("203.0.113.0/24") with { ValidFrom = Some.Time, ValidUntil = Some.Time.AddTicks(10) };
        var decision = Evaluator.Decide(Some.Event(), Some.Time.AddTicks(ticksAfterBeginning), Rules(range), 1);
        Assert.Equal(allowed ? null : DenialReason.OutsideValidity, decision.Reason);
    }

    [Fact]
    public void The_offset_of_a_time_plays_no_part()
    {
        var range = Some.Range("203.0.113.0/24") with { ValidFrom = Some.Time };
        Assert.True(Evaluator.Decide(Some.Event(), Some.Time.ToOffset(TimeSpan.FromHours(-9)), Rules(range), 1).Allowed);
        Assert.False(Evaluator.Decide(Some.Event(), Some.Time.AddTicks(-1).ToOffset(TimeSpan.FromHours(9)), Rules(range), 1).Allowed);
    }

    [Fact]
    public void The_nearest_miss_is_the_reason()
    {
        var outOfScope = Some.Range("203.0.113.0/24") with { EndpointIds = [Some.OtherEndpoint] };
        var expired = Some.Range("203.0.0.0/16") with { ValidUntil = Some.Time };
        var both = Some.Range("203.0.113.0/28") with { EndpointIds = [Some.OtherEndpoint], ValidUntil = Some.Time };
        AssertDenied(DenialReason.NotInScope, Decide(both));
        AssertDenied(DenialReason.NotInScope, Decide(both, outOfScope));
        AssertDenied(DenialReason.OutsideValidity, Decide(both, expired, outOfScope));
        var atNight = Some.Range("203.0.113.0/24") with { Schedule = ScheduleTests.Weekly("Etc/UTC", "wednesday 22:00 23:00") };
        AssertDenied(DenialReason.OutsideSchedule, Decide(both, expired, outOfScope, atNight));
        AssertDenied(DenialReason.OutsideValidity, Decide(atNight with { ValidUntil = Some.Time }));
        AssertDenied(DenialReason.NotInScope, Decide(atNight with { Users = ["bob"], ValidUntil = Some.Time }));
        AssertDenied(DenialReason.AddressNotAllowed, Decide("198.51.100.7", both, expired, outOfScope));
    }

    [Fact]
    public void An_event_that_cannot_be_read_is_an_invalid_request_whatever_the_rules_say()
    {
        var rules = Rules(Some.Range("0.0.0.0/0"), Some.Range("::/0"));
        foreach (var json in new[] { "", "[]", "{}", """{"public-ip":1}""", """{"public-ip":"203.0.113.7","schema-version":"v9"}""" })
        {
            var decision = Evaluator.Decide(Some.Read(json), Some.Time, rules, 1);
            AssertDenied(DenialReason.InvalidRequest, decision);
            Assert.Equal("v3", decision.Response.Json().GetProperty("schema-version").GetString());
        }
    }

    [Fact]
    public void An_address_that_is_none_is_never_blocked_or_allowed()
    {
        foreach (var publicIp in new[] { "", "1", "0x7f.1", "010.0.0.1", "203.0.113.7/32", "fe80::1%1" })
        {
            AssertDenied(DenialReason.InvalidRequest, Decide(publicIp, Some.Range("0.0.0.0/0"), Some.Range("::/0")));
            AssertDenied(DenialReason.InvalidRequest, Decide(publicIp, Some.Range("0.0.0.0/0") with { Action = RangeAction.Deny }));
        }
    }

    [Fact]
    public void Posture_statuses_are_those_of_the_decision()
    {
        var rules = Rules(Some.Range("203.0.113.0/24")).With(
            new RuleSettings { AllowedPostureStatuses = ["office", "known"], DeniedPostureStatuses = ["elsewhere"] });
        Assert.Equal(["office", "known"], Evaluator.Decide(Some.Event(), Some.Time, rules, 1).Response.PostureStatuses.AsEnumerable());
        Assert.Equal(
            ["elsewhere"], Evaluator.Decide(Some.Event("198.51.100.7"), Some.Time, rules, 1).Response.PostureStatuses.AsEnumerable());
    }

    [Fact]
    public void Posture_statuses_can_say_what_decided()
    {
        var allow = Some.Range("203.0.113.0/24");
        var deny = Some.Range("203.0.113.66") with { Action = RangeAction.Deny };
        var rules = Rules(allow, deny).With(new RuleSettings
        {
            AllowedPostureStatuses = ["{reason}", "by-{range-id}"],
            DeniedPostureStatuses = ["{reason}/{revision}/{range-id}", "{username}"],
        });
        Assert.Equal(
            ["allowed", $"by-{allow.Id}"], Evaluator.Decide(Some.Event(), Some.Time, rules, 41).Response.PostureStatuses.AsEnumerable());
        Assert.Equal(
            $"address-blocked/41/{deny.Id}",
            Evaluator.Decide(Some.Event("203.0.113.66"), Some.Time, rules, 41).Response.PostureStatuses[0]);
        Assert.Equal(
            ["address-not-allowed/41/none", "{username}"],
            Evaluator.Decide(Some.Event("198.51.100.7"), Some.Time, rules, 41).Response.PostureStatuses.AsEnumerable());
    }

    [Fact]
    public void A_posture_status_stays_within_255_characters_when_it_is_filled_in()
    {
        var rules = Rules(Some.Range("203.0.113.0/24")).With(
            new RuleSettings { AllowedPostureStatuses = [new string('x', 245) + "{range-id}"] });
        Assert.Equal(255, Evaluator.Decide(Some.Event(), Some.Time, rules, 1).Response.PostureStatuses[0].Length);
    }

    [Fact]
    public void Near_misses_are_the_ranges_that_contain_the_address_with_the_first_condition_that_fails()
    {
        var range = Some.Range("203.0.113.0/24");
        AddressRange[] ranges =
        [
            range with { Id = Guid.NewGuid(), Enabled = false, EndpointIds = [Some.OtherEndpoint] },
            range with { Id = Guid.NewGuid(), EndpointIds = [Some.OtherEndpoint], Users = ["bob"] },
            range with { Id = Guid.NewGuid(), Users = ["bob"], Groups = ["g"] },
            range with { Id = Guid.NewGuid(), Groups = ["g"], CommonNames = ["c"] },
            range with { Id = Guid.NewGuid(), CommonNames = ["c"], Platforms = ["mac"] },
            range with { Id = Guid.NewGuid(), Platforms = ["mac"], ValidFrom = Some.Time.AddTicks(1) },
            range with { Id = Guid.NewGuid(), ValidFrom = Some.Time.AddTicks(1), ValidUntil = Some.Time.AddTicks(2) },
            range with
            {
                Id = Guid.NewGuid(),
                ValidUntil = Some.Time,
                Action = RangeAction.Deny,
                Schedule = ScheduleTests.Weekly("Etc/UTC", "monday 00:00 01:00"),
            },
            range with { Id = Guid.NewGuid(), Schedule = ScheduleTests.Weekly("Etc/UTC", "monday 00:00 01:00") },
            range with { Id = Guid.NewGuid() },
            Some.Range("198.51.100.0/24"),
        ];
        var candidates = Rules(ranges).Containing(Some.Event().Address!.Value, isEnabledOnly: false);
        var misses = Evaluator.NearMisses(Some.Event(), Some.Time, candidates).ToList();
        Assert.Equal(ranges[..9].Select(r => r.Id).Order(), misses.Select(m => m.RangeId).Order());
        Assert.Equal(
            ["Enabled", "EndpointIds", "Users", "Groups", "CommonNames", "Platforms", "ValidFrom", "ValidUntil", "Schedule"],
            ranges[..9].Select(r => misses.Single(m => m.RangeId == r.Id).Failed.ToString()));
        Assert.Empty(Evaluator.NearMisses(Some.Read("{}"), Some.Time, candidates));
    }

    [Fact]
    public void Report_only_lets_the_denied_in_with_the_statuses_of_the_denial()
    {
        var rules = Rules().With(new RuleSettings { Enforcement = Enforcement.ReportOnly, DeniedPostureStatuses = ["would-be-denied"] });
        var decision = Evaluator.Decide(Some.Event(), Some.Time, rules, 1);
        Assert.False(decision.Allowed);
        Assert.Equal(DenialReason.AddressNotAllowed, decision.Reason);
        Assert.Equal("Connection from 203.0.113.7 denied (address-not-allowed). Please contact your administrator.", decision.Message);
        Assert.Equal(
            """{"allow":true,"error-msg-on-denied-connection":"","posture-compliance-statuses":["would-be-denied"]"""
            + ""","schema-version":"v3"}""",
            decision.Response.Json().GetRawText());
    }

    [Fact]
    public void Report_only_lets_nothing_in_that_is_no_event()
    {
        var rules = Rules().With(new RuleSettings { Enforcement = Enforcement.ReportOnly });
        Assert.False(Evaluator.Decide(Some.Read("not JSON"), Some.Time, rules, 1).Response.Allow);
        Assert.False(Evaluator.Decide(Some.Read("[]"), Some.Time, rules, 1).Response.Allow);
    }

    [Fact]
    public void Unavailable_rules_deny_with_the_messages_known_last_and_nothing_else_of_them()
    {
        var lastKnown = new RuleSet(
            [Some.Range("0.0.0.0/0")],
            [Some.Message("Back soon.", reason: DenialReason.RulesUnavailable)],
            new() { Enforcement = Enforcement.ReportOnly });
        var decision = Evaluator.RulesUnavailable(Some.Event(version: "v1"), lastKnown);
        Assert.Equal(
            """{"allow":false,"error-msg-on-failed-posture-compliance":"Back soon.","posture-compliance-statuses":[]"""
            + ""","schema-version":"v1"}""",
            decision.Response.Json().GetRawText());
        Assert.Equal(new Decision(false, DenialReason.RulesUnavailable, null, null, "Back soon.", null, decision.Response), decision);
    }

    [Fact]
    public void Unavailable_rules_that_were_never_read_deny_with_the_built_in_text() =>
        Assert.Equal(
            "Connection from 203.0.113.7 denied (rules-unavailable). Please contact your administrator.",
            Evaluator.RulesUnavailable(Some.Event(), RuleSet.Empty).Response.Message);

    [Fact]
    public void A_whole_decision_from_the_bytes_of_the_event_to_those_of_the_answer_allocates_at_most_3_KB()
    {
        var ranges = Enumerable.Range(0, 10_000).Select(i => Some.Range($"10.{i / 256}.{i % 256}.0/24"));
        var list = Some.List("Offices", "203.0.113.0/24", "198.51.100.0/28");
        var messages = new[] { Some.Message(Some.SeedMessage) };
        var own = new RuleSet([.. ranges, Some.Range("203.0.113.0/24")], messages, new());
        var listed = new RuleSet([.. ranges, Some.RangeOf(list)], messages, new(), [], [list]);
        foreach (var (rules, file) in Some.EventFiles.SelectMany(file => new[] { (own, file), (listed, file) }))
        {
            var connectionEvent = File.ReadAllBytes(file);
            DecideOften(100);
            var before = GC.GetAllocatedBytesForCurrentThread();
            DecideOften(1_000);
            Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1_000, 1, 3 * 1024);

            void DecideOften(int times)
            {
                for (var i = 0; i < times; i++)
                {
                    Evaluator.Decide(ConnectionEvent.Parse(connectionEvent), Some.Time, rules, 1).Response.ToJson();
                }
            }
        }
    }

    /// <summary>Decides an event with this value in a field, beside an allow range for everybody.</summary>
    private static Decision DecideBeside(AddressRange deny, string field, JsonNode? value)
    {
        var json = Some.EventJson();
        json[field] = value;
        return Evaluator.Decide(json.Read(), Some.Time, Rules(Some.Range("0.0.0.0/0"), deny), 1);
    }

    private static RuleSet Rules(params AddressRange[] ranges) => new(ranges, [], new());

    private static Decision Decide(params AddressRange[] ranges) => Decide("203.0.113.7", ranges);

    private static Decision Decide(string publicIp, params AddressRange[] ranges) =>
        Evaluator.Decide(Some.Event(publicIp), Some.Time, Rules(ranges), 1);

    private static Decision AssertDenied(DenialReason reason, Decision decision)
    {
        Assert.False(decision.Allowed);
        Assert.False(decision.Response.Allow);
        Assert.Equal(reason, decision.Reason);
        Assert.NotEmpty(decision.Response.Message);
        return decision;
    }
}
