using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.Lab.Node.Containers;

/// <summary>Environment variables of a container: values with <c>$(NAME)</c>, fields of the pod, keys of ConfigMaps and Secrets; pure.</summary>
internal static partial class Variables
{
    /// <summary>The variables in order; null with a fault when one that is not optional cannot be had.</summary>
    public static List<KeyValuePair<string, string>>? Resolve(JsonObject pod, JsonObject container, VariableSources sources, out string fault)
    {
        fault = "";
        Dictionary<string, string> known = new(StringComparer.Ordinal);
        List<KeyValuePair<string, string>> resolved = [];
        foreach (JsonObject variable in container.Items("env"))
        {
            string name = variable.Text("name") ?? "";
            string? value = variable["valueFrom"] is JsonObject from ? FromSource(pod, from, sources, ref fault) : Expand(variable.Text("value") ?? "", known);
            if (fault.Length > 0) return null;
            if (value is null) continue;
            known[name] = value;
            resolved.Add(KeyValuePair.Create(name, value));
        }

        return resolved;
    }

    /// <summary>Replaces <c>$(NAME)</c> by variables that are known; <c>$$</c> stands for one dollar sign, and what is not known stays.</summary>
    public static string Expand(string text, IReadOnlyDictionary<string, string> known)
    {
        StringBuilder expanded = new();
        for (int at = 0; at < text.Length; at++)
        {
            int end = text[at] == '$' && at + 1 < text.Length && text[at + 1] == '(' ? text.IndexOf(')', at) : -1;
            if (text[at] == '$' && at + 1 < text.Length && text[at + 1] == '$')
            {
                expanded.Append('$');
                at++;
            }
            else if (end > 0)
            {
                string name = text[(at + 2)..end];
                expanded.Append(known.TryGetValue(name, out string? value) ? value : text[at..(end + 1)]);
                at = end;
            }
            else
            {
                expanded.Append(text[at]);
            }
        }

        return expanded.ToString();
    }

    private static string? FromSource(JsonObject pod, JsonObject from, VariableSources sources, ref string fault)
    {
        if (from.Text("fieldRef", "fieldPath") is { } path)
        {
            string? field = Field(pod, path, sources);
            if (field is null) fault = $"the node cannot read the field {path} of the pod";
            return field;
        }

        foreach ((string kind, string resource) in new[] { ("configMapKeyRef", "configmaps"), ("secretKeyRef", "secrets") })
        {
            if (from[kind] is JsonObject reference) return FromObject(reference, resource, sources, ref fault);
        }

        fault = $"the node cannot read a variable from {from.FirstOrDefault().Key}";
        return null;
    }

    private static string? FromObject(JsonObject reference, string resource, VariableSources sources, ref string fault)
    {
        string name = reference.Text("name") ?? "";
        string key = reference.Text("key") ?? "";
        string? text = sources.Read(resource, name).Text("data", key);
        bool optional = reference["optional"] is JsonValue flag && flag.GetValue<bool>();
        if (text is null && !optional) fault = $"couldn't find key {key} in {resource} \"{name}\"";
        return text is not null && resource == "secrets" ? Encoding.UTF8.GetString(Convert.FromBase64String(text)) : text;
    }

    private static string? Field(JsonObject pod, string path, VariableSources sources) => path switch
    {
        "status.podIP" => sources.PodAddress,
        "status.hostIP" => sources.NodeAddress,
        "metadata.name" or "metadata.namespace" or "metadata.uid" or "spec.nodeName" or "spec.serviceAccountName" => pod.FindDotted(path).Scalar(),
        _ when Entry().Match(path) is { Success: true } match => pod.Text("metadata", match.Groups[1].Value, match.Groups[2].Value) ?? "",
        _ => null,
    };

    [GeneratedRegex(@"^metadata\.(labels|annotations)\['([^']+)'\]$")]
    private static partial Regex Entry();
}
