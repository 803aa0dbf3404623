using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;

namespace ClientVpnAdmin.AdminApi.RuleSets;

public class CanonicalJsonTests
{
    [Theory]
    [InlineData(""" { "b" : [ ] , "a" : { } , "c":[1, 1.50 ,1e3,true,null] } """, """{"b":[],"a":{},"c":[1,1.50,1e3,true,null]}""")]
    [InlineData(""" "\u6771\u4eac\u3000\u0022\u005c\/ \ud83d\uddfc" """, "\"東京\u3000\\\"\\\\/ 🗼\"")]
    [InlineData(""" "\b\f\n\r\t\u000A\u0001\u001F\u007f" """, "\"\\b\\f\\n\\r\\t\\n\\u0001\\u001f\u007f\"")]
    [InlineData(""" {"\u0061":1,"a":2} """, """{"a":1,"a":2}""")]
    [InlineData(""" ["\uD800", "\uD800\u0041"] """, """["\uD800","\uD800\u0041"]""")]
    public void Texts_have_no_escapes_that_they_do_not_need(string json, string canonical) =>
        Assert.Equal(canonical, CanonicalJson.Write(JsonElement.Parse(json)));

    [Fact]
    public void It_is_indented_with_two_spaces_and_ends_with_a_line_break() => Assert.Equal(
        "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}\n", CanonicalJson.WriteIndented(JsonElement.Parse("""{"a":[1,{}],"b":[]}""")));

    [Fact]
    public void It_says_the_same_is_the_same_when_written_again_and_is_never_longer()
    {
        var text = Gen.Char.Array[0, 8].Select(c => string.Concat(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(c))));
        Gen.Select(text, text, Gen.Double).Sample((name, value, number) =>
        {
            var node = new JsonObject { [name] = new JsonArray(value, double.IsFinite(number) ? number : 0, new JsonObject()) };
            var json = JsonElement.Parse(node.ToJsonString()); // escapes all but ASCII
            var canonical = CanonicalJson.Write(json);
            Assert.True(JsonNode.DeepEquals(node, JsonNode.Parse(canonical)), canonical);
            Assert.Equal(canonical, CanonicalJson.Write(JsonElement.Parse(canonical)));
            Assert.Equal(canonical, CanonicalJson.Write(JsonElement.Parse(CanonicalJson.WriteIndented(json))));
            Assert.True(canonical.Length <= json.GetRawText().Length);
        });
    }
}
