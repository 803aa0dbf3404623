using System.Globalization;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.DenialMessages;

public class DenialTextTests
{
    private const string BuiltIn = "Connection from 203.0.113.7 denied (address-not-allowed). Please contact your administrator.";

    [Fact]
    public void The_most_specific_message_is_shown()
    {
        var neither = Some.Message("neither");
        var reason = Some.Message("reason", reason: DenialReason.AddressNotAllowed);
        var endpoint = Some.Message("endpoint", Some.Endpoint);
        var both = Some.Message("both", Some.Endpoint, DenialReason.AddressNotAllowed);
        DenialMessage[] others =
        [
            Some.Message("other endpoint", Some.OtherEndpoint),
            Some.Message("other reason", reason: DenialReason.NotInScope),
            Some.Message("both others", Some.OtherEndpoint, DenialReason.NotInScope),
            Some.Message("other reason here", Some.Endpoint, DenialReason.NotInScope),
        ];
        Assert.Equal("both", Text([neither, reason, endpoint, both, .. others]));
        Assert.Equal("endpoint", Text([.. others, endpoint, reason, neither]));
        Assert.Equal("reason", Text([neither, .. others, reason]));
        Assert.Equal("neither", Text([.. others, neither]));
        Assert.Equal(BuiltIn, Text(others));
    }

    [Fact]
    public void Every_placeholder_is_filled_in() => Assert.Equal(
        "203.0.113.7 alice laptop-17.example.co.jp cvpn-endpoint-0f13eab7f860433cc cvpn-connection-04e7e1b2f0daf9460 "
        + "address-not-allowed 203.0.113.7",
        Text("{public-ip} {username} {common-name} {endpoint-id} {connection-id} {reason} {public-ip}"));

    [Fact]
    public void A_field_that_the_event_lacks_is_filled_in_with_nothing()
    {
        var json = Some.EventJson();
        json.Remove("username");
        Assert.Equal("Sorry, .", DenialText.For(json.Read(), DenialReason.NotInScope, [Some.Message("Sorry, {username}.")]));
    }

    [Fact]
    public void What_is_filled_in_is_not_filled_in_again()
    {
        var json = Some.EventJson();
        json["username"] = "{public-ip}";
        Assert.Equal("{public-ip}!", DenialText.For(json.Read(), DenialReason.NotInScope, [Some.Message("{username}!")]));
    }

    [Theory]
    [InlineData("{", "{")]
    [InlineData("}", "}")]
    [InlineData("} {", "} {")]
    [InlineData("{{public-ip}}", "{203.0.113.7}")]
    [InlineData("{public-ip", "{public-ip")]
    [InlineData("a { b {public-ip} c } d", "a { b 203.0.113.7 c } d")]
    public void A_brace_without_its_partner_is_itself(string text, string expected)
    {
        Assert.Empty(Errors(text));
        Assert.Equal(expected, Text(text));
    }

    [Fact]
    public void Control_characters_in_what_is_filled_in_are_dropped()
    {
        var json = Some.EventJson();
        json["username"] = "a\nl\ri\tc\0e\u007f\u0085\u001b[31m";
        Assert.Equal("Sorry, alice[31m.", DenialText.For(json.Read(), DenialReason.NotInScope, [Some.Message("Sorry, {username}.")]));
    }

    [Theory]
    [InlineData("TEMP", "{username}: no.")]
    [InlineData("TEMPORARILY", "{username}")]
    [InlineData("\nTEMP", "{username}: no.")]
    [InlineData("T\u0001EMP", "{username}: no.")]
    [InlineData("MP", "TE{username}")]
    [InlineData("CRV1:R,E:x:y:z", "{username}")]
    [InlineData("CRV1", "{username}:")]
    [InlineData("", "{username}")]
    [InlineData(" \n", "{username}")]
    public void What_OpenVPN_would_take_for_a_command_or_for_nothing_once_filled_in_gives_way_to_the_built_in_text(
        string username, string text)
    {
        var json = Some.EventJson();
        json["username"] = username;
        Assert.Equal(BuiltIn, DenialText.For(json.Read(), DenialReason.AddressNotAllowed, [Some.Message(text)]));
    }

    [Fact]
    public void A_text_of_255_characters_is_shown_whole_and_a_longer_one_is_cut()
    {
        Assert.Equal(new string('x', 255), Text(new string('x', 255)));
        Assert.Equal(new string('x', 244) + "203.0.113.7", Text(new string('x', 244) + "{public-ip}"));
        Assert.Equal(new string('x', 250) + "203.0", Text(new string('x', 250) + "{public-ip}"));
    }

