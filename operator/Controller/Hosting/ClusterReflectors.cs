using System.Text.Json;
using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Controller.Reconciling;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Controller.Hosting;

/// <summary>The reflectors that fill the view of the cluster: one for each kind and namespace.</summary>
internal sealed class ClusterReflectors
{
    private const string OurLabels = "app.kubernetes.io/managed-by=confidential-operator";
    private readonly List<Func<CancellationToken, Task>> _runs = [];
    private readonly List<Task> _synced = [];
    private readonly Reflector<NamedObject> _runtimeClasses;
    private readonly ClusterView _cluster;

    public ClusterReflectors(
        ClusterView cluster, ApiClient api, IOptions<ControllerOptions> options, ReflectorTiming timing, Telemetry telemetry,
        ILogger<ClusterReflectors> logger, TimeProvider time)
    {
        _cluster = cluster;
        foreach (string space in options.Value.Namespaces())
        {
            Add(Make(ResourceType.ConfidentialModels, new ListScope(space), cluster.Models, ModelResource.Read));
            Add(Make(ResourceType.Pods, new ListScope(space, OurLabels), cluster.Pods, ObservedPod.Read));
            foreach (ResourceType type in ResourceType.Owned)
            {
                Add(Make(type, new ListScope(space, OurLabels), cluster.Owned(type), OwnedObject.Read));
            }
        }

        _runtimeClasses = Make(ResourceType.RuntimeClasses, new ListScope(), cluster.RuntimeClasses, NamedObject.Read);
        _runs.Add(_runtimeClasses.RunAsync);

        Reflector<T> Make<T>(ResourceType type, ListScope scope, ResourceCache<T> cache, Func<JsonElement, T> read)
            where T : class, ICached => new(api, type, scope, cache, read, timing, telemetry, logger, time);

        void Add<T>(Reflector<T> reflector)
            where T : class, ICached
        {
            _runs.Add(reflector.RunAsync);
            _synced.Add(reflector.Synced);
        }
    }

    /// <summary>Gets a task that ends when every cache is filled.</summary>
    public Task Synced => Task.WhenAll([.. _synced, RuntimeClassesAsync()]);

    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_runs.Select(run => Task.Run(() => run(cancellationToken), CancellationToken.None)));

    // They are cluster-wide: an operator of some namespaces may not be allowed to read them and works without that check.
    private async Task RuntimeClassesAsync()
    {
        while (!_runtimeClasses.Synced.IsCompleted && _runtimeClasses.Problem is not ApiException { Status: 403 })
        {
            await Task.WhenAny(_runtimeClasses.Synced, Task.Delay(TimeSpan.FromMilliseconds(100))).ConfigureAwait(false);
        }

        _cluster.RuntimeClassesKnown = _runtimeClasses.Synced.IsCompleted;
    }
}
