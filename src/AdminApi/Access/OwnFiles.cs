using System.Globalization;
using Mono.Unix;

namespace ClientVpnAdmin.AdminApi.Access;

/// <summary>
/// Refuses files that somebody else may have put there or may change: whoever writes the signing key signs tokens, and whoever writes the
/// rules lets people in. On Windows it can't tell, and relies on the folder's access list.
/// </summary>
internal static class OwnFiles
{
    private const UnixFileMode Writing = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode Reading = UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <param name="path">A file or a folder; it need not exist yet.</param>
    /// <param name="isSecret">Whether nobody else may read it either.</param>
    /// <exception cref="InvalidOperationException">It is not this user's alone.</exception>
    public static void Require(string path, bool isSecret)
    {
        if (OperatingSystem.IsWindows() || !Path.Exists(path))
        {
            return;
        }

        var (owner, user) = (new UnixFileInfo(path).OwnerUserId, UnixEnvironment.EffectiveUserId);
        if (owner != user)
        {
            throw new InvalidOperationException(string.Create(
                CultureInfo.InvariantCulture,
                $"{path} belongs to the user {owner}, who can change it, and the portal runs as {user}. Start it as that user. If it "
                + $"should be yours, look at what is in it, and then give it to {user} with chown, or set RULE_STORE to another folder."));
        }

        var isFolder = Directory.Exists(path);
        var mode = File.GetUnixFileMode(path);
        if ((mode & Writing) != 0)
        {
            throw new InvalidOperationException(
                $"{path} can be written by others. Look whether what is in it is yours, and then run: chmod go-w '{path}'");
        }

        if (isSecret && !isFolder && (mode & Reading) != 0)
        {
            throw new InvalidOperationException(
                $"{path} can be read by others. Delete it, since somebody may have copied it: the portal makes a new one when it starts.");
        }
    }
}