    [Theory]
    [InlineData("👩‍👩‍👧‍👦")] // four people, joined
    [InlineData("🇯🇵")]
    [InlineData("が")] // か and a combining mark
    [InlineData("😀")]
    public void No_character_as_people_see_it_is_split(string character)
    {
        var json = Some.EventJson();
        json["username"] = string.Concat(Enumerable.Repeat(character, 300));
        for (var before = 0; before < character.Length; before++)
        {
            var text = DenialText.For(json.Read(), DenialReason.NotInScope, [Some.Message(new string('x', before) + "{username}")]);
            Assert.InRange(text.Length, 256 - character.Length, 255);
            Assert.EndsWith(character, text, StringComparison.Ordinal);
            Assert.Equal(before + ((text.Length - before) / character.Length), new StringInfo(text).LengthInTextElements);
        }
    }

    [Fact]
    public void A_single_character_longer_than_all_there_is_room_for_gives_way_to_the_built_in_text()
    {
        var json = Some.EventJson();
        json["username"] = "a" + new string('\u0301', 300);
        Assert.Equal(BuiltIn, DenialText.For(json.Read(), DenialReason.AddressNotAllowed, [Some.Message("{username}")]));
    }

    [Fact]
    public void Nearly_a_megabyte_of_user_name_still_makes_a_message()
    {
        var json = Some.EventJson();
        json["username"] = new string('x', 900_000);
        Assert.Equal(255, DenialText.For(json.Read(), DenialReason.NotInScope, [Some.Message("Sorry, {username}.")]).Length);
    }

    [Fact]
    public void The_built_in_text_names_the_address_only_if_there_is_one() => Assert.Equal(
        "Connection denied (invalid-request). Please contact your administrator.",
        DenialText.For(Some.Event("TEMP\n"), DenialReason.InvalidRequest, []));

    [Fact]
    public void The_built_in_text_is_fit_to_send_for_every_reason() =>
        Assert.All(
            Enum.GetValues<DenialReason>(),
            reason => Assert.Empty(Errors(DenialText.For(Some.Event("2001:db8:1111:2222:3333:4444:5555:6666"), reason, []))));

    [Theory]
    [InlineData(Some.SeedMessage)]
    [InlineData("ここからは接続できません。{public-ip}")]
    [InlineData("Try again. TEMP")]
    [InlineData("temporarily closed")]
    [InlineData(" TEMP")]
    [InlineData("CRV1")]
    [InlineData("AUTH_FAILED,SESSION \"quoted\" 'too' \\ % $(x)")]
    public void These_may_be_saved(string text) => Assert.Empty(Errors(text));

    [Theory]
    [InlineData(null, "Write what a denied person should read.")]
    [InlineData("", "Write what a denied person should read.")]
    [InlineData("  ", "Write what a denied person should read.")]
    [InlineData("a\nb", "Control characters, line breaks and tabs among them, are not allowed: remove them.")]
    [InlineData("a\u007f", "Control characters, line breaks and tabs among them, are not allowed: remove them.")]
    [InlineData("TEMP", "A message that begins with TEMP is a command to OpenVPN, and nobody would read it: begin with something else.")]
    [InlineData(
        "TEMPORARILY closed",
        "A message that begins with TEMP is a command to OpenVPN, and nobody would read it: begin with something else.")]
    [InlineData("CRV1:x", "A message that begins with CRV1: is a command to OpenVPN, and nobody would read it: begin with something else.")]
    [InlineData(
        "{ip}", "'{ip}' is not a placeholder. There are {public-ip}, {username}, {common-name}, {endpoint-id}, {connection-id}, {reason}.")]
    [InlineData(
        "{}", "'{}' is not a placeholder. There are {public-ip}, {username}, {common-name}, {endpoint-id}, {connection-id}, {reason}.")]
    [InlineData(
        "{Public-IP}",
        "'{Public-IP}' is not a placeholder. There are {public-ip}, {username}, {common-name}, {endpoint-id}, {connection-id}, {reason}.")]
    [InlineData(
        "{ public-ip }",
        "'{ public-ip }' is not a placeholder. "
        + "There are {public-ip}, {username}, {common-name}, {endpoint-id}, {connection-id}, {reason}.")]
    public void These_may_not(string? text, string error) => Assert.Equal([error], Errors(text));

    [Fact]
    public void More_than_255_characters_may_not_be_saved()
    {
        Assert.Empty(Errors(new string('あ', 255)));
        Assert.Equal(["This is 256 characters long. At most 255 are allowed: shorten it."], Errors(new string('あ', 256)));
        Assert.Equal(
            ["This is 256 characters long. At most 255 are allowed: shorten it."], Errors(string.Concat(Enumerable.Repeat("😀", 128))));
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once() => Assert.Equal(4, Errors("TEMP {x} {y}\n").Length);

    private static string Text(params DenialMessage[] messages) =>
        DenialText.For(Some.Event(), DenialReason.AddressNotAllowed, [.. messages]);

    private static string Text(string text) => Text(Some.Message(text));

    private static string[] Errors(string? text)
    {
        var errors = new Errors();
        DenialText.Check(text, "text", errors);
        return errors.ToDictionary().GetValueOrDefault("text") ?? [];
    }
}
