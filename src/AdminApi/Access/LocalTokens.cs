using System.Security.Cryptography;
using System.Text.Json;
using ClientVpnAdmin.Stores;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>
/// The portal's own tokens, signed with a key in a file. Beside it each token that is good has a file of its own, named by the token's id:
/// removing that revokes the token at once, and what is lost there lets nobody in.
/// </summary>
/// <param name="folder">Where the key and these files are.</param>
internal sealed class LocalTokens(string folder)
{
    public const int MaxDays = 365;
    private const string Issuer = "client-vpn-admin";

    private readonly string register = Path.Combine(folder, "tokens");

    private readonly SymmetricSecurityKey key = new(ReadOrMakeKey(folder));

    /// <summary>What a token must be, besides registered.</summary>
    public TokenValidationParameters Validation => new()
    {
        ValidIssuer = Issuer,
        ValidAudience = Issuer,
        IssuerSigningKey = key,
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        NameClaimType = Roles.Local.NameClaim,

        // No beginning: a clock that was set back after a token was made would lock everybody out.
        LifetimeValidator = (_, expires, _, validation) => expires > DateTime.UtcNow - validation.ClockSkew,
    };

    /// <summary>Makes a token, and registers it.</summary>
    /// <param name="isOfLink">True for one that nobody else has: it ends when its owner signs out.</param>
    public (string Text, LocalToken Token) Make(
        string name, string role, DateTimeOffset issuedAt, TimeSpan lifetime, bool isOfLink = false)
    {
        var token = new LocalToken(Guid.CreateVersion7(), name, role, issuedAt + lifetime, isOfLink);
        PrivateFiles.Write(PathOf(token.Id), JsonSerializer.Serialize(token), overwrite: false);
        var text = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Issuer,
            Claims = new Dictionary<string, object>
            {
                [JwtRegisteredClaimNames.Jti] = $"{token.Id}",
                [Roles.Local.NameClaim] = name,
                [Roles.Local.RoleClaim] = role,
            },
            IssuedAt = issuedAt.UtcDateTime,
            Expires = token.Expires.UtcDateTime,
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.HmacSha256),
        });
        return (text, token);
    }

    /// <summary>Whether a token that is signed and valid has not been revoked.</summary>
    /// <param name="id">The token's own id.</param>
    public bool IsRegistered(string? id) => Guid.TryParseExact(id, "D", out var guid) && File.Exists(PathOf(guid));

    /// <summary>All tokens that are good, the oldest first.</summary>
    public IEnumerable<LocalToken> List()
    {
        var now = TimeProvider.System.GetUtcNow();
        var files = Directory.Exists(register) ? Directory.EnumerateFiles(register) : [];
        return files.Select(Read).OfType<LocalToken>().Where(t => t.Expires > now).OrderBy(t => t.Id.ToString(), StringComparer.Ordinal);
    }

    /// <summary>Ends a token that a link was exchanged for. Others, which files and pipelines have, stay good.</summary>
    public void SignOut(Guid id)
    {
        if (Read(PathOf(id)) is { IsOfLink: true })
        {
            Revoke(id);
        }
    }

    /// <returns>False if there is no such token.</returns>
    public bool Revoke(Guid id)
    {
        var exists = File.Exists(PathOf(id));
        File.Delete(PathOf(id));
        return exists;
    }

    private string PathOf(Guid id) => Path.Combine(register, id.ToString());

    // What isn't one, such as a file that is being written, is none.
    private static LocalToken? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<LocalToken>(File.ReadAllText(path));
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            return null;
        }
    }

    private static byte[] ReadOrMakeKey(string folder)
    {
        var path = Path.Combine(folder, "signing.key");
        OwnFiles.Require(folder, isSecret: false);
        OwnFiles.Require(Path.Combine(folder, "tokens"), isSecret: false);
        OwnFiles.Require(path, isSecret: true);
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

    /// <summary>The problem of a file that this user can't make or read.</summary>
    public static InvalidOperationException Unusable(string path, Exception e) =>
        new(
            $"{path} can't be made or read: {e.Message} Make room on its disk, and see that this user may write it and its folder, or name "
            + $"another place in {RuleStoreLocation.Variable}.",
            e);
}

/// <summary>A token that is good, without the token itself.</summary>
/// <param name="Id">The token's own id, its claim <c>jti</c>.</param>
/// <param name="Name">Whose it is.</param>
/// <param name="Role">What they may do.</param>
/// <param name="Expires">Until when it is valid.</param>
/// <param name="IsOfLink">Whether a link was exchanged for it.</param>
internal sealed record LocalToken(Guid Id, string Name, string Role, DateTimeOffset Expires, bool IsOfLink = false);
