using System.Net;
using System.Security.Cryptography;
using ClientVpnAdmin.Stores;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>
/// The portal as its own issuer, for one machine: a signing key and tokens in files that only the portal's user can read, and no
/// listening but on loopback.
/// </summary>
internal static class LocalSignIn
{
    private const string Issuer = "client-vpn-admin";
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan RenewalTime = TimeSpan.FromDays(30);

    /// <param name="folder">Where the key and the tokens are kept. What is missing, or about to expire, is made at the start.</param>
    public static void AddLocalSignIn(this WebApplicationBuilder builder, string folder)
    {
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint =>
        {
            if (endpoint.IPEndPoint is not { } address || !IPAddress.IsLoopback(address.Address))
            {
                throw new InvalidOperationException(
                    $"With its local sign-in the portal listens on loopback only, not on {endpoint}. Use http://localhost:<port>.");
            }
        }));

        var key = new SymmetricSecurityKey(ReadOrMakeKey(Path.Combine(folder, "signing.key")));
        var validation = new TokenValidationParameters
        {
            ValidIssuer = Issuer,
            ValidAudience = Issuer,
            IssuerSigningKey = key,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            NameClaimType = Roles.Local.NameClaim,

            // No beginning: a clock that was set back after a token was made would lock everybody out.
            LifetimeValidator = (_, expires, _, validation) => expires > DateTime.UtcNow - validation.ClockSkew,
        };
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.MapInboundClaims = false;
            options.TokenValidationParameters = validation;
        });
        Roles.Local.AddPolicies(builder.Services);
        builder.Services.AddHostedService(
            services => new TokenFiles(folder, validation, services.GetRequiredService<ILogger<TokenFiles>>()));
    }

    /// <summary>Signs a token.</summary>
    internal static string MakeToken(SecurityKey key, string who, string role, DateTimeOffset issuedAt, TimeSpan lifetime) =>
        new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Issuer,
            Claims = new Dictionary<string, object> { [Roles.Local.NameClaim] = who, [Roles.Local.RoleClaim] = role },
            IssuedAt = issuedAt.UtcDateTime,
            Expires = (issuedAt + lifetime).UtcDateTime,
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.HmacSha256),
        });

    private static byte[] ReadOrMakeKey(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                PrivateFiles.Write(path, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), overwrite: false);
            }

            var key = Convert.FromBase64String(File.ReadAllText(path));
            return key.Length >= 32 ? key : throw new FormatException("It is shorter than 32 bytes.");
        }
        catch (FormatException e)
        {
            throw new InvalidOperationException(
                $"{path} is not a signing key. Delete it: the portal makes a new one, and new tokens, at its next start.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, e);
        }
    }

    private static InvalidOperationException Unusable(string path, Exception e) =>
        new($"{path} can't be made or read: {e.Message} Make room on its disk, and see that this user may write it and its folder.", e);

    /// <summary>Keeps the token files fit for use, and says where they are.</summary>
    private sealed class TokenFiles(string folder, TokenValidationParameters validation, ILogger<TokenFiles> logger) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken)
        {
            var adminToken = await RenewAsync("admin.token", "admin", Roles.Editor);
            var readerToken = await RenewAsync("reader.token", "reader", Roles.Reader);
            logger.LogInformation(
                "Sign in with the editor token in {AdminToken}, or the reader token in {ReaderToken}.", adminToken, readerToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        private async Task<string> RenewAsync(string file, string who, string role)
        {
            var path = Path.Combine(folder, file);
            var now = TimeProvider.System.GetUtcNow();
            TokenValidationResult? current = null;
            try
            {
                current = File.Exists(path)
                    ? await new JsonWebTokenHandler().ValidateTokenAsync(await File.ReadAllTextAsync(path), validation)
                    : null;
                if (current is not { IsValid: true } || current.SecurityToken.ValidTo < (now + RenewalTime).UtcDateTime)
                {
                    PrivateFiles.Write(path, MakeToken(validation.IssuerSigningKey, who, role, now, TokenLifetime), overwrite: true);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                var problem = Unusable(path, e);
                if (current is not { IsValid: true })
                {
                    throw problem;
                }

                logger.LogWarning("The token is soon to expire: {Problem}", problem.Message);
            }

            return path;
        }
    }
}
