using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Schemas;

namespace ConfidentialOperator.ApiServer.OpenApi;

/// <summary>OpenAPI v3, one document per group and version: what kubectl needs to explain and to know what the server can do.</summary>
internal sealed class OpenApiDocuments(KindRegistry kinds)
{
    private readonly ConcurrentDictionary<(string Group, string Version, long Revision), JsonObject> _documents = new();

    public JsonObject Index()
    {
        JsonObject paths = [];
        foreach (ResourceKind kind in kinds.All.DistinctBy(kind => kind.ApiVersion).OrderBy(kind => kind.ApiVersion, StringComparer.Ordinal))
        {
            string path = kind.Group.Length == 0 ? $"api/{kind.Version}" : $"apis/{kind.ApiVersion}";
            string content = Document(kind.Group, kind.Version)!.ToJsonString();
            string hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash={hash}" };
        }

        return new JsonObject { ["paths"] = paths };
    }

    public JsonObject? Document(string group, string version)
    {
        List<ResourceKind> served = [.. kinds.All.Where(kind => kind.Group == group && kind.Version == version)];
        if (served.Count == 0) return null;
        return _documents.GetOrAdd((group, version, kinds.Revision), _ => Make(served)).Copy();
    }

    /// <summary>The old format is only an empty shell: clients that need it fall back or ask for version 3.</summary>
    public static JsonObject Version2() => throw new ApiStatusException(406, "NotAcceptable", "only OpenAPI v3 is served");

    private static JsonObject Make(List<ResourceKind> served)
    {
        JsonObject paths = [];
        JsonObject schemas = [];
        foreach (ResourceKind kind in served.OrderBy(kind => kind.Plural, StringComparer.Ordinal))
        {
            OpenApiPaths.Add(paths, kind);
            AddDefinition(schemas, kind);
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1" },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    private static void AddDefinition(JsonObject schemas, ResourceKind kind)
    {
        JsonObject source = kind.Schema.Source.Copy();
        source["x-kubernetes-group-version-kind"] = new JsonArray(OpenApiPaths.Identity(kind));
        schemas[kind.DefinitionName] = Rewrite(source, schemas);
    }

    /// <summary>Turns bare references into document references, and takes along what they name.</summary>
    private static JsonNode? Rewrite(JsonNode? node, JsonObject schemas)
    {
        if (node is JsonArray list) return new JsonArray([.. list.Select(item => Rewrite(item, schemas))]);
        if (node is not JsonObject item) return node?.DeepClone();
        JsonObject rewritten = [];
        foreach ((string name, JsonNode? value) in item)
        {
            if (name == "$ref" && value.AsText() is { } target) Reference(rewritten, target, schemas);
            else rewritten[name] = Rewrite(value, schemas);
        }

        if (rewritten.Count == 1 || rewritten["$ref"] is not JsonValue) return rewritten;
        rewritten.Remove("$ref", out JsonNode? reference);
        rewritten["allOf"] = new JsonArray(new JsonObject { ["$ref"] = reference });
        return rewritten;
    }

    private static void Reference(JsonObject rewritten, string target, JsonObject schemas)
    {
        rewritten["$ref"] = $"#/components/schemas/{target}";
        if (schemas.ContainsKey(target)) return;
        schemas[target] = new JsonObject();
        schemas[target] = Rewrite(BuiltinSchemas.Definitions[target], schemas);
    }
}
