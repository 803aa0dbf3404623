using System.Runtime.CompilerServices;

namespace ClientVpnAdmin.AdminApi;

/// <summary>
/// Portals for tests that change nothing: to start one takes longer than what most of them ask it. Those that do change something start
/// their own.
/// </summary>
public sealed class SharedPortals : IDisposable
{
    private readonly Dictionary<string, Task<Portal>> filled = new(StringComparer.Ordinal);

    /// <summary>The one with nothing in it.</summary>
    internal Portal Empty { get; } = new();

    /// <summary>The one for all cases of a test.</summary>
    /// <param name="fill">Fills it, before the first of them.</param>
    internal Task<Portal> FilledAsync(Func<Portal, Task> fill, [CallerMemberName] string test = "")
    {
        return filled.TryGetValue(test, out var portal) ? portal : filled[test] = MakeAsync();

        async Task<Portal> MakeAsync()
        {
            var made = new Portal();
            await fill(made);
            return made;
        }
    }

    public void Dispose()
    {
        Empty.Dispose();
        foreach (var portal in filled.Values.Where(p => p.IsCompletedSuccessfully))
        {
            portal.Result.Dispose();
        }
    }
}
