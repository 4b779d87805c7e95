using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Discovery;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.OpenApi;

namespace ConfidentialOperator.ApiServer.Http;

/// <summary>Everything that is not about a resource: health, version, discovery, OpenAPI.</summary>
internal sealed class GeneralEndpoint(DiscoveryDocuments discovery, OpenApiDocuments openApi, string version)
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    public static bool IsHealth(PathString path) => path.Value is "/healthz" or "/livez" or "/readyz" or "/version";

    public Task HandleAsync(HttpContext context)
    {
        string path = (context.Request.Path.Value ?? "").TrimEnd('/');
        if (context.Request.Method is not ("GET" or "HEAD")) throw ApiErrors.PathNotFound();
        if (IsHealth(path) && path != "/version") return context.WriteText("ok");
        if (path == "/version") return context.WriteJson(Version());
        bool aggregated = context.Request.Headers.Accept.ToString().Contains("as=APIGroupDiscoveryList", StringComparison.Ordinal)
            && context.Request.Headers.Accept.ToString().Contains("v=v2", StringComparison.Ordinal);
        if (path is "/api" or "/apis" && aggregated) return context.WriteJson(discovery.Aggregate(path == "/api"), 200, Aggregated);
        JsonNode? document = Discover(path.Split('/', StringSplitOptions.RemoveEmptyEntries));
        return document is null ? context.WriteText("404 page not found\n", 404) : context.WriteJson(document);
    }

    private JsonObject? Discover(string[] parts) => parts switch
    {
        [] => new JsonObject { ["paths"] = new JsonArray("/api", "/apis", "/healthz", "/openapi/v2", "/openapi/v3", "/version") },
        ["api"] => DiscoveryDocuments.CoreVersions(),
        ["apis"] => discovery.Groups(),
        ["api", "v1"] => discovery.Resources("", "v1"),
        ["apis", string group] => discovery.Group(group),
        ["apis", string group, string groupVersion] => discovery.Resources(group, groupVersion),
        ["openapi", "v3"] => openApi.Index(),
        ["openapi", "v3", "api", "v1"] => openApi.Document("", "v1"),
        ["openapi", "v3", "apis", string group, string groupVersion] => openApi.Document(group, groupVersion),
        ["openapi", "v2"] => OpenApiDocuments.Version2(),
        _ => null,
    };

    private JsonObject Version()
    {
        string[] parts = version.Split('.');
        return new JsonObject
        {
            ["major"] = parts[0],
            ["minor"] = parts[1],
            ["gitVersion"] = $"v{version}",
            ["gitCommit"] = "",
            ["gitTreeState"] = "clean",
            ["buildDate"] = "1970-01-01T00:00:00Z",
            ["goVersion"] = "none",
            ["compiler"] = "none",
            ["platform"] = "linux/amd64",
        };
    }
}
