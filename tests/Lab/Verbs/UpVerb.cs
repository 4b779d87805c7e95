using System.Diagnostics;
using ConfidentialOperator.Lab.Hosting;

namespace ConfidentialOperator.Lab.Verbs;

/// <summary><c>up</c>: starts <c>serve</c> in a session of its own, waits until it is ready, and says what can be typed.</summary>
internal static class UpVerb
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    public static async Task<int> RunAsync(string? model, CancellationToken cancellationToken)
    {
        LabFolders folders = LabFolders.Of(ServeVerb.Run);
        if (LabState.Read(folders) is { IsAlive: true } running && File.Exists(EnvironmentFile.PathOf(folders)))
        {
            Console.WriteLine($"The demonstration runs already, as process {running.ProcessId}.");
            PrintHints(folders);
            return 0;
        }

        File.Delete(EnvironmentFile.PathOf(folders));
        string log = Path.Combine(folders.Shared, "lab.log");
        Directory.CreateDirectory(folders.Shared);
        using Process process = Start(log, model);
        await WaitAsync(process, folders, log, cancellationToken);
        PrintHints(folders);
        return 0;
    }

    private static Process Start(string log, string? model)
    {
        // The shell only opens the log; it becomes setsid, and that becomes the Lab, so that the process id stays the same.
        ProcessStartInfo information = new("/bin/sh") { UseShellExecute = false };
        string[] command = ["-c", "exec setsid \"$@\" </dev/null >\"$0\" 2>&1", log, Environment.ProcessPath!, "serve", .. model is null ? [] : (string[])["--model", Path.GetFullPath(model)]];
        foreach (string argument in command) information.ArgumentList.Add(argument);
        return Process.Start(information)!;
    }

    private static async Task WaitAsync(Process process, LabFolders folders, string log, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(200));
        int told = 0;
        while (!File.Exists(EnvironmentFile.PathOf(folders)))
        {
            told = Tell(log, told);
            if (process.HasExited) throw new LabException($"The Lab ended with code {process.ExitCode}; {log} says:\n{Read(log)}");
            if (Stopwatch.GetElapsedTime(start) > s_limit || cancellationToken.IsCancellationRequested)
            {
                Node.Processes.Signals.Send(process.Id, Node.Processes.Signals.Terminate);
                await process.WaitForExitAsync(CancellationToken.None);
                throw new LabException($"The Lab was not ready within {s_limit.TotalMinutes} minutes and was stopped; {log} says:\n{Read(log)}");
            }

            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>Repeats new lines of the Lab's log.</summary>
    private static int Tell(string log, int told)
    {
        string text = Read(log);
        int end = text.LastIndexOf('\n') + 1;
        if (end > told) Console.Write(text[told..end]);
        return Math.Max(told, end);
    }

    private static string Read(string log) => File.Exists(log) ? File.ReadAllText(log) : "";

    private static void PrintHints(LabFolders folders) => Console.WriteLine($"""

        The demonstration runs. In a shell, in this folder:

          . {Path.GetRelativePath(Environment.CurrentDirectory, EnvironmentFile.PathOf(folders))}
          $KUBECTL get cfm -A
          $KUBECTL -n clinic describe cfm demo-faq
          $KUBECTL -n clinic scale cfm/demo-faq --replicas=3
          bin/cfm verify
          bin/cfm chat "What is attestation?"
          curl $CFM_PROXY_URL/v1/models -H "Authorization: Bearer $CFM_API_KEY"
          curl $CFM_PROXY_URL/v1/chat/completions -H "Authorization: Bearer $CFM_API_KEY" \
            -H 'Content-Type: application/json' -d '{"{"}"model":"demo-faq","messages":[{"{"}"role":"user","content":"What is attestation?"{"}"}]{"}"}'
          make demo-down

        Logs are in .demo/up/logs, those of pods too ($KUBECTL -n clinic logs POD -c sidecar).
        """);
}
