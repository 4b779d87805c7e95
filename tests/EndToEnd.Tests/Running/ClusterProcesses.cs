using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ConfidentialOperator.EndToEnd.Tests.Running;

/// <summary>
/// The cluster's processes. Folders and network namespace are of this clone alone, so everything in that namespace was started by these tests,
/// also by a run that was killed.
/// </summary>
internal sealed class ClusterProcesses
{
    private readonly string _program;
    private readonly string _namespace;
    private readonly string _run;
    private readonly Dictionary<string, string> _environment;

    public ClusterProcesses(string program)
    {
        _program = program;
        _namespace = "cfm-e2e-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Places.Root)))[..8];
        _run = Path.Combine("/run", _namespace);
        Home = Path.Combine(Places.Scratch, "cluster");
        _environment = new()
        {
            ["CLUSTER_HOME"] = Home,
            ["CLUSTER_RUN"] = _run,
            ["CLUSTER_NETNS"] = _namespace,
        };
    }

    public string Home { get; }

    public string AuditLog => Path.Combine(Home, "log", "audit.jsonl");

    /// <summary>Gets the command line that runs a program inside the cluster's network as a process of its own.</summary>
    public (string Program, string[] Arguments, IReadOnlyDictionary<string, string> Environment) Inside(params string[] command) =>
        (_program, ["exec", .. command], _environment);

    public Task<ToolResult> KubectlAsync(IEnumerable<string> arguments, string input = "") =>
        Tool.RunAsync(_program, ["kubectl", .. arguments], _environment, input);

    public async Task StartAsync()
    {
        await StopAsync();
        (await CallAsync("up", "1")).Success();

        // Nothing of these tests runs on the real node. A kubelet would tidy away the pods of another cluster on this machine.
        (await CallAsync("kill", "kubelet")).Success();
    }

    /// <summary>Ends everything and removes the data, whatever state a run before this one has left.</summary>
    public async Task StopAsync()
    {
        await KillAllAsync();

        // All are gone: a number in a file that is left may by now be that of somebody else's process.
        if (Directory.Exists(_run))
        {
            foreach (string file in Directory.EnumerateFiles(_run, "*.pid", SearchOption.AllDirectories)) File.Delete(file);
        }

        (await CallAsync("reset")).Success();
    }

    private Task<ToolResult> CallAsync(params string[] arguments) => Tool.RunAsync(_program, arguments, _environment);

    // This goes on when the run was cancelled: nothing may be left.
    private async Task KillAllAsync()
    {
        const int Tries = 100;
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            ToolResult found = await Tool.RunAsync("ip", ["netns", "pids", _namespace]);
            string[] ids = found.Code == 0 ? found.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];
            if (ids.Length == 0) return;
            foreach (string id in ids) Kill(int.Parse(id, CultureInfo.InvariantCulture));
            await Task.Delay(TimeSpan.FromMilliseconds(200), CancellationToken.None);
        }

        throw new TimeoutException($"The processes in network namespace {_namespace} do not end.");
    }

    private static void Kill(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
        }
    }
}
