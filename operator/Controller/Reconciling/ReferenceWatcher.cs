using System.Collections.Concurrent;
using System.Globalization;
using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>
/// Watches exactly the ConfigMaps and Secrets that specifications name, one watch each, shared by all models that name it. So the Controller
/// neither lists Secrets nor keeps those that are none of its business.
/// </summary>
internal sealed class ReferenceWatcher(
    ApiClient api, WorkQueue queue, ReflectorTiming timing, Telemetry telemetry, ILogger<ReferenceWatcher> logger, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private readonly Dictionary<(ResourceType Type, ObjectKey Key), Watched> _watched = [];
    private readonly ConcurrentBag<Task> _ending = [];

    /// <summary>Reads a value and has the model looked at again whenever it changes.</summary>
    public async Task<Reference> ReadAsync(
        ObjectKey model, ResourceType type, ObjectKey key, string member, RefusalReason missingMember, CancellationToken cancellationToken)
    {
        Watched watched = Watch(model, type, key);
        try
        {
            await watched.Reflector.Synced.WaitAsync(s_patience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return watched.Reflector.Problem is ApiException { Status: 401 or 403 }
                ? Reference.Missing(RefusalReason.ReferenceNotFound, $"{type.Kind} {key.Name} may not be read by the controller; allow it, or name another one.")
                : throw new TimeoutException($"{type.Kind} {key} could not be read in time.");
        }

        if (watched.Cache.Find(key) is not { } found)
        {
            return Reference.Missing(RefusalReason.ReferenceNotFound, $"{type.Kind} {key.Name} does not exist in namespace {key.Namespace}.");
        }

        return found.Data.TryGetValue(member, out byte[]? value)
            ? Reference.Of(value)
            : Reference.Missing(missingMember, string.Create(CultureInfo.InvariantCulture, $"{type.Kind} {key.Name} has no key {member}."));
    }

    /// <summary>Says which objects a model still names; watches that nobody needs any more end.</summary>
    public void Keep(ObjectKey model, IReadOnlyCollection<(ResourceType Type, ObjectKey Key)> named)
    {
        lock (_gate)
        {
            foreach (((ResourceType, ObjectKey) key, Watched watched) in _watched.Where(entry => !named.Contains(entry.Key)).ToList())
            {
                if (watched.Models.Remove(model) && watched.Models.Count == 0)
                {
                    _watched.Remove(key);
                    watched.Stop.Cancel();
                    _ending.Add(watched.Run);
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        List<Watched> all;
        lock (_gate)
        {
            all = [.. _watched.Values];
            _watched.Clear();
        }

        foreach (Watched watched in all)
        {
            await watched.Stop.CancelAsync().ConfigureAwait(false);
        }

        await Task.WhenAll([.. all.Select(watched => watched.Run), .. _ending]).ConfigureAwait(false);
    }

    private Watched Watch(ObjectKey model, ResourceType type, ObjectKey key)
    {
        lock (_gate)
        {
            if (!_watched.TryGetValue((type, key), out Watched? watched))
            {
                watched = Begin(type, key);
                _watched[(type, key)] = watched;
            }

            watched.Models.Add(model);
            return watched;
        }
    }

    private Watched Begin(ResourceType type, ObjectKey key)
    {
        ResourceCache<ReferencedObject> cache = new();
        Reflector<ReferencedObject> reflector = new(
            api, type, new ListScope(key.Namespace, Name: key.Name), cache, item => ReferencedObject.Read(type, item), timing, telemetry, logger, time);
        CancellationTokenSource stop = new();
        Watched watched = new(cache, reflector, stop, Task.Run(() => reflector.RunAsync(stop.Token), CancellationToken.None));
        cache.Changed += (_, _) => Tell(watched);
        return watched;
    }

    private void Tell(Watched watched)
    {
        ObjectKey[] models;
        lock (_gate)
        {
            models = [.. watched.Models];
        }

        foreach (ObjectKey model in models)
        {
            queue.Add(model);
        }
    }

    private sealed record Watched(ResourceCache<ReferencedObject> Cache, Reflector<ReferencedObject> Reflector, CancellationTokenSource Stop, Task Run)
    {
        public HashSet<ObjectKey> Models { get; } = [];
    }
}
