namespace ClientVpnAdmin.Handler;

/// <summary>The handler started by hand: decides about one connection event in a file or on standard input.</summary>
internal static class CommandLine
{
    private const int Allowed = 0;
    private const int Denied = 1;
    private const int CouldNotRun = 2;

    public static async Task<int> RunAsync(string[] args, ConnectHandler handler)
    {
        if (args is not [var path])
        {
            await Console.Error.WriteLineAsync("Give one argument: the file with the connection event (JSON), or - for standard input.");
            return CouldNotRun;
        }

        byte[] connectionEvent;
        try
        {
            connectionEvent = Read(path);
        }
#pragma warning disable CA1031 // Whatever it is, it is said, and is neither a yes nor a no.
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"The connection event can't be read: {e.Message}");
            return CouldNotRun;
        }

        try
        {
            var exitCode = CouldNotRun;
            await handler.HandleAsync(connectionEvent, async (decision, response) =>
            {
                await using var output = Console.OpenStandardOutput();
                await output.WriteAsync((byte[])[.. response, (byte)'\n']);
                exitCode = decision.Response.Allow ? Allowed : Denied;
            });
            return exitCode;
        }
        catch (Exception e)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync($"The response can't be written: {e.Message}");
            return CouldNotRun;
        }
    }

    // There is nothing else to do meanwhile, and waking another thread takes longer.
    private static byte[] Read(string path)
    {
        if (path != "-")
        {
            return File.ReadAllBytes(path);
        }

        using var input = Console.OpenStandardInput();
        using var bytes = new MemoryStream();
        input.CopyTo(bytes);
        return bytes.ToArray();
    }
}
