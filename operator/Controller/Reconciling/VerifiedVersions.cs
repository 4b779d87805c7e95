using System.Collections.Concurrent;
using ConfidentialOperator.Controller.Kubernetes;

namespace ConfidentialOperator.Controller.Reconciling;

/// <summary>Remembers which version of an object is as we want it: what the server answered to an apply, or what was compared.</summary>
internal sealed class VerifiedVersions
{
    private readonly ConcurrentDictionary<(ResourceType Type, ObjectKey Key), (string Digest, long Version)> _versions = new();

    public long Find(ChildState child) =>
        _versions.TryGetValue((child.Type, child.Key), out (string Digest, long Version) known) && known.Digest == child.Digest ? known.Version : 0;

    public void Remember(ChildState child, long version) => _versions[(child.Type, child.Key)] = (child.Digest, version);

    public void Forget(ObjectKey model)
    {
        foreach ((ResourceType Type, ObjectKey Key) entry in _versions.Keys
            .Where(entry => entry.Key.Namespace == model.Namespace && entry.Key.Name.StartsWith(model.Name, StringComparison.Ordinal)))
        {
            _versions.TryRemove(entry, out _);
        }
    }
}
