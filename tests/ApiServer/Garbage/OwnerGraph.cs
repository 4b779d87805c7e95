using ConfidentialOperator.ApiServer.Storage;

namespace ConfidentialOperator.ApiServer.Garbage;

/// <summary>Who exists, and who is owned by whom, kept up to date from the changes.</summary>
internal sealed class OwnerGraph
{
    private readonly Dictionary<string, ObjectAddress> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<ObjectAddress>> _dependents = new(StringComparer.Ordinal);

    public bool Exists(string uid) => _objects.ContainsKey(uid);

    public ObjectAddress? Find(string uid) => _objects.GetValueOrDefault(uid);

    public IEnumerable<ObjectAddress> DependentsOf(string uid) => _dependents.TryGetValue(uid, out HashSet<ObjectAddress>? found) ? [.. found] : [];

    public void Follow(string resource, Change change)
    {
        StoredObject item = change.Current;
        ObjectAddress address = new(resource, item.Namespace, item.Name, item.Uid);
        foreach (string owner in change.Previous?.Owners ?? [])
        {
            if (_dependents.TryGetValue(owner, out HashSet<ObjectAddress>? owned) && owned.Remove(address) && owned.Count == 0) _dependents.Remove(owner);
        }

        if (change.Type == Change.Deleted)
        {
            _objects.Remove(item.Uid);
            return;
        }

        _objects[item.Uid] = address;
        foreach (string owner in item.Owners)
        {
            if (!_dependents.TryGetValue(owner, out HashSet<ObjectAddress>? owned)) _dependents[owner] = owned = [];
            owned.Add(address);
        }
    }
}
