using ConfidentialOperator.Controller.Hosting;
using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Controller.Reconciling;

namespace ConfidentialOperator.Controller.Tests.Fixtures;

/// <summary>A Controller in this process, against a real API server.</summary>
internal sealed class RunningController : IAsyncDisposable
{
    private readonly WebApplication _application;

    private RunningController(WebApplication application, RecordedLog log) => (_application, Log) = (application, log);

    public RecordedLog Log { get; }

    public ControllerLoop Loop => _application.Services.GetRequiredService<ControllerLoop>();

    public bool IsLeader => _application.Services.GetRequiredService<LeaderElection>().IsLeader;

    public WorkQueue Queue => _application.Services.GetRequiredService<WorkQueue>();

    public ClusterView View => _application.Services.GetRequiredService<ClusterView>();

    public Uri Metrics => new(_application.Urls.First());

    public Uri Health => new(_application.Urls.Last());

    public static async Task<RunningController> StartAsync(string kubeconfig, params (string Name, string Value)[] settings)
    {
        Dictionary<string, string?> options = new()
        {
            ["Controller:Kubeconfig"] = kubeconfig,
            ["Controller:ListenAddress"] = "127.0.0.1",
            ["Controller:MetricsPort"] = "0",
            ["Controller:HealthPort"] = "0",
            ["Controller:LeaderElection"] = "false",
            ["Controller:ProgressInterval"] = "00:00:00.1",
            ["Controller:SteadyInterval"] = "00:00:00.3",
            ["Controller:LongestWatchRetry"] = "00:00:00.2",
            ["Controller:LongestRetry"] = "00:00:00.5",
            ["Controller:ShutdownGrace"] = "00:00:05",
        };
        foreach ((string name, string value) in settings)
        {
            options["Controller:" + name] = value;
        }

        RecordedLog log = new();
        WebApplication application = ControllerApplication.Create(builder =>
        {
            builder.Logging.ClearProviders();
            builder.Logging.AddProvider(log);
            builder.Configuration.AddInMemoryCollection(options);
        });
        await application.StartAsync(TestContext.Current.CancellationToken);
        return new RunningController(application, log);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
    }
}
