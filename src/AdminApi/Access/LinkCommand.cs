using System.CommandLine;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>
/// The portal started as <c>link</c>: prints a fresh link to the one that runs. It goes to standard output, all else that is said of it to
/// standard error.
/// </summary>
internal static class LinkCommand
{
    /// <summary>The line for a shell that runs it, for the portal that runs here.</summary>
    public static string Line(RuleStoreLocation location, IServer server)
    {
        var url = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? LocalSignIn.DefaultUrl;
        return $"{Prefix(location)}dotnet run --project src/AdminApi -- link{(url == LocalSignIn.DefaultUrl ? "" : $" --urls {url}")}";
    }

    /// <summary>What a line for a shell begins with, so that it uses the same rule store.</summary>
    public static string Prefix(RuleStoreLocation location) =>
        location.Setting is not { } setting ? ""
        : setting.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or ':' or '.' or '-' or '_')
            ? $"{RuleStoreLocation.Variable}={setting} "
        : $"{RuleStoreLocation.Variable}='{setting.Replace("'", @"'\''", StringComparison.Ordinal)}' ";

    public static Command Make()
    {
        var urls = new Option<string>("--urls") { Description = "Where the portal listens, as it was told itself.", HelpName = "address" };
        var link = new Command("link", "Prints a link that signs in at the portal on this machine, once and within a minute.") { urls };
        link.SetAction(async (result, _) =>
        {
            var (location, configuration) = LocalSignIn.FindStore();
            var url = result.GetValue(urls) ?? configuration["urls"] ?? LocalSignIn.DefaultUrl;
            var name = await OwnName.FindAsync(location, Console.Error.WriteLine);
            var code = new LocalLinks(location.Folder).Make(name, TimeProvider.System.GetUtcNow());
            Console.WriteLine(LocalLinks.Address(url.Split(';')[0], code));
            await Console.Error.WriteLineAsync($"Open this in a browser within a minute: it signs in as {name}, once.");
            return 0;
        });
        return link;
    }
}
