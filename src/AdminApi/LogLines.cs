using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;

namespace ClientVpnAdmin.AdminApi;

/// <summary>How the portal's log is written: one line for each event, with its time in UTC.</summary>
internal static class LogLines
{
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static void Add(WebApplicationBuilder builder)
    {
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        // It warns about keys for cookies, of which there are none.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);

        // It says at length what ends the portal in one line.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);

        var formatter = builder.Configuration["Logging:Console:FormatterName"];
        if (formatter is null)
        {
            builder.Logging.AddSimpleConsole(); // unless it is named, the options that follow are passed over
        }
        else if (formatter == ConsoleFormatterNames.Json)
        {
            builder.Services.RemoveAll<ILoggerProvider>();
            builder.Services.AddSingleton<ILoggerProvider>(
                services => new JsonLines(services.GetServices<ConsoleFormatter>(), Console.OpenStandardOutput()));
            builder.Logging.Configure(factory => factory.ActivityTrackingOptions = ActivityTrackingOptions.None);
        }

        builder.Services.Configure<SimpleConsoleFormatterOptions>(console =>
        {
            console.SingleLine = true; // what somebody sent makes no second one
            console.UseUtcTimestamp = true;
            console.TimestampFormat = $"{Time} ";
        });
        builder.Services.Configure<JsonConsoleFormatterOptions>(console =>
        {
            console.UseUtcTimestamp = true;
            console.TimestampFormat = Time;
            console.IncludeScopes = true; // the request's id, on Lambda X-Ray's trace id
        });
    }
}
