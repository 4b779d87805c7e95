using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Kinds;

namespace ConfidentialOperator.ApiServer.Http;

/// <summary>A request for a resource, taken apart.</summary>
internal sealed record ApiRequest
{
    public required string Group { get; init; }

    public required string Version { get; init; }

    public required string Resource { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required string Subresource { get; init; }

    public required string Verb { get; init; }

    public required HttpContext Context { get; init; }

    public string GroupResource => Group.Length == 0 ? Resource : $"{Resource}.{Group}";

    public CancellationToken Aborted => Context.RequestAborted;

    public string? Query(string name) => Context.Request.Query.TryGetValue(name, out Microsoft.Extensions.Primitives.StringValues values) ? values[0] : null;

    public bool Flag(string name) => Query(name) is "true" or "1";

    /// <summary>Takes a path apart; null when it is not about a resource (discovery, health, OpenAPI).</summary>
    public static ApiRequest? TryParse(HttpContext context)
    {
        string[] parts = (context.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        int start = parts switch
        {
            ["api", "v1", _, ..] => 2,
            ["apis", _, _, _, ..] => 3,
            _ => 0,
        };
        if (start == 0) return null;
        string group = start == 2 ? "" : parts[1];
        string[] rest = parts[start..];
        string space = "";
        bool isNamespaceItself = rest.Length <= 2 || (group.Length == 0 && rest.Length == 3 && rest[2] is "status" or "finalize");
        if (rest[0] == "namespaces" && !isNamespaceItself)
        {
            space = rest[1];
            rest = rest[2..];
        }

        if (rest.Length > 3) throw ApiErrors.PathNotFound();
        string name = rest.Length > 1 ? rest[1] : "";
        return new ApiRequest
        {
            Group = group,
            Version = parts[start - 1],
            Resource = rest[0],
            Namespace = space,
            Name = name,
            Subresource = rest.Length > 2 ? rest[2] : "",
            Verb = VerbOf(context.Request, name),
            Context = context,
        };
    }

    public ResourceKind Kind(KindRegistry kinds) => kinds.ByPath(Group, Version, Resource) ?? throw ApiErrors.PathNotFound();

    private static string VerbOf(HttpRequest request, string name) => request.Method switch
    {
        "GET" or "HEAD" when request.Query["watch"].ToString() is "true" or "1" => "watch",
        "GET" or "HEAD" => name.Length > 0 ? "get" : "list",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => name.Length > 0 ? "delete" : "deletecollection",
        _ => request.Method.ToLowerInvariant(),
    };
}
