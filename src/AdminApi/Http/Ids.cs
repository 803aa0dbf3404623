using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Http;

/// <summary>Ids as they are written: UUIDs with hyphens.</summary>
internal static class Ids
{
    public static Guid? Parse(string text) => text.Length == 36 && Guid.TryParseExact(text, "D", out var id) ? id : null;

    /// <summary>Reports an id in an address that is none.</summary>
    public static Guid? Check(string text, Errors errors)
    {
        var id = Parse(text);
        if (id is null)
        {
            errors.Add(
                "id",
                "not-an-id",
                $"{Errors.Quote(text)} is not an id. Write a UUID such as 019b0d3c-7a1e-7c3f-9a52-3f6f0c1d2e4b.",
                ("given", Errors.Shown(text)));
        }

        return id;
    }
}
