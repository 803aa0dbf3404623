using System.Net;
using ClientVpnAdmin.Stores;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.IdentityModel.JsonWebTokens;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>
/// The portal as its own issuer, for one machine: a signing key and tokens in files that only the portal's user can use, and no listening
/// but on loopback.
/// </summary>
internal static class LocalSignIn
{
    public const string DefaultUrl = "http://localhost:5080";

    private const string AdminToken = "admin.token";
    private const string ReaderToken = "reader.token";
    private static readonly TimeSpan RenewalTime = TimeSpan.FromDays(30);

    /// <param name="location">Beside the store, the key and the tokens are kept. What is missing, or about to expire, is made.</param>
    /// <exception cref="InvalidOperationException">Somebody else could have made or changed these files.</exception>
    public static void AddLocalSignIn(this WebApplicationBuilder builder, RuleStoreLocation location)
    {
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            if (endpoint.IPEndPoint is not { } address || !IPAddress.IsLoopback(address.Address))
            {
                throw new InvalidOperationException(
                    $"With its local sign-in the portal listens on loopback only, not on {endpoint}. Use http://localhost:<port>.");
            }
        }));

        // A page somewhere else whose name is made to lead to loopback (DNS rebinding) sends its own name.
        builder.Services.Configure<HostFilteringOptions>(hosts => hosts.AllowedHosts = ["localhost", "127.0.0.1", "[::1]"]);

        foreach (var file in location.Files.Prepend(location.Folder))
        {
            OwnFiles.Require(file, isSecret: false);
        }

        foreach (var file in new[] { AdminToken, ReaderToken })
        {
            OwnFiles.Require(Path.Combine(location.Folder, file), isSecret: true);
        }

        var tokens = new LocalTokens(location.Folder);
        builder.Services.AddSingleton(tokens);
        builder.Services.AddSingleton(new LocalLinks(location.Folder));
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.MapInboundClaims = false;
            options.TokenValidationParameters = tokens.Validation;
            options.Events = Roles.Local.BearerEvents(
                token => tokens.IsRegistered(token.Id) ? null : "The token is revoked, or none that this portal has made.");
        });
        Roles.Local.AddPolicies(builder.Services);
        builder.Services.AddHostedService(
            services => new TokenFiles(location.Folder, tokens, services.GetRequiredService<ILogger<TokenFiles>>()));
        builder.Services.AddHostedService<StartLink>();
    }

    /// <summary>What a portal with its local sign-in uses that is started with the same settings as this command.</summary>
    /// <exception cref="InvalidOperationException">It would have no local sign-in.</exception>
    public static (RuleStoreLocation Location, IConfiguration Configuration) FindStore()
    {
        var configuration = WebApplication.CreateBuilder().Configuration;
        return !configuration.GetSection(IssuerSignIn.Section).Exists()
            ? (RuleStoreLocation.Parse(configuration[RuleStoreLocation.Variable]), configuration)
            : throw new InvalidOperationException(
                $"People sign in at the issuer that {IssuerSignIn.Section} names: this portal makes no tokens and no links.");
    }

    /// <summary>Keeps the token files fit for use, and says where they are.</summary>
    private sealed class TokenFiles(string folder, LocalTokens tokens, ILogger<TokenFiles> logger) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken)
        {
            var admin = await RenewAsync(AdminToken, "admin", Roles.Editor);
            var reader = await RenewAsync(ReaderToken, "reader", Roles.Reader);
            logger.LogInformation(
                "Sign in with the editor token in {AdminToken}, or the reader token in {ReaderToken}.", admin, reader);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        private async Task<string> RenewAsync(string file, string who, string role)
        {
            var path = Path.Combine(folder, file);
            var now = TimeProvider.System.GetUtcNow();
            var isGood = false;
            try
            {
                var current = File.Exists(path)
                    ? await new JsonWebTokenHandler().ValidateTokenAsync(await File.ReadAllTextAsync(path), tokens.Validation)
                    : null;
                isGood = current is { IsValid: true } && tokens.IsRegistered(current.SecurityToken.Id);
                if (!isGood || current!.SecurityToken.ValidTo < (now + RenewalTime).UtcDateTime)
                {
                    PrivateFiles.Write(path, tokens.Make(who, role, now, TimeSpan.FromDays(LocalTokens.MaxDays)).Text, overwrite: true);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                var problem = LocalTokens.Unusable(path, e);
                if (!isGood)
                {
                    throw problem;
                }

                logger.LogWarning("The token is soon to expire: {Problem}", problem.Message);
            }

            return path;
        }
    }
}
