using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Storage;

namespace ConfidentialOperator.ApiServer.Http;

/// <summary>Requests that store nothing: access reviews, which allow everything, and the logs of pods.</summary>
internal sealed class ExtraHandler(ObjectDatabase database, Func<string, string, string?, string> podLogs)
{
    public static bool Knows(ApiRequest request) =>
        (request.Group == "authorization.k8s.io" && request.Resource is "selfsubjectaccessreviews" or "selfsubjectrulesreviews")
        || (request.Group.Length == 0 && request.Resource == "pods" && request.Subresource == "log");

    public async Task HandleAsync(ApiRequest request)
    {
        if (request.Subresource == "log")
        {
            ResourceKind pods = request.Kind(database.Kinds);
            database.Require(pods, request.Namespace, request.Name);
            await request.Context.WriteText(podLogs(request.Namespace, request.Name, request.Query("container")));
            return;
        }

        JsonObject review = await request.Context.ReadObject();
        JsonObject rule = new() { ["verbs"] = new JsonArray("*"), ["apiGroups"] = new JsonArray("*"), ["resources"] = new JsonArray("*") };
        review["status"] = request.Resource == "selfsubjectaccessreviews"
            ? new JsonObject { ["allowed"] = true }
            : new JsonObject { ["resourceRules"] = new JsonArray(rule), ["nonResourceRules"] = new JsonArray(), ["incomplete"] = false };
        await request.Context.WriteJson(review, 201);
    }
}
