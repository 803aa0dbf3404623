using System.Text;
using System.Text.Json;
using ClientVpnAdmin.AdminApi.Decisions;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Settings;
using ClientVpnAdmin.Stores.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace ClientVpnAdmin.Handler;

public sealed class ConnectHandlerTests : IDisposable
{
    private static readonly RuleSet Rules = new(
        [Some.Range("203.0.113.0/24")],
        [Some.Message("Not from {public-ip}."), Some.Message("Back soon.", reason: DenialReason.RulesUnavailable)],
        new());

    private static readonly HandlerSettings Settings = new(TimeSpan.FromDays(30), TimeSpan.Zero);

    private static readonly byte[] Event = Encoding.UTF8.GetBytes(Some.EventJson().ToJsonString());

    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new(Some.Time);
    private readonly StringWriter log = new();

    private string File => folder["rules.db"];

    public void Dispose()
    {
        folder.Dispose();
        log.Dispose();
    }

    [Fact]
    public async Task Answers_every_sample_event_in_its_own_schema_version()
    {
        await CommitAsync(Rules);
        var handler = Handler();
        foreach (var (file, response) in new[]
        {
            (
                "v1-go-sdk.json",
                """{"allow":false,"error-msg-on-failed-posture-compliance":"Not from 10.11.12.13.","posture-compliance-statuses":[]"""
                + ""","schema-version":"v1"}"""),
            (
                "v1-office.json",
                """{"allow":true,"error-msg-on-failed-posture-compliance":"","posture-compliance-statuses":["compliant"]"""
                + ""","schema-version":"v1"}"""),
            (
                "v2-groups-string.json",
                """{"allow":false,"error-msg-on-denied-connection":"Not from 198.51.100.24.","posture-compliance-statuses":[]"""
                + ""","schema-version":"v2"}"""),
            (
                "v3-future-field.json",
                """{"allow":true,"error-msg-on-denied-connection":"","posture-compliance-statuses":["compliant"],"schema-version":"v3"}"""),
            (
                "v3-groups-list-ipv6.json",
                """{"allow":false,"error-msg-on-denied-connection":"Not from 2001:db8:1234::7.","posture-compliance-statuses":[]"""
                + ""","schema-version":"v3"}"""),
        })
        {
            Assert.Equal(
                response,
                Encoding.UTF8.GetString(
                    (await handler.HandleAsync(await System.IO.File.ReadAllBytesAsync(Some.EventFile(file)))).Response.ToJson()));
        }
    }

    [Fact]
    public async Task A_change_holds_for_the_very_next_connection()
    {
        await CommitAsync(Rules);
        var handler = Handler();
        Assert.True((await HandleAsync(handler)).Response.Allow);
        await CommitAsync(RuleSet.Empty);
        Assert.False((await HandleAsync(handler)).Response.Allow);
        await CommitAsync(Rules);
        Assert.True((await HandleAsync(handler)).Response.Allow);
    }

    [Fact]
    public async Task What_a_denied_person_is_told_is_known_before_the_first_event()
    {
        await CommitAsync(Rules);
        var handler = Handler();
        await handler.WarmUpAsync();
        SqliteConnection.ClearAllPools();
        System.IO.File.Delete(File);
        AssertUnavailable(await HandleAsync(handler), "Back soon.");
    }

    [Fact]
    public async Task Old_rules_decide_about_addresses_that_nobody_came_from_before()
    {
        var ranges = Enumerable.Range(0, 2_000).Select(i => Some.Range($"10.{i / 256}.{i % 256}.0/24")).Append(Rules.Ranges[0]);
        await CommitAsync(Rules.With(ranges));
        var handler = new ConnectHandler(Open, Settings with { RulesMaxStale = TimeSpan.FromSeconds(60) }, time, log);
        Assert.True((await HandleAsync(handler)).Allowed);
        SqliteConnection.ClearAllPools();
        System.IO.File.Delete(File);
        foreach (var (address, isAllowed) in new[] { ("10.0.0.7", true), ("10.7.207.7", true), ("10.7.208.7", false) })
        {
            var decision = await handler.HandleAsync(Encoding.UTF8.GetBytes(Some.EventJson(address).ToJsonString()));
            Assert.Equal((isAllowed, isAllowed ? null : DenialReason.AddressNotAllowed), (decision.Allowed, decision.Reason));
        }
    }

