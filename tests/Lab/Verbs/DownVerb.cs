using System.Diagnostics;
using ConfidentialOperator.Lab.Hosting;
using ConfidentialOperator.Lab.Node.Processes;

namespace ConfidentialOperator.Lab.Verbs;

/// <summary><c>down</c>: stops exactly the Lab that <c>up</c> started. What it started goes with it, even when it has to be killed.</summary>
internal static class DownVerb
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        LabFolders folders = LabFolders.Of(ServeVerb.Run);
        if (LabState.Read(folders) is not { } state)
        {
            Console.WriteLine("Nothing runs.");
            return 0;
        }

        if (state.IsAlive) Signals.Send(state.ProcessId, Signals.Terminate);
        if (!await GoneAsync(state, s_grace, cancellationToken))
        {
            Signals.Send(state.ProcessId, Signals.Kill);
            if (!await GoneAsync(state, s_grace, cancellationToken)) throw new LabException($"Process {state.ProcessId} does not end.");
        }

        state.Forget(folders);
        Console.WriteLine("The demonstration is stopped.");
        return 0;
    }

    private static async Task<bool> GoneAsync(LabState state, TimeSpan limit, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(100));
        while (state.IsAlive && Stopwatch.GetElapsedTime(start) < limit) await timer.WaitForNextTickAsync(cancellationToken);
        return !state.IsAlive;
    }
}
