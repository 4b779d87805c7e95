using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Patches;
using ConfidentialOperator.ApiServer.Storage;
using ConfidentialOperator.ApiServer.Writes;

namespace ConfidentialOperator.ApiServer.Http;

/// <summary>The scale subresource: a small view of an object that reads and writes its number of replicas.</summary>
internal sealed class ScaleHandler(ObjectDatabase database, ObjectWriter writer)
{
    public async Task HandleAsync(ResourceKind kind, ApiRequest request)
    {
        JsonObject item = database.Require(kind, request.Namespace, request.Name).Parse();
        if (request.Verb == "get")
        {
            await request.Context.WriteJson(View(kind, item));
            return;
        }

        if (request.Verb is not ("update" or "patch")) throw ApiErrors.MethodNotAllowed();
        JsonNode? body = BodyReader.Read(await request.Context.ReadBody());
        WriteOptions options = WriteHandler.OptionsOf(request);
        StoredObject stored = writer.Update(kind, request.Namespace, request.Name, current => Scaled(kind, current, body), options with { Subresource = "" });
        await request.Context.WriteJson(View(kind, stored.Parse()));
    }

    private static JsonObject Scaled(ResourceKind kind, JsonObject current, JsonNode? body)
    {
        JsonObject wanted = body switch
        {
            JsonArray operations => JsonPatch.Apply(View(kind, current), operations),
            JsonObject patch => MergePatch.Apply(View(kind, current), patch),
            _ => throw ApiErrors.BadRequest("a scale must be an object"),
        };
        long replicas = wanted.Integer("spec", "replicas") ?? 0;
        if (replicas < 0)
        {
            throw ApiErrors.Invalid("autoscaling", "Scale", current.Name(),
                [FieldError.Invalid("spec.replicas", $"{replicas}", "must be greater than or equal to 0")]);
        }

        if (wanted.Text("metadata", "resourceVersion") is { Length: > 0 } version && version != current.Text("metadata", "resourceVersion"))
            throw ApiErrors.Modified(kind, current.Name());
        current.SetDotted(kind.Scale!.SpecReplicas, replicas);
        return current;
    }

    private static JsonObject View(ResourceKind kind, JsonObject item)
    {
        JsonObject metadata = [];
        foreach (string name in (string[])["name", "namespace", "uid", "resourceVersion", "creationTimestamp"])
        {
            if (item.Find("metadata", name) is { } value) metadata[name] = value.DeepClone();
        }

        JsonObject status = new() { ["replicas"] = item.FindDotted(kind.Scale!.StatusReplicas)?.DeepClone() ?? 0 };
        string selector = kind.Scale.LabelSelector is { } path ? item.FindDotted(path).Scalar() : MatchLabels(item);
        if (selector.Length > 0) status["selector"] = selector;
        JsonObject spec = [];
        if (item.FindDotted(kind.Scale.SpecReplicas) is { } replicas) spec["replicas"] = replicas.DeepClone();
        else if (kind.IsCustom) throw ApiErrors.Internal($"the spec replicas field \"{kind.Scale.SpecReplicas}\" does not exist");
        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = spec,
            ["status"] = status,
        };
    }

    private static string MatchLabels(JsonObject item) => item.Find("spec", "selector", "matchLabels") is JsonObject labels
        ? string.Join(",", labels.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value.Scalar()}"))
        : "";
}
