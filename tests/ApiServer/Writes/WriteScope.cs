using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Kinds;

namespace ConfidentialOperator.ApiServer.Writes;

/// <summary>Which parts of an object a write may touch, and what the server itself writes.</summary>
internal static class WriteScope
{
    private static readonly string[] s_serverMetadata =
        ["uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion", "generateName", "selfLink"];

    /// <summary>Prepares a new object: identity and times; the status starts empty except for nodes.</summary>
    public static void Begin(ResourceKind kind, JsonObject item, string now)
    {
        JsonObject metadata = item.Metadata();
        foreach (string name in (string[])["resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"]) metadata.Remove(name);
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = now;
        if (kind.HasGeneration) metadata["generation"] = 1;
        else metadata.Remove("generation");
        if (kind.HasStatus && kind.Kind != "Node") item.Remove("status");
    }

    /// <summary>The object after a write: everything the write may not touch stays as it was.</summary>
    public static JsonObject Compose(ResourceKind kind, JsonObject old, JsonObject wanted, string subresource)
    {
        JsonObject next = subresource == "status" ? old.Copy() : wanted.Copy();
        if (subresource == "status")
        {
            Take("status", wanted, next);
            Take("managedFields", wanted.Metadata(), next.Metadata());
            if (!kind.IsCustom) MergeMetadata(wanted, next);
        }
        else if (kind.HasStatus)
        {
            Take("status", old, next);
        }

        JsonObject metadata = next.Metadata();
        foreach (string name in s_serverMetadata) Take(name, old.Metadata(), metadata);
        return next;
    }

    /// <summary>Gets whether anything but metadata and status differs.</summary>
    public static bool SpecificationChanged(JsonObject old, JsonObject next)
    {
        IEnumerable<string> names = old.Select(pair => pair.Key).Union(next.Select(pair => pair.Key));
        return names.Any(name => name is not ("metadata" or "status") && !JsonNode.DeepEquals(old[name], next[name]));
    }

    /// <summary>Gets whether an object waits for nothing more than its last finalizer, and that is gone.</summary>
    public static bool IsFinished(JsonObject item) =>
        item.Find("metadata", "deletionTimestamp") is not null
        && item.Find("metadata", "finalizers") is not JsonArray { Count: > 0 }
        && (item.Text("kind") != "Namespace" || item.Find("spec", "finalizers") is not JsonArray { Count: > 0 })
        && item.Integer("metadata", "deletionGracePeriodSeconds") is null or 0;

    /// <summary>The status of a built-in kind may carry labels and annotations with it, as kubelets rely on.</summary>
    private static void MergeMetadata(JsonObject wanted, JsonObject next)
    {
        Take("labels", wanted.Metadata(), next.Metadata());
        Take("annotations", wanted.Metadata(), next.Metadata());
    }

    private static void Take(string name, JsonObject from, JsonObject to)
    {
        if (from[name] is { } value) to[name] = value.DeepClone();
        else to.Remove(name);
    }
}
