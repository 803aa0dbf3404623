using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using ClientVpnAdmin.AdminApi.RuleObjects;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Validation;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace ClientVpnAdmin.AdminApi.Ranges;

/// <summary>Export and import of ranges, as CSV, JSON and what other systems print.</summary>
public sealed class RangesCsvTests(SharedPortals shared) : IClassFixture<SharedPortals>, IDisposable
{
    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task What_is_exported_can_be_imported_and_changes_nothing()
    {
        await portal.AddRangeAsync(
            "203.0.113.0/24",
            """
            , "description": "東京, \"HQ\"; =1+1 ",
            "endpointIds": ["cvpn-endpoint-0f13eab7f860433cc", "cvpn-endpoint-0aaaaaaaaaaaaaaaa"], "users": ["alice", "*@example.com"],
            "groups": ["CN=VPN;OU=x", "[y"], "commonNames": ["in spaced"], "platforms": ["win"],
            "validFrom": "2026-01-01T00:00:00Z", "validUntil": "2036-01-01T00:00:00.0000001Z",
            "schedule": { "timeZone": "Asia/Tokyo", "windows": [{ "days": ["monday", "sunday"], "from": "22:00", "to": "06:00" }] }
            """);
        await portal.AddRangeAsync("2001:db8::/32", """, "action": "deny", "enabled": false """);
        var before = await portal.GetAsync("/api/ranges");
        var csv = await ExportAsync();
        Assert.Equal("text/csv", csv.ContentType);
        Assert.Equal(before.ETag, csv.ETag);
        Assert.StartsWith(
            "id,cidr,addressListId,action,description,enabled,endpointIds,users,groups,commonNames,platforms,validFrom,validUntil,schedule,"
            + "createdAt,createdBy,updatedAt,updatedBy\r\n",
            csv.Text,
            StringComparison.Ordinal);

        var again = await PutCsvAsync(csv.Text);
        Assert.Equal("""{"count":2,"revision":2}""", again.Expect(HttpStatusCode.OK).ToJsonString());
        var json = await portal.GetAsync("/api/ranges/export");
        Assert.Equal(before.ETag, json.ETag);
        Assert.Equal(
            """{"count":2,"revision":2}""",
            (await portal.PutAsync("/api/ranges", json.Text, json.ETag)).Expect(HttpStatusCode.OK).ToJsonString());

        (await portal.PutAsync("/api/ranges?removals=2", "[]")).Expect(HttpStatusCode.OK);
        (await PutCsvAsync(csv.Text)).Expect(HttpStatusCode.OK);
        var after = await portal.GetAsync("/api/ranges/export");
        Assert.Equal(Decisive(json), Decisive(after));

        static string Decisive(Answer ranges) => string.Join('\n', ranges.Json.AsArray().Select(r =>
        {
            var copy = r!.DeepClone().AsObject();
            Array.ForEach(["createdAt", "createdBy", "updatedAt", "updatedBy"], m => copy.Remove(m));
            return copy.ToJsonString();
        }));
    }

    [Fact]
    public async Task Any_range_comes_out_of_CSV_as_it_went_in()
    {
        var json = portal.Services.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var name = Gen.Char["a;,\"[]{} '=東\u3000*"].Array[1, 5].Select(c => new string(c));
        var names = name.Select(n => $"{(n[0] == '*' ? "*" : "")}{n.Replace("*", "", StringComparison.Ordinal)}x")
            .Select(n => n.Trim()).Array[0, 3]
            .Select(n => n.Distinct().ToArray());
        var platformsOf = Gen.OneOf("win", "mac", "linux").Array[0, 3].Select(n => n.Distinct().ToArray());
        await Gen.Select(name, names, names, platformsOf, Gen.Long[1, 1_000_000_000_000]).SampleAsync(
            async (description, users, groups, platforms, ticks) =>
            {
                var range = Some.Range("203.0.113.0/24") with
                {
                    Description = description,
                    Users = [.. users],
                    Groups = [.. groups],
                    CommonNames = [.. users],
                    Platforms = [.. platforms],
                    ValidFrom = Some.Time.AddTicks(-ticks),
                    ValidUntil = Some.Time.AddTicks(ticks),
                    Schedule = ScheduleTests.Weekly("Europe/Berlin", "monday,sunday 00:00 24:00", "friday 22:30 01:15"),
                };
                using var csv = new MemoryStream(Encoding.UTF8.GetBytes(RangesCsv.Write([range, range], json)));
                var body = await RangesCsv.ReadAsync(csv, json, isImport: false, default);
                var errors = new Errors();
                return !body.Errors.Any && body.Items.Count == 2
                    && ReferenceEquals(range, body.Items[1].Input!.Check(errors, "admin", Some.Time)?.InPlaceOf(range, Some.Time));
            },
            iter: 5_000);
    }

