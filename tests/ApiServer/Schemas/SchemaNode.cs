using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ConfidentialOperator.ApiServer.Json;

namespace ConfidentialOperator.ApiServer.Schemas;

/// <summary>One level of a structural schema, of a built-in kind or of a custom resource definition.</summary>
internal sealed class SchemaNode
{
    private readonly Lazy<IReadOnlyDictionary<string, SchemaNode>> _properties;
    private readonly Lazy<SchemaNode?> _items;
    private readonly Lazy<SchemaNode?> _additional;
    private readonly Lazy<Regex?> _pattern;
    private readonly Lazy<IReadOnlyList<CelRule>> _rules;

    public SchemaNode(JsonObject source)
    {
        Source = source;
        Type = source.Text("type");
        _properties = new(() => ReadProperties(source));
        _items = new(() => Read(source["items"]));
        _additional = new(() => Read(source["additionalProperties"]));
        _pattern = new(() => source.Text("pattern") is { } pattern ? new Regex(pattern, RegexOptions.CultureInvariant) : null);
        _rules = new(() => [.. source.Items("x-kubernetes-validations").Select(rule => new CelRule(rule))]);
        IntOrString = Flag("x-kubernetes-int-or-string") || source.Text("format") == "int-or-string";
        IsQuantity = source.Text("format") == QuantityText.Format;
        PreserveUnknown = Flag("x-kubernetes-preserve-unknown-fields");
        Embedded = Flag("x-kubernetes-embedded-resource");
        ListType = source.Text("x-kubernetes-list-type");
        ListKeys = source["x-kubernetes-list-map-keys"] is JsonArray keys ? [.. keys.Select(key => key.AsText() ?? "")] : [];
        AtomicMap = source.Text("x-kubernetes-map-type") == "atomic";
    }

    /// <summary>Gets the schema that accepts and keeps everything.</summary>
    public static SchemaNode Anything { get; } = new(new JsonObject { ["x-kubernetes-preserve-unknown-fields"] = true });

    public JsonObject Source { get; }

    public string? Type { get; }

    public bool IntOrString { get; }

    /// <summary>Gets whether the value is a quantity of a built-in kind.</summary>
    public bool IsQuantity { get; }

    public bool PreserveUnknown { get; }

    public bool Embedded { get; }

    public bool AtomicMap { get; }

    public string? ListType { get; }

    public IReadOnlyList<string> ListKeys { get; }

    public bool Nullable => Flag("nullable");

    public JsonNode? Default => Source["default"];

    public IReadOnlyDictionary<string, SchemaNode> Properties => _properties.Value;

    public SchemaNode? Items => _items.Value;

    public SchemaNode? AdditionalProperties => _additional.Value;

    public Regex? Pattern => _pattern.Value;

    public IReadOnlyList<CelRule> Rules => _rules.Value;

    public IEnumerable<string> Required =>
        Source["required"] is JsonArray names ? names.Select(name => name.AsText() ?? "") : [];

    /// <summary>Gets the key by which a strategic merge patch pairs the items of a list.</summary>
    public string? PatchMergeKey => Source.Text("x-kubernetes-patch-merge-key");

    public bool PatchMerges => Source.Text("x-kubernetes-patch-strategy")?.Contains("merge", StringComparison.Ordinal) == true;

    /// <summary>Gets whether a whole list is one value for ownership and merging.</summary>
    public bool AtomicList => ListType is not ("map" or "set");

    /// <summary>The schema of a member, or null when the schema does not know the name.</summary>
    public SchemaNode? Member(string name) => Properties.TryGetValue(name, out SchemaNode? found) ? found : AdditionalProperties;

    private static SchemaNode? Read(JsonNode? node) => node switch
    {
        JsonObject source => BuiltinSchemas.Resolve(source),
        JsonValue value when value.TryGetValue(out bool allowed) && allowed => Anything,
        _ => null,
    };

    private static Dictionary<string, SchemaNode> ReadProperties(JsonObject source)
    {
        Dictionary<string, SchemaNode> read = new(StringComparer.Ordinal);
        if (source["properties"] is not JsonObject properties) return read;
        foreach ((string name, JsonNode? schema) in properties)
        {
            if (schema is JsonObject found) read[name] = BuiltinSchemas.Resolve(found);
        }

        return read;
    }

    private bool Flag(string name) => Source[name] is JsonValue value && value.TryGetValue(out bool set) && set;
}
