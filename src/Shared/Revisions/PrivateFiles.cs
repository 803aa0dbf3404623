namespace ClientVpnAdmin.Revisions;

/// <summary>Makes folders and files that only their owner can use. On Windows they take the access list of the folder around them.</summary>
public static class PrivateFiles
{
    /// <summary>Makes a folder, mode 0700, and those around it as needed. One that is there already is left as it is.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Writes a file, mode 0600, so that it appears whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">What it is to hold.</param>
    /// <param name="overwrite">When false, a file that is there already is left as it is.</param>
    public static void Write(string path, string text, bool overwrite)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
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

            File.Move(temporary, path, overwrite);
        }
        catch (IOException) when (!overwrite && File.Exists(path))
        {
            // Another process was first.
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
