using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.AdminApi.Ranges;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.AddressLists;

/// <summary>Entries of an address list in a body: a JSON array, a spreadsheet as CSV, or a plain list.</summary>
/// <param name="Entries">Those that are right.</param>
/// <param name="Errors">What is wrong with others.</param>
internal sealed record EntriesBody(IReadOnlyList<AddressEntry> Entries, Errors Errors)
{
    private const string Note = "note";

    /// <summary>How the framework reads a parameter of this type.</summary>
    public static async ValueTask<EntriesBody> BindAsync(HttpContext context)
    {
        var errors = new Errors();
        if (context.Request.HasJsonContentType())
        {
            var body = await Body<IReadOnlyList<EntryInput?>>.BindAsync(context);
            var given = EntryInput.Check(body!.Value, "", errors);
            errors.AddAll("", body.Errors);
            return new(given, errors);
        }

        var import = await ImportBody.BindAsync(context, noteColumn: Note);
        errors.AddAll("", import.Ranges.Errors);
        var entries = new List<AddressEntry>();
        foreach (var (input, earlier, place) in import.Ranges.Items)
        {
            var found = new Errors();
            if (new EntryInput { Cidr = input?.Cidr, Note = input?.Description }.Read(found) is { } entry)
            {
                entries.Add(entry);
            }

            errors.AddAll(place, earlier);
            errors.AddAll(place, found);
        }

        return new(entries, errors);
    }

    public static string WriteCsv(IEnumerable<AddressEntry> entries) =>
        Csv.Write(entries, [("cidr", entry => entry.Cidr.ToString()), (Note, entry => entry.Note)]);
}
