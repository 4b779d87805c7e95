using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Kinds;

namespace ConfidentialOperator.ApiServer.Storage;

/// <summary>All tables under one lock and one counter of resource versions.</summary>
internal sealed class ObjectDatabase(TimeProvider time, int historyLimit)
{
    private readonly Dictionary<string, ObjectTable> _tables = new(StringComparer.Ordinal);

    public Lock Gate { get; } = new();

    public KindRegistry Kinds { get; } = new();

    public TimeProvider Time { get; } = time;

    /// <summary>Gets the first two numbers of the addresses that services get.</summary>
    public string ServiceNetwork { get; init; } = "10.96";

    /// <summary>Gets or sets the newest resource version that was given out.</summary>
    public long Version { get; private set; } = 1;

    /// <summary>Called under the lock after each change, with the kind's key.</summary>
    public event Action<string, Change>? Committed;

    public string Now => Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");

    public ObjectTable Table(ResourceKind kind) => Table(StorageKey(kind));

    public ObjectTable Table(string key)
    {
        lock (Gate)
        {
            if (!_tables.TryGetValue(key, out ObjectTable? table)) _tables[key] = table = new ObjectTable(historyLimit);
            return table;
        }
    }

    public StoredObject? Find(ResourceKind kind, string space, string name)
    {
        lock (Gate) return Table(kind).Find(kind.Namespaced ? space : "", name);
    }

    public StoredObject Require(ResourceKind kind, string space, string name) =>
        Find(kind, space, name) ?? throw ApiErrors.NotFound(kind, name);

    public StoredObject Put(ResourceKind kind, JsonObject item, StoredObject? previous)
    {
        StoredObject stored = StoredObject.Freeze(item, ++Version);
        Commit(kind, new Change(previous is null ? Change.Added : Change.Modified, stored, previous));
        return stored;
    }

    public StoredObject Remove(ResourceKind kind, StoredObject previous)
    {
        StoredObject last = StoredObject.Freeze(previous.Parse(), ++Version);
        Commit(kind, new Change(Change.Deleted, last, previous));
        return last;
    }

    public (List<StoredObject> Items, long Version) List(ResourceKind kind, Selection selection)
    {
        lock (Gate) return ([.. Table(kind).All.Where(selection.Matches)], Version);
    }

    /// <summary>Begins a watch. Version 0 or null starts with everything that exists; otherwise what came after the version.</summary>
    public (Subscription Changes, List<Change> Initial, long Version) Watch(ResourceKind kind, Selection selection, long? since)
    {
        lock (Gate)
        {
            ObjectTable table = Table(kind);
            List<Change> initial = since is null or 0
                ? [.. table.All.Where(selection.Matches).Select(item => new Change(Change.Added, item, null))]
                : [.. History(table, since.Value).Select(selection.Project).OfType<Change>()];
            Subscription subscription = new(selection, ended =>
            {
                lock (Gate) table.Unsubscribe(ended);
            });
            table.Subscribe(subscription);
            return (subscription, initial, Version);
        }
    }

    /// <summary>The error for a watch from a version that is no longer remembered, or null.</summary>
    public ApiStatusException? Forgot(ResourceKind kind, long since)
    {
        lock (Gate)
        {
            long compacted = Table(kind).CompactedAt;
            return since is > 0 && since < compacted ? ApiErrors.Expired($"too old resource version: {since} ({compacted})") : null;
        }
    }

    public void DropWatches(Func<string, bool> matches)
    {
        lock (Gate)
        {
            foreach ((string key, ObjectTable table) in _tables)
            {
                if (matches(key)) table.DropSubscriptions();
            }
        }
    }

    /// <summary>Forgets all history, as a compaction of etcd does.</summary>
    public void Compact()
    {
        lock (Gate)
        {
            foreach (ObjectTable table in _tables.Values) table.ForgetAll(Version);
        }
    }

    public List<(ResourceKind Kind, StoredObject Item)> Everything(Func<StoredObject, bool> matches)
    {
        lock (Gate)
        {
            return [.. from kind in Kinds.All.DistinctBy(StorageKey)
                       from item in Table(kind).All
                       where matches(item)
                       select (kind, item)];
        }
    }

    private static string StorageKey(ResourceKind kind) => kind.Kind == "Event" ? "events" : kind.GroupResource;

    private static IEnumerable<Change> History(ObjectTable table, long since) => since < table.CompactedAt
        ? throw ApiErrors.Expired($"too old resource version: {since} ({table.CompactedAt})")
        : table.Since(since);

    private void Commit(ResourceKind kind, Change change)
    {
        Table(kind).Record(change);
        Committed?.Invoke(StorageKey(kind), change);
    }
}
