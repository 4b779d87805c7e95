using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Writes;

namespace ConfidentialOperator.ApiServer.Apply;

/// <summary>Who manages which field, before and after one write (Kubernetes documentation, "Server-Side Apply").</summary>
internal sealed class FieldOwnership
{
    private readonly ManagedEntry _own;
    private readonly bool _force;
    private readonly JsonObject? _applied;
    private readonly ResourceKind? _kind;
    private List<string> _taken = [];

    private FieldOwnership(WriteOptions options, string operation, string apiVersion, string now, JsonObject? applied, ResourceKind? kind)
    {
        _force = options.Force;
        _applied = applied;
        _kind = kind;
        _own = new ManagedEntry
        {
            Manager = options.FieldManager,
            Operation = operation,
            ApiVersion = apiVersion,
            Subresource = options.Subresource,
            Time = now,
            Fields = new FieldSet(applied is null ? [] : FieldWalker.Walk(applied, kind!, containers: false).Keys),
        };
    }

    public static FieldOwnership ForUpdate(WriteOptions options, string apiVersion, string now) =>
        new(options, "Update", apiVersion, now, null, null);

    public static FieldOwnership ForApply(WriteOptions options, string apiVersion, string now, JsonObject applied, ResourceKind kind)
    {
        JsonObject scoped = applied.Copy();
        if (options.Subresource == "status") KeepStatus(scoped);
        else if (kind.HasStatus) scoped.Remove("status");
        return new(options, "Apply", apiVersion, now, scoped, kind);
    }

    /// <summary>The live object with the applied one laid over it, without what this manager no longer applies.</summary>
    public JsonObject Merge(JsonObject live)
    {
        List<ManagedEntry> entries = ManagedEntry.ReadAll(live["metadata"]);
        List<ManagedEntry> others = [.. entries.Where(entry => !entry.IsOf(_own))];
        CheckConflicts(live, others);
        JsonObject merged = TypedMerge.Merge(live, _applied!, _kind!);
        if (entries.Find(entry => entry.IsOf(_own)) is not { } before) return merged;
        IEnumerable<string> dropped = before.Fields.Paths.Where(path =>
            !_own.Fields.Covers(path) && !others.Exists(other => other.Fields.Covers(path)));
        FieldRemoval.Remove(merged, dropped.ToList(), _kind!);
        return merged;
    }

    /// <summary>Writes the managed fields of the object that is about to be stored.</summary>
    public void Record(JsonObject old, JsonObject next, ResourceKind kind)
    {
        JsonNode? given = next.Find("metadata", "managedFields");
        bool usesOld = _applied is not null || given is not JsonArray { Count: > 0 };
        List<ManagedEntry> entries = ManagedEntry.ReadAll(usesOld ? old.Find("metadata") : next["metadata"]);
        bool changed = _applied is null ? RecordUpdate(entries, old, next, kind) : RecordApply(entries, old, next);
        if (!changed && usesOld && old.Find("metadata", "managedFields") is { } kept)
        {
            next.Metadata()["managedFields"] = kept.DeepClone();
            return;
        }

        entries.RemoveAll(entry => entry.Fields.IsEmpty);
        next.Metadata().Remove("managedFields");
        if (entries.Count > 0) next.Metadata()["managedFields"] = new JsonArray([.. entries.Select(entry => entry.ToJson())]);
    }

    private static void KeepStatus(JsonObject applied)
    {
        foreach (string name in applied.Select(pair => pair.Key).Where(name => name is not ("status" or "apiVersion" or "kind")).ToList())
            applied.Remove(name);
    }

    private void CheckConflicts(JsonObject live, List<ManagedEntry> others)
    {
        Dictionary<string, JsonNode?> current = FieldWalker.Walk(live, _kind!, containers: true);
        Dictionary<string, JsonNode?> wanted = FieldWalker.Walk(_applied!, _kind!, containers: false);
        List<string> changed = [.. wanted
            .Where(field => !current.TryGetValue(field.Key, out JsonNode? now) || !JsonNode.DeepEquals(now, field.Value))
            .Select(field => field.Key)];
        List<(ManagedEntry Owner, string Path)> conflicts =
            [.. from owner in others from path in changed where owner.Fields.Contains(path) select (owner, path)];
        if (conflicts.Count > 0 && !_force) throw FieldConflicts.ToError(conflicts);
        _taken = [.. conflicts.Select(conflict => conflict.Path)];
    }

    private bool RecordApply(List<ManagedEntry> entries, JsonObject old, JsonObject next)
    {
        ManagedEntry? before = entries.Find(entry => entry.IsOf(_own));
        foreach (ManagedEntry entry in entries) entry.Fields.Remove(_taken);
        JsonObject oldContent = WithoutOwnership(old);
        bool sameFields = before is not null && before.Fields.SameAs(_own.Fields);
        if (sameFields && _taken.Count == 0 && JsonNode.DeepEquals(oldContent, WithoutOwnership(next))) return false;
        ForgetRemoved(entries, FieldWalker.Walk(next, _kind!, containers: true));
        if (before is not null) entries.Remove(before);
        entries.Insert(0, _own);
        return true;
    }

    private bool RecordUpdate(List<ManagedEntry> entries, JsonObject old, JsonObject next, ResourceKind kind)
    {
        Dictionary<string, JsonNode?> before = FieldWalker.Walk(old, kind, containers: true);
        Dictionary<string, JsonNode?> after = FieldWalker.Walk(next, kind, containers: true);
        List<string> changed = [.. after
            .Where(field => !before.TryGetValue(field.Key, out JsonNode? was) || !JsonNode.DeepEquals(was, field.Value))
            .Select(field => field.Key)];
        bool removed = before.Keys.Any(path => !after.ContainsKey(path));
        if (changed.Count == 0 && !removed) return false;
        foreach (ManagedEntry entry in entries) entry.Fields.Remove(changed);
        ForgetRemoved(entries, after);
        ManagedEntry? own = entries.Find(entry => entry.IsOf(_own));
        if (own is null) entries.Add(own = _own);
        own.Fields.Add(changed);
        own.Time = _own.Time;
        return true;
    }

    private static void ForgetRemoved(List<ManagedEntry> entries, Dictionary<string, JsonNode?> present)
    {
        foreach (ManagedEntry entry in entries) entry.Fields.Remove([.. entry.Fields.Paths.Where(path => !present.ContainsKey(path))]);
    }

    private static JsonObject WithoutOwnership(JsonObject item)
    {
        JsonObject copy = item.Copy();
        if (copy["metadata"] is JsonObject metadata) metadata.Remove("managedFields");
        return copy;
    }
}
