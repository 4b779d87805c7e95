using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Storage;

namespace ConfidentialOperator.ApiServer.Writes;

/// <summary>Delete: at once, or by a deletion timestamp when finalizers, dependents or a grace period hold it.</summary>
internal sealed class ObjectRemover(ObjectDatabase database)
{
    public const string Foreground = "foregroundDeletion";
    public const string Orphan = "orphan";

    /// <summary>Deletes an object; the answer tells whether it is gone or only marked.</summary>
    public (StoredObject Item, bool Gone) Delete(ResourceKind kind, string space, string name, RemovalOptions options)
    {
        lock (database.Gate)
        {
            StoredObject current = database.Require(kind, space, name);
            CheckPreconditions(kind, current, options);
            JsonObject item = current.Parse();
            long grace = Grace(kind, item, options);
            Mark(item, options, grace);
            if (options.DryRun) return (current, WriteScope.IsFinished(item));
            if (WriteScope.IsFinished(item)) return (database.Remove(kind, current), true);
            StoredObject marked = JsonNode.DeepEquals(item, current.Parse()) ? current : database.Put(kind, item, current);
            return (marked, false);
        }
    }

    private static void CheckPreconditions(ResourceKind kind, StoredObject current, RemovalOptions options)
    {
        if (options.Uid is { } uid && uid != current.Uid)
        {
            throw ApiErrors.Conflict(kind, current.Name, $"the UID in the precondition ({uid}) does not match the UID in record ({current.Uid}). " +
                "The object might have been deleted and then recreated");
        }

        if (options.ResourceVersion is { } version && version != current.ResourceVersion.ToString())
        {
            throw ApiErrors.Conflict(kind, current.Name, $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion " +
                $"in record ({current.ResourceVersion}). The object might have been modified");
        }
    }

    private static long Grace(ResourceKind kind, JsonObject item, RemovalOptions options)
    {
        if (kind.Kind != "Pod" || item.Text("spec", "nodeName") is not { Length: > 0 }) return 0;
        if (item.Text("status", "phase") is "Succeeded" or "Failed") return 0;
        long wanted = options.GracePeriodSeconds ?? item.Integer("spec", "terminationGracePeriodSeconds") ?? 30;
        return item.Integer("metadata", "deletionGracePeriodSeconds") is { } already ? Math.Min(already, wanted) : wanted;
    }

    private void Mark(JsonObject item, RemovalOptions options, long grace)
    {
        JsonObject metadata = item.Metadata();
        bool first = metadata["deletionTimestamp"] is null;
        if (first)
        {
            metadata["deletionTimestamp"] = database.Time.GetUtcNow().AddSeconds(grace).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
            if (item.Integer("metadata", "generation") is { } generation) metadata["generation"] = generation + 1;
        }

        metadata["deletionGracePeriodSeconds"] = grace;
        string? finalizer = options.PropagationPolicy switch
        {
            "Foreground" => Foreground,
            "Orphan" => Orphan,
            _ => null,
        };
        if (!first || finalizer is null) return;
        if (metadata["finalizers"] is not JsonArray finalizers) metadata["finalizers"] = finalizers = [];
        if (!finalizers.Any(present => present.AsText() == finalizer)) finalizers.Add(finalizer);
    }
}
