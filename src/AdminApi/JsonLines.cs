using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace ClientVpnAdmin.AdminApi;

/// <summary>
/// Writes each event as the console's JSON formatter has it, and before the call returns. The console itself leaves that to a thread,
/// which Lambda stops as soon as a request is answered.
/// </summary>
[ProviderAlias("Console")]
internal sealed class JsonLines(IEnumerable<ConsoleFormatter> formatters, Stream output) : ILoggerProvider, ISupportExternalScope
{
    private readonly ConsoleFormatter formatter = formatters.Single(f => f.Name == ConsoleFormatterNames.Json);
    private readonly Lock turn = new();
    private IExternalScopeProvider scopes = new LoggerExternalScopeProvider();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

    public void Dispose()
    {
    }

    private void Write(byte[] line)
    {
        lock (turn)
        {
            try
            {
                output.Write(line);
                output.Flush();
            }
            catch (IOException)
            {
                // A log that can't be written, on a full disk for example, must not fail what was done.
            }
        }
    }

    private sealed class Logger(JsonLines lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => lines.scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            using var text = new StringWriter();
            lines.formatter.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), lines.scopes, text);
            lines.Write(Encoding.UTF8.GetBytes(text.ToString()));
        }
    }
}
