namespace ConfidentialOperator.ApiServer.Storage;

/// <summary>The objects of one kind in the order of their keys, and the latest changes. Used under the store's lock.</summary>
internal sealed class ObjectTable(int historyLimit)
{
    private readonly SortedDictionary<string, StoredObject> _objects = new(StringComparer.Ordinal);
    private readonly List<Change> _history = [];
    private readonly HashSet<Subscription> _subscriptions = [];

    /// <summary>Gets the version before the oldest remembered change; watches from before it get 410.</summary>
    public long CompactedAt { get; private set; }

    public IEnumerable<StoredObject> All => _objects.Values;

    public int Count => _objects.Count;

    public StoredObject? Find(string space, string name) => _objects.GetValueOrDefault(StoredObject.KeyOf(space, name));

    public void Record(Change change)
    {
        if (change.Type == Change.Deleted) _objects.Remove(change.Current.Key);
        else _objects[change.Current.Key] = change.Current;
        _history.Add(change);
        if (_history.Count > historyLimit) Forget(_history.Count / 2);
        foreach (Subscription subscription in _subscriptions) subscription.Offer(change);
    }

    public IEnumerable<Change> Since(long version) => _history.Where(change => change.ResourceVersion > version);

    public void Forget(int count)
    {
        if (count == 0) return;
        CompactedAt = _history[count - 1].ResourceVersion;
        _history.RemoveRange(0, count);
    }

    public void ForgetAll(long version)
    {
        _history.Clear();
        CompactedAt = version;
    }

    public void Subscribe(Subscription subscription) => _subscriptions.Add(subscription);

    public void Unsubscribe(Subscription subscription) => _subscriptions.Remove(subscription);

    public void DropSubscriptions()
    {
        foreach (Subscription subscription in _subscriptions) subscription.End();
        _subscriptions.Clear();
    }
}
