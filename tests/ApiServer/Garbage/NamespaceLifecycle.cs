using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Storage;
using ConfidentialOperator.ApiServer.Writes;

namespace ConfidentialOperator.ApiServer.Garbage;

/// <summary>Empties namespaces that are being deleted, and lets them go when they are empty.</summary>
internal sealed class NamespaceLifecycle(ObjectDatabase database, ObjectWriter writer, ObjectRemover remover)
{
    private static readonly WriteOptions s_options = new() { FieldManager = "namespace-controller" };

    public void Handle(string resource, Change change)
    {
        string space = resource == "namespaces" ? change.Current.Name : change.Current.Namespace;
        if (space.Length == 0 || (resource == "namespaces" && change.Type == Change.Deleted)) return;
        ResourceKind kind = database.Kinds.ByPath("", "v1", "namespaces")!;
        if (database.Find(kind, "", space) is not { Deleting: true } found) return;
        if (found.Parse().Text("status", "phase") != "Terminating")
            writer.Update(kind, "", space, item => { item.Child("status")["phase"] = "Terminating"; return item; }, s_options with { Subresource = "status" });
        if (resource == "namespaces") Empty(space);
        if (database.Everything(item => item.Namespace == space).Count > 0 || database.Find(kind, "", space) is null) return;
        writer.Update(kind, "", space, item => { item.Child("spec").Remove("finalizers"); return item; }, s_options);
    }

    private void Empty(string space)
    {
        foreach ((ResourceKind kind, StoredObject item) in database.Everything(item => item.Namespace == space && !item.Deleting))
            remover.Delete(kind, space, item.Name, new RemovalOptions { Uid = item.Uid });
    }
}
