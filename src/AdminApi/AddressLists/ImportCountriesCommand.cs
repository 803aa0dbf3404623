using System.CommandLine;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.AdminApi.Changes;
using ClientVpnAdmin.AdminApi.Sources;
using ClientVpnAdmin.Revisions;

namespace ClientVpnAdmin.AdminApi.AddressLists;

/// <summary>
/// The portal started as <c>import-countries</c>: reads a country database on this machine, and refreshes all address lists whose source
/// is countries, in the same rule store and with the same checks. What it does goes to standard error.
/// </summary>
internal static class ImportCountriesCommand
{
    public const string Name = "import-countries";

    /// <param name="services">The portal's own.</param>
    public static Command Make(IServiceProvider services)
    {
        var database = new Argument<string>("database")
        {
            Description = "An .mmdb file, a CSV file, or a folder with MaxMind's CSV files.",
        };
        var force = new Option<bool>("--force") { Description = "Changes more than a list's maxChange, and in spite of rule tests." };
        var command = new Command(Name, "Refreshes the address lists of countries out of a country database.") { database, force };
        command.SetAction((result, cancellationToken) =>
            RunAsync(services, Path.GetFullPath(result.GetValue(database)!), result.GetValue(force), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(IServiceProvider services, string database, bool force, CancellationToken cancellationToken)
    {
        var head = await services.GetRequiredService<RevisionLog>().ReadHeadAsync(cancellationToken);
        var lists = head.Rules.AddressLists.Where(list => list.Source.Kind == SourceKind.Countries).ToList();
        if (lists.Count == 0)
        {
            await Console.Error.WriteLineAsync(
                "No address list has countries as its source. Make one first: POST /api/address-lists with "
                + """{ "name": "Japan", "source": { "kind": "countries", "countries": ["JP"] } }.""");
            return 1;
        }

        string[] codes = [.. lists.SelectMany(list => list.Source.Countries).Distinct().Order(StringComparer.Ordinal)];
        await Console.Error.WriteLineAsync($"Reading {string.Join(", ", codes)} from {database} …");
        var reader = new SourceReader(database);
        var failed = 0;
        try
        {
            var countries = await reader.ReadCountriesAsync(codes, cancellationToken);
            foreach (var list in lists)
            {
                failed += await RefreshAsync(list, countries) ? 0 : 1;
            }
        }
        catch (SourceException e)
        {
            await Console.Error.WriteLineAsync(e.Fault.Message);
            return 1;
        }

        return failed == 0 ? 0 : 1;

        async Task<bool> RefreshAsync(AddressList list, IReadOnlyDictionary<string, List<AddressEntry>> countries)
        {
            var content = new SourceContent(
                SourceEntries.Checked(list.Source.Countries.SelectMany(code => countries[code])), null);
            await Console.Error.WriteAsync($"{list.Name}: {content.Entries.Count} blocks … ");
            var options = ChangeOptions.Scheduled(cancellationToken) with { Force = force };
            var outcome = await services.GetRequiredService<ListRefresher>().RefreshAsync(
                list.Id, options, cancellationToken, (list.Source, content));
            await Console.Error.WriteLineAsync(
                outcome.Problem is { } problem ? ListRefresher.FaultOf(problem).Message
                : $"{outcome.Added} came, {outcome.Removed} went.");
            return outcome.Problem is null;
        }
    }
}
