using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Apply;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Schemas;
using ConfidentialOperator.ApiServer.Storage;

namespace ConfidentialOperator.ApiServer.Writes;

/// <summary>Create, update, patch and apply. Each runs whole under the store's lock, so a write is never half seen.</summary>
internal sealed class ObjectWriter(ObjectDatabase database)
{
    private readonly Admission _admission = new(database);
    private readonly BuiltinDefaults _defaults = new(database);

    public StoredObject Create(ResourceKind kind, string space, JsonObject body, WriteOptions options)
    {
        lock (database.Gate)
        {
            JsonObject item = body.Copy();
            Admission.CheckIdentity(kind, space, "", item);
            Admission.Prune(kind, item, options);
            NameMaker.Complete(item);
            return Insert(kind, item, options, FieldOwnership.ForUpdate(options, kind.ApiVersion, database.Now));
        }
    }

    /// <summary>Replaces an object with what the caller makes of the current one.</summary>
    public StoredObject Update(ResourceKind kind, string space, string name, Func<JsonObject, JsonObject> change, WriteOptions options)
    {
        lock (database.Gate)
        {
            StoredObject current = database.Require(kind, space, name);
            JsonObject old = EventForms.Serve(kind, current.Parse());
            JsonObject wanted = change(old.Copy());
            Admission.CheckIdentity(kind, space, name, wanted);
            CheckPreconditions(kind, name, old, wanted);
            Admission.Prune(kind, wanted, options);
            JsonObject next = WriteScope.Compose(kind, old, wanted, options.Subresource);
            return Replace(kind, current, old, next, options, FieldOwnership.ForUpdate(options, kind.ApiVersion, database.Now));
        }
    }

    /// <summary>Server-side apply: creates the object when it is absent.</summary>
    public (StoredObject Stored, bool Created) Apply(ResourceKind kind, string space, string name, JsonObject body, WriteOptions options)
    {
        lock (database.Gate)
        {
            JsonObject applied = body.Copy();
            if (applied.Find("metadata", "managedFields") is JsonArray { Count: > 0 })
                throw ApiErrors.BadRequest("metadata.managedFields must be nil");
            applied.Metadata().Remove("managedFields");
            Admission.CheckIdentity(kind, space, name, applied);
            Admission.Prune(kind, applied, options);
            FieldOwnership ownership = FieldOwnership.ForApply(options, kind.ApiVersion, database.Now, applied, kind);
            StoredObject? current = database.Find(kind, space, name);
            if (current is null)
            {
                if (options.Subresource.Length > 0) throw ApiErrors.NotFound(kind, name);
                return (Insert(kind, applied, options, ownership), true);
            }

            JsonObject old = current.Parse();
            CheckPreconditions(kind, name, old, applied, mustHaveVersion: false);
            JsonObject merged = ownership.Merge(old);
            JsonObject next = WriteScope.Compose(kind, old, merged, options.Subresource);
            return (Replace(kind, current, old, next, options, ownership), false);
        }
    }

    private static void CheckPreconditions(ResourceKind kind, string name, JsonObject old, JsonObject wanted, bool mustHaveVersion = true)
    {
        string version = wanted.Text("metadata", "resourceVersion") ?? "";
        if (version is "" or "0" && kind.IsCustom && mustHaveVersion)
        {
            throw ApiErrors.Invalid(
                kind.Group, kind.Plural, name, [FieldError.Invalid("metadata.resourceVersion", "0", "must be specified for an update")]);
        }

        if (version.Length > 0 && version != "0" && version != old.Text("metadata", "resourceVersion")) throw ApiErrors.Modified(kind, name);
        if (wanted.Uid() is { Length: > 0 } uid && uid != old.Uid())
        {
            throw ApiErrors.Conflict(
                kind, name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {old.Uid()}");
        }
    }

    private StoredObject Insert(ResourceKind kind, JsonObject item, WriteOptions options, FieldOwnership ownership)
    {
        if (item.Name().Length > 0 && database.Find(kind, item.Namespace(), item.Name()) is not null)
            throw ApiErrors.AlreadyExists(kind, item.Name());
        WriteScope.Begin(kind, item, database.Now);
        Complete(kind, item, creating: true);
        _admission.RequireNamespace(kind, item);
        Admission.Validate(kind, item, null);
        ownership.Record([], item, kind);
        JsonObject stored = EventForms.Store(kind, item);
        return options.DryRun ? StoredObject.Freeze(stored, 0) : database.Put(kind, stored, null);
    }

    private StoredObject Replace(
        ResourceKind kind, StoredObject current, JsonObject old, JsonObject next, WriteOptions options, FieldOwnership ownership)
    {
        Complete(kind, next, creating: false);
        Admission.Validate(kind, next, old);
        if (kind.HasGeneration && WriteScope.SpecificationChanged(old, next))
            next.Metadata()["generation"] = (old.Integer("metadata", "generation") ?? 0) + 1;
        ownership.Record(old, next, kind);
        if (JsonNode.DeepEquals(old, next)) return current;
        JsonObject stored = EventForms.Store(kind, next);
        if (options.DryRun) return StoredObject.Freeze(stored, current.ResourceVersion);
        StoredObject put = database.Put(kind, stored, current);
        return WriteScope.IsFinished(next) ? database.Remove(kind, put) : put;
    }

    private void Complete(ResourceKind kind, JsonObject item, bool creating)
    {
        SchemaDefaults.Apply(item, kind.Schema);
        if (kind.IsCustom) return;
        _defaults.Apply(kind, item, creating);
        QuantityText.Rewrite(item, kind.Schema);
    }
}
