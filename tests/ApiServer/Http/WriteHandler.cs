using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Patches;
using ConfidentialOperator.ApiServer.Storage;
using ConfidentialOperator.ApiServer.Writes;

namespace ConfidentialOperator.ApiServer.Http;

/// <summary>Create, update and the four kinds of patch.</summary>
internal sealed class WriteHandler(ObjectWriter writer, Representations representations)
{
    private const string ApplyType = "application/apply-patch+yaml";
    private const string JsonPatchType = "application/json-patch+json";
    private const string MergeType = "application/merge-patch+json";
    private const string StrategicType = "application/strategic-merge-patch+json";

    public async Task CreateAsync(ResourceKind kind, ApiRequest request)
    {
        if (request.Name.Length > 0) throw ApiErrors.MethodNotAllowed();
        JsonObject body = await request.Context.ReadObject();
        WriteOptions options = OptionsOf(request);
        StoredObject created = writer.Create(kind, Space(kind, request, body), body, options);
        await AnswerAsync(kind, request, created, options, 201);
    }

    public async Task UpdateAsync(ResourceKind kind, ApiRequest request)
    {
        JsonObject body = await request.Context.ReadObject();
        WriteOptions options = OptionsOf(request);
        StoredObject updated = writer.Update(kind, request.Namespace, request.Name, _ => body, options);
        await AnswerAsync(kind, request, updated, options, 200);
    }

    public async Task PatchAsync(ResourceKind kind, ApiRequest request)
    {
        string type = (request.Context.Request.ContentType ?? "").Split(';')[0].Trim();
        byte[] body = await request.Context.ReadBody();
        WriteOptions options = OptionsOf(request);
        if (type is ApplyType or "application/apply-patch+json")
        {
            await ApplyAsync(kind, request, BodyReader.ReadObject(body), options);
            return;
        }

        Func<JsonObject, JsonObject> change = Patch(kind, type, BodyReader.Read(body));
        StoredObject patched = writer.Update(kind, request.Namespace, request.Name, change, options);
        await AnswerAsync(kind, request, patched, options, 200);
    }

    public static WriteOptions OptionsOf(ApiRequest request)
    {
        string agent = request.Context.Request.Headers.UserAgent.ToString();
        string? dryRun = request.Query("dryRun");
        if (dryRun is not (null or "" or "All")) throw ApiErrors.BadRequest($"invalid dryRun value {dryRun}: must be All");
        return new WriteOptions
        {
            FieldManager = request.Query("fieldManager") is { Length: > 0 } manager ? manager : agent.Split('/')[0] is { Length: > 0 } program ? program : "unknown",
            DryRun = dryRun == "All",
            Force = request.Flag("force"),
            FieldValidation = request.Query("fieldValidation") is { Length: > 0 } mode ? mode : "Warn",
            Subresource = request.Subresource == "finalize" ? "" : request.Subresource,
        };
    }

    private static Func<JsonObject, JsonObject> Patch(ResourceKind kind, string type, JsonNode? patch) => (type, patch) switch
    {
        (JsonPatchType, JsonArray operations) => item => JsonPatch.Apply(item, operations),
        (MergeType, JsonObject changes) => item => MergePatch.Apply(item, changes),
        (StrategicType, JsonObject changes) when !kind.IsCustom => item => StrategicMergePatch.Apply(item, changes, kind.Schema),
        (JsonPatchType or MergeType, _) => throw ApiErrors.BadRequest("the patch has the wrong shape for its content type"),
        _ => throw ApiErrors.Unsupported(kind.IsCustom
            ? [JsonPatchType, MergeType, ApplyType]
            : [JsonPatchType, MergeType, StrategicType, ApplyType]),
    };

    private async Task ApplyAsync(ResourceKind kind, ApiRequest request, JsonObject body, WriteOptions options)
    {
        if (request.Query("fieldManager") is not { Length: > 0 })
        {
            throw ApiErrors.Invalid(
                "meta.k8s.io", "PatchOptions", "", [FieldError.Required("fieldManager", "is required for apply patch")]);
        }

        (StoredObject stored, bool created) = writer.Apply(kind, request.Namespace, request.Name, body, options);
        await AnswerAsync(kind, request, stored, options, created ? 201 : 200);
    }

    private Task AnswerAsync(ResourceKind kind, ApiRequest request, StoredObject stored, WriteOptions options, int code)
    {
        request.Context.AddWarnings(options.Warnings);
        return representations.WriteOne(request, kind, stored, code);
    }

    private static string Space(ResourceKind kind, ApiRequest request, JsonObject body)
    {
        if (!kind.Namespaced) return "";
        return request.Namespace.Length > 0 ? request.Namespace : body.Namespace() is { Length: > 0 } given ? given
            : throw ApiErrors.BadRequest("the namespace of the object must be given in the URL");
    }
}
