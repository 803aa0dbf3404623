using System.Net;

namespace ClientVpnAdmin.AdminApi.DenialMessages;

public sealed class DenialMessagesApiTests(SharedPortals shared) : IClassFixture<SharedPortals>, IDisposable
{
    private readonly Portal portal = new();

    public void Dispose() => portal.Dispose();

    [Fact]
    public async Task A_message_is_added_shown_changed_and_deleted()
    {
        var added = await portal.PostAsync("/api/denial-messages", $$"""{ "text": "{{Some.SeedMessage}}" }""");
        var id = added.Expect(HttpStatusCode.Created)["id"]!.ToString();
        Assert.Equal($"/api/denial-messages/{id}", added.Location!.ToString());
        Assert.Null(added.Json["endpointId"]);
        Assert.Null(added.Json["reason"]);
        var shown = await portal.GetAsync($"/api/denial-messages/{id}");
        Assert.Equal((added.Text, added.ETag), (shown.Text, shown.ETag));
        var changed = await portal.PutAsync(
            $"/api/denial-messages/{id}",
            $$"""{ "text": "東京 {public-ip}", "endpointId": "{{Some.Endpoint}}", "reason": "address-not-allowed" }""",
            shown.ETag);
        changed.Expect(HttpStatusCode.OK);
        Assert.Contains("東京", changed.Text, StringComparison.Ordinal);
        Assert.Equal("address-not-allowed", changed.Json["reason"]!.ToString());
        Assert.Equal(
            changed.Text,
            (await portal.GetAsync("/api/denial-messages")).Items.Single()
                .ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        (await portal.PutAsync($"/api/denial-messages/{id}", """{ "text": "Stale." }""", shown.ETag))
            .ExpectProblem(HttpStatusCode.PreconditionFailed);
        (await portal.DeleteAsync($"/api/denial-messages/{id}", shown.ETag)).ExpectProblem(HttpStatusCode.PreconditionFailed);
        (await portal.DeleteAsync($"/api/denial-messages/{id}", changed.ETag)).Expect(HttpStatusCode.NoContent);
        (await portal.GetAsync($"/api/denial-messages/{id}")).ExpectProblem(HttpStatusCode.NotFound);
        Assert.Equal(3, await portal.HeadAsync());
    }

    [Fact]
    public async Task For_each_endpoint_and_reason_there_is_at_most_one()
    {
        string[] fors =
        [
            "",
            $", \"endpointId\": \"{Some.Endpoint}\"",
            ", \"reason\": \"not-in-scope\"",
            $", \"endpointId\": \"{Some.Endpoint}\", \"reason\": \"not-in-scope\"",
        ];
        var ids = new List<string>();
        foreach (var @for in fors)
        {
            ids.Add(
                (await portal.PostAsync("/api/denial-messages", $$"""{ "text": "One"{{@for}} }"""))
                    .Expect(HttpStatusCode.Created)["id"]!.ToString());
        }

        foreach (var (@for, id) in fors.Zip(ids))
        {
            Assert.Contains(
                id,
                (await portal.PostAsync("/api/denial-messages", $$"""{ "text": "Another"{{@for}} }"""))
                    .ExpectProblem(HttpStatusCode.Conflict),
                StringComparison.Ordinal);
            (await portal.PutAsync($"/api/denial-messages/{id}", $$"""{ "text": "Another"{{@for}} }""")).Expect(HttpStatusCode.OK);
        }

        (await portal.PutAsync($"/api/denial-messages/{ids[1]}", """{ "text": "Two" }""")).ExpectProblem(HttpStatusCode.Conflict);
        Assert.Equal(8, await portal.HeadAsync());
    }

    [Fact]
    public async Task Of_twenty_who_add_the_same_at_once_one_succeeds()
    {
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(i => Task.Run(() => portal.PostAsync("/api/denial-messages", $$"""{ "text": "{{i}}" }"""))));
        Assert.Single(answers, a => a.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.Created), a => a.ExpectProblem(HttpStatusCode.Conflict));
        Assert.Single((await portal.GetAsync("/api/denial-messages")).Items);
    }

    [Theory]
    [InlineData("{}", "text", "Write what a denied person should read.")]
    [InlineData("""{ "text": "" }""", "text", "Write what a denied person should read.")]
    [InlineData("""{ "text": "TEMP" }""", "text", "begin with something else")]
    [InlineData("""{ "text": "CRV1:x" }""", "text", "begin with something else")]
    [InlineData("""{ "text": "a\nb" }""", "text", "Control characters")]
    [InlineData("""{ "text": "{ip}" }""", "text", "There are {public-ip}")]
    [InlineData("""{ "text": "x", "reason": "NotInScope" }""", "reason", "Write one of: invalid-request")]
    [InlineData("""{ "text": "x", "reason": "outside-the-schedule" }""", "reason", "Write one of: invalid-request")]
    [InlineData("""{ "text": "x", "reason": 4 }""", "reason", "Write a text, in double quotes.")]
    [InlineData("""{ "text": "x", "endpointId": "*" }""", "endpointId", "cvpn-endpoint-")]
    [InlineData("""{ "text": "x", "endpointId": "" }""", "endpointId", "cvpn-endpoint-")]
    [InlineData("""{ "text": "x", "message": "y" }""", "message", "There is no such member")]
    [InlineData("""{ "text": "\ud800" }""", "text", "Unicode")]
    public async Task A_bad_message_is_refused_with_an_error_that_names_the_field_and_the_remedy(string json, string field, string remedy)
    {
        Assert.Contains(remedy, (await shared.Empty.PostAsync("/api/denial-messages", json)).ExpectError(field), StringComparison.Ordinal);
        Assert.Equal(0, await shared.Empty.HeadAsync());
    }

    [Fact]
    public async Task A_message_of_255_characters_is_taken_and_one_of_256_is_not()
    {
        (await portal.PostAsync("/api/denial-messages", $$"""{ "text": "{{new string('あ', 255)}}" }""")).Expect(HttpStatusCode.Created);
        Assert.Contains(
            "255",
            (await portal.PostAsync("/api/denial-messages", $$"""{ "text": "{{new string('あ', 256)}}", "reason": "not-in-scope" }"""))
                .ExpectError("text"),
            StringComparison.Ordinal);
    }
}
