using System.Globalization;
using System.Runtime.Versioning;
using Mono.Unix;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>
/// Refuses files that somebody else may have put there or may change: whoever writes the signing key signs tokens, and whoever writes the
/// rules lets people in. On Windows it can't tell, and relies on the folder's access list.
/// </summary>
internal static class OwnFiles
{
    private const long Root = 0;

    private const UnixFileMode Writing = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode Reading = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <param name="path">A file or a folder, or a link to one; it need not exist yet.</param>
    /// <param name="isSecret">Whether nobody else may read it either.</param>
    /// <exception cref="InvalidOperationException">It is not this user's alone, or somebody else can put another in its place.</exception>
    public static void Require(string path, bool isSecret)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        if (Path.Exists(path))
        {
            RequireOwn(path, isSecret);
        }

        var target = Path.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
        foreach (var file in new[] { path, target })
        {
            for (var folder = Path.GetDirectoryName(Path.GetFullPath(file)); folder is not null; folder = Path.GetDirectoryName(folder))
            {
                RequireInPlace(folder);
            }
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static void RequireOwn(string path, bool isSecret)
    {
        var (owner, user) = (new UnixFileInfo(path).OwnerUserId, UnixEnvironment.EffectiveUserId);
        if (owner != user)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"{path} belongs to the user {owner}, who can change it, and the portal runs as {user}. Start it as that user. If it "
                + $"should be yours, look at what is in it, and then give it to {user} with chown, or set RULE_STORE to another folder."));
        }

        var mode = File.GetUnixFileMode(path);
        if ((mode & Writing) != 0)
        {
            throw new InvalidOperationException(
                $"{path} can be written by others. Look whether what is in it is yours, and then run: chmod go-w '{path}'");
        }

        if (isSecret && (mode & Reading) != 0)
        {
            throw new InvalidOperationException(
                $"{path} can be read by others, and somebody may have copied it. Delete it, and the folder tokens beside it, which revokes "
                + "all tokens: the portal makes new ones when it starts.");
        }
    }

    /// <summary>Refuses a folder around a file in which somebody else can rename what is in it. In one that is sticky they can't.</summary>
    [UnsupportedOSPlatform("windows")]
    private static void RequireInPlace(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return; // it is made, as this user's own
        }

        var owner = new UnixDirectoryInfo(folder).OwnerUserId;
        var mode = File.GetUnixFileMode(folder);

        // In a user namespace root can have another number. Whoever owns / can change everything anyway.
        var isTrusted = owner == UnixEnvironment.EffectiveUserId || owner == Root || owner == new UnixDirectoryInfo("/").OwnerUserId;
        if (!isTrusted
            || ((mode & UnixFileMode.OtherWrite) != 0 && (mode & UnixFileMode.StickyBit) == 0))
        {
            throw new InvalidOperationException(
                $"{folder} belongs to somebody else or can be written by others, who can put another folder in the place of one in it. Set "
                + "RULE_STORE to a path below your own home.");
        }
    }
}
