using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Kinds;

namespace ConfidentialOperator.ApiServer.Errors;

/// <summary>The errors of the Kubernetes API, worded as its server words them.</summary>
internal static class ApiErrors
{
    public static ApiStatusException NotFound(ResourceKind kind, string name) =>
        new(404, "NotFound", $"{kind.GroupResource} \"{name}\" not found", Details(name, kind.Group, kind.Plural));

    public static ApiStatusException PathNotFound() => new(
        404, "NotFound", "the server could not find the requested resource", new JsonObject());

    public static ApiStatusException AlreadyExists(ResourceKind kind, string name) =>
        new(409, "AlreadyExists", $"{kind.GroupResource} \"{name}\" already exists", Details(name, kind.Group, kind.Plural));

    public static ApiStatusException Modified(ResourceKind kind, string name) => Conflict(
        kind, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiStatusException Conflict(ResourceKind kind, string name, string why) => new(
        409, "Conflict", $"Operation cannot be fulfilled on {kind.GroupResource} \"{name}\": {why}", Details(name, kind.Group, kind.Plural));

    public static ApiStatusException BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiStatusException Expired(string message) => new(410, "Expired", message);

    public static ApiStatusException Forbidden(ResourceKind kind, string name, string why, JsonArray? causes = null)
    {
        JsonObject details = Details(name, kind.Group, kind.Plural);
        if (causes is not null) details["causes"] = causes;
        return new(403, "Forbidden", $"{kind.GroupResource} \"{name}\" is forbidden: {why}", details);
    }

    public static ApiStatusException NamespaceTerminating(ResourceKind kind, string name, string space) => Forbidden(
        kind,
        name,
        $"unable to create new content in namespace {space} because it is being terminated",
        [new JsonObject { ["reason"] = "NamespaceTerminating", ["message"] = $"namespace {space} is being terminated", ["field"] = "metadata.namespace" }]);

    public static ApiStatusException Unsupported(IEnumerable<string> accepted) => new(
        415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: {string.Join(", ", accepted)}");

    public static ApiStatusException MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", new JsonObject());

    public static ApiStatusException Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiStatusException PatchRejected(string why) => new(
        422, "Invalid", $"the server rejected our request due to an error in our request: {why}", new JsonObject());

    public static ApiStatusException TooManyRequests(int seconds) => new(
        429, "TooManyRequests", "the server has received too many requests and has asked us to try again later", new JsonObject { ["retryAfterSeconds"] = seconds });

    public static ApiStatusException Internal(string message) => new(500, "InternalError", $"Internal error occurred: {message}");

    public static ApiStatusException Invalid(ResourceKind kind, string name, IReadOnlyList<FieldError> errors) =>
        Invalid(kind.Group, kind.Kind, name, errors);

    public static ApiStatusException Invalid(string group, string kind, string name, IReadOnlyList<FieldError> errors)
    {
        JsonObject details = Details(name, group, kind);
        details["causes"] = new JsonArray([.. errors.Select(error => error.ToCause())]);
        string listed = string.Join(", ", errors);
        string shown = errors.Count == 1 ? listed : $"[{listed}]";
        string qualified = group.Length == 0 ? kind : $"{kind}.{group}";
        return new(422, "Invalid", $"{qualified} \"{name}\" is invalid: {shown}", details);
    }

    private static JsonObject Details(string name, string group, string kind)
    {
        JsonObject details = [];
        if (name.Length > 0) details["name"] = name;
        if (group.Length > 0) details["group"] = group;
        details["kind"] = kind;
        return details;
    }
}
