using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Writes;

namespace ConfidentialOperator.ApiServer.Storage;

/// <summary>
/// The server's content, usable in process without HTTP. A resource is named as for kubectl: <c>pods</c>,
/// <c>deployments.apps</c>, a kind or a short name. Every object handed out is the caller's own copy.
/// </summary>
public sealed class Store
{
    private readonly ObjectDatabase _database;
    private readonly ObjectWriter _writer;
    private readonly ObjectRemover _remover;

    internal Store(ObjectDatabase database, ObjectWriter writer, ObjectRemover remover)
    {
        _database = database;
        _writer = writer;
        _remover = remover;
    }

    /// <summary>Gets the newest resource version.</summary>
    public long ResourceVersion => _database.Version;

    /// <summary>Reads an object, or null when there is none.</summary>
    public JsonObject? Get(string resource, string? space, string name)
    {
        ResourceKind kind = Kind(resource);
        return _database.Find(kind, space ?? "", name) is { } found ? EventForms.Serve(kind, found.Parse()) : null;
    }

    /// <summary>Lists objects, of one namespace or of all.</summary>
    public IReadOnlyList<JsonObject> List(string resource, string? space = null, string? labelSelector = null, string? fieldSelector = null)
    {
        ResourceKind kind = Kind(resource);
        Selection selection = new(space, LabelSelector.Parse(labelSelector), FieldSelector.Parse(fieldSelector, kind));
        return [.. _database.List(kind, selection).Items.Select(item => EventForms.Serve(kind, item.Parse()))];
    }

    /// <summary>Creates an object of the kind that its <c>apiVersion</c> and <c>kind</c> name.</summary>
    public JsonObject Create(JsonObject item, WriteOptions? options = null)
    {
        ResourceKind kind = KindOf(item);
        return Serve(kind, _writer.Create(kind, Space(kind, item), item, options ?? new()));
    }

    /// <summary>Replaces an object; its status is left alone.</summary>
    public JsonObject Update(JsonObject item, WriteOptions? options = null)
    {
        ResourceKind kind = KindOf(item);
        return Serve(kind, _writer.Update(kind, Space(kind, item), item.Name(), _ => item.Copy(), options ?? new()));
    }

    /// <summary>Replaces the status of an object; everything else is left alone.</summary>
    public JsonObject UpdateStatus(JsonObject item, WriteOptions? options = null) =>
        Update(item, (options ?? new()) with { Subresource = "status" });

    /// <summary>Changes the current object in place; there can be no conflict. Returns null when there is no such object.</summary>
    public JsonObject? Modify(string resource, string? space, string name, Action<JsonObject> change, WriteOptions? options = null)
    {
        ResourceKind kind = Kind(resource);
        lock (_database.Gate)
        {
            if (_database.Find(kind, space ?? "", name) is null) return null;
            return Serve(kind, _writer.Update(kind, space ?? "", name, current => Changed(current, change), options ?? new()));
        }
    }

    /// <summary>Changes the status of the current object in place. Returns null when there is no such object.</summary>
    public JsonObject? ModifyStatus(string resource, string? space, string name, Action<JsonObject> change, WriteOptions? options = null) =>
        Modify(resource, space, name, item => change(item.Child("status")), (options ?? new()) with { Subresource = "status" });

    /// <summary>Applies an object as server-side apply does.</summary>
    public JsonObject Apply(JsonObject item, WriteOptions? options = null)
    {
        ResourceKind kind = KindOf(item);
        return Serve(kind, _writer.Apply(kind, Space(kind, item), item.Name(), item, options ?? new()).Stored);
    }

    /// <summary>Applies every document of a YAML text, in order; objects without a namespace go to <c>default</c>.</summary>
    public IReadOnlyList<JsonObject> ApplyManifests(string yaml, WriteOptions? options = null) =>
        [.. BodyReader.ReadManifests(yaml).Select(item =>
        {
            if (KindOf(item).Namespaced && item.Namespace().Length == 0) item.Metadata()["namespace"] = "default";
            return Apply(item, options);
        }).ToList()];

    /// <summary>Deletes an object; false when there is none. Finalizers and grace periods hold.</summary>
    public bool Delete(string resource, string? space, string name, RemovalOptions? options = null)
    {
        ResourceKind kind = Kind(resource);
        lock (_database.Gate)
        {
            if (_database.Find(kind, space ?? "", name) is null) return false;
            _remover.Delete(kind, space ?? "", name, options ?? new());
            return true;
        }
    }

    /// <summary>
    /// Watches a kind: everything that exists as ADDED, then each change as it is made. The subscription exists before the
    /// first element is asked for.
    /// </summary>
    public IAsyncEnumerable<WatchEvent> WatchAsync(string resource, string? space, CancellationToken cancellationToken)
    {
        ResourceKind kind = Kind(resource);
        (Subscription changes, List<Change> initial, _) = _database.Watch(kind, Selection.Of(space), null);
        return Read(kind, changes, initial, cancellationToken);
    }

    /// <summary>Forgets the history of changes, so that watches from an older version get 410.</summary>
    public void Compact() => _database.Compact();

    private static async IAsyncEnumerable<WatchEvent> Read(
        ResourceKind kind, Subscription changes, List<Change> initial, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using (changes)
        {
            foreach (Change change in initial) yield return Event(kind, change);
            await foreach (Change change in changes.Changes.ReadAllAsync(cancellationToken)) yield return Event(kind, change);
        }
    }

    private static WatchEvent Event(ResourceKind kind, Change change) => new(change.Type, Serve(kind, change.Current));

    private static JsonObject Serve(ResourceKind kind, StoredObject stored) => EventForms.Serve(kind, stored.Parse());

    private static JsonObject Changed(JsonObject current, Action<JsonObject> change)
    {
        change(current);
        return current;
    }

    private static string Space(ResourceKind kind, JsonObject item) => kind.Namespaced ? item.Namespace() : "";

    private ResourceKind Kind(string resource) => _database.Kinds.ByName(resource)
        ?? throw new ArgumentException($"The server knows no resource {resource}.", nameof(resource));

    private ResourceKind KindOf(JsonObject item) =>
        _database.Kinds.ByObject(item.Text("apiVersion") ?? "", item.Text("kind") ?? "")
        ?? throw ApiErrors.BadRequest($"no matches for kind \"{item.Text("kind")}\" in version \"{item.Text("apiVersion")}\"");
}
