using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Kinds;
using ConfidentialOperator.ApiServer.Schemas;
using ConfidentialOperator.ApiServer.Storage;

namespace ConfidentialOperator.ApiServer.Writes;

/// <summary>Everything an object passes before it is stored: identity, unknown fields, defaults, validation.</summary>
internal sealed partial class Admission(ObjectDatabase database)
{
    private const string NameRule = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start " +
        "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
        "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    public static void CheckIdentity(ResourceKind kind, string space, string name, JsonObject body)
    {
        if (body.Text("apiVersion") is { Length: > 0 } version && version != kind.ApiVersion)
            throw ApiErrors.BadRequest($"the API version in the data ({version}) does not match the expected API version ({kind.ApiVersion})");
        if (body.Text("kind") is { Length: > 0 } named && named != kind.Kind)
            throw ApiErrors.BadRequest($"{named} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: the kind of the object does not match");
        body["apiVersion"] = kind.ApiVersion;
        body["kind"] = kind.Kind;
        JsonObject metadata = body.Metadata();
        if (name.Length > 0 && metadata.Text("name") is { Length: > 0 } given && given != name)
            throw ApiErrors.BadRequest($"the name of the object ({given}) does not match the name on the URL ({name})");
        if (kind.Namespaced && metadata.Text("namespace") is { Length: > 0 } other && other != space)
            throw ApiErrors.BadRequest("the namespace of the provided object does not match the namespace sent on the request");
        if (name.Length > 0) metadata["name"] = name;
        if (kind.Namespaced) metadata["namespace"] = space;
        else metadata.Remove("namespace");
    }

    /// <summary>Drops unknown fields, or refuses them, or tells of them, as the request wishes.</summary>
    public static void Prune(ResourceKind kind, JsonObject body, WriteOptions options)
    {
        List<string> unknown = UnknownFields.Prune(body, kind.Schema);
        if (unknown.Count == 0 || options.FieldValidation == "Ignore") return;
        List<string> told = [.. unknown.Select(path => $"unknown field \"{path}\"")];
        if (options.FieldValidation == "Strict")
        {
            throw ApiErrors.BadRequest(
                $"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: strict decoding error: {string.Join(", ", told)}");
        }

        options.Warnings.AddRange(told);
    }

    public static void Validate(ResourceKind kind, JsonObject item, JsonObject? old)
    {
        List<FieldError> errors = old is null ? NameErrors(item) : [];
        if (kind.IsCustom) errors.AddRange(CustomErrors(kind, item, old, item.Name().Length == 0));
        else errors.AddRange(BuiltinRules.Validate(kind, item, old));
        if (errors.Count > 0) throw ApiErrors.Invalid(kind, item.Name(), errors);
    }

    public void RequireNamespace(ResourceKind kind, JsonObject item)
    {
        if (!kind.Namespaced) return;
        string space = item.Namespace();
        ResourceKind namespaces = database.Kinds.ByPath("", "v1", "namespaces")!;
        StoredObject found = database.Require(namespaces, "", space);
        if (found.Deleting) throw ApiErrors.NamespaceTerminating(kind, item.Name(), space);
    }

    private static List<FieldError> CustomErrors(ResourceKind kind, JsonObject item, JsonObject? old, bool alreadyWrong)
    {
        List<FieldError> errors = SchemaValidator.Validate(item, kind.Schema);
        if (old is not null && errors.Count > 0)
        {
            HashSet<string> known = [.. SchemaValidator.Validate(old, kind.Schema).Select(error => error.ToString())];
            errors.RemoveAll(error => known.Contains(error.ToString()) && JsonNode.DeepEquals(Value(item, error), Value(old, error)));
        }

        if (errors.Count == 0 && !alreadyWrong) return RuleValidator.Validate(item, old, kind.Schema);
        errors.Add(FieldError.RulesSkipped);
        return errors;
    }

    /// <summary>Ratcheting (KEP-4008): an old fault in an unchanged field does not block a write.</summary>
    private static JsonNode? Value(JsonObject item, FieldError error) => item.FindDotted(error.Field.Split('[')[0]);

    private static List<FieldError> NameErrors(JsonObject item)
    {
        string name = item.Name();
        if (name.Length == 0) return [FieldError.Required("metadata.name", "name or generateName is required")];
        bool allowed = name.Length <= 253 && (Subdomain().IsMatch(name) || item.Text("apiVersion")!.StartsWith("rbac", StringComparison.Ordinal));
        return allowed ? [] : [FieldError.Invalid("metadata.name", $"\"{name}\"", NameRule)];
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")]
    private static partial Regex Subdomain();
}