    [Theory]
    [InlineData("text/csv", true)]
    [InlineData("Text/CSV; header=present", true)]
    [InlineData("text/csv;q=0", false)]
    [InlineData("text/csv;q=0.000, */*", false)]
    [InlineData("text/csv;q=0.5, application/json", false)]
    [InlineData("application/json;q=0.5, text/csv;q=0.6", true)]
    [InlineData("application/json;q=0, text/csv;q=0.1", true)]
    [InlineData("text/csv, */*;q=0.1", true)]
    [InlineData("text/csv, */*", true)]
    [InlineData("text/csv;q=0.5, */*", false)]
    [InlineData("text/*", true)]
    [InlineData("text/csv;q=0, text/*", false)]
    [InlineData("text/csv, application/json", false)]
    [InlineData("*/*", false)]
    [InlineData("application/xml", false)]
    public async Task The_export_is_CSV_when_that_is_preferred_to_JSON(string accept, bool isCsv) =>
        Assert.Equal(isCsv ? "text/csv" : "application/json", (await ExportAsync(accept: accept, from: shared.Empty)).ContentType);

    [Fact]
    public async Task The_filters_hold_for_the_export_as_well()
    {
        await portal.AddRangeAsync("203.0.113.0/24");
        await portal.AddRangeAsync("198.51.100.0/24");
        var csv = await ExportAsync("?contains=203.0.113.7");
        Assert.Equal(2, csv.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(2, (await ExportAsync("?limit=1")).Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        (await ExportAsync("?limit=0")).ExpectError("limit");
        (await ExportAsync("?contains=x")).ExpectError("contains");
    }

    [Fact]
    public async Task A_column_alone_is_enough_and_empty_cells_are_defaults()
    {
        (await PutCsvAsync("\uFEFFdescription,cidr,enabled\n\nTokyo,203.0.113.0/24,\n,198.51.100.7,false\n")).Expect(HttpStatusCode.OK);
        Assert.Equal(
            ["203.0.113.0/24 Tokyo true allow", "198.51.100.7/32  false allow"],
            (await portal.GetAsync("/api/ranges")).Items.Select(r => $"{r["cidr"]} {r["description"]} {r["enabled"]} {r["action"]}"));
    }

    [Fact]
    public async Task White_space_around_the_names_in_a_cell_is_no_part_of_them()
    {
        (await PutCsvAsync("cidr,users,groups\n203.0.113.0/24,alice; bob , vpn-users ;x\n")).Expect(HttpStatusCode.OK);
        var range = (await portal.GetAsync("/api/ranges")).Items.Single();
        Assert.Equal("""["alice","bob"]["vpn-users","x"]""", range["users"]!.ToJsonString() + range["groups"]!.ToJsonString());
    }

    [Fact]
    public async Task Every_bad_line_is_named_in_one_answer_and_nothing_is_applied()
    {
        await portal.AddRangeAsync("192.0.2.0/24");
        var answer = await PutCsvAsync(
            """"
            cidr,enabled,users,schedule,action
            203.0.113.0/24,,,,
            203.0.113.5/24,,,,
            198.51.100.0/24,yes,,,
            198.51.100.0/24,,"[""alice""",,
            198.51.100.0/24,,alice;a*b,,
            198.51.100.0/24,,,{},

            198.51.100.0/24,,,monday,refuse
            198.51.100.0/24,
            """");
        answer.ExpectProblem(HttpStatusCode.BadRequest);
        Assert.Equal(
            [
                "line 10", "line 3.cidr", "line 4.enabled", "line 5.users", "line 6.users[1]",
                "line 7.schedule.timeZone", "line 7.schedule.windows", "line 9.action", "line 9.schedule",
            ],
            answer.Json["errors"]!.AsObject().Select(e => e.Key).Order(StringComparer.Ordinal));
        Assert.Equal(1, await portal.HeadAsync());
        Assert.Single((await portal.GetAsync("/api/ranges")).Items);
    }

    [Fact]
    public async Task A_line_after_which_nothing_can_be_read_does_not_hide_the_bad_lines_before_it()
    {
        var answer = await PutCsvAsync("cidr,description\n203.0.113.5/24,x\n198.51.100.0/24,\"x\"y\n");
        answer.ExpectProblem(HttpStatusCode.BadRequest);
        Assert.Equal(["line 2.cidr", "line 3"], answer.Json["errors"]!.AsObject().Select(e => e.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", "line 1", "Write a header")]
    [InlineData("cidr,colour\n203.0.113.0/24,red", "line 1", "'colour' is no column. There are id, cidr")]
    [InlineData("description\nx", "line 1", "The column cidr is missing.")]
    [InlineData("cidr,cidr\n203.0.113.0/24,203.0.113.0/24", "line 1", "'cidr' is there twice")]
    [InlineData("cidr;descriptiun\n203.0.113.0/24;x", "line 1", "'descriptiun' is no column")]
    [InlineData("cidr,description\n203.0.113.0/24,\"x\"y", "line 2", "A double quote is in the wrong place")]
    [InlineData("cidr,description\n203.0.113.0/24,\"x", "line 2", "A double quote is in the wrong place")]
    [InlineData("cidr,description\n203.0.113.0/24,\"x\ny\"\n1,z", "line 4.cidr", "'1' is not an IP address")]
    public async Task CSV_that_cannot_be_read_is_refused_with_the_line_and_the_remedy(string csv, string field, string remedy) =>
        Assert.Contains(remedy, (await PutCsvAsync(csv, shared.Empty)).ExpectError(field), StringComparison.Ordinal);

    [Fact]
    public async Task CSV_that_is_not_UTF_8_is_refused()
    {
        using var content = new ByteArrayContent([.. "cidr,description\n203.0.113.0/24,M"u8, 0xFC, .. "nchen\n"u8]);
        content.Headers.ContentType = new("text/csv");
        (await portal.SendAsync(HttpMethod.Put, "/api/ranges", content, null, portal.Token("admin.token"))).ExpectError("body");
        (await SendAsync(HttpMethod.Put, "/api/ranges", "cidr", "text/html")).ExpectProblem(HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("utf-8", false, ',')]
    [InlineData("utf-8", true, ';')]
    [InlineData("utf-16", true, '\t')] // Excel's "Unicode text"
    [InlineData("utf-16BE", true, ',')]
    [InlineData("shift_jis", false, ',')] // Excel's "CSV" in Japanese
    public async Task A_spreadsheet_is_imported_as_it_was_saved(string encodingName, bool hasMark, char separator)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(encodingName) ?? Encoding.GetEncoding(encodingName);
        var sheet = "No.,CIDR,Description,担当者,ACTION,users\r\n"
            + "1,203.0.113.0/255.255.255.0,東京本社 第二ビル,山田,,\r\n"
            + "2,198.51.100.5-198.51.100.6,\"大阪\n支店\",鈴木,deny,\"alice;bob\"\r\n"
            + "3,2001:db8::7,ﾃﾞｰﾀｾﾝﾀｰ ～①髙,,,\r\n"
            + ",,,,,\r\n";
        var bytes = encoding.GetBytes(sheet.Replace(',', separator).Replace("\n支店", "支店", StringComparison.Ordinal));
        using var content = new ByteArrayContent([.. hasMark ? encoding.GetPreamble() : [], .. bytes]);
        content.Headers.ContentType = new("text/csv");
        var answer = await portal.SendAsync(HttpMethod.Post, "/api/ranges/import", content, null, portal.Token("admin.token"));
        var name = separator switch { ',' => "comma", ';' => "semicolon", _ => "tab" };
        var shown = encodingName.Replace("BE", "", StringComparison.Ordinal);
        Assert.Equal(
            $$"""{"added":4,"alreadyThere":0,"revision":1,"encoding":"{{shown}}","separator":"{{name}}","passedOver":["No.","担当者"]}""",
            answer.Expect(HttpStatusCode.OK).ToJsonString(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.Equal(
            [
                "203.0.113.0/24 東京本社 第二ビル allow 0", "198.51.100.5/32 大阪支店 deny 2", "198.51.100.6/32 大阪支店 deny 2",
                "2001:db8::7/128 ﾃﾞｰﾀｾﾝﾀｰ ～①髙 allow 0",
            ],
            (await portal.GetAsync("/api/ranges")).Items.Select(r =>
                $"{r["cidr"]} {r["description"]} {r["action"]} {r["users"]!.AsArray().Count}"));
    }

    [Fact]
    public async Task What_is_exported_can_be_imported_elsewhere_and_again_changes_nothing()
    {
        await portal.AddRangeAsync("203.0.113.0/24", """, "description": "Tokyo", "users": ["alice"] """);
        await portal.AddRangeAsync("198.51.100.0/24", """, "action": "deny", "enabled": false """);
        var csv = (await ExportAsync()).Text;
        Assert.Equal(0, (await ImportAsync(csv, "text/csv")).Expect(HttpStatusCode.OK)["added"]!.GetValue<int>());
        (await portal.PutAsync("/api/ranges?removals=2", "[]")).Expect(HttpStatusCode.OK);
        var imported = (await ImportAsync(csv, "text/csv")).Expect(HttpStatusCode.OK);
        Assert.Equal(2, imported["added"]!.GetValue<int>());
        Assert.Equal("""["id","createdAt","createdBy","updatedAt","updatedBy"]""", imported["passedOver"]!.ToJsonString());
        Assert.Equal(
            ["203.0.113.0/24 Tokyo allow True", "198.51.100.0/24  deny False"],
            (await portal.GetAsync("/api/ranges")).Items.Select(r =>
                $"{r["cidr"]} {r["description"]} {r["action"]} {r["enabled"]!.GetValue<bool>()}"));
    }

    [Theory]
    [InlineData("sep=;\ncidr;description\n203.0.113.0/24;a,b\n", "203.0.113.0/24 a,b")]
    [InlineData("\"cidr\"\t\"a;b;c\"\n203.0.113.0/24\tx\n", "203.0.113.0/24 ")]
    [InlineData(" Cidr ,DESCRIPTION\n203.0.113.0/24,x\n", "203.0.113.0/24 x")]
    [InlineData("cidr,description,enabled,action\n203.0.113.0/24,x,TRUE,Allow\n", "203.0.113.0/24 x")]
    public async Task The_separator_is_found_and_headers_may_be_in_any_case(string csv, string expected)
    {
        (await ImportAsync(csv, "text/csv")).Expect(HttpStatusCode.OK);
        Assert.Equal(expected, Assert.Single((await portal.GetAsync("/api/ranges")).Items.Select(r => $"{r["cidr"]} {r["description"]}")));
    }

    [Fact]
    public async Task Every_bad_line_of_a_sheet_is_named_and_nothing_is_imported()
    {
        var answer = await ImportAsync(
            "sep=;\nCIDR;action\n203.0.113.0/0.0.0.255;\n\"198.51.100.9-198.51.100.5\";\n192.0.2.5/255.255.255.0;x\n;allow\n", "text/csv");
        answer.ExpectProblem(HttpStatusCode.BadRequest);
        Assert.Equal(
            [
                "line 3.cidr not-a-netmask", "line 4.cidr not-a-span", "line 5.action not-one-of", "line 5.cidr host-bits",
                "line 6.cidr missing",
            ],
            answer.Json["faults"]!.AsArray().Select(f => $"{f!["field"]} {f["code"]}").Order(StringComparer.Ordinal));
        (await ImportAsync("address,memo\n203.0.113.0/24,x\n", "text/csv")).ExpectError("line 1");
        Assert.Equal(0, await portal.HeadAsync());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("text/csv")]
    [InlineData("application/json")]
    public async Task Of_very_many_bad_lines_a_hundred_are_named_and_the_others_counted(string type)
    {
        var lines = Enumerable.Repeat("x.y", 5_000);
        var body = type switch
        {
            "text/csv" => $"cidr\n{string.Join('\n', lines)}",
            "text/plain" => string.Join('\n', lines),
            _ => $"[{string.Join(',', lines.Select(line => $$"""{ "cidr": "{{line}}" }"""))}]",
        };
        var answer = type == "application/json"
            ? await SendAsync(HttpMethod.Put, "/api/ranges", body, type, shared.Empty)
            : await SendAsync(HttpMethod.Post, "/api/ranges/import", body, type, shared.Empty);
        var detail = answer.ExpectProblem(HttpStatusCode.BadRequest);
        Assert.EndsWith("They are the first 100: there are 4900 more.", detail, StringComparison.Ordinal);
        Assert.Equal("4900", answer.Json["values"]!["more"]!.ToString());
        Assert.Equal(
            (100, 100), (answer.Json["faults"]!.AsArray().Count, answer.Json["errors"]!.AsObject().Sum(e => e.Value!.AsArray().Count)));
        Assert.InRange(answer.Text.Length, 1, 100_000);
    }

    [Fact]
    public async Task An_import_of_more_ranges_than_there_can_be_is_refused_as_a_whole()
    {
        var answer = await ImportAsync(string.Join('\n', Enumerable.Repeat("x.y", 100_001)), "text/plain");
        Assert.Equal(
            "These are 100001 ranges. A rule set holds at most 100000: leave some out.", answer.ExpectError("body"));
        Assert.Single(answer.Json["faults"]!.AsArray());
    }

    [Fact]
    public async Task An_address_that_is_there_to_the_contrary_is_not_imported_unless_forced()
    {
        await portal.AddRangeAsync("203.0.113.0/24", """, "action": "deny" """);
        var refused = (await ImportAsync("203.0.113.0/24\n", "text/plain")).Expect(HttpStatusCode.Conflict);
        Assert.Equal("address-twice", refused["code"]!.ToString());
        (await SendAsync(HttpMethod.Post, "/api/ranges/import?force=true", "203.0.113.0/24\n", "text/plain")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_plain_list_of_addresses_is_imported_once()
    {
        await portal.AddRangeAsync("198.51.100.0/24");
        await portal.AddRangeAsync("192.0.2.0/24", """, "users": ["alice"] """);
        const string List = "# offices\n203.0.113.0/24 # Tokyo office\n\n  2001:db8::7\r\n198.51.100.0/24\n192.0.2.0/24\n203.0.113.0/24\n";
        Assert.Equal(
            """{"added":3,"alreadyThere":2,"revision":3,"encoding":"utf-8","separator":null,"passedOver":[]}""",
            (await ImportAsync(List, "text/plain")).Expect(HttpStatusCode.OK).ToJsonString());
        Assert.Equal(
            ["198.51.100.0/24 ", "192.0.2.0/24 ", "203.0.113.0/24 Tokyo office", "2001:db8::7/128 ", "192.0.2.0/24 "],
            (await portal.GetAsync("/api/ranges")).Items.Select(r => $"{r["cidr"]} {r["description"]}"));
        Assert.Equal(
            """{"added":0,"alreadyThere":5,"revision":3,"encoding":"utf-8","separator":null,"passedOver":[]}""",
            (await ImportAsync(List, "text/plain")).Expect(HttpStatusCode.OK).ToJsonString());

        var bad = await ImportAsync("203.0.113.0/24\n203.0.113.5/24\nx\n", "text/plain");
        bad.ExpectProblem(HttpStatusCode.BadRequest);
        Assert.Equal(["line 2.cidr", "line 3.cidr"], bad.Json["errors"]!.AsObject().Select(e => e.Key));
        Assert.Equal(3, await portal.HeadAsync());
    }

    [Fact]
    public async Task A_managed_prefix_list_is_imported_as_the_AWS_CLI_prints_it()
    {
        const string List =
            """{ "Entries": [{ "Cidr": "203.0.113.0/24", "Description": "Tokyo office" }, { "Cidr": "198.51.100.0/24" }] }""";
        Assert.Equal(2, (await ImportAsync(List)).Expect(HttpStatusCode.OK)["added"]!.GetValue<int>());
        Assert.Equal(
            ["203.0.113.0/24 Tokyo office", "198.51.100.0/24 "],
            (await portal.GetAsync("/api/ranges")).Items.Select(r => $"{r["cidr"]} {r["description"]}"));
        var bad = await ImportAsync("""{ "Entries": [{ "Cidr": "192.0.2.0/24" }, { "Cidr": "pl-1234" }] }""");
        Assert.Contains("Entries[1].cidr", bad.Text, StringComparison.Ordinal);
        (await ImportAsync("""{ "NextToken": "x", "Entries": [{ "Cidr": "192.0.2.0/24" }] }""")).ExpectError("NextToken");
        Assert.Equal(1, await portal.HeadAsync());
    }

    [Fact]
    public async Task A_WAF_IP_set_is_imported_as_the_AWS_CLI_prints_it()
    {
        const string Set = """
            { "IPSet": { "Name": "offices", "Id": "a1b2", "ARN": "arn:aws:wafv2:…", "Description": "", "IPAddressVersion": "IPV6",
              "Addresses": ["2001:0db8:0000:0000:0000:0000:0000:0007/128", "2001:0db8:1000:0000:0000:0000:0000:0000/36"] },
              "LockToken": "x" }
            """;
        Assert.Equal(2, (await ImportAsync(Set)).Expect(HttpStatusCode.OK)["added"]!.GetValue<int>());
        Assert.Equal(
            ["2001:db8::7/128 WAF IP set offices", "2001:db8:1000::/36 WAF IP set offices"],
            (await portal.GetAsync("/api/ranges")).Items.Select(r => $"{r["cidr"]} {r["description"]}"));
        (await ImportAsync("""{ "IPSet": { "Addresses": ["x", 7] } }""")).ExpectError("IPSet.Addresses[1].cidr");
        (await ImportAsync("""{ "Addresses": [] }""")).ExpectError("body");
        (await ImportAsync("[]")).ExpectError("body");
    }

    private Task<Answer> ImportAsync(string body, string contentType = "application/json") =>
        SendAsync(HttpMethod.Post, "/api/ranges/import", body, contentType);

    private Task<Answer> PutCsvAsync(string csv, Portal? to = null) => SendAsync(HttpMethod.Put, "/api/ranges", csv, "text/csv", to);

    /// <param name="to">Another than this test's own.</param>
    private async Task<Answer> SendAsync(HttpMethod method, string path, string body, string contentType, Portal? to = null)
    {
        to ??= portal;
        using var content = new StringContent(body, Encoding.UTF8, contentType);
        return await to.SendAsync(method, path, content, null, to.Token("admin.token"));
    }

    private async Task<Answer> ExportAsync(string query = "", string accept = "text/csv", Portal? from = null)
    {
        from ??= portal;
        using var client = from.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/ranges{query}");
        request.Headers.Authorization = new("Bearer", from.Token("admin.token"));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await client.SendAsync(request);
        return await Answer.ReadAsync(response);
    }
}
