using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Kinds;

namespace ConfidentialOperator.ApiServer.OpenApi;

/// <summary>The paths of a kind: kubectl reads from them which parameters a request may have.</summary>
internal static class OpenApiPaths
{
    private static readonly string[] s_writes = ["dryRun", "fieldManager", "fieldValidation", "force"];
    private static readonly string[] s_reads = ["labelSelector", "fieldSelector", "limit", "continue", "watch", "resourceVersion"];

    public static void Add(JsonObject paths, ResourceKind kind)
    {
        string start = kind.Group.Length == 0 ? $"/api/{kind.Version}" : $"/apis/{kind.ApiVersion}";
        string collection = kind.Namespaced ? $"{start}/namespaces/{{namespace}}/{kind.Plural}" : $"{start}/{kind.Plural}";
        if (kind.Namespaced) paths[$"{start}/{kind.Plural}"] = Item(kind, ("get", "list", s_reads));
        paths[collection] = Item(kind, ("get", "list", s_reads), ("post", "post", s_writes), ("delete", "deletecollection", s_reads));
        paths[$"{collection}/{{name}}"] = Item(
            kind, ("get", "get", []), ("put", "put", s_writes), ("patch", "patch", s_writes), ("delete", "delete", ["dryRun", "propagationPolicy"]));
        if (kind.HasStatus) paths[$"{collection}/{{name}}/status"] = Item(kind, ("get", "get", []), ("put", "put", s_writes), ("patch", "patch", s_writes));
    }

    public static JsonObject Identity(ResourceKind kind) => new() { ["group"] = kind.Group, ["kind"] = kind.Kind, ["version"] = kind.Version };

    private static JsonObject Item(ResourceKind kind, params (string Method, string Action, string[] Parameters)[] operations)
    {
        JsonObject item = [];
        foreach ((string method, string action, string[] parameters) in operations) item[method] = Operation(kind, method, action, parameters);
        return item;
    }

    private static JsonObject Operation(ResourceKind kind, string method, string action, string[] parameters)
    {
        JsonObject schema = new() { ["$ref"] = $"#/components/schemas/{kind.DefinitionName}" };
        JsonObject operation = new()
        {
            ["operationId"] = action + kind.Kind,
            ["parameters"] = new JsonArray([.. parameters.Select(name => new JsonObject
            {
                ["name"] = name,
                ["in"] = "query",
                ["schema"] = new JsonObject { ["type"] = "string" },
            })]),
            ["responses"] = new JsonObject
            {
                ["200"] = new JsonObject
                {
                    ["description"] = "OK",
                    ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = schema } },
                },
            },
            ["x-kubernetes-action"] = action,
            ["x-kubernetes-group-version-kind"] = Identity(kind),
        };
        if (method == "patch") operation["requestBody"] = PatchBody(kind);
        return operation;
    }

    private static JsonObject PatchBody(ResourceKind kind)
    {
        JsonObject content = [];
        string[] types = kind.IsCustom
            ? ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"]
            : ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json"];
        foreach (string type in types) content[type] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "object" } };
        return new JsonObject { ["content"] = content };
    }
}
