using System.Diagnostics;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using ClientVpnAdmin.Handler;

namespace ClientVpnAdmin;

/// <summary>A process of its own, ended at the latest when the test is over.</summary>
internal sealed class RunningProgram : IDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder error = new();

    public RunningProgram(string program, IEnumerable<string> args, string folder, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        process = Process.Start(start)!;
        process.OutputDataReceived += (_, e) => Append(output, e.Data);
        process.ErrorDataReceived += (_, e) => Append(error, e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => process.Id;

    public StreamWriter Input => process.StandardInput;

    public string Output => Read(output);

    public string Error => Read(error);

    public static string PortalPath => Beside("ClientVpnAdmin.AdminApi.dll");

    /// <summary>The portal over a SQLite file; the build puts both programs beside the tests.</summary>
    public static RunningProgram Portal(string storePath, string url = "http://127.0.0.1:0") =>
        new("dotnet", [PortalPath, "--urls", url], Path.GetDirectoryName(storePath)!, ("RULE_STORE", $"sqlite:{storePath}"));

    /// <summary>The handler over a SQLite file.</summary>
    public static RunningProgram Handler(string storePath, params string[] args) =>
        new(
            "dotnet",
            [Beside("ClientVpnAdmin.Handler.dll"), .. args],
            Path.GetDirectoryName(storePath)!,
            ("RULE_STORE", $"sqlite:{storePath}"));

    /// <summary>The handler as one executable: the native one where HANDLER_BINARY names it.</summary>
    public static string HandlerPath =>
        Environment.GetEnvironmentVariable(NativeFactAttribute.Variable) is { Length: > 0 } native
            ? native
            : Beside("ClientVpnAdmin.Handler");

    /// <summary>Where .NET is, for a program that is started without our environment.</summary>
    public static string DotnetRoot => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>Waits for the program's end; its exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    /// <summary>The program ends with one line that says what to do, and exit code 1.</summary>
    public async Task AssertEndsInOneLineAsync(string text)
    {
        Assert.Equal(1, await ExitAsync());
        var line = Assert.Single(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        Assert.Contains(text, line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Output, StringComparison.Ordinal);
    }

    /// <summary>Waits until the program says where it listens.</summary>
    public async Task<Uri> ListeningAsync(string sign = "Now listening on: ")
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            if (Output.Split('\n').FirstOrDefault(l => l.Contains(sign, StringComparison.Ordinal)) is { } line)
            {
                return new Uri(line[(line.IndexOf(sign, StringComparison.Ordinal) + sign.Length)..].Trim());
            }

            Assert.True(
                !process.HasExited && waited.Elapsed < TimeSpan.FromMinutes(1), $"The program doesn't listen. It said: {Output}{Error}");
            await Task.Delay(10);
        }
    }

    /// <summary>A client of the portal, as an editor.</summary>
    /// <param name="tokenPath">The portal's <c>admin.token</c>.</param>
    public async Task<HttpClient> EditorAsync(string tokenPath)
    {
        // A client that asks before it sends a body waits for the answer, however slow the machine is.
        var handler = new SocketsHttpHandler { Expect100ContinueTimeout = Timeout.InfiniteTimeSpan };
        var client = new HttpClient(handler) { BaseAddress = await ListeningAsync() };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await File.ReadAllTextAsync(tokenPath));
        return client;
    }

    /// <summary>Ends it at once, wherever it is: SIGKILL, or TerminateProcess on Windows.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            Kill();
        }

        process.Dispose();
    }

    private static string Beside(string file) => Path.Combine(AppContext.BaseDirectory, file);

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.AppendLine(line);
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
