namespace ClientVpnAdmin.AdminApi.Http;

/// <summary>A body that could be sent to a call as it is.</summary>
internal sealed record BodyExample(string Json);

/// <summary>A body that is a JSON merge patch of what the call takes, or a list of them.</summary>
internal sealed record PatchBody;

/// <summary>A call that answers with CSV as well.</summary>
internal sealed record CsvAnswer;

/// <summary>The status of an answer that carries an ETag.</summary>
internal sealed record TaggedAnswer(int Status);
