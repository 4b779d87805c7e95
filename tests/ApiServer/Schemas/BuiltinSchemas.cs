using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Schemas;

/// <summary>The schemas of the built-in kinds: types, list keys and required members, without prose.</summary>
internal static class BuiltinSchemas
{
    public const string ObjectMetaName = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

    private static readonly ConcurrentDictionary<string, SchemaNode> s_nodes = new(StringComparer.Ordinal);

    private static readonly string[] s_open =
        ["JSON", "FieldsV1", "RawExtension", "JSONSchemaPropsOrArray", "JSONSchemaPropsOrBool", "JSONSchemaPropsOrStringArray"];

    /// <summary>Gets the definitions as they are embedded; references are bare names.</summary>
    public static JsonObject Definitions { get; } = Load();

    public static SchemaNode ObjectMeta => Find(ObjectMetaName);

    public static SchemaNode Find(string name) => s_nodes.GetOrAdd(name, Make);

    /// <summary>Follows a reference; members beside it (list keys, defaults) win.</summary>
    public static SchemaNode Resolve(JsonObject source)
    {
        if (source.Text("$ref") is not { } name) return new SchemaNode(source);
        if (source.Count == 1) return Find(name);
        JsonObject merged = Find(name).Source.Copy();
        foreach ((string member, JsonNode? value) in source)
        {
            if (member != "$ref") merged[member] = value?.DeepClone();
        }

        return new SchemaNode(merged);
    }

    private static SchemaNode Make(string name)
    {
        string shortName = name[(name.LastIndexOf('.') + 1)..];
        if (s_open.Contains(shortName)) return SchemaNode.Anything;
        JsonObject source = Definitions[name] as JsonObject ?? throw new InvalidOperationException($"No definition {name}.");
        if (shortName == "MicroTime") return new SchemaNode(new JsonObject { ["type"] = "string", ["format"] = ScalarChecks.MicroTime });
        if (shortName is not ("Quantity" or "IntOrString")) return new SchemaNode(source);
        return new SchemaNode(new JsonObject { ["x-kubernetes-int-or-string"] = true, ["format"] = shortName == "Quantity" ? QuantityText.Format : "int-or-string" });
    }

    private static JsonObject Load()
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("kubernetes.json")
            ?? throw new InvalidOperationException("The embedded schemas are missing.");
        return (JsonObject)JsonNode.Parse(stream)!;
    }
}
