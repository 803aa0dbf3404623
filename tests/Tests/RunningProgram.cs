using System.Diagnostics;
using System.Text;

namespace ClientVpnAdmin;

/// <summary>The portal or the handler as a process of its own, ended at the latest when the test is over.</summary>
internal sealed class RunningProgram : IDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder error = new();

    /// <param name="assembly">The program's assembly, which the build puts beside the tests.</param>
    /// <param name="store">The rule store's file.</param>
    /// <param name="args">Its arguments.</param>
    public RunningProgram(string assembly, string store, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll"), .. args])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = Path.GetDirectoryName(store),
            Environment = { ["RULE_STORE"] = $"sqlite:{store}" },
        };
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, e) => Append(output, e.Data);
        process.ErrorDataReceived += (_, e) => Append(error, e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public StreamWriter Input => process.StandardInput;

    public string Output => Read(output);

    public string Error => Read(error);

    /// <summary>Waits for the program's end; its exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    /// <summary>Waits until the portal says where it listens.</summary>
    public async Task<Uri> ListeningAsync()
    {
        const string Sign = "Now listening on: ";
        var waited = Stopwatch.StartNew();
        while (true)
        {
            if (Output.Split('\n').FirstOrDefault(l => l.Contains(Sign, StringComparison.Ordinal)) is { } line)
            {
                return new Uri(line[(line.IndexOf(Sign, StringComparison.Ordinal) + Sign.Length)..].Trim());
            }

            Assert.True(!process.HasExited && waited.Elapsed < TimeSpan.FromMinutes(1), $"The portal doesn't listen. It said: {Output}{Error}");
            await Task.Delay(10);
        }
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
