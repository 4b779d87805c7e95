using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Storage;

namespace ConfidentialOperator.ApiServer.Http;

/// <summary>The lines of one watch.</summary>
internal sealed class WatchStream(ResourceKind kind, ApiRequest request, Representations representations, HttpResponse response)
{
    private bool _first = true;

    public async Task SendAsync(Change change, CancellationToken cancellationToken)
    {
        byte[] shown = representations.Event(request, kind, change.Current, _first);
        _first = false;
        await response.Body.WriteAsync(Encoding.ASCII.GetBytes($"{{\"type\":\"{change.Type}\",\"object\":"), cancellationToken);
        await response.Body.WriteAsync(shown, cancellationToken);
        await response.Body.WriteAsync("}\n"u8.ToArray(), cancellationToken);
    }

    /// <summary>Sends the error that ends a watch; the HTTP status was good, as on a real server.</summary>
    public Task ErrorAsync(ApiStatusException error, CancellationToken cancellationToken) => WriteErrorAsync(response, error, cancellationToken);

    public static async Task WriteErrorAsync(HttpResponse response, ApiStatusException error, CancellationToken cancellationToken)
    {
        response.ContentType = "application/json";
        JsonObject line = new() { ["type"] = "ERROR", ["object"] = error.ToStatus() };
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(line.ToJsonString(Printing.Relaxed) + "\n"), cancellationToken);
    }

    public async Task BookmarkAsync(long version, bool initialEnd, CancellationToken cancellationToken)
    {
        JsonObject metadata = new() { ["resourceVersion"] = version.ToString() };
        if (initialEnd) metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        JsonObject bookmark = new()
        {
            ["type"] = "BOOKMARK",
            ["object"] = new JsonObject { ["kind"] = kind.Kind, ["apiVersion"] = kind.ApiVersion, ["metadata"] = metadata },
        };
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(bookmark.ToJsonString(Printing.Relaxed) + "\n"), cancellationToken);
    }
}
