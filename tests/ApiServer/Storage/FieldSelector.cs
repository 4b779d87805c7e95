using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Errors;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.ApiServer.Kinds;

namespace ConfidentialOperator.ApiServer.Storage;

/// <summary>A field selector over the fields that a kind lets be selected.</summary>
internal sealed class FieldSelector
{
    private readonly List<(string Path, string Value, bool Equal)> _terms = [];

    public static FieldSelector Everything { get; } = new();

    public static FieldSelector Parse(string? text, ResourceKind kind)
    {
        FieldSelector selector = new();
        foreach (string part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string sign = part.Contains("!=", StringComparison.Ordinal) ? "!=" : part.Contains("==", StringComparison.Ordinal) ? "==" : "=";
            int at = part.IndexOf(sign, StringComparison.Ordinal);
            if (at < 0) throw ApiErrors.BadRequest($"invalid selector: '{text}'; can't understand '{part}'");
            string path = part[..at].Trim();
            if (path is not ("metadata.name" or "metadata.namespace") && !kind.SelectableFields.Contains(path))
                throw ApiErrors.BadRequest($"field label not supported: {path}");
            selector._terms.Add((Stored(path, kind), part[(at + sign.Length)..].Trim(), sign != "!="));
        }

        return selector;
    }

    public bool Matches(StoredObject item)
    {
        JsonObject? parsed = null;
        foreach ((string path, string value, bool equal) in _terms)
        {
            string found = path switch
            {
                "metadata.name" => item.Name,
                "metadata.namespace" => item.Namespace,
                _ => Read(parsed ??= item.Parse(), path),
            };
            if (found == value != equal) return false;
        }

        return true;
    }

    private static string Read(JsonObject item, string path)
    {
        if (path == "source") return item.Text("source", "component") ?? item.Text("reportingComponent") ?? "";
        string found = item.FindDotted(path).Scalar();
        return path == "spec.unschedulable" && found.Length == 0 ? "false" : found;
    }

    /// <summary>Events are stored in their core form, whichever group is asked.</summary>
    private static string Stored(string path, ResourceKind kind) => kind.Group != "events.k8s.io"
        ? path
        : path.Replace("regarding.", "involvedObject.", StringComparison.Ordinal).Replace("reportingController", "reportingComponent", StringComparison.Ordinal);
}
