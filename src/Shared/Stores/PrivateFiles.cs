using System.Runtime.InteropServices;

namespace ClientVpnAdmin.Stores;

/// <summary>Makes files that only their owner can use. On Windows they take the access list of the folder around them.</summary>
public static class PrivateFiles
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnersFolder = OwnersFile | UnixFileMode.UserExecute;

    /// <summary>Writes a file, mode 0600, so that it appears whole or not at all. Missing folders around it are made, mode 0700.</summary>
    /// <param name="text">What it is to hold.</param>
    /// <param name="overwrite">When false, a file that is there already is left as it is.</param>
    public static void Write(string path, string text, bool overwrite)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var temporary = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnersFolder);
            options.UnixCreateMode = OwnersFile;
        }

        try
        {
            using (var stream = new FileStream(temporary, options))
            {
                using (var writer = new StreamWriter(stream, leaveOpen: true))
                {
                    writer.Write(text);
                }

                stream.Flush(flushToDisk: true);
            }

            if (overwrite)
            {
                File.Move(temporary, path, overwrite: true);
            }
            else
            {
                MoveIfFirst(temporary, path);
            }
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Does nothing if the file is there already, also if another process makes it at this moment.</summary>
    private static void MoveIfFirst(string temporary, string path)
    {
        try
        {
            // On Unix, File.Move looks for the file and then renames: of two at once, the second would replace what the first uses already.
            // It is left for file systems without links.
            if (OperatingSystem.IsWindows() || NativeMethods.Link(temporary, path) != 0)
            {
                File.Move(temporary, path, overwrite: false);
            }
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first.
        }
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "link", BestFitMapping = false, ThrowOnUnmappableChar = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Link(
            [MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string path);
    }
}
