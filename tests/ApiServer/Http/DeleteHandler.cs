using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Storage;
using ConfidentialOperator.ApiServer.Writes;

namespace ConfidentialOperator.ApiServer.Http;

/// <summary>Delete one object, or all that match.</summary>
internal sealed class DeleteHandler(ObjectDatabase database, ObjectRemover remover, Representations representations)
{
    public async Task DeleteAsync(ResourceKind kind, ApiRequest request)
    {
        RemovalOptions options = await OptionsOf(request);
        (StoredObject item, bool gone) = remover.Delete(kind, request.Namespace, request.Name, options);
        if (gone && kind.Kind != "Pod") await request.Context.WriteJson(Success(kind, item));
        else await representations.WriteOne(request, kind, item, 200);
    }

    public async Task DeleteCollectionAsync(ResourceKind kind, ApiRequest request)
    {
        RemovalOptions options = await OptionsOf(request);
        (List<StoredObject> items, long version) = database.List(kind, ReadHandler.SelectionOf(kind, request));
        foreach (StoredObject item in items)
        {
            if (database.Find(kind, item.Namespace, item.Name) is { } live && live.Uid == item.Uid) remover.Delete(kind, item.Namespace, item.Name, options);
        }

        await representations.WriteList(request, kind, items, version, "", 0);
    }

    private static JsonObject Success(ResourceKind kind, StoredObject item)
    {
        JsonObject details = new() { ["name"] = item.Name, ["kind"] = kind.Plural, ["uid"] = item.Uid };
        if (kind.Group.Length > 0) details["group"] = kind.Group;
        return new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Success",
            ["details"] = details,
        };
    }

    private static async Task<RemovalOptions> OptionsOf(ApiRequest request)
    {
        JsonNode? body = BodyReader.Read(await request.Context.ReadBody());
        string? grace = request.Query("gracePeriodSeconds");
        return new RemovalOptions
        {
            PropagationPolicy = body.Text("propagationPolicy") ?? request.Query("propagationPolicy") ?? "Background",
            GracePeriodSeconds = body.Integer("gracePeriodSeconds") ?? (grace is null ? null : long.Parse(grace)),
            Uid = body.Text("preconditions", "uid"),
            ResourceVersion = body.Text("preconditions", "resourceVersion"),
            DryRun = request.Query("dryRun") == "All" || body.Find("dryRun") is JsonArray { Count: > 0 },
        };
    }
}
