using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ClientVpnAdmin.Stores;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>
/// Links that sign in once, within a minute: a code in a page's address, of which a file has the digest. So any process of the portal's
/// user can make one, and what is lost there lets nobody in.
/// </summary>
internal sealed class LocalLinks
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly string register;

    /// <param name="folder">Where the portal's tokens are.</param>
    /// <exception cref="InvalidOperationException">Somebody else could have put files there.</exception>
    public LocalLinks(string folder)
    {
        register = Path.Combine(folder, "links");
        OwnFiles.Require(folder, isSecret: false);
        OwnFiles.Require(register, isSecret: false);
    }

    /// <summary>The address at which a page signs in by a code. Browsers send nobody what is after the <c>#</c>.</summary>
    /// <param name="url">Where the portal listens.</param>
    public static string Address(string url, string code) => $"{url.TrimEnd('/')}/#code={code}";

    /// <summary>Makes a code.</summary>
    /// <param name="name">In whose name it signs in, as an editor.</param>
    public string Make(string name, DateTimeOffset now)
    {
        Sweep(now);
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        PrivateFiles.Write(PathOf(code), JsonSerializer.Serialize(new Link(name, now + Lifetime)), overwrite: false);
        return code;
    }

    /// <summary>Uses a code up.</summary>
    /// <returns>In whose name it signs in; null if it is no good.</returns>
    public string? Redeem(string code, DateTimeOffset now)
    {
        Sweep(now);
        var path = PathOf(code);
        var taken = $"{path}.{Guid.NewGuid():N}";
        try
        {
            File.Move(path, taken, overwrite: true); // one rename: of several at once one finds the file
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        try
        {
            var link = JsonSerializer.Deserialize<Link>(File.ReadAllText(taken));
            return link is not null && Roles.IsName(link.Name) && link.Expires > now ? link.Name : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
        finally
        {
            File.Delete(taken);
        }
    }

    /// <summary>
    /// Makes a page of one's own that leads on to a link: a link itself would stand among the browser's arguments. On Linux it is in the
    /// user's home, since a browser of Ubuntu's Snap Store may read no hidden folder.
    /// </summary>
    /// <returns>Its path.</returns>
    public string MakePage(string link)
    {
        var home = OperatingSystem.IsLinux() ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) : "";
        var folder = Directory.Exists(home) ? home : register;
        var path = Path.Combine(folder, $"client-vpn-admin-{Guid.NewGuid():N}.html");
        var page = $"<!DOCTYPE html><meta http-equiv=\"refresh\" content=\"0; url={link}\"><title>ClientVpnAdmin</title>";
        PrivateFiles.Write(path, page, overwrite: false);
        return path;
    }

    /// <summary>Removes what nobody came for.</summary>
    private void Sweep(DateTimeOffset now)
    {
        var files = Directory.Exists(register) ? Directory.EnumerateFiles(register) : [];
        foreach (var file in files.Where(f => File.GetLastWriteTimeUtc(f) < (now - Lifetime).UtcDateTime))
        {
            File.Delete(file);
        }
    }

    private string PathOf(string code) =>
        Path.Combine(register, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code))));

    /// <param name="Name">In whose name it signs in.</param>
    /// <param name="Expires">Until when.</param>
    private sealed record Link(string Name, DateTimeOffset Expires);
}