    [Fact]
    public async Task Rules_that_cannot_be_read_beforehand_are_read_at_the_first_event()
    {
        var handler = Handler();
        await handler.WarmUpAsync();
        await CommitAsync(Rules);
        Assert.True((await HandleAsync(handler)).Response.Allow);
    }

    [Fact]
    public async Task The_time_is_that_of_the_connection()
    {
        await CommitAsync(Rules.With([Some.Range("203.0.113.0/24") with { ValidUntil = Some.Time.AddSeconds(1) }]));
        var handler = Handler();
        Assert.True((await HandleAsync(handler)).Allowed);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(DenialReason.OutsideValidity, (await HandleAsync(handler)).Reason);
    }

    [Fact]
    public async Task A_store_without_a_commit_lets_nobody_in()
    {
        await SqliteFile.CreateAsync(File, default);
        Assert.Equal(DenialReason.AddressNotAllowed, (await HandleAsync(Handler())).Reason);
    }

    [Fact]
    public async Task What_is_no_event_is_denied_with_a_valid_response()
    {
        await CommitAsync(Rules);
        foreach (var text in new[]
        {
            "",
            "hello",
            "[]",
            "null",
            "{",
            "{}",
            """{"public-ip":5}""",
            """{"public-ip":"203.0.113.7","schema-version":"v4"}""",
            new string('[', 1_000),
        })
        {
            var decision = await Handler().HandleAsync(Encoding.UTF8.GetBytes(text));
            Assert.Equal(DenialReason.InvalidRequest, decision.Reason);
            var response = decision.Response.Json();
            Assert.False(response.GetProperty("allow").GetBoolean());
            Assert.NotEmpty(response.GetProperty("error-msg-on-denied-connection").GetString()!);
            Assert.Equal("v3", response.GetProperty("schema-version").GetString());
        }
    }

    [Fact]
    public async Task A_missing_store_denies_and_is_found_once_it_is_there()
    {
        var handler = Handler();
        AssertUnavailable(
            await HandleAsync(handler), "Connection from 203.0.113.7 denied (rules-unavailable). Please contact your administrator.");
        Assert.False(System.IO.File.Exists(File));
        await CommitAsync(Rules);
        Assert.True((await HandleAsync(handler)).Allowed);
    }

    [Fact]
    public async Task A_store_that_goes_away_denies_with_the_message_known_last()
    {
        await CommitAsync(Rules);
        var handler = Handler();
        Assert.True((await HandleAsync(handler)).Allowed);
        SqliteConnection.ClearAllPools();
        System.IO.File.Delete(File);
        AssertUnavailable(await HandleAsync(handler), "Back soon.");
    }

    [Theory]
    [InlineData("UPDATE revisions SET root = zeroblob(length(root))")]
    [InlineData("UPDATE revisions SET root = x''")]
    [InlineData("UPDATE revisions SET digest = zeroblob(32)")]
    [InlineData("UPDATE revisions SET committed_at = 'yesterday'")]
    [InlineData("DROP TABLE revisions")]
    [InlineData("PRAGMA user_version = 99")]
    public async Task A_damaged_store_denies(string damage)
    {
        await CommitAsync(Rules.With(new RuleSettings { Enforcement = Enforcement.ReportOnly }));
        Sql.Execute(File, damage);
        AssertUnavailable(
            await HandleAsync(Handler()), "Connection from 203.0.113.7 denied (rules-unavailable). Please contact your administrator.");
    }

    [Fact]
    public async Task A_root_that_is_damaged_after_it_was_read_denies()
    {
        await CommitAsync(Rules);
        var handler = Handler();
        Assert.True((await HandleAsync(handler)).Allowed);
        Sql.Execute(File, "UPDATE revisions SET root = zeroblob(length(root))");
        AssertUnavailable(await HandleAsync(handler), "Back soon.");
    }

    [Fact]
    public async Task A_store_that_is_no_database_denies()
    {
        folder.Write("rules.db", new string('x', 10_000));
        AssertUnavailable(
            await HandleAsync(Handler()), "Connection from 203.0.113.7 denied (rules-unavailable). Please contact your administrator.");
    }

