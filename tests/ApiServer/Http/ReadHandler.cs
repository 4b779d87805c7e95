using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Storage;

namespace ConfidentialOperator.ApiServer.Http;

/// <summary>Get and list, in pages when asked.</summary>
internal sealed class ReadHandler(ObjectDatabase database, Representations representations)
{
    private readonly ContinuedLists _continued = new();

    public Task GetAsync(ResourceKind kind, ApiRequest request)
    {
        StoredObject found = database.Require(kind, request.Namespace, request.Name);
        return representations.WriteOne(request, kind, found, 200);
    }

    public Task ListAsync(ResourceKind kind, ApiRequest request)
    {
        CheckVersion(request);
        Selection selection = SelectionOf(kind, request);
        if (request.Query("continue") is { Length: > 0 } token)
            return Page(kind, request, _continued.Take(token, database.Table(kind).CompactedAt), 0);
        (List<StoredObject> items, long version) = database.List(kind, selection);
        return Page(kind, request, new ContinuedList(items, version), 0);
    }

    public static Selection SelectionOf(ResourceKind kind, ApiRequest request)
    {
        FieldSelector fields = FieldSelector.Parse(request.Query("fieldSelector"), kind);
        string? space = request.Namespace.Length == 0 ? null : request.Namespace;
        Selection selection = new(space, LabelSelector.Parse(request.Query("labelSelector")), fields);
        if (request.Name.Length == 0) return selection;
        return selection with { Fields = FieldSelector.Parse($"metadata.name={request.Name}", kind) };
    }

    private void CheckVersion(ApiRequest request)
    {
        string? version = request.Query("resourceVersion");
        string? match = request.Query("resourceVersionMatch");
        if (version is null or "" or "0") return;
        if (!long.TryParse(version, out long wanted)) throw ApiErrors.BadRequest($"invalid resource version: {version}");
        if (wanted > database.Version)
        {
            throw new ApiStatusException(504, "Timeout", $"Timeout: Too large resource version: {wanted}, current: {database.Version}",
                new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ResourceVersionTooLarge", ["message"] = "Too large resource version" }), ["retryAfterSeconds"] = 1 });
        }

        if (match == "Exact" && wanted < database.Version) throw ApiErrors.Expired($"The provided resource version is too old: {wanted}");
    }

    private Task Page(ResourceKind kind, ApiRequest request, ContinuedList list, int skipped)
    {
        int limit = int.TryParse(request.Query("limit"), out int given) && given > 0 ? given : int.MaxValue;
        List<StoredObject> page = [.. list.Items.Skip(skipped).Take(limit)];
        int left = list.Items.Count - page.Count;
        string token = left == 0 ? "" : _continued.Keep(new ContinuedList([.. list.Items.Skip(page.Count)], list.Version));
        return representations.WriteList(request, kind, page, list.Version, token, left);
    }
}
