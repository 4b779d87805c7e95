using ConfidentialOperator.Controller.Kubernetes;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>Everything that the Controller knows of the cluster without asking.</summary>
internal sealed class ClusterView
{
    private readonly Dictionary<ResourceType, ResourceCache<OwnedObject>> _owned = ResourceType.Owned.ToDictionary(type => type, _ => new ResourceCache<OwnedObject>());

    public ClusterView(WorkQueue queue)
    {
        Models.Changed += (before, now) => Add(queue, now ?? before, patient: before is null && !IsNew(now));
        Pods.Changed += (before, now) => OnPod(queue, before, now);
        RuntimeClasses.Changed += (before, now) => OnRuntimeClass(queue, before, now);
        foreach (ResourceCache<OwnedObject> cache in _owned.Values)
        {
            cache.Changed += (before, now) => Add(queue, now ?? before, patient: false);
        }
    }

    public ResourceCache<ModelResource> Models { get; } = new();

    public ResourceCache<ObservedPod> Pods { get; } = new();

    public ResourceCache<NamedObject> RuntimeClasses { get; } = new();

    /// <summary>Gets or sets whether RuntimeClasses could be listed; where they may not be read, they are not judged.</summary>
    public bool RuntimeClassesKnown { get; set; }

    public ResourceCache<OwnedObject> Owned(ResourceType type) => _owned[type];

    private static void Add(WorkQueue queue, ICached? item, bool patient)
    {
        if (item?.Model is { } model)
        {
            queue.Add(model, patient);
        }
    }

    // After a restart every model is looked at once; those that have a status already can wait for those that users make now.
    private static bool IsNew(ModelResource? model) => model?.Content.Member("status") is null;

    // Pods change often in ways that do not matter here, such as a probe's time.
    private static void OnPod(WorkQueue queue, ObservedPod? before, ObservedPod? now)
    {
        if (before is null || now is null || before with { Version = 0 } != now with { Version = 0 })
        {
            Add(queue, now ?? before, patient: false);
        }
    }

    private void OnRuntimeClass(WorkQueue queue, NamedObject? before, NamedObject? now)
    {
        if (before is null || now is null)
        {
            foreach (ObjectKey model in Models.Keys)
            {
                queue.Add(model, patient: true);
            }
        }
    }
}
