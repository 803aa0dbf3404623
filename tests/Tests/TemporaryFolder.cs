using Microsoft.Data.Sqlite;

namespace ClientVpnAdmin;

/// <summary>A folder of a test's own, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly string path = Directory.CreateTempSubdirectory("client-vpn-admin-tests-").FullName;

    public string this[string name] => Path.Combine(path, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text);
        return this[name];
    }

    /// <summary>Writes a script that can be started; on Windows none can.</summary>
    public void WriteProgram(string name, string text)
    {
        Write(name, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(this[name], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>True if nobody but the owner can use the file or folder; on Windows that isn't ours to say.</summary>
    public static bool IsPrivate(string path) =>
        OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)) == 0;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