    [Fact]
    public async Task A_locked_store_denies_in_time_and_is_used_again_once_it_is_free()
    {
        await CommitAsync(Rules);
        var handler = new ConnectHandler(Open, Settings, TimeProvider.System, log);
        Assert.True((await HandleAsync(handler)).Allowed);
        SqliteConnection.ClearAllPools();
        using (var other = Sql.Open(File))
        {
            // Outside WAL an exclusive lock keeps readers out as well.
            other.Execute("PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
            AssertUnavailable(await HandleAsync(handler), "Back soon.");
        }

        Assert.True((await HandleAsync(handler)).Allowed);
    }

    [Fact]
    public async Task A_store_that_never_answers_denies_after_the_limit()
    {
        using var never = new ManualResetEventSlim();
        var handler = HandlerThatWaitsFor(never);
        var decision = HandleAsync(handler);
        while (!decision.IsCompleted)
        {
            time.Advance(ConnectHandler.MaxReadTime / 4);
            await Task.Delay(1);
        }

        AssertUnavailable(await decision, "Connection from 203.0.113.7 denied (rules-unavailable). Please contact your administrator.");
        never.Set();
    }

    [Fact]
    public async Task A_store_that_never_answers_holds_up_a_start_and_its_first_event_for_less_than_5_seconds_together()
    {
        using var never = new ManualResetEventSlim();
        var handler = HandlerThatWaitsFor(never);
        var warmUp = handler.WarmUpAsync();
        time.Advance(ConnectHandler.MaxWarmUpTime);
        await warmUp.WaitAsync(TimeSpan.FromSeconds(30));
        var decision = HandleAsync(handler);
        time.Advance(ConnectHandler.MaxReadTime);
        Assert.Equal(DenialReason.RulesUnavailable, (await decision.WaitAsync(TimeSpan.FromSeconds(30))).Reason);
        Assert.True(ConnectHandler.MaxWarmUpTime + ConnectHandler.MaxReadTime + ConnectHandler.MaxRecordTime < TimeSpan.FromSeconds(5));
        never.Set();
    }

    [Fact]
    public async Task While_the_store_is_away_the_last_rules_may_be_used_for_as_long_as_was_asked_for()
    {
        await CommitAsync(Rules);
        var handler = new ConnectHandler(Open, Settings with { RulesMaxStale = TimeSpan.FromSeconds(60) }, time, log);
        Assert.True((await HandleAsync(handler)).Allowed);
        SqliteConnection.ClearAllPools();
        System.IO.File.Move(File, folder["away.db"]);
        time.Advance(TimeSpan.FromSeconds(60));
        var stale = await HandleAsync(handler);
        Assert.Equal((true, true, 1, Rules.Ranges[0].Id), (stale.Allowed, stale.Response.Allow, stale.Revision, stale.RangeId));
        var line = JsonElement.Parse(log.ToString().TrimEnd().Split('\n')[^1]);
        Assert.Equal(("error", 60_000), (line.GetProperty("level").GetString(), line.GetProperty("rulesStaleForMs").GetInt32()));
        time.Advance(TimeSpan.FromTicks(1));
        AssertUnavailable(await HandleAsync(handler), "Back soon.");
    }

    [Fact]
    public async Task Old_rules_decide_by_the_present_time_and_still_deny()
    {
        await CommitAsync(Rules.With([Some.Range("203.0.113.0/24") with { ValidUntil = Some.Time.AddSeconds(30) }]));
        var handler = new ConnectHandler(Open, Settings with { RulesMaxStale = TimeSpan.FromSeconds(60) }, time, log);
        Assert.True((await HandleAsync(handler)).Allowed);
        SqliteConnection.ClearAllPools();
        System.IO.File.Delete(File);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(DenialReason.OutsideValidity, (await HandleAsync(handler)).Reason);
    }

    [Fact]
    public async Task Old_rules_are_not_used_unless_asked_for_even_if_the_clock_goes_back()
    {
        await CommitAsync(Rules);
        var clock = new FakeTimeProvider(Some.Time) { AutoAdvanceAmount = TimeSpan.Zero };
        var handler = new ConnectHandler(Open, Settings, clock, log);
        Assert.True((await HandleAsync(handler)).Allowed);
        SqliteConnection.ClearAllPools();
        System.IO.File.Delete(File);
        AssertUnavailable(await HandleAsync(handler), "Back soon.");
        clock.AdjustTime(Some.Time.AddHours(-1));
        AssertUnavailable(await HandleAsync(handler), "Back soon.");
    }

    [Fact]
    public async Task How_old_rules_are_is_measured_from_when_they_were_asked_for_and_a_clock_set_back_lengthens_nothing()
    {
        await CommitAsync(Rules);
        var clock = new SettableClock(Some.Time);
        var isSlow = true;
        Store OpenSlowly()
        {
            clock.Advance(isSlow ? TimeSpan.FromSeconds(2) : TimeSpan.Zero);
            return Open();
        }

        var handler = new ConnectHandler(OpenSlowly, Settings with { RulesMaxStale = TimeSpan.FromSeconds(60) }, clock, log);
        Assert.True((await HandleAsync(handler)).Allowed);
        isSlow = false;
        SqliteConnection.ClearAllPools();
        System.IO.File.Move(File, folder["away.db"]);
        clock.Wall = TimeSpan.FromHours(-1);
        clock.Advance(TimeSpan.FromSeconds(58));
        Assert.True((await HandleAsync(handler)).Allowed);
        Assert.Equal(60_000, JsonElement.Parse(log.ToString().TrimEnd().Split('\n')[^1]).GetProperty("rulesStaleForMs").GetInt32());
        clock.Wall = TimeSpan.FromHours(1);
        Assert.True((await HandleAsync(handler)).Allowed); // nor does one set forward shorten anything
        clock.Wall = TimeSpan.FromHours(-1);
        clock.Advance(TimeSpan.FromTicks(1));
        AssertUnavailable(await HandleAsync(handler), "Back soon.");
    }

    [Fact]
    public async Task Old_rules_that_cannot_decide_deny()
    {
        var broken = Some.Range("203.0.113.0/24") with { Schedule = ScheduleTests.Weekly("Mars/Olympus", "monday 00:00 24:00") };
        await CommitAsync(Rules.With([broken]));
        var handler = new ConnectHandler(Open, Settings with { RulesMaxStale = TimeSpan.FromSeconds(60) }, time, log);
        AssertUnavailable(await HandleAsync(handler), "Back soon.");
        SqliteConnection.ClearAllPools();
        System.IO.File.Delete(File);
        AssertUnavailable(await HandleAsync(handler), "Back soon.");
        var line = JsonElement.Parse(log.ToString().TrimEnd().Split('\n')[^1]);
        Assert.Contains("Mars/Olympus", line.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.False(line.TryGetProperty("rulesStaleForMs", out _));
    }

    [Fact]
    public async Task Old_rules_do_not_stand_in_for_rules_that_cannot_be_trusted()
    {
        await CommitAsync(Rules);
        var handler = new ConnectHandler(Open, Settings with { RulesMaxStale = TimeSpan.FromSeconds(60) }, time, log);
        Assert.True((await HandleAsync(handler)).Allowed);
        await CommitAsync(RuleSet.Empty);
        Sql.Execute(File, "UPDATE revisions SET root = zeroblob(length(root))");
        AssertUnavailable(await HandleAsync(handler), "Back soon.");
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("garbage after the header")]
    [InlineData("truncated")]
    [InlineData("empty")]
    [InlineData("another database")]
    public async Task Old_rules_do_not_stand_in_for_a_damaged_file(string damage)
    {
        await CommitAsync(Rules);
        var handler = new ConnectHandler(Open, Settings with { RulesMaxStale = TimeSpan.FromSeconds(60) }, time, log);
        Assert.True((await HandleAsync(handler)).Allowed);
        SqliteConnection.ClearAllPools();
        var bytes = await System.IO.File.ReadAllBytesAsync(File);
        System.IO.File.Delete(File);
        switch (damage)
        {
            case "another database":
                Sql.Execute(File, "CREATE TABLE something (x)");
                break;
            default:
                new Random(1).NextBytes(bytes.AsSpan(damage == "garbage" ? 0 : 100));
                var length = damage == "empty" ? 0 : damage == "truncated" ? 5_000 : bytes.Length;
                await System.IO.File.WriteAllBytesAsync(File, bytes[..length]);
                break;
        }

        AssertUnavailable(await HandleAsync(handler), "Back soon.");
    }

    [Fact]
    public async Task Old_rules_may_stand_in_for_a_busy_file()
    {
        await CommitAsync(Rules);
        var handler = new ConnectHandler(Open, Settings with { RulesMaxStale = TimeSpan.FromSeconds(60) }, time, log);
        Assert.True((await HandleAsync(handler)).Allowed);
        SqliteConnection.ClearAllPools();
        using var other = Sql.Open(File);
        other.Execute("PRAGMA journal_mode = DELETE; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
        Assert.True((await HandleAsync(handler)).Allowed);
        Assert.Contains("rulesStaleForMs", log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_rules_that_were_read_before_there_is_nothing_to_stand_in()
    {
        var handler = new ConnectHandler(Open, Settings with { RulesMaxStale = TimeSpan.FromSeconds(60) }, time, log);
        AssertUnavailable(
            await HandleAsync(handler), "Connection from 203.0.113.7 denied (rules-unavailable). Please contact your administrator.");
    }

    [Fact]
    public async Task Any_other_fault_denies_as_well()
    {
        AssertUnavailable(
            await HandleAsync(
                new ConnectHandler(() => throw new NotSupportedException("Something nobody thought of."), Settings, time, log)),
            "Connection from 203.0.113.7 denied (rules-unavailable). Please contact your administrator.");
        Assert.Contains("Something nobody thought of.", log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_decision_is_one_line_of_JSON_in_the_log()
    {
        await CommitAsync(Rules);
        var json = Some.EventJson();
        json["username"] = "alice\n{\"allowed\":true}";
        await Handler().HandleAsync(Encoding.UTF8.GetBytes(json.ToJsonString()));
        var line = JsonElement.Parse(Assert.Single(log.ToString().TrimEnd().Split('\n')));
        Assert.Equal("information", line.GetProperty("level").GetString());
        Assert.True(line.GetProperty("allowed").GetBoolean());
        Assert.True(line.GetProperty("letIn").GetBoolean());
        Assert.Equal(JsonValueKind.Null, line.GetProperty("reason").ValueKind);
        Assert.Equal(Rules.Ranges[0].Id, line.GetProperty("rangeId").GetGuid());
        Assert.Equal(1, line.GetProperty("revision").GetInt64());
        Assert.Equal("alice\n{\"allowed\":true}", line.GetProperty("username").GetString());
        Assert.Equal("203.0.113.7", line.GetProperty("publicIp").GetString());
    }

    [Fact]
    public async Task On_Lambda_the_log_line_carries_metrics_in_the_embedded_metric_format()
    {
        await CommitAsync(Rules);
        var handler = new ConnectHandler(Open, Settings with { FunctionName = "AWSClientVPN-main" }, time, log);
        await HandleAsync(handler);
        await handler.HandleAsync(Encoding.UTF8.GetBytes(Some.EventJson("198.51.100.7").ToJsonString()));
        await CommitAsync(new RuleSet([], [], new() { Enforcement = Enforcement.ReportOnly }));
        await HandleAsync(handler);
        Sql.Execute(File, "PRAGMA foreign_keys = OFF; UPDATE revisions SET digest = x'00'");
        await HandleAsync(handler);

        var lines = log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonElement.Parse(l)).ToList();
        Assert.Equal(
            ["allowed none 0 1", "denied address-not-allowed 0 1", "reported address-not-allowed 0 2", "denied rules-unavailable 1 "],
            lines.Select(l =>
                $"{l.GetProperty("Outcome")} {l.GetProperty("Reason")} {l.GetProperty("RulesUnavailable")} "
                + $"{(l.TryGetProperty("Revision", out var revision) ? revision : "")}"));
        foreach (var line in lines)
        {
            // As CloudWatch's specification has it: every name in a directive is a member of the line, a text or a number.
            var aws = line.GetProperty("_aws");
            Assert.Equal(Some.Time.ToUnixTimeMilliseconds(), aws.GetProperty("Timestamp").GetInt64());
            Assert.Equal(2, aws.GetProperty("CloudWatchMetrics").GetArrayLength());
            foreach (var directive in aws.GetProperty("CloudWatchMetrics").EnumerateArray())
            {
                Assert.Equal("ClientVpnAdmin", directive.GetProperty("Namespace").GetString());
                Assert.All(
                    directive.GetProperty("Dimensions")[0].EnumerateArray(),
                    d => Assert.NotEmpty(line.GetProperty(d.GetString()!).GetString()!));
                Assert.All(
                    directive.GetProperty("Metrics").EnumerateArray(),
                    m => Assert.Equal(JsonValueKind.Number, line.GetProperty(m.GetProperty("Name").GetString()!).ValueKind));
            }
        }
    }

    [Fact]
    public async Task What_is_not_recorded_raises_a_metric_whatever_the_reason()
    {
        var settings = Settings with { FunctionName = "AWSClientVPN-main" };
        await HandleAsync(new ConnectHandler(Open, settings, time, log)); // there is no store
        await CommitAsync(Rules);
        await HandleAsync(new ConnectHandler(Open, settings, time, log));
        using var begun = new ManualResetEventSlim();
        using var never = new ManualResetEventSlim();
        var late = HandleAsync(new ConnectHandler(() => Open() with { Decisions = new Stuck(begun, never) }, settings, time, log));
        while (!late.IsCompleted)
        {
            time.Advance(begun.IsSet ? ConnectHandler.MaxRecordTime : TimeSpan.Zero);
            await Task.Delay(1);
        }

        Assert.True((await late).Allowed);
        never.Set();
        Sql.Execute(File, "DROP TABLE decisions");
        await HandleAsync(new ConnectHandler(Open, settings, time, log));
        var lines = log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonElement.Parse(l)).ToList();
        Assert.Equal([1, 0, 1, 1], lines.Select(l => l.GetProperty("NotRecorded").GetInt32()));
        Assert.All(lines, l => Assert.Contains(
            l.GetProperty("_aws").GetProperty("CloudWatchMetrics")[1].GetProperty("Metrics").EnumerateArray(),
            m => (m.GetProperty("Name").GetString(), m.GetProperty("Unit").GetString()) == ("NotRecorded", "Count")));
    }

    [Fact]
    public async Task A_log_line_stays_short_enough_for_its_metrics_however_long_the_fields_are()
    {
        await CommitAsync(Rules);
        var json = Some.EventJson(new string('1', 150_000));
        foreach (var field in new[] { "connection-id", "endpoint-id", "common-name", "username" })
        {
            json[field] = new string('あ', 30_000);
        }

        var handler = new ConnectHandler(Open, Settings with { FunctionName = "AWSClientVPN-main" }, time, log);
        await handler.HandleAsync(Encoding.UTF8.GetBytes(json.ToJsonString()));
        Assert.InRange(Encoding.UTF8.GetByteCount(log.ToString()), 5_000, 20_000); // CloudWatch takes 256 KB
    }

    [Fact]
    public async Task A_fault_and_a_bad_event_are_said_in_the_log()
    {
        await HandleAsync(Handler());
        await Handler().HandleAsync(Encoding.UTF8.GetBytes("{}"));
        var lines = log.ToString().TrimEnd().Split('\n').Select(l => JsonElement.Parse(l)).ToList();
        Assert.Equal("error", lines[0].GetProperty("level").GetString());
        Assert.Equal("rules-unavailable", lines[0].GetProperty("reason").GetString());
        Assert.Contains(File, lines[0].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("'public-ip' is missing: the event needs the device's public address.", lines[1].GetProperty("problem").GetString());
    }

    [Fact]
    public async Task A_log_that_cannot_be_written_does_not_change_the_answer()
    {
        await CommitAsync(Rules);
        using var full = new FailingLog(new IOException("No space left on device"));
        Assert.True((await HandleAsync(new ConnectHandler(Open, Settings, time, full))).Allowed);
        using var closed = new FailingLog(new ObjectDisposedException("log"));
        Assert.True((await HandleAsync(new ConnectHandler(Open, Settings, time, closed))).Allowed);
    }

    [Fact]
    public async Task When_everything_fails_the_answer_is_the_built_in_denial_in_the_newest_version()
    {
        await CommitAsync(Rules.With(new RuleSettings { Enforcement = Enforcement.ReportOnly }));
        byte[]? response = null;
        var handler = new ConnectHandler(Open, Settings, new BrokenClock(), log);
        await handler.HandleAsync(Event, (_, json) =>
        {
            response = json;
            return Task.CompletedTask;
        });
        Assert.Equal(
            """{"allow":false,"error-msg-on-denied-connection":"Connection denied (rules-unavailable). Please contact your administrator."""
            + "\",\"posture-compliance-statuses\":[],\"schema-version\":\"v3\"}",
            Encoding.UTF8.GetString(response!));
        Assert.Equal(response, ConnectHandler.LastResort.Response.ToJson());
    }

    [Fact]
    public async Task Whatever_comes_is_answered_once_and_denied_unless_it_is_sound_and_is_recorded_or_counted()
    {
        await CommitAsync(Rules);
        var handler = new ConnectHandler(Open, Settings with { FunctionName = "AWSClientVPN-main" }, time, log);
        var inputs = HostileEvents.Make(seed: 1, count: 3_000).ToList();
        var allowed = 0;
        foreach (var input in inputs)
        {
            var answers = new List<(Decision Decision, byte[] Response)>();
            await handler.HandleAsync(input, (decision, json) =>
            {
                answers.Add((decision, json));
                return Task.CompletedTask;
            });
            var (decision, response) = Assert.Single(answers);
            var json = JsonElement.Parse(response);
            var allow = json.GetProperty("allow").GetBoolean();
            var isV1 = json.GetProperty("schema-version").GetString() == "v1";
            var message = isV1 ? "error-msg-on-failed-posture-compliance" : "error-msg-on-denied-connection";
            Assert.Equal(["allow", message, "posture-compliance-statuses", "schema-version"], json.EnumerateObject().Select(p => p.Name));
            Assert.Equal(decision.Allowed, allow);
            Assert.True(!allow || HostileEvents.IsSound(input), $"Let in: {Convert.ToHexString(input)}");
            allowed += allow ? 1 : 0;
        }

        Assert.InRange(allowed, 50, 1_000); // some edits do no harm
        var lines = log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonElement.Parse(l)).ToList();
        Assert.Equal(inputs.Count, lines.Count);
        var (recorded, areAll, unreadable) = await Open().Decisions.ListAllAsync(new() { Limit = 1, Now = Some.Time }, 1_000_000, default);
        Assert.Equal((true, 0), (areAll, unreadable));
        Assert.Equal(inputs.Count, recorded.Count + lines.Sum(l => l.GetProperty("NotRecorded").GetInt32()));
        var notRecorded = lines.Where(l => l.GetProperty("NotRecorded").GetInt32() == 1);
        Assert.Equal(allowed, recorded.Count(d => d.Allowed) + notRecorded.Count(l => l.GetProperty("allowed").GetBoolean()));
        Assert.True(recorded.Count > inputs.Count / 2);
        JsonSerializer.Serialize(new { Items = recorded }, JsonSerializerOptions.Web);
    }

    [Fact]
    public async Task Each_decision_is_recorded_and_kept_as_long_as_it_should()
    {
        await CommitAsync(Rules);
        await HandleAsync(Handler());
        var query = new DecisionQuery { Limit = 10, Now = Some.Time };
        var recorded = Assert.Single((await Open().Decisions.ListAsync(query, default)).Items);
        Assert.Equal(
            (true, true, Rules.Ranges[0].Id, 1, "alice"),
            (recorded.Allowed, recorded.LetIn, recorded.RangeId, recorded.Revision, recorded.Username));
        Assert.Single((await Open().Decisions.ListAsync(query with { Now = Some.Time + Settings.DecisionRetention }, default)).Items);
        Assert.Empty(
            (await Open().Decisions.ListAsync(
                query with { Now = Some.Time + Settings.DecisionRetention + TimeSpan.FromSeconds(1) }, default)).Items);
        Assert.DoesNotContain("notRecorded", log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_that_cannot_be_recorded_stands_and_the_log_says_so()
    {
        await CommitAsync(Rules);
        Sql.Execute(File, "DROP TABLE decisions");
        Assert.True((await HandleAsync(Handler())).Response.Allow);
        var line = JsonElement.Parse(log.ToString());
        Assert.Equal("warning", line.GetProperty("level").GetString());
        Assert.Contains("no such table", line.GetProperty("notRecorded").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answer_does_not_wait_until_the_decision_is_recorded_and_the_next_event_not_for_long()
    {
        await CommitAsync(Rules);
        using var begun = new ManualResetEventSlim();
        using var never = new ManualResetEventSlim();
        var handler = new ConnectHandler(() => Open() with { Decisions = new Stuck(begun, never) }, Settings, time, log);
        var answer = new TaskCompletionSource<Decision>();
        var handling = handler.HandleAsync(Event, (decision, _) =>
        {
            Assert.False(begun.IsSet);
            answer.SetResult(decision);
            return Task.CompletedTask;
        });
        Assert.True((await answer.Task.WaitAsync(TimeSpan.FromSeconds(30))).Response.Allow);
        begun.Wait();
        while (!handling.IsCompleted)
        {
            time.Advance(ConnectHandler.MaxRecordTime / 3);
            await Task.Delay(1);
        }

        await handling;
        Assert.Contains("notRecorded", log.ToString(), StringComparison.Ordinal);
        never.Set();
    }

    [Fact]
    public async Task A_decision_that_nobody_took_is_recorded_and_logged_all_the_same()
    {
        await CommitAsync(Rules);
        await Assert.ThrowsAsync<IOException>(() => Handler().HandleAsync(Event, (_, _) => throw new IOException("Broken pipe")));
        Assert.Single((await Open().Decisions.ListAsync(new DecisionQuery { Limit = 10, Now = Some.Time }, default)).Items);
        Assert.True(JsonElement.Parse(log.ToString()).GetProperty("allowed").GetBoolean());
    }

    private static Task<Decision> HandleAsync(ConnectHandler handler) => handler.HandleAsync(Event);

    private static void AssertUnavailable(Decision decision, string message)
    {
        Assert.Equal(DenialReason.RulesUnavailable, decision.Reason);
        Assert.False(decision.Allowed);
        Assert.Equal(
            $$"""{"allow":false,"error-msg-on-denied-connection":"{{message}}","posture-compliance-statuses":[],"schema-version":"v3"}""",
            decision.Response.Json().GetRawText());
    }

    private ConnectHandler Handler() => new(Open, Settings, time, log);

    /// <summary>One whose store never answers, and blocks the thread that it is called on.</summary>
    private ConnectHandler HandlerThatWaitsFor(ManualResetEventSlim never) => new(
        () =>
        {
            never.Wait();
            return Open();
        },
        Settings,
        time,
        log);

    private Store Open() => Store.In(SqliteFile.Existing(File));

    private async Task CommitAsync(RuleSet rules) =>
        await new RevisionLog(new SqliteRuleStore(await SqliteFile.CreateAsync(File, default)), time)
            .CommitAsync("alice", _ => new Proposal(rules, "A test."), default);

    /// <summary>Blocks the thread that it is called on.</summary>
    private sealed class Stuck(ManualResetEventSlim begun, ManualResetEventSlim never) : IDecisionLog
    {
        public Task RecordAsync(RecordedDecision decision, DateTimeOffset expiresAt, CancellationToken cancellationToken)
        {
            begun.Set();
            never.Wait(CancellationToken.None);
            return Task.CompletedTask;
        }

        public Task<DecisionPage> ListAsync(DecisionQuery query, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<DecisionCounts> CountAsync(DateOnly first, DateOnly last, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    private sealed class FailingLog(Exception fault) : StringWriter
    {
        public override Task WriteLineAsync(string? value) => throw fault;
    }

    /// <summary>One whose clock on the wall is set by itself.</summary>
    private sealed class SettableClock(DateTimeOffset start) : FakeTimeProvider(start)
    {
        public TimeSpan Wall { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Wall;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }

    private sealed class BrokenClock : TimeProvider
    {
        public override long GetTimestamp() => throw new NotSupportedException("No time.");

        public override DateTimeOffset GetUtcNow() => throw new NotSupportedException("No time.");
    }
}
