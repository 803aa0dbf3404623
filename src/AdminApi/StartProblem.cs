namespace ClientVpnAdmin.AdminApi;

/// <summary>What keeps the portal from starting: a store or a configuration that can't be used, or a port that is taken.</summary>
internal static class StartProblem
{
    /// <summary>
    /// Until the portal has started, ends the process with one line on standard error that says what to do, and exit code 1. Nothing is
    /// caught, so that a program which hosts the portal in its own process, as tests do, gets the exception.
    /// </summary>
    public static void EndsInOneLine() => AppDomain.CurrentDomain.UnhandledException += End;

    /// <summary>From now on an exception that nobody has thought of shows where it comes from.</summary>
    public static void IsOver() => AppDomain.CurrentDomain.UnhandledException -= End;

    private static void End(object sender, UnhandledExceptionEventArgs e)
    {
        Console.Error.WriteLine($"The portal can't run: {((Exception)e.ExceptionObject).Message.ReplaceLineEndings(" ")}");
        Environment.Exit(1);
    }
}
