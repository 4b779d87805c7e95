using System.Collections.Concurrent;
using System.Diagnostics;

namespace ConfidentialOperator.Lab.Node.Processes;

/// <summary>
/// Starts processes, each the leader of its own session, that the kernel kills when the Lab dies, however it dies. The kernel binds that promise to
/// the thread that started the process, so one thread, which lives as long as the Lab, starts them all.
/// </summary>
internal static class ProcessLauncher
{
    private static readonly string[] s_leash = ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--", "/usr/bin/setsid"];
    private static readonly BlockingCollection<Action> s_work = [];

    static ProcessLauncher()
    {
        Thread thread = new(Run) { IsBackground = true, Name = "process launcher" };
        thread.Start();
    }

    /// <summary>Starts a process with exactly the environment that is given.</summary>
    public static Task<Process> StartAsync(ProcessOrder order)
    {
        TaskCompletionSource<Process> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        s_work.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(Information(order))!);
            }
            catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or IOException)
            {
                started.SetException(exception);
            }
        });
        return started.Task;
    }

    private static ProcessStartInfo Information(ProcessOrder order)
    {
        // A program that is not there must fail here and not inside the wrapper.
        if (!File.Exists(order.Program)) throw new FileNotFoundException($"{order.Program} does not exist.", order.Program);
        foreach (string tool in s_leash.Where(part => part.StartsWith('/')))
        {
            if (!File.Exists(tool)) throw new FileNotFoundException($"{tool} does not exist; it is in the package util-linux.", tool);
        }

        ProcessStartInfo information = new(s_leash[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = order.WorkingDirectory,
        };
        foreach (string argument in s_leash[1..].Append(order.Program).Concat(order.Arguments)) information.ArgumentList.Add(argument);
        information.Environment.Clear();
        foreach ((string name, string value) in order.Environment) information.Environment[name] = value;
        return information;
    }

    private static void Run()
    {
        foreach (Action start in s_work.GetConsumingEnumerable()) start();
    }
}
