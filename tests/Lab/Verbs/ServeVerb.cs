using ConfidentialOperator.Lab.Demo;
using ConfidentialOperator.Lab.Hosting;

namespace ConfidentialOperator.Lab.Verbs;

/// <summary><c>serve</c>: the demonstration in the foreground, until it is asked to end.</summary>
internal static class ServeVerb
{
    /// <summary>The folder of its run, below <c>.demo</c>.</summary>
    public const string Run = "up";

    public static async Task<int> RunAsync(string? model, CancellationToken cancellationToken)
    {
        LabFolders folders = LabFolders.Of(Run);
        if (LabState.Read(folders) is { IsAlive: true } other)
            throw new LabException($"A Lab runs already, as process {other.ProcessId}: 'make demo-down' stops it.");
        await using Stage stage = await Stage.BuildAsync(folders, model, cancellationToken);
        LabState state = LabState.Own(stage.Cluster.MemoryFolder);
        state.Write(folders);
        try
        {
            Console.WriteLine($"cluster, key broker and controller run; sealing and applying {string.Join(", ", stage.Names)}");
            await stage.DeployAsync(cancellationToken);
            await stage.StartProxyAsync(cancellationToken);
            await EnvironmentFile.WriteAsync(stage, cancellationToken);
            Console.WriteLine("ready");
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return 0;
        }
        finally
        {
            state.Forget(folders);
        }
    }
}
