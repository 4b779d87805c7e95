using System.Text.Json.Nodes;
using System.Threading.Channels;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Storage;
using ConfidentialOperator.ApiServer.Writes;

namespace ConfidentialOperator.ApiServer.Garbage;

/// <summary>Follows every change and removes what has lost its owner, its namespace or its definition.</summary>
internal sealed class GarbageCollector : IAsyncDisposable
{
    private static readonly WriteOptions s_options = new() { FieldManager = "garbage-collector", FieldValidation = "Ignore" };

    private readonly Channel<(string Key, Change Change)> _changes = Channel.CreateUnbounded<(string Key, Change Change)>();
    private readonly ObjectDatabase _database;
    private readonly ObjectWriter _writer;
    private readonly ObjectRemover _remover;
    private readonly OwnerGraph _graph = new();
    private readonly NamespaceLifecycle _namespaces;
    private readonly Task _loop;

    public GarbageCollector(ObjectDatabase database, ObjectWriter writer, ObjectRemover remover)
    {
        _database = database;
        _writer = writer;
        _remover = remover;
        _namespaces = new NamespaceLifecycle(database, writer, remover);
        database.Committed += Enqueue;
        _loop = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        _database.Committed -= Enqueue;
        _changes.Writer.TryComplete();
        await _loop;
    }

    private void Enqueue(string key, Change change) => _changes.Writer.TryWrite((key, change));

    private async Task RunAsync()
    {
        await foreach ((string key, Change change) in _changes.Reader.ReadAllAsync())
        {
            _graph.Follow(key, change);
            lock (_database.Gate) Handle(key, change);
        }
    }

    private void Handle(string key, Change change)
    {
        if (change.Type == Change.Deleted)
        {
            foreach (ObjectAddress dependent in _graph.DependentsOf(change.Current.Uid)) Release(dependent);
            foreach (string owner in change.Current.Owners) Finish(_graph.Find(owner));
        }
        else if (change.Current.Deleting)
        {
            Finish(new ObjectAddress(key, change.Current.Namespace, change.Current.Name, change.Current.Uid));
        }
        else if (change.Current.Owners.Count > 0)
        {
            Release(new ObjectAddress(key, change.Current.Namespace, change.Current.Name, change.Current.Uid));
        }

        _namespaces.Handle(key, change);
    }

    /// <summary>Deletes a dependent whose owners are all gone; takes only the dead references when some live.</summary>
    private void Release(ObjectAddress address)
    {
        if (Current(address) is not { } found || found.Item.Owners.Count == 0) return;
        List<string> dead = [.. found.Item.Owners.Where(owner => !_graph.Exists(owner))];
        if (dead.Count == 0) return;
        if (dead.Count == found.Item.Owners.Count)
            _remover.Delete(found.Kind, address.Namespace, address.Name, new RemovalOptions { Uid = address.Uid });
        else Disown(found.Kind, address, dead);
    }

    private void Disown(ResourceKind kind, ObjectAddress address, List<string> owners) =>
        _writer.Update(kind, address.Namespace, address.Name, item =>
        {
            JsonArray references = (JsonArray)item.Metadata()["ownerReferences"]!;
            references.RemoveAll(reference => owners.Contains(reference.Text("uid") ?? ""));
            if (references.Count == 0) item.Metadata().Remove("ownerReferences");
            return item;
        }, s_options);

    /// <summary>Goes on with an owner that waits for its dependents, by foreground deletion or orphaning.</summary>
    private void Finish(ObjectAddress? address)
    {
        if (address is null || Current(address) is not { } found || !found.Item.Deleting) return;
        JsonNode? finalizers = found.Item.Parse().Find("metadata", "finalizers");
        List<ObjectAddress> dependents = [.. _graph.DependentsOf(address.Uid)];
        if (Has(finalizers, ObjectRemover.Orphan))
        {
            foreach (ObjectAddress dependent in dependents)
            {
                if (Current(dependent) is { } live) Disown(live.Kind, dependent, [address.Uid]);
            }

            RemoveFinalizer(found.Kind, address, ObjectRemover.Orphan);
        }
        else if (Has(finalizers, ObjectRemover.Foreground))
        {
            foreach (ObjectAddress dependent in dependents) DeleteForeground(dependent);
            if (!dependents.Exists(dependent => Blocks(dependent, address.Uid))) RemoveFinalizer(found.Kind, address, ObjectRemover.Foreground);
        }
    }

    private void DeleteForeground(ObjectAddress dependent)
    {
        if (Current(dependent) is not { Item.Deleting: false } live) return;
        string policy = _graph.DependentsOf(dependent.Uid).Any() ? "Foreground" : "Background";
        _remover.Delete(live.Kind, dependent.Namespace, dependent.Name, new RemovalOptions { Uid = dependent.Uid, PropagationPolicy = policy });
    }

    private bool Blocks(ObjectAddress dependent, string owner) =>
        Current(dependent) is { } live && live.Item.Parse().Items("metadata", "ownerReferences").Any(reference =>
            reference.Text("uid") == owner && reference["blockOwnerDeletion"] is JsonValue flag && flag.TryGetValue(out bool blocks) && blocks);

    private void RemoveFinalizer(ResourceKind kind, ObjectAddress address, string finalizer) =>
        _writer.Update(kind, address.Namespace, address.Name, item =>
        {
            ((JsonArray)item.Metadata()["finalizers"]!).RemoveAll(present => present.AsText() == finalizer);
            return item;
        }, s_options);

    private (ResourceKind Kind, StoredObject Item)? Current(ObjectAddress address)
    {
        ResourceKind? kind = _database.Kinds.ByName(address.Resource);
        return kind is not null && _database.Find(kind, address.Namespace, address.Name) is { } item && item.Uid == address.Uid ? (kind, item) : null;
    }

    private static bool Has(JsonNode? finalizers, string name) =>
        finalizers is JsonArray list && list.Any(present => present.AsText() == name);
}
