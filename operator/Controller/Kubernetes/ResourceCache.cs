namespace ConfidentialOperator.Controller.Kubernetes;

/// <summary>
/// The last known state of a kind, filled by reflectors and by the answers to our own writes, whichever is newer. So a pass that comes right
/// after a write sees what was written and does not write it again.
/// </summary>
internal sealed class ResourceCache<T>
    where T : class, ICached
{
    private const int MostTombstones = 10_000;
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, T> _items = [];
    private readonly Dictionary<ObjectKey, HashSet<ObjectKey>> _byModel = [];
    private readonly Dictionary<ObjectKey, long> _tombstones = [];

    /// <summary>Tells of every change, in order: the old and the new object; a null is one that is not there. Handlers must be quick.</summary>
    public event Action<T?, T?>? Changed;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _items.Count;
            }
        }
    }

    public IReadOnlyList<ObjectKey> Keys
    {
        get
        {
            lock (_gate)
            {
                return [.. _items.Keys];
            }
        }
    }

    public T? Find(ObjectKey key)
    {
        lock (_gate)
        {
            return _items.GetValueOrDefault(key);
        }
    }

    /// <summary>Gets the objects that concern a model, by name.</summary>
    public IReadOnlyList<T> Of(ObjectKey model)
    {
        lock (_gate)
        {
            return _byModel.TryGetValue(model, out HashSet<ObjectKey>? keys)
                ? [.. keys.OrderBy(key => key.Name, StringComparer.Ordinal).Select(key => _items[key])]
                : [];
        }
    }

    /// <summary>Takes in an object unless a newer one is known.</summary>
    public void Observe(T item)
    {
        lock (_gate)
        {
            T? old = _items.GetValueOrDefault(item.Key);
            if (old is null ? item.Version > _tombstones.GetValueOrDefault(item.Key, -1) : item.Version > old.Version)
            {
                Put(item, old);
            }
        }
    }

    /// <summary>Puts a form of the same version in an object's place; nobody is told.</summary>
    public void Swap(T known, T same)
    {
        lock (_gate)
        {
            if (_items.TryGetValue(known.Key, out T? item) && ReferenceEquals(item, known))
            {
                _items[known.Key] = same;
            }
        }
    }

    /// <summary>Takes in that an object is gone, unless one of that name is known that is newer still.</summary>
    public void Remove(T item)
    {
        lock (_gate)
        {
            if (_items.TryGetValue(item.Key, out T? known) && (known.Uid == item.Uid || known.Version <= item.Version))
            {
                Drop(known);
            }

            Bury(item.Key, item.Version);
        }
    }

    /// <summary>Takes in a whole list. What it lacks is gone, unless we wrote it after the list was made.</summary>
    public void Replace(ListScope scope, IReadOnlyList<T> items, long version)
    {
        lock (_gate)
        {
            HashSet<ObjectKey> present = [.. items.Select(item => item.Key)];
            foreach (T gone in _items.Values.Where(item => scope.Covers(item.Key) && !present.Contains(item.Key) && item.Version <= version).ToList())
            {
                Drop(gone);
                Bury(gone.Key, version);
            }

            foreach (T item in items)
            {
                T? old = _items.GetValueOrDefault(item.Key);
                if (old is null || item.Version > old.Version)
                {
                    Put(item, old);
                }
            }
        }
    }

    private void Put(T item, T? old)
    {
        if (old is not null)
        {
            Unindex(old);
        }

        _items[item.Key] = item;
        if (item.Model is { } model)
        {
            (_byModel.TryGetValue(model, out HashSet<ObjectKey>? keys) ? keys : _byModel[model] = []).Add(item.Key);
        }

        Changed?.Invoke(old, item);
    }

    private void Drop(T item)
    {
        _items.Remove(item.Key);
        Unindex(item);
        Changed?.Invoke(item, null);
    }

    // The answer to a write can arrive after the news that the object is gone; it must not bring it back.
    private void Bury(ObjectKey key, long version)
    {
        if (_tombstones.Count >= MostTombstones)
        {
            _tombstones.Clear();
        }

        _tombstones[key] = version;
    }

    private void Unindex(T item)
    {
        if (item.Model is { } model && _byModel.TryGetValue(model, out HashSet<ObjectKey>? keys) && keys.Remove(item.Key) && keys.Count == 0)
        {
            _byModel.Remove(model);
        }
    }
}
